"""Books whose months an old process closed by hand: as right as could be, but for its slips.

Each is of whole months (`monthly`, so that a month of a line of 1,200.00 is 100.00), with one journal a
month and account.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from accounting.backtest import back_test
from accounting.backtest_differences import BackTest
from accounting.backtest_ledger import Movement, Past
from accounting.bulk import calculate
from accounting.documents import Document
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import CREDIT_NORMAL, Role
from accounting.rates import NO_RATES, Rates
from tests.builders import POLICY, T0, first_book, invoice, line

NAMES = [f"2026-{number:02d}" for number in range(1, 9)]
MONTHS = [(name, Period.month(name)) for name in NAMES]
MONTHLY = replace(POLICY, method="monthly", rules=())
ACCOUNTS = {Role.DEFERRED_REVENUE: "DEF", Role.ACCRUED_REVENUE: "ACC", Role.PREPAYMENTS: "PRE"}
Slips = dict[tuple[str, Role], int]
"""How much too high an account is at a month's end."""


def sold(number: str, amount: str, customer: str, month: str = "2026-01", **more: Any) -> Document:
    """A year from the first of a month, invoiced on that day."""
    first = date.fromisoformat(f"{month}-01")
    end = first.replace(year=first.year + 1)
    last = date.fromordinal(end.toordinal() - 1)
    service = line(amount, service_start=first, service_end=last)
    return invoice(number, first.isoformat(), service, counterparty=customer, **more)


def kept_by_hand(
    *documents: Document,
    slips: Slips | None = None,
    text: str = "Deferred revenue",
    rates: Rates = NO_RATES,
    months: list[tuple[str, Period]] = MONTHS,
    shown: range | None = None,
) -> BackTest:
    """The books kept by one journal a month and account, off by the slips at each month's end."""
    book = first_book(*documents, rates=rates)
    plain = replace(book, adoption=None)
    movements: list[Movement] = []
    held = dict.fromkeys(ACCOUNTS, 0)
    for name, period in MONTHS:
        positions = calculate(plain, MONTHLY, period)
        for role, account in ACCOUNTS.items():
            slip = (slips or {}).get((name, role), 0)
            target = positions.closing[role].minor + slip
            moved = (target - held[role]) * (-1 if role in CREDIT_NORMAL else 1)
            held[role] = target
            if moved:
                movements.append(Movement(period.end, account, moved, text))
                movements.append(Movement(period.end, "REV", -moved, text))
    balances = {role: Money(amount, "USD") for role, amount in held.items()}
    return back_test(book, MONTHLY, months, Past(T0, balances, tuple(movements)), shown)


def told(found: BackTest) -> list[tuple[str, str, str, str, str]]:
    return [
        (each.period, each.customer, each.cause.value, each.stage.value, each.amount.text())
        for each in found.differences
    ]


def standing(amount: int, *names: str, role: Role = Role.DEFERRED_REVENUE) -> Slips:
    return dict.fromkeys(((name, role) for name in names), amount)
