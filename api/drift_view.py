"""What people changed in the ledger by hand, as a close's page and the JSON API tell it."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounting.money import Money
from controls.drift import HAPPENED, DriftKind
from controls.posting import PostedLine
from models import CloseRow, DriftRow
from store import Work


@dataclass(frozen=True, slots=True)
class LineDifferenceView:
    """An account that holds something else: as posted or accepted before, as in the ledger now.

    Amounts are text, a debit positive.
    """

    account: str
    tracking: str
    expected: str
    held: str
    difference: str


@dataclass(frozen=True, slots=True)
class DriftView:
    """A journal that is not as approved: what happened, line by line, and where to see it."""

    kind: str
    reference: str
    date: str
    happened: str
    differences: list[str]
    lines: list[LineDifferenceView]
    link: str
    found_at: str


def drift_of(work: Work, close: CloseRow) -> list[DriftView]:
    """What is neither settled nor accepted and concerns the close's period, oldest first."""
    return [
        DriftView(
            kind=row.kind,
            reference=row.reference or row.ledger_id,
            date=row.date.isoformat(),
            happened=HAPPENED[DriftKind(row.kind)],
            differences=[str(each) for each in row.differences],
            lines=lines_of(work, row),
            link=row.link,
            found_at=row.found_at.isoformat(timespec="seconds") if row.found_at else "",
        )
        for row in work.drift.of_close(close)
    ]


def lines_of(work: Work, row: DriftRow) -> list[LineDifferenceView]:
    """Line by line, what the journal should hold and what the ledger held when it was found."""
    currency = work.config.current().entity(row.entity_id).functional_currency
    return [
        LineDifferenceView(
            account=each.account,
            tracking=", ".join(f"{name}: {value}" for name, value in each.dimensions),
            expected=Money(each.expected_minor, currency).text(),
            held=Money(each.held_minor, currency).text(),
            difference=Money(each.held_minor - each.expected_minor, currency).text(),
        )
        for each in work.drift.differences(row)
    ]


@dataclass(frozen=True, slots=True)
class AcceptedView:
    """A journal by hand that somebody answered in this close: what it counts as, who said so, why.

    `moved` is what it holds by account, a debit positive; nothing where it was gone.
    """

    reference: str
    date: str
    answer: str
    reason: str
    actor: str
    link: str
    moved: dict[str, str]


def accepted_in(work: Work, close: CloseRow, currency: str) -> list[AcceptedView]:
    """What was answered about the ledger in this close, oldest first."""
    return [
        AcceptedView(
            reference=each.held.reference or each.ledger_id,
            date=each.held.date.isoformat(),
            answer=each.remedy.value,
            reason=each.reason,
            actor=each.actor,
            link=each.link,
            moved=_moved(each.held.lines, currency),
        )
        for each in work.drift.accepted.all(close.entity_id).values()
        if each.close_id == close.id
    ]


def _moved(lines: Iterable[PostedLine], currency: str) -> dict[str, str]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.account] = sums.get(line.account, 0) + line.debit_minor - line.credit_minor
    return {account: Money(minor, currency).text() for account, minor in sorted(sums.items())}
