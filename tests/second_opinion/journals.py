"""Journals are movements toward a target balance (§6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.second_opinion.money import shown
from tests.second_opinion.units import Unit

Sums = dict[str, dict[str, int]]
RISES = {
    ("revenue", 0): ("deferral", "release", "revenue", "deferred_revenue"),
    ("revenue", 1): ("accrual", "accrual_reversal", "accrued_revenue", "revenue"),
    ("cost", 0): ("prepayment", "prepayment_release", "prepayments", "expense"),
    ("cost", 1): (
        "expense_accrual",
        "expense_accrual_reversal",
        "expense",
        "accrued_expenses",
    ),
}


@dataclass(frozen=True)
class Change:
    """A netting unit at this close and at the one before, and its fx between them."""

    side: str
    before: Unit | None
    after: Unit | None
    fx: int

    def moved(self, place: int) -> int:
        """Target less what the books hold: earlier journals and the documents themselves."""
        target = self.target(self.after, place) - self.target(self.before, place)
        return target - (self.on_books(self.after, place) - self.on_books(self.before, place))

    def coded(self, place: int) -> int:
        return self.on_books(self.after, place) - self.on_books(self.before, place)

    @staticmethod
    def target(unit: Unit | None, place: int) -> int:
        return 0 if unit is None else (unit.first, unit.second)[place]

    @staticmethod
    def on_books(unit: Unit | None, place: int) -> int:
        return 0 if unit is None else unit.coded[place]

    def fx_on_accrued(self) -> int:
        """A gain raises accrued revenue and lowers accrued expenses."""
        return self.fx if self.side == "revenue" else -self.fx


class Journals:
    """One journal for each kind and date."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.found: list[dict[str, Any]] = []

    def post(self, kind: str, day: date, lines: Iterable[tuple[str, int]]) -> None:
        """Accounts with their amounts; a debit is positive. Debits stand first."""
        entries = [(account, amount) for account, amount in lines if amount]
        if not entries:
            return
        assert sum(amount for _, amount in entries) == 0, kind
        entries.sort(key=lambda entry: entry[1] < 0)
        self.found.append(
            {
                "kind": kind,
                "date": day.isoformat(),
                "lines": [
                    {
                        "account": account,
                        "debit": shown(max(amount, 0), self.currency),
                        "credit": shown(max(-amount, 0), self.currency),
                    }
                    for account, amount in entries
                ],
            }
        )

    def move(self, side: str, place: int, day: date, changes: list[int]) -> None:
        """What rises in one journal, what falls in another."""
        up, down, debit, credit = RISES[side, place]
        rises = sum(change for change in changes if change > 0)
        falls = sum(-change for change in changes if change < 0)
        self.post(up, day, [(debit, rises), (credit, -rises)])
        self.post(down, day, [(credit, falls), (debit, -falls)])


def journals_of(
    changes: list[Change], day: date, currency: str, *, auto_reverse: bool
) -> list[dict[str, Any]]:
    journals = Journals(currency)
    for side in ("revenue", "cost"):
        own = [change for change in changes if change.side == side]
        journals.move(side, 0, day, [change.moved(0) for change in own])
        if auto_reverse:
            accrue_whole(journals, side, own, day)
        else:
            moved = [change.moved(1) - change.fx_on_accrued() for change in own]
            journals.move(side, 1, day, moved)
    remeasure(journals, changes, day)
    return journals.found


def accrue_whole(journals: Journals, side: str, changes: list[Change], day: date) -> None:
    """The balance less the period's remeasurement; the whole balance is reversed a day later."""
    accrual, reversal, debit, credit = RISES[side, 1]
    balance = sum(Change.target(change.after, 1) for change in changes)
    on_books = sum(change.coded(1) for change in changes)
    amount = balance - on_books - sum(change.fx_on_accrued() for change in changes)
    journals.post(accrual, day, [(debit, amount), (credit, -amount)])
    next_day = day + timedelta(days=1)
    journals.post(reversal, next_day, [(credit, balance), (debit, -balance)])


def remeasure(journals: Journals, changes: list[Change], day: date) -> None:
    """FX of both sides, against accrued revenue and accrued expenses."""
    revenue = sum(change.fx for change in changes if change.side == "revenue")
    cost = sum(change.fx for change in changes if change.side == "cost")
    lines = [
        ("accrued_revenue", revenue),
        ("accrued_expenses", cost),
        ("fx_gain_loss", -(revenue + cost)),
    ]
    journals.post("remeasurement", day, lines)
