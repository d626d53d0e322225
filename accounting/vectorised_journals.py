"""Journals of many lines at once: target − booked, summed over units by kind and account (§6).

The sums are those of journals.py; a journal here is explained by account and tracking, not by
line: the movement of every line stands in the table that the sums are taken of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accounting.book import BookedPart, Dimensions, Journal, JournalKind, JournalPart
from accounting.journals import KINDS, journals_of, parted
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import (
    BEHIND_ROLES,
    COST_SIDE,
    REVENUE_SIDE,
    Accruals,
    RecognitionPolicy,
    Role,
)
from accounting.vectorised_arithmetic import Bools, Ints, sums
from accounting.vectorised_positions import ROLE

Place = tuple[str, Dimensions]
"""A result account with its tracking."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Where amounts are followed: the lines, each in its unit and place, then what else is booked:
    under another place or unit than its line's today.
    """

    unit: Ints
    units: int
    place: Ints
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Booked:
    """What is booked, a row a role and a column a slot: by the period's end, later, and gains that
    no close has frozen yet (which are among `now`).
    """

    now: Ints
    later: Ints
    gains: Ints

    @classmethod
    def nothing(cls, slots: int) -> "Booked":
        """Of an empty ledger."""
        return cls(*(np.zeros((len(ROLE), slots), np.int64) for _ in range(3)))


def booked(
    lines: Sequence[tuple[str, str, Place]], parts: Iterable[BookedPart], period: Period
) -> tuple[Slots, Booked]:
    """The slots of lines, given by key, unit and place, and what the parts booked in them."""
    slots = {each: number for number, each in enumerate(lines)}
    now, later = parted(parts, period.end)
    kinds = now, later, [part for part in now if part.open_gain]
    tables = [
        [
            (ROLE[part.role], slots.setdefault(_slot(part), len(slots)), part.amount.minor)
            for part in kind
        ]
        for kind in kinds
    ]
    units: dict[str, int] = {}
    places: dict[Place, int] = {}
    for _, unit, place in slots:
        units.setdefault(unit, len(units))
        places.setdefault(place, len(places))
    filled = []
    for table in tables:
        amounts = np.zeros((len(ROLE), len(slots)), np.int64)
        for role, slot, amount in table:
            amounts[role, slot] += amount
        filled.append(amounts)
    unit_of = np.array([units[unit] for _, unit, _ in slots], np.int64)
    place_of = np.array([places[place] for _, _, place in slots], np.int64)
    return Slots(unit_of, len(units), place_of, tuple(places)), Booked(*filled)


def _slot(part: BookedPart) -> tuple[str, str, Place]:
    return part.line, part.unit, (part.account, part.dimensions)


Moves = Mapping[JournalKind, Sequence[tuple[Role, Ints]]]
"""What each kind of journal moves: by balance role, of every slot."""


def moves(
    target: Ints,
    was: Booked,
    fx: Ints,
    is_cost: Bools,
    slots: Slots,
    policy: RecognitionPolicy,
) -> Moves:
    """What brings what is booked to the target: `target`, `fx` and `is_cost` by line."""
    wanted = np.zeros_like(was.now)
    wanted[:, : fx.size] = target
    gains = -was.gains
    for sides, own, sign in ((REVENUE_SIDE, ~is_cost, 1), (COST_SIDE, is_cost, -1)):
        gains[ROLE[sides.behind], : fx.size] += np.where(own, fx * sign, 0)
    auto = policy.accruals is Accruals.AUTO_REVERSE
    found: dict[JournalKind, list[tuple[Role, Ints]]] = {}
    for role, row in ROLE.items():
        if not (
            wanted[row].any() or was.now[row].any() or was.later[row].any() or gains[row].any()
        ):
            continue
        delta = wanted[row] - was.now[row] - gains[row]
        rise, fall = KINDS[role]
        whole = auto and role in BEHIND_ROLES
        rises = (sums(delta, slots.unit, slots.units) > 0)[slots.unit] | whole
        of_role = {
            rise: np.where(rises, delta, 0),
            fall: np.where(rises, 0, delta),
        }
        if gains[row].any():
            of_role[JournalKind.REMEASUREMENT] = gains[row]
        if whole:
            of_role[fall] = of_role[fall] - wanted[row] - was.later[row]
        for kind, amounts in of_role.items():
            found.setdefault(kind, []).append((role, amounts))
    return found


def summed(moved: Moves, slots: Slots, currency: str) -> dict[JournalKind, list[JournalPart]]:
    """The movements by kind, role and place: parts that name no line."""
    zero = Money.zero(currency)
    return {
        kind: [
            JournalPart("", "", role, account, dimensions, Money(amount, currency), zero)
            for role, amounts in of_kind
            for (account, dimensions), amount in zip(
                slots.places,
                sums(amounts, slots.place, len(slots.places)).tolist(),
                strict=True,
            )
            if amount
        ]
        for kind, of_kind in moved.items()
    }


def movements(
    target: Ints,
    was: Booked,
    fx: Ints,
    is_cost: Bools,
    slots: Slots,
    policy: RecognitionPolicy,
    period: Period,
) -> tuple[Journal, ...]:
    """The journals that bring what is booked to the target, in the order of JournalKind."""
    moved = moves(target, was, fx, is_cost, slots, policy)
    currency = policy.functional_currency
    return tuple(journals_of(summed(moved, slots, currency), policy, period, currency))


def roll_forward(
    was: Booked, journals: Iterable[Journal], target: Ints, period: Period
) -> Mapping[str, int]:
    """Booked + what the journals move by the period's end − target, by role, where it is not nothing.

    It is nothing everywhere, or the journals are wrong.
    """
    left = {role: _total(was.now[row]) - _total(target[row]) for role, row in ROLE.items()}
    for journal in journals:
        for part in journal.parts if journal.date <= period.end else ():
            left[part.role] += part.amount.minor
    return {role: amount for role, amount in left.items() if amount}


def _total(values: Ints) -> int:
    return int(sums(values, np.zeros(values.size, np.int64), 1)[0])
