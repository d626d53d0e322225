"""Positions: what the balance accounts must hold per netting unit, shared out over its lines (§5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounting.book import BookedPart, Dimensions, FrozenLine, LinePosition
from accounting.money import Money, split
from accounting.policy import COST_SIDE, REVENUE_SIDE, Role


@dataclass(frozen=True, slots=True)
class Member:
    """A line of a netting unit as it stands alone, functional currency (docs/accounting.md §5).

    `ahead` is deferred − accrued (of costs: prepaid − accrued), `in_a_year` what would still be
    ahead a year on; `negative` says that nothing of the line is positive.
    """

    line: str
    unit: str
    is_cost: bool
    ahead: Money
    in_a_year: Money
    negative: bool
    account: str
    dimensions: Dimensions


@dataclass(frozen=True, slots=True)
class Balances:
    """The parts of the balance accounts by line, and the part of deferred revenue by line that is
    not released within a year.
    """

    parts: tuple[BookedPart, ...]
    non_current: dict[str, Money]


def members(rows: Iterable[LinePosition]) -> Iterable[Member]:
    """The lines as they stand, each alone."""
    for row in rows:
        yield Member(
            line=row.line,
            unit=row.unit,
            is_cost=row.is_cost,
            ahead=row.ahead,
            in_a_year=row.in_a_year,
            negative=row.negative,
            account=row.account,
            dimensions=row.dimensions,
        )


def frozen_members(frozen: Mapping[str, FrozenLine]) -> Iterable[Member]:
    """The lines as the last close froze them, each alone."""
    for key, line in frozen.items():
        yield Member(
            line=key,
            unit=line.unit,
            is_cost=line.is_cost,
            ahead=line.ahead,
            in_a_year=line.in_a_year,
            negative=line.negative,
            account=line.account,
            dimensions=line.dimensions,
        )


def balances(members: Iterable[Member]) -> Balances:
    """Each line's share of its unit's balances.

    N = Σ ahead over the unit. N ≥ 0 is deferred and each line holds its own of it (a share may be
    negative); N < 0 is accrued, each line holds its own with the sign turned. In a unit where
    nothing is positive the sign turns: N ≤ 0 is a negative deferral.
    """
    units: dict[str, list[Member]] = {}
    for member in members:
        units.setdefault(member.unit, []).append(member)
    parts: list[BookedPart] = []
    later: dict[str, Money] = {}
    for group in units.values():
        net = sum(member.ahead.minor for member in group)
        negative = all(member.negative for member in group)
        accrued = net > 0 if negative else net < 0
        for member in group:
            sides = COST_SIDE if member.is_cost else REVENUE_SIDE
            role = sides.behind if accrued else sides.ahead
            amount = -member.ahead if accrued else member.ahead
            if amount:
                parts.append(
                    BookedPart(
                        member.line, member.unit, role, member.account, member.dimensions, amount
                    )
                )
        if not accrued and net and not group[0].is_cost:
            later |= _non_current(group, net)
    return Balances(tuple(parts), later)


def _non_current(group: Sequence[Member], net: int) -> dict[str, Money]:
    """What the unit still defers a year on, at most what it defers, shared out (docs §6)."""
    sign = 1 if net > 0 else -1
    currency = group[0].ahead.currency
    then = sum(member.in_a_year.minor for member in group)
    if then * sign <= 0:
        return {}
    if then * sign <= net * sign:
        return {member.line: member.in_a_year for member in group}
    parts = split(Money(net, currency), [member.in_a_year.minor for member in group])
    return {member.line: part for member, part in zip(group, parts, strict=True)}


def totals(parts: Iterable[BookedPart], roles: Iterable[Role], currency: str) -> dict[Role, Money]:
    """The balance of each role: Σ over all parts."""
    by_role = {role: Money.zero(currency) for role in roles}
    for part in parts:
        by_role[part.role] += part.amount
    return by_role
