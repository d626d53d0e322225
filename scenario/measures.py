"""What a line says of how it is recognised, as the core's line; sums and periods are checked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from accounting.calendars import FiscalCalendar
from accounting.documents import DocumentLine
from accounting.money import Money
from scenario.amounts import money, ordered
from scenario.calendars import period_named
from scenario.document_parts import MeasuredPart
from scenario.errors import Faults, Place
from scenario.fields import DIGITS_MAX

EXACT = Context(prec=2 * DIGITS_MAX)
"""Nothing that can be written is rounded when it is added."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Reads the measures of lines in one currency. `calendar` is None where it is faulty."""

    currency: str
    calendar: FiscalCalendar | None
    faults: Faults

    def line(
        self, part: MeasuredPart, line_id: str, amount: Money, account: str | None, place: Place
    ) -> DocumentLine:
        """The line as it is written. References and the sum of `manual` are not looked at."""
        ordered(part.service_start, part.service_end, (*place, "service_end"), self.faults)
        return DocumentLine(
            id=line_id,
            amount=amount,
            account=account,
            product=part.product,
            text=part.text or "",
            service_start=part.service_start,
            service_end=part.service_end,
            dimensions=tuple(sorted((part.dimensions or {}).items())),
            method=part.method,
            units=part.units,
            milestones=self._milestones(part, place),
            manual=self._manual(part, place),
        )

    def _milestones(self, part: MeasuredPart, place: Place) -> tuple[tuple[str, Decimal], ...]:
        if part.milestones is None:
            return ()
        ids: set[str] = set()
        for index, milestone in enumerate(part.milestones):
            if milestone.id in ids:
                where = (*place, "milestones", index, "id")
                self.faults.add(where, f"“{milestone.id}” is used twice.")
            ids.add(milestone.id)
        total = Decimal(0)
        for milestone in part.milestones:
            total = EXACT.add(total, milestone.weight)
        if total != 1:
            self.faults.add(
                (*place, "milestones"), f"The weights sum to {total:f}; they must sum to 1."
            )
        return tuple((milestone.id, milestone.weight) for milestone in part.milestones)

    def _manual(self, part: MeasuredPart, place: Place) -> tuple[tuple[str, Money], ...]:
        amounts: list[tuple[str, Money]] = []
        for period, text in (part.manual or {}).items():
            where = (*place, "manual", period)
            if self.calendar is not None and period_named(self.calendar, period) is None:
                self.faults.add(where, f"“{period}” is not a period of the calendar.")
            amounts.append((period, money(text, self.currency, where, self.faults)))
        return tuple(amounts)

    def check_manual(
        self, part: MeasuredPart, line: DocumentLine, allowed: Sequence[Money], place: Place
    ) -> None:
        """The amounts keyed in must sum to what is earned in all."""
        if part.manual is None:
            return
        total = Money.sum((amount for _, amount in line.manual), self.currency)
        if total not in allowed:
            self.faults.add(
                (*place, "manual"),
                f"The amounts sum to {total.text()}; they must sum to {allowed[-1].text()}.",
            )


def negated(line: DocumentLine) -> DocumentLine:
    """A line of a credit as the core holds it: below zero."""
    return replace(
        line,
        amount=-line.amount,
        manual=tuple((period, -amount) for period, amount in line.manual),
    )
