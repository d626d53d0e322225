"""Positions of many lines at once: movements against what was frozen, balances net per unit (§§5, 6).

Lines stand in the order of their keys, those that are gone among them, as lines of nothing.
"""

from dataclasses import dataclass

import numpy as np

from accounting.policy import BALANCE_ROLES, COST_SIDE, REVENUE_SIDE, Role
from accounting.vectorised import Figures
from accounting.vectorised_arithmetic import Bools, Ints, ratio, sums

ROLE = {role: number for number, role in enumerate(BALANCE_ROLES)}
"""The rows of a table of balances, by role."""


@dataclass(frozen=True, slots=True)
class Units:
    """The netting unit of each line, numbered from 0, and which lines are costs."""

    unit: Ints
    count: int
    is_cost: Bools

    def first(self) -> Ints:
        """The first line of each unit; no unit is empty."""
        found = np.zeros(self.count, np.int64)
        found[self.unit[::-1]] = np.arange(self.unit.size)[::-1]
        return found

    def all_of(self, marks: Bools) -> Bools:
        """The units of which every line is marked."""
        found = np.ones(self.count, np.bool_)
        found[self.unit[~marks]] = False
        return found


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the last close said of each line; nothing of one that it did not know."""

    recognised: Ints
    billed: Ints
    ahead: Ints
    in_a_year: Ints
    negative: Bools

    @classmethod
    def nothing(cls, lines: int) -> "Frozen":
        """Before the first close."""
        zero = np.zeros(lines, np.int64)
        return cls(zero, zero, zero, zero, np.ones(lines, np.bool_))


@dataclass(frozen=True, slots=True)
class Positions:
    """The figures of `book.LinePosition`, functional currency, in the order of the lines."""

    billed: Ints
    billed_to_date: Ints
    recognised: Ints
    own: Ints
    catch_up: Ints
    recognised_to_date: Ints
    ahead: Ints
    in_a_year: Ints
    fx: Ints
    negative: Bools

    def frozen(self) -> Frozen:
        """What the next close starts from."""
        return Frozen(
            self.recognised_to_date, self.billed_to_date, self.ahead, self.in_a_year, self.negative
        )


def positions(
    figures: Figures, before: Ints, frozen: Frozen, is_cost: Bools, held: Bools | None = None
) -> Positions:
    """Each line against what was frozen; `before` is R as known now at the last closed day.

    All lines are told (`Figures.told`). What is `held` stands as it was frozen.
    """
    recognised = figures.recognised_functional - frozen.recognised
    billed = figures.billed_functional - frozen.billed
    own = figures.recognised_functional - before
    gain = frozen.ahead + billed - recognised - figures.ahead
    found = Positions(
        billed=billed,
        billed_to_date=figures.billed_functional,
        recognised=recognised,
        own=own,
        catch_up=recognised - own,
        recognised_to_date=figures.recognised_functional,
        ahead=figures.ahead,
        in_a_year=np.where(figures.year_known, figures.in_a_year, 0),
        fx=np.where(is_cost, -gain, gain),
        negative=figures.is_negative,
    )
    return found if held is None or not held.any() else _holding(found, frozen, held)


def _holding(found: Positions, frozen: Frozen, held: Bools) -> Positions:
    def still(moved: Ints, stands: Ints | int = 0) -> Ints:
        return np.where(held, stands, moved)

    return Positions(
        billed=still(found.billed),
        billed_to_date=still(found.billed_to_date, frozen.billed),
        recognised=still(found.recognised),
        own=still(found.own),
        catch_up=still(found.catch_up),
        recognised_to_date=still(found.recognised_to_date, frozen.recognised),
        ahead=still(found.ahead, frozen.ahead),
        in_a_year=still(found.in_a_year, frozen.in_a_year),
        fx=still(found.fx),
        negative=np.where(held, frozen.negative, found.negative),
    )


@dataclass(frozen=True, slots=True)
class Balances:
    """Each line's share of its unit's balances: a row a role, in the order of BALANCE_ROLES; and
    of what the unit still defers a year on.
    """

    by_role: Ints
    non_current: Ints

    def totals(self) -> dict[Role, int]:
        """The balance of each role."""
        return {role: sum_of(self.by_role[row]) for role, row in ROLE.items()}


def balances(units: Units, ahead: Ints, in_a_year: Ints, negative: Bools) -> Balances:
    """What positions.balances says, for all units at once."""
    net = sums(ahead, units.unit, units.count)
    turned = units.all_of(negative)
    accrued = np.where(turned, net > 0, net < 0)
    behind = accrued[units.unit]
    share = np.where(behind, -ahead, ahead)
    by_role = np.zeros((len(ROLE), ahead.size), np.int64)
    for sides, own in ((REVENUE_SIDE, ~units.is_cost), (COST_SIDE, units.is_cost)):
        if own.any():
            by_role[ROLE[sides.behind]] = np.where(own & behind, share, 0)
            by_role[ROLE[sides.ahead]] = np.where(own & ~behind, share, 0)
    defers = ~accrued & (net != 0) & ~units.is_cost[units.first()]
    return Balances(by_role, _non_current(units, net, defers, in_a_year))


def _non_current(units: Units, net: Ints, defers: Bools, in_a_year: Ints) -> Ints:
    """Each line's share of what is deferred for longer than a year, at most all that is (§6)."""
    sign = np.where(net > 0, 1, -1)
    then = sums(in_a_year, units.unit, units.count) * sign
    lasts = defers & (then > 0)
    whole = lasts & (then <= net * sign)
    found = np.where(whole[units.unit], in_a_year, 0)
    capped = np.flatnonzero((lasts & ~whole)[units.unit])
    if capped.size:
        found[capped] = _split(units.unit[capped], net, then * sign, in_a_year[capped])
    return found


def _split(unit: Ints, total: Ints, whole: Ints, weights: Ints) -> Ints:
    """`money.split` of each unit's total over its lines, in their order."""
    order = np.argsort(unit, kind="stable")
    unit, weights = unit[order], weights[order]
    starts = np.flatnonzero(np.diff(unit, prepend=-1))
    lengths = np.diff(starts, append=unit.size)
    reached = np.cumsum(weights)
    reached -= np.repeat(reached[starts] - weights[starts], lengths)
    signed = np.where((reached < 0) != (whole[unit] < 0), -total[unit], total[unit])
    upto = ratio(signed, np.abs(reached), np.abs(whole[unit]))
    given = upto - np.where(np.diff(unit, prepend=-1) != 0, 0, np.roll(upto, 1))
    found = np.zeros(unit.size, np.int64)
    found[order] = given
    return found


def sum_of(values: Ints) -> int:
    """Σ of all, of any size."""
    return int(sums(values, np.zeros(values.size, np.int64), 1)[0])
