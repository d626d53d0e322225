"""What would be proposed against what is: by balance account, kind of journal, line and exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounting.book import LinePosition
from accounting.money import Money
from accounting.written import days
from controls.proposal_changes import JournalFigure


@dataclass(frozen=True, slots=True)
class Figures:
    """A proposal as it is compared: balances by role, journals, lines by key, exceptions.

    `exceptions` are code and subject with their message. Amounts are in `currency`, the entity's own.
    """

    currency: str
    closing: Mapping[str, Money]
    journals: tuple[JournalFigure, ...]
    positions: Mapping[str, LinePosition]
    exceptions: Mapping[tuple[str, str], str]

    def by_kind(self) -> dict[str, Money]:
        """The journals' totals by kind."""
        totals: dict[str, Money] = {}
        for journal in self.journals:
            total = Money.parse(journal.total, self.currency)
            totals[journal.kind] = totals.get(journal.kind, Money.zero(self.currency)) + total
        return totals

    @classmethod
    def none(cls, currency: str) -> "Figures":
        """Where nothing was proposed yet."""
        return cls(currency, {}, (), {}, {})


@dataclass(frozen=True, slots=True)
class AmountChange:
    """An amount by its name, as it is and as it would be."""

    name: str
    before: Money
    now: Money

    @property
    def change(self) -> Money:
        """By how much it would move."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure or a fact that differs; empty where it was not, or would not be.

    `is_amount` says that it is money, as plain decimal text.
    """

    figure: str
    before: str
    now: str
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that differs. `by` is the largest change among its figures in functional currency.

    `is_new` where it was not proposed before.
    """

    line: str
    label: str
    counterparty: str
    by: Money
    changes: tuple[FigureChange, ...]
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every difference; balances and kinds of journal are all there, also those that stay.

    Lines come with the largest change first.
    """

    balances: tuple[AmountChange, ...]
    journals: tuple[AmountChange, ...]
    lines: tuple[LineChange, ...]
    exceptions: tuple[FigureChange, ...]


def compared(before: Figures, now: Figures) -> Comparison:
    """What differs between two proposals of the same entity and period."""
    lines = [
        found
        for key in sorted({*before.positions, *now.positions})
        if (found := _line(before.positions.get(key), now.positions.get(key))) is not None
    ]
    lines.sort(key=lambda each: (-abs(each.by.minor), each.line))
    return Comparison(
        balances=_amounts(before.closing, now.closing, now.currency),
        journals=_amounts(before.by_kind(), now.by_kind(), now.currency),
        lines=tuple(lines),
        exceptions=tuple(
            FigureChange(f"{key[0]} {key[1]}", was, is_now)
            for key in sorted({*before.exceptions, *now.exceptions})
            for was, is_now in [(before.exceptions.get(key, ""), now.exceptions.get(key, ""))]
            if was != is_now
        ),
    )


def _amounts(
    before: Mapping[str, Money], now: Mapping[str, Money], currency: str
) -> tuple[AmountChange, ...]:
    zero = Money.zero(currency)
    found = (
        AmountChange(name, before.get(name, zero), now.get(name, zero))
        for name in dict.fromkeys((*now, *before))
    )
    return tuple(each for each in found if each.before or each.now)


def _line(before: LinePosition | None, now: LinePosition | None) -> LineChange | None:
    about = now or before
    assert about is not None
    was, is_now = (_amounts_of(each) for each in (before, now))
    moved = _amounts(was, is_now, about.ahead.currency)
    changes = [
        FigureChange(each.name, _text(was, each.name), _text(is_now, each.name), is_amount=True)
        for each in moved
        if each.change
    ]
    facts_before, facts_now = (_facts_of(each) for each in (before, now))
    changes += [
        FigureChange(name, facts_before.get(name, ""), facts_now.get(name, ""))
        for name in dict.fromkeys((*facts_now, *facts_before))
        if facts_before.get(name, "") != facts_now.get(name, "")
    ]
    if not changes:
        return None
    by = max((each.change for each in moved), key=abs, default=Money.zero(about.ahead.currency))
    return LineChange(
        about.line,
        about.label,
        about.counterparty,
        by,
        tuple(changes),
        is_new=before is None,
    )


def _amounts_of(position: LinePosition | None) -> dict[str, Money]:
    """The figures in functional currency."""
    if position is None:
        return {}
    closing = {f"closing {role}": amount for role, amount in position.closing.items()}
    return {
        "recognised": position.recognised,
        "of it catch-up": position.catch_up,
        "billed": position.billed,
        "exchange gain": position.fx,
        **{name.replace("_", " "): amount for name, amount in closing.items()},
    }


def _facts_of(position: LinePosition | None) -> dict[str, str]:
    """What else people look at."""
    if position is None:
        return {}
    return {
        "price": str(position.price),
        "method": position.method.replace("_", " "),
        "service period": days(position.service_start, position.service_end),
        "result account": position.account,
        "held": "held" if position.held else "",
    }


def _text(amounts: Mapping[str, Money], name: str) -> str:
    return amounts[name].text() if name in amounts else ""


def exceptions_told(found: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Code, subject and message of exceptions, each subject's once for a code."""
    told: dict[tuple[str, str], str] = {}
    for code, subject, message in found:
        told.setdefault((code, subject), message)
    return told
