"""The group: each entity's figures in the reporting currency, and the translation adjustment (§8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounting.book import Calculation, LinePosition
from accounting.calendars import FiscalCalendar
from accounting.currency import Conversion
from accounting.errors import MissingRateError
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.money import Money, round_half_away
from accounting.policy import BALANCE_ROLES, CREDIT_NORMAL, Role
from accounting.rates import Rates

INCOME = ("recognised", "billed", "catch_up", "expense", "fx")
BALANCES: dict[str, Role] = {
    "deferred": Role.DEFERRED_REVENUE,
    "accrued": Role.ACCRUED_REVENUE,
    "prepaid": Role.PREPAYMENTS,
    "expense_accrued": Role.ACCRUED_EXPENSES,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One entity's close, as the group takes it. `opened` is the last day before it.

    `intercompany` are the counterparties that belong to the group: their lines are left out.
    """

    entity: str
    calculation: Calculation
    calendar: FiscalCalendar
    currency: str
    opened: date
    intercompany: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupResult:
    """The group's figures by name, in the reporting currency.

    Income (`recognised`, `billed`, `catch_up`, `expense`, `fx`) is of the period; `deferred`,
    `deferred_non_current`, `accrued`, `prepaid` and `expense_accrued` stand at its end;
    `translation_adjustment` is the period's. Figures that a missing rate keeps from being known
    are left out, and `exceptions` says so.
    """

    currency: str
    figures: Mapping[str, Money]
    exceptions: tuple[AccountingException, ...] = ()


def consolidate(parts: Iterable[Part], rates: Rates, reporting_currency: str) -> GroupResult:
    """Translate each figure of each entity, rounded once, and sum (docs/accounting.md §8).

    Balances at the closing rate, income at the average rate. The adjustment of an entity is net
    assets × closing − opening net assets × opening rate − movement × average, rounded as a whole.
    """
    sums: dict[str, int] = {}
    exceptions: list[AccountingException] = []
    for part in parts:
        try:
            for name, minor in _translated(part, rates, reporting_currency).items():
                sums[name] = sums.get(name, 0) + minor
        except MissingRateError as error:
            exceptions.append(
                AccountingException(ExceptionCode.MISSING_RATE, part.entity, str(error))
            )
    if exceptions:
        return GroupResult(reporting_currency, {}, tuple(exceptions))
    figures = {name: Money(minor, reporting_currency) for name, minor in sums.items()}
    return GroupResult(reporting_currency, figures)


def _translated(part: Part, rates: Rates, reporting: str) -> dict[str, int]:
    rows = [row for row in part.calculation.positions if row.counterparty not in part.intercompany]
    at = part.calculation.period.end
    to_group = Conversion(part.currency, reporting, rates, part.calendar)

    def closing(minor: int) -> Fraction:
        return to_group.closing(minor, at)

    def average(minor: int) -> Fraction:
        return to_group.average(minor, at)

    figures = {name: round_half_away(average(minor)) for name, minor in _income(rows).items()}
    after, before = _balances(rows, opening=False), _balances(rows, opening=True)
    figures |= {name: round_half_away(closing(after[role])) for name, role in BALANCES.items()}
    later = sum(row.non_current.minor for row in rows if row.non_current is not None)
    figures["deferred_non_current"] = round_half_away(closing(later))
    net, opening = _net_assets(after), _net_assets(before)
    opened = to_group.closing(opening, part.opened) if opening else Fraction(0)
    figures["translation_adjustment"] = round_half_away(
        closing(net) - opened - average(net - opening)
    )
    return figures


def _income(rows: Iterable[LinePosition]) -> dict[str, int]:
    sums = dict.fromkeys(INCOME, 0)
    for row in rows:
        if row.is_cost:
            sums["expense"] += row.recognised.minor
        else:
            sums["recognised"] += row.recognised.minor
            sums["billed"] += row.billed.minor
            sums["catch_up"] += row.catch_up.minor
        sums["fx"] += row.fx.minor
    return sums


def _balances(rows: Iterable[LinePosition], *, opening: bool) -> dict[Role, int]:
    sums = dict.fromkeys(BALANCE_ROLES, 0)
    for row in rows:
        for role, amount in (row.opening if opening else row.closing).items():
            sums[role] += amount.minor
    return sums


def _net_assets(balances: Mapping[Role, int]) -> int:
    return sum(-minor if role in CREDIT_NORMAL else minor for role, minor in balances.items())
