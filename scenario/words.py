"""Documents without lines as the core's values: reports, overrides, payments, voids."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounting.documents import Override, Payment, Report, Void
from accounting.money import Money
from scenario.amounts import money, ordered
from scenario.document_parts import (
    BillCreditPart,
    CreditNotePart,
    DeliveryPart,
    OverridePart,
    PaymentPart,
    UsagePart,
    VoidPart,
)
from scenario.errors import Faults
from scenario.ledgers import Entry
from scenario.resolve import References

Word = Report | Override | Payment | Void


@dataclass(frozen=True, slots=True)
class Words:
    """Reads what documents say of others."""

    references: References
    faults: Faults

    def read(self, entry: Entry) -> Word | None:
        """What the document says; None for one that has lines, or that names nothing."""
        match entry.part:
            case DeliveryPart() as part:
                return self._delivery(entry, part)
            case UsagePart() as part:
                return self._usage(entry, part)
            case OverridePart() as part:
                return self._override(entry, part)
            case PaymentPart() as part:
                return self._payment(entry, part)
            case VoidPart() as part:
                return self._void(entry, part)
            case _:
                return None

    def _money(self, entry: Entry, text: str) -> Money:
        currency = self.references.currency_of(entry)
        return money(text, currency, (*entry.place, "amount"), self.faults)

    def _delivery(self, entry: Entry, part: DeliveryPart) -> Report | None:
        said = [key for key in ("units", "percent", "milestone") if getattr(part, key) is not None]
        for key in said[1:]:
            self.faults.add((*entry.place, key), f"stands beside {said[0]}; a delivery has one.")
        target = self.references.line(entry, part.obligation, (*entry.place, "obligation"))
        if target is None:
            return None
        if part.milestone is not None:
            self._check_milestone(entry, target.key, part.milestone)
        return Report(
            id=part.id,
            line=target.key,
            date=part.date,
            units=part.units,
            percent=part.percent,
            milestone=part.milestone,
            known_on=part.known_on,
            version=entry.version,
        )

    def _check_milestone(self, entry: Entry, key: str, milestone: str) -> None:
        lines = [
            line
            for ledger in self.references.ledgers.values()
            for _, line in ledger.lines.get(key, ())
        ]
        known = {each.id for line in lines for each in line.milestones or ()}
        if milestone not in known:
            where = (*entry.place, "milestone")
            self.faults.add(where, f"There is no milestone “{milestone}” of {key}.")

    def _usage(self, entry: Entry, part: UsagePart) -> Report | None:
        target = self.references.line(entry, part.obligation, (*entry.place, "obligation"))
        if target is None:
            return None
        return Report(
            id=part.id,
            line=target.key,
            date=part.date,
            usage=self._money(entry, part.amount),
            known_on=part.known_on,
            version=entry.version,
        )

    def _override(self, entry: Entry, part: OverridePart) -> Override | None:
        ordered(part.service_start, part.service_end, (*entry.place, "service_end"), self.faults)
        target = self.references.line(entry, part.line, (*entry.place, "line"))
        obligation = None
        if part.obligation is not None:
            place = (*entry.place, "obligation")
            obligation = self.references.obligation(entry, part.obligation, place)
        if target is None:
            return None
        self._check_credit_words(entry, part, target.entries)
        return Override(
            line=target.key,
            reason=part.reason or "",
            service_start=part.service_start,
            service_end=part.service_end,
            obligation=obligation.key if obligation else None,
            excluded=part.excluded or False,
            known_on=part.known_on,
            id=part.id,
            effect=part.effect,
            effective=part.effective,
            version=entry.version,
        )

    def _check_credit_words(
        self, entry: Entry, part: OverridePart, targets: Sequence[Entry]
    ) -> None:
        if any(isinstance(t.part, CreditNotePart | BillCreditPart) for t in targets):
            return
        for key in ("effect", "effective"):
            if getattr(part, key) is not None:
                where = (*entry.place, key)
                self.faults.add(where, f"is for the line of a credit; {part.line} is none.")

    def _payment(self, entry: Entry, part: PaymentPart) -> Payment | None:
        target = self.references.paid(entry, part.against, (*entry.place, "against"))
        if target is None:
            return None
        return Payment(
            id=part.id,
            against=part.against,
            date=part.date,
            amount=self._money(entry, part.amount),
            known_on=part.known_on,
            version=entry.version,
        )

    def _void(self, entry: Entry, part: VoidPart) -> Void | None:
        target = self.references.document(entry, part.against, (*entry.place, "against"))
        if target is None:
            return None
        if len({other.family for other in target.entries}) > 1:
            where = (*entry.place, "against")
            self.faults.add(where, f"“{part.against}” names more than one document.")
        return Void(part.id, part.against, part.date, part.known_on, entry.version)
