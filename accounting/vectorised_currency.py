"""Functional currency of many foreign lines at once: the common courses of docs/accounting.md §8.

Told is a line without credits whose R only grows, away from zero, and which is
- billed ahead of what it earns, layer by layer: what is earned is worth F(R);
- not billed yet: what is earned is worth its average rates;
- billed once, after it had earned: the average rates, and from the billing on its layer's.

Every other course is walked day by day in currency.py, line by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm

import numpy as np

from accounting.calendars import FiscalCalendar
from accounting.money import exponent
from accounting.rates import Rates
from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints, largest, ratio
from accounting.vectorised_billings import Billings, Layers
from accounting.vectorised_days import Days, period_starts
from accounting.vectorised_segments import Earning, Segments

DAYS_AT_AVERAGE_MAX = 36_525
"""A line that earned before its first billing for longer than a century is left to the walk."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates between minor units of each of the `currencies` and the functional one's."""

    currencies: Sequence[str]
    target: str
    rates: Rates
    calendar: FiscalCalendar
    remeasured: bool

    def closing(self, day: date) -> list[Fraction | None]:
        """The closing rate of the day's period, by currency; None where it is not known."""
        return [
            self._scaled(source, self.rates.closing(source, self.target, self.calendar, day))
            for source in self.currencies
        ]

    def average(self, day: date) -> list[Fraction | None]:
        """The average rate of the day's period, by currency; None where it is not known."""
        return [
            self._scaled(source, self.rates.average(source, self.target, self.calendar, day))
            for source in self.currencies
        ]

    def _scaled(self, source: str, rate: Fraction | None) -> Fraction | None:
        shift = exponent(self.target) - exponent(source)
        return None if rate is None else rate * Fraction(10) ** shift


class Foreign:
    """The foreign lines of columns: `lines` are their places there."""

    def __init__(
        self,
        exchange: Exchange,
        source: Ints,
        lines: Ints,
        segments: Segments,
        billings: Billings,
    ) -> None:
        self.lines = lines
        self._exchange, self._source, self._segments = exchange, source, segments
        self._billings = billings.of(lines)
        self._layers = Layers.of(self._billings, lines.size)
        billed = self._billings
        day_before = Days.of(billed.day - 1)
        self._earned_before = Earning.some(segments, lines[billed.line]).recognised(day_before)
        self._is_late = np.abs(self._earned_before) > np.abs(billed.before())

    def measured(self, day: date, recognised: Ints) -> tuple[Ints, Bools]:
        """R in functional currency, given R in the documents'; and of which lines it is told."""
        billings, count = self._billings, self.lines.size
        known = billings.known(day)
        number = np.bincount(billings.line[known], minlength=count)
        late = np.bincount(billings.line[known & self._is_late], minlength=count)
        billed, _ = billings.upto(day, count)
        covered = np.abs(recognised) <= np.abs(billed)
        ahead = np.flatnonzero((number > 0) & (late == 0) & covered)
        unbilled = np.flatnonzero((number == 0) & (recognised != 0))
        arrears = np.flatnonzero((number == 1) & (late == 1) & covered)
        found, told = np.zeros(count, np.int64), (recognised == 0) & (number == 0)
        told[ahead] = True
        found[ahead] = self._layers.worth(ahead, recognised[ahead])
        self._at_average(unbilled, day, recognised, found, told)
        self._in_arrears(arrears, recognised, found, told)
        return found, told

    def ahead(self, day: date, recognised: Ints, earned: Ints) -> tuple[Ints, Bools]:
        """Deferred − accrued in functional currency, and of which lines it is told: `recognised`
        in the documents' currency, `earned` as measured.
        """
        if self._exchange.remeasured:
            found, known, told = self.in_a_year(day, recognised)
            return found, known & told
        found, told = self._covered(day, recognised)
        billed, _ = self._billings.upto(day, self.lines.size)
        unbilled = ~told & (billed == 0)
        found[unbilled] = -earned[unbilled]
        return found, told | unbilled

    def in_a_year(self, day: date, recognised: Ints) -> tuple[Ints, Bools, Bools]:
        """What would be ahead with R as given; what is earned beyond the billings stands at the
        closing rate of the day. Of which lines that is known, for there is a rate; of which the
        arrays can tell it.
        """
        found, covered = self._covered(day, recognised)
        billed, _ = self._billings.upto(day, self.lines.size)
        known, told = np.ones_like(covered), covered.copy()
        for code, rate in enumerate(self._exchange.closing(day)):
            rows = np.flatnonzero(~covered & (self._source == code))
            beyond = billed[rows] - recognised[rows]
            known[rows] = rate is not None
            if rate is None:
                told[rows] = True
            elif _fits(rate) and largest(beyond) * rate < FITS:
                told[rows] = True
                found[rows] = ratio(beyond, ints(rate.numerator), ints(rate.denominator))
        return found, known, told

    def _covered(self, day: date, recognised: Ints) -> tuple[Ints, Bools]:
        """Billed less earned by layers, of the lines of which billings cover what is earned."""
        billed, functional = self._billings.upto(day, self.lines.size)
        covered = np.abs(recognised) <= np.abs(billed)
        rows = np.flatnonzero(covered)
        found = np.zeros(self.lines.size, np.int64)
        found[rows] = functional[rows] - self._layers.worth(rows, recognised[rows])
        return found, covered

    def _at_average(
        self, rows: Ints, day: date, recognised: Ints, found: Ints, told: Bools
    ) -> None:
        """What is earned before any billing, each period's at its average rate."""
        until = np.full(rows.size, day.toordinal())
        for sums in self._sums_at_average(rows, until, recognised[rows]):
            if sums.largest < FITS:
                told[sums.rows] = True
                found[sums.rows] = _rounded(sums.numerators, sums.denominator)

    def _in_arrears(self, rows: Ints, recognised: Ints, found: Ints, told: Bools) -> None:
        """The same up to the day before the billing; what is earned from there on by its layer."""
        layer = self._layers.first
        until = self._billings.day[layer[rows]] - 1
        for sums in self._sums_at_average(rows, until, self._earned_before[layer[rows]]):
            at = layer[sums.rows]
            size = np.abs(self._billings.amount[at]).astype(object)
            since = np.abs(recognised[sums.rows] - self._earned_before[at]).astype(object)
            exact = sums.numerators.astype(object) * size
            exact += self._billings.functional[at].astype(object) * since * sums.denominator
            if sums.largest < FITS:
                told[sums.rows] = True
                found[sums.rows] = _rounded(exact, sums.denominator * size)

    def _sums_at_average(self, rows: Ints, until: Ints, reached: Ints) -> "list[_Sums]":
        """Σ of what each period earned × its average rate, by currency; `reached` is R at `until`."""
        places = np.searchsorted(self._segments.line, self.lines[rows])
        start = self._segments.start[places]
        near = until - start < DAYS_AT_AVERAGE_MAX
        rows, until, reached, start = rows[near], until[near], reached[near], start[near]
        if not rows.size:
            return []
        starts = period_starts(self._exchange.calendar, int(start.min()), int(until.max()))
        earning = Earning.some(self._segments, self.lines[rows])
        moves = np.zeros((starts.size - 1, rows.size), np.int64)
        before = np.zeros(rows.size, np.int64)
        for number, after in enumerate(starts[1:].tolist()):
            last = date.fromordinal(after - 1)
            now = np.where(until < after, reached, earning.recognised(Days.one(last)))
            moves[number], before = now - before, now
        rates = [self._exchange.average(date.fromordinal(day)) for day in starts[:-1].tolist()]
        found = []
        for code in np.unique(self._source[rows]).tolist():
            own = self._source[rows] == code
            found.extend(_sums(rows[own], moves[:, own], [each[code] for each in rates]))
        return found


@dataclass(frozen=True, slots=True)
class _Sums:
    """Numerators by row over one denominator; `largest` bounds the quotients."""

    rows: Ints
    numerators: Ints
    denominator: int
    largest: int


def _sums(rows: Ints, moves: Ints, rates: Sequence[Fraction | None]) -> "list[_Sums]":
    """Of one currency. A line that moves in a period without a rate is left to the walk, which
    says what is missing.
    """
    known = np.array([rate is not None for rate in rates], np.bool_)
    told = ~(moves[~known] != 0).any(axis=0)
    rows, moves = rows[told], moves[:, told]
    given = [rate or Fraction(0) for rate in rates]
    denominator = lcm(*(rate.denominator for rate in given))
    factors = [rate.numerator * (denominator // rate.denominator) for rate in given]
    if not rows.size:
        return []
    bound = sum(
        largest(move) * factor for move, factor in zip(moves, factors, strict=True) if factor
    )
    kind = np.int64 if 2 * bound + denominator < FITS else object
    numerators = np.zeros(rows.size, kind)
    for move, factor in zip(moves, factors, strict=True):
        if factor:
            numerators += move.astype(kind) * factor
    return [_Sums(rows, numerators, denominator, bound // denominator + 1)]


def _rounded(numerators: Ints, denominators: Ints | int) -> Ints:
    """Halves away from zero; of int64 or of Python's integers."""
    size = (2 * np.abs(numerators) + denominators) // (2 * denominators)
    return np.where(numerators < 0, -size, size).astype(np.int64)


def _fits(rate: Fraction) -> bool:
    """Whether numerator and denominator can stand in arrays."""
    return rate.numerator < FITS and rate.denominator < FITS
