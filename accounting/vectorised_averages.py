"""What foreign lines earn before any billing, at each period's average rate (docs/accounting.md §8).

A table holds, of each line, R and what it is worth at the ends of periods; a day's figure is that of
the period's end before it and what was earned since. Sums are exact: numerators over one denominator.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from accounting.vectorised_arithmetic import FITS, Ints, ints, largest
from accounting.vectorised_days import Days, period_starts
from accounting.vectorised_exchange import Exchange
from accounting.vectorised_segments import Earning

DAYS_AT_AVERAGE_MAX = 36_525
"""A line that earns unbilled for longer than a century is left to the walk, line by line."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Numerators over one denominator of the lines at some `places` of those asked for; `largest`
    bounds the quotients.
    """

    places: Ints
    numerators: Ints
    denominator: int
    largest: int

    def rounded(self) -> Ints:
        """The quotients, halves away from zero."""
        size = (2 * np.abs(self.numerators) + self.denominator) // (2 * self.denominator)
        return np.where(self.numerators < 0, -size, size).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Unbilled:
    """Lines by their places in columns, in rising order: their currencies, the first days on which
    they earn, the last days before their first billings (the last day of all where none comes).
    """

    lines: Ints
    source: Ints
    start: Ints
    last: Ints


@dataclass(frozen=True, slots=True)
class _Table:
    """Of one currency: `rows` are places among the unbilled, each with its periods from `first` on
    side by side from `heads` on; `unknown` counts periods in which it earned and no rate is known.
    """

    rows: Ints
    heads: Ints
    first: Ints
    reached: Ints
    numerators: Ints
    unknown: Ints
    missing: Ints
    factors: Ints
    denominator: int
    largest: int


class Averages:
    """The tables, up to the latest day that was asked for."""

    def __init__(self, exchange: Exchange, earning: Earning, unbilled: Unbilled) -> None:
        self._exchange, self._earning, self._unbilled = exchange, earning, unbilled
        self._horizon = 0
        self._starts: Ints = unbilled.start[:0]
        self._tables: list[_Table] = []
        self._table_of: Ints = unbilled.start[:0]

    def sums(self, lines: Ints, until: Ints, reached: Ints) -> Iterator[Sums]:
        """Σ of what each period up to a day earned × its average rate, by currency, of some of the
        unbilled lines: by R on that day. A line that moves in a period without a rate is left to
        the walk, which says what is missing.
        """
        if not lines.size:
            return
        latest = int(until.max())
        if latest > self._horizon:
            self._fill(latest)
        rows = np.searchsorted(self._unbilled.lines, lines)
        number = self._table_of[rows]
        for which, table in enumerate(self._tables):
            places = np.flatnonzero(number == which)
            if places.size:
                yield self._asked(table, rows[places], places, until[places], reached[places])

    def _asked(self, table: _Table, rows: Ints, places: Ints, until: Ints, reached: Ints) -> Sums:
        at = np.searchsorted(table.rows, rows)
        first = table.first[at]
        period = np.maximum(np.searchsorted(self._starts, until, "right") - 1, first)
        before = np.flatnonzero(period > first)
        end = table.heads[at[before]] + period[before] - first[before] - 1
        moved, numerators = reached.copy(), np.zeros(rows.size, table.numerators.dtype)
        moved[before] -= table.reached[end]
        numerators[before] = table.numerators[end]
        numerators += moved.astype(numerators.dtype) * table.factors[period]
        told = (moved == 0) | (table.missing[period] == 0)
        told[before] &= table.unknown[end] == 0
        return Sums(places[told], numerators[told], table.denominator, table.largest)

    def _fill(self, horizon: int) -> None:
        """The tables of all lines that earn up to the day."""
        unbilled = self._unbilled
        last = np.minimum(unbilled.last, horizon)
        near = (unbilled.start <= last) & (last - unbilled.start < DAYS_AT_AVERAGE_MAX)
        self._horizon, self._tables = horizon, []
        self._table_of = np.full(near.size, -1)
        if not near.any():
            return
        first = int(unbilled.start[near].min())
        self._starts = period_starts(self._exchange.calendar, first, horizon)
        rates = [self._exchange.average(date.fromordinal(d)) for d in self._starts[:-1].tolist()]
        for code in np.unique(unbilled.source[near]).tolist():
            factors = _Factors.of([each[code] for each in rates])
            rows = np.flatnonzero(near & (unbilled.source == code))
            # R only grows: nothing that is asked for is larger than what is reached at the end.
            most = np.abs(self._earning.recognised_by(unbilled.lines[rows], Days.of(last[rows])))
            fits = most < (FITS - factors.denominator) // (2 * max(*factors.factors, 1))
            for some, kind in ((fits, np.int64), (~fits, object)):
                if some.any():
                    own = rows[some]
                    self._table_of[own] = len(self._tables)
                    self._tables.append(self._table(own, last[own], factors, largest(most), kind))

    def _table(
        self, rows: Ints, last: Ints, rates: "_Factors", most: int, kind: type[Any]
    ) -> _Table:
        first = np.searchsorted(self._starts, self._unbilled.start[rows], "right") - 1
        count = np.searchsorted(self._starts, last, "right") - 1 - first
        heads = np.cumsum(count) - count
        line = np.repeat(rows, count)
        period = np.arange(line.size) - np.repeat(heads - first, count)
        ends = Days.of(self._starts[1:] - 1).take(period)
        reached = self._earning.recognised_by(self._unbilled.lines[line], ends)
        moved = reached - np.roll(reached, 1)
        moved[heads[count > 0]] = reached[heads[count > 0]]
        factors = np.array(rates.factors, kind)
        return _Table(
            rows=rows,
            heads=heads,
            first=first,
            reached=reached,
            numerators=_running(moved.astype(kind) * factors[period], heads, count),
            unknown=_running((moved != 0) * rates.missing[period], heads, count),
            missing=rates.missing,
            factors=factors,
            denominator=rates.denominator,
            largest=most * max(rates.factors) // rates.denominator + 1,
        )


@dataclass(frozen=True, slots=True)
class _Factors:
    """Rates by period over one denominator; `missing` is 1 where there is none."""

    factors: Sequence[int]
    denominator: int
    missing: Ints

    @classmethod
    def of(cls, rates: Sequence[Fraction | None]) -> "_Factors":
        given = [rate or Fraction(0) for rate in rates]
        denominator = lcm(*(rate.denominator for rate in given))
        factors = [rate.numerator * (denominator // rate.denominator) for rate in given]
        return cls(factors, denominator, ints([rate is None for rate in rates]))


def _running(values: Ints, heads: Ints, count: Ints) -> Ints:
    """The running sums of each line's values. That of all lines may wrap round; what one line adds
    to it fits, so the difference is right.
    """
    if not values.size:
        return values
    sums = np.cumsum(values)
    before = np.where(heads > 0, sums[np.maximum(heads, 1) - 1], 0)
    found: Ints = sums - np.repeat(before, count)
    return found
