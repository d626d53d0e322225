"""Plain lines, closed at once: figures, positions, balances, movements (docs/accounting.md §10).

A plain line is billed by the document that it stands on, or, of a contract, by invoices that name it;
these documents have one version each, and nothing credits or changes them. So its days, its method,
its netting unit and what it is booked on stand in columns, and what a close says of it is
arithmetic on these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np

from accounting.beside import Beside
from accounting.periods import Period
from accounting.policy import RecognitionPolicy
from accounting.rates import Rates
from accounting.vectorised import Columns, Figures, Subledger
from accounting.vectorised_arithmetic import Bools, Ints
from accounting.vectorised_billings import Billings
from accounting.vectorised_journals import Booked, Moves, Place, Slots, moves, summed
from accounting.vectorised_positions import (
    Balances,
    Frozen,
    Positions,
    Units,
    balances,
    positions,
    sum_of,
)
from accounting.vectorised_segments import Segments


@dataclass(frozen=True, slots=True)
class PlainLines:
    """The lines of one entity in the order of their keys; a unit's lines stand side by side.

    Amounts in minor units; days are ordinals, `known` that from which closes see it. `method` is a
    place in METHODS, `source` one in `currencies`, `place` one in `places`. `booked` is what the
    ledger holds of each, a row a role.
    """

    amount: Ints
    known: Ints
    method: Ints
    start: Ints
    end: Ints
    source: Ints
    is_cost: Bools
    unit: Ints
    place: Ints
    booked: Ints
    frozen: Frozen
    billings: Billings
    currencies: Sequence[str]
    places: Sequence[Place]

    @property
    def units(self) -> Units:
        """The netting units, numbered from 0 in the order of the lines."""
        return Units(self.unit, int(self.unit[-1]) + 1 if self.unit.size else 0, self.is_cost)

    def take(self, rows: Ints) -> "PlainLines":
        """Some of the lines: whole units."""
        frozen = Frozen(*(getattr(self.frozen, each.name)[rows] for each in fields(Frozen)))
        taken: dict[str, Any] = {
            each.name: value[..., rows]
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), np.ndarray)
        }
        taken["unit"] = numbered(taken["unit"])
        return replace(self, **taken, frozen=frozen, billings=self.billings.of(rows))

    def columns(self, policy: RecognitionPolicy, rates: Rates) -> Columns:
        """As the arrays of any lines."""
        lines = np.arange(self.amount.size)
        nothing = np.zeros_like(lines)
        return Columns(
            segments=Segments(
                line=lines,
                since=nothing,
                opening=nothing,
                amount=self.amount,
                method=self.method,
                start=self.start,
                end=self.end,
                calendar=policy.calendar,
            ),
            billings=self.billings,
            source=self.source,
            apart=nothing > 0,
            currencies=self.currencies,
            target=policy.functional_currency,
            rates=rates,
            calendar=policy.calendar,
            remeasured=policy.remeasure_accrued,
        )


def numbered(values: Ints) -> Ints:
    """Equal values that stand side by side, numbered from 0."""
    found: Ints = np.cumsum(np.diff(values, prepend=values[:1]) != 0)
    return found


@dataclass(frozen=True, slots=True)
class PlainClose:
    """What a close says of the lines. `adopted` is what stood in the books at adoption, a row a role;
    None but at the first close.
    """

    lines: PlainLines
    figures: Figures
    positions: Positions
    opening: Balances
    closing: Balances
    moves: Moves
    slots: Slots
    adopted: Ints | None

    def beside(self, currency: str) -> Beside:
        """The sums that the calculation of the other lines takes in."""
        return Beside(
            self.opening.totals(),
            self.closing.totals(),
            sum_of(self.closing.non_current),
            summed(self.moves, self.slots, currency),
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The lines as they stand at the period's end, R at the last closed day, as they stood there;
    and of which lines the arrays tell all of it.
    """

    now: Figures
    before: Ints
    then: Figures | None
    told: Bools


def closed(
    lines: PlainLines,
    policy: RecognitionPolicy,
    rates: Rates,
    period: Period,
    last: date,
    *,
    first: bool,
    together: Ints,
) -> tuple[PlainClose, Bools]:
    """The lines at the end of a period, `last` being the day before it; and which of them are in it.

    Where the arrays can't tell a line (vectorised_currency.py) it is left out with all those that
    have the same number in `together`.
    """
    asked = _ask(lines, policy, rates, period, last, first=first)
    kept = ~np.isin(together, together[~asked.told])
    if not kept.all():
        lines = lines.take(np.flatnonzero(kept))
        asked = _ask(lines, policy, rates, period, last, first=first)
    units, frozen, booked, adopted = lines.units, lines.frozen, lines.booked, None
    if asked.then is not None:
        frozen = _as_known(lines, asked.then, last)
    opening = balances(units, frozen.ahead, frozen.in_a_year, frozen.negative)
    if asked.then is not None:
        adopted = opening.by_role
        booked = booked + adopted
    found = positions(asked.now, asked.before, frozen, lines.is_cost)
    closing = balances(units, found.ahead, found.in_a_year, found.negative)
    slots = Slots(lines.unit, units.count, lines.place, lines.places)
    nothing = np.zeros_like(booked)
    moved = moves(
        closing.by_role, Booked(booked, nothing, nothing), found.fx, lines.is_cost, slots, policy
    )
    close = PlainClose(lines, asked.now, found, opening, closing, moved, slots, adopted)
    return close, kept


def _ask(
    lines: PlainLines,
    policy: RecognitionPolicy,
    rates: Rates,
    period: Period,
    last: date,
    *,
    first: bool,
) -> _Asked:
    subledger = Subledger(lines.columns(policy, rates))
    now = subledger.standing(period.end)
    told = now.told & now.year_known
    if not first:
        before, also = subledger.recognised_functional(last)
        return _Asked(now, before, None, told & also)
    then = subledger.standing(last)
    return _Asked(now, then.recognised_functional, then, told & then.told & then.year_known)


def _as_known(lines: PlainLines, then: Figures, day: date) -> Frozen:
    """The lines as they stood at adoption; nothing of those that were not known by then."""
    known = lines.known <= day.toordinal()
    return Frozen(
        np.where(known, then.recognised_functional, 0),
        np.where(known, then.billed_functional, 0),
        np.where(known, then.ahead, 0),
        np.where(known, then.in_a_year, 0),
        then.is_negative | ~known,
    )
