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
from functools import cached_property
from math import lcm

import numpy as np

from accounting.calendars import FiscalCalendar
from accounting.money import exponent
from accounting.rates import Rates
from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints, largest, ratio, ratio_sum
from accounting.vectorised_billings import Billings, Layers
from accounting.vectorised_days import Days, period_starts
from accounting.vectorised_segments import Earning

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


@dataclass(frozen=True, slots=True)
class _Billed:
    """What stands of billings at the end of a day, by line: B in document and in functional
    currency, how many there are, and how many of them came late.
    """

    day: date
    amount: Ints
    functional: Ints
    number: Ints
    late: Ints


class Foreign:
    """The foreign lines of columns: `lines` are their places there."""

    def __init__(
        self, exchange: Exchange, source: Ints, lines: Ints, earning: Earning, billings: Billings
    ) -> None:
        self.lines = lines
        self._exchange, self._source, self._earning = exchange, source, earning
        self._billings = billings.of(lines)
        self._layers = Layers.of(self._billings, lines.size)
        billed = self._billings
        before = Days.of(billed.day - 1)
        self._earned_before = earning.recognised_by(lines[billed.line], before)
        self._is_late = np.abs(self._earned_before) > np.abs(billed.before())
        self._latest: _Billed | None = None
        self._average_of: dict[int, list[Fraction | None]] = {}

    def _billed(self, day: date) -> _Billed:
        """Kept of the latest day: it is asked for again and again."""
        if self._latest is None or self._latest.day != day:
            billings, count = self._billings, self.lines.size
            known = billings.known(day)
            self._latest = _Billed(
                day,
                *billings.upto(day, count),
                np.bincount(billings.line[known], minlength=count),
                np.bincount(billings.line[known & self._is_late], minlength=count),
            )
        return self._latest

    def measured(self, day: date, recognised: Ints) -> tuple[Ints, Bools]:
        """R in functional currency, given R in the documents'; and of which lines it is told."""
        billed = self._billed(day)
        covered = np.abs(recognised) <= np.abs(billed.amount)
        ahead = np.flatnonzero((billed.number > 0) & (billed.late == 0) & covered)
        unbilled = np.flatnonzero((billed.number == 0) & (recognised != 0))
        arrears = np.flatnonzero((billed.number == 1) & (billed.late == 1) & covered)
        found, told = np.zeros(self.lines.size, np.int64), (recognised == 0) & (billed.number == 0)
        told[ahead] = True
        found[ahead] = self._layers.worth(ahead, recognised[ahead])
        self._at_average(unbilled, day, recognised, found, told)
        self._in_arrears(arrears, recognised, found, told)
        return found, told

    def ahead(self, day: date, recognised: Ints, earned: Ints) -> tuple[Ints, Bools]:
        """Deferred − accrued in functional currency, and of which lines it is told: `recognised`
        in the documents' currency, `earned` as measured.
        """
        billed = self._billed(day)
        as_billed = (billed.number > 0) & (billed.late == 0)
        worth = np.where(as_billed, earned, 0)
        if self._exchange.remeasured:
            found, known, told = self._remeasured(day, recognised, worth, as_billed)
            return found, known & told
        found, told = self._covered(day, recognised, worth, as_billed)
        unbilled = ~told & (billed.amount == 0)
        found[unbilled] = -earned[unbilled]
        return found, told | unbilled

    def in_a_year(self, day: date, recognised: Ints) -> tuple[Ints, Bools, Bools]:
        """What would be ahead with R as given; what is earned beyond the billings stands at the
        closing rate of the day. Of which lines that is known, for there is a rate; of which the
        arrays can tell it.
        """
        nothing = np.zeros(self.lines.size, np.int64)
        return self._remeasured(day, recognised, nothing, nothing > 0)

    def _remeasured(
        self, day: date, recognised: Ints, worth: Ints, is_worth: Bools
    ) -> tuple[Ints, Bools, Bools]:
        found, covered = self._covered(day, recognised, worth, is_worth)
        billed = self._billed(day)
        known, told = np.ones_like(covered), covered.copy()
        beyond_all = np.flatnonzero(~covered)
        source = self._source[beyond_all]
        for code, rate in enumerate(self._exchange.closing(day)):
            rows = beyond_all[source == code]
            beyond = billed.amount[rows] - recognised[rows]
            known[rows] = rate is not None
            if rate is None:
                told[rows] = True
            elif _fits(rate) and largest(beyond) * rate < FITS:
                told[rows] = True
                found[rows] = ratio(beyond, ints(rate.numerator), ints(rate.denominator))
        return found, known, told

    def _covered(
        self, day: date, recognised: Ints, worth: Ints, is_worth: Bools
    ) -> tuple[Ints, Bools]:
        """Billed less earned by layers, of the lines of which billings cover what is earned.

        `worth` is F(R) of those of which that is known already.
        """
        billed = self._billed(day)
        covered = np.abs(recognised) <= np.abs(billed.amount)
        rows = np.flatnonzero(covered & ~is_worth)
        earned = worth.copy()
        earned[rows] = self._layers.worth(rows, recognised[rows])
        return np.where(covered, billed.functional - earned, 0), covered

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
        wanted = np.zeros(self.lines.size, np.bool_)
        wanted[rows] = True
        for sums in self._before_billing:
            own = np.flatnonzero(wanted[sums.rows])
            lines = sums.rows[own]
            layer = self._layers.first[lines]
            since = np.abs(recognised[lines] - self._earned_before[layer])
            size = np.abs(self._billings.amount[layer])
            functional = self._billings.functional[layer]
            if own.size and sums.largest < FITS:
                told[lines] = True
                found[lines] = ratio_sum(
                    sums.numerators[own], sums.denominator, functional, since, size
                )

    @cached_property
    def _before_billing(self) -> "list[_Sums]":
        """What lines earned before their first billing: the same on whatever day one asks."""
        rows = np.flatnonzero(self._layers.count)
        rows = rows[self._is_late[self._layers.first[rows]]]
        layer = self._layers.first[rows]
        return self._sums_at_average(
            rows, self._billings.day[layer] - 1, self._earned_before[layer]
        )

    def _sums_at_average(self, rows: Ints, until: Ints, reached: Ints) -> "list[_Sums]":
        """Σ of what each period earned × its average rate, by currency; `reached` is R at `until`."""
        segments = self._earning.segments
        start = segments.start[np.searchsorted(segments.line, self.lines[rows])]
        near = until - start < DAYS_AT_AVERAGE_MAX
        rows, until, reached, start = rows[near], until[near], reached[near], start[near]
        if not rows.size:
            return []
        starts = period_starts(self._exchange.calendar, int(start.min()), int(until.max()))
        rates = [self._averages(day) for day in starts[:-1].tolist()]
        found = []
        for code in np.unique(self._source[rows]).tolist():
            own = np.flatnonzero(self._source[rows] == code)
            course = _Course(rows[own], start[own], until[own], reached[own])
            moves = self._moves(course, starts)
            found.extend(_sums(course.rows, moves, [each[code] for each in rates]))
        return found

    def _averages(self, start: int) -> "list[Fraction | None]":
        """The average rates of the period that starts on the day, by currency."""
        if start not in self._average_of:
            self._average_of[start] = self._exchange.average(date.fromordinal(start))
        return self._average_of[start]

    def _moves(self, course: "_Course", starts: Ints) -> "_Moves":
        """What each line earned in each period from its start to the day up to which it is asked."""
        first = np.searchsorted(starts, course.start, "right") - 1
        count = np.maximum(np.searchsorted(starts, course.until, "right") - first, 1)
        heads = np.cumsum(count) - count
        line = np.repeat(np.arange(count.size), count)
        period = np.arange(line.size) - np.repeat(heads - first, count)
        reached = np.zeros(line.size, np.int64)
        last = np.zeros(line.size, np.bool_)
        last[heads + count - 1] = True
        whole = np.flatnonzero(~last)
        lines = self.lines[course.rows[line[whole]]]
        ends = Days.of(starts[1:] - 1).take(period[whole])
        reached[whole] = self._earning.recognised_by(lines, ends)
        reached[last] = course.reached
        earned = reached - np.roll(reached, 1)
        earned[heads] = reached[heads]
        return _Moves(line, period, earned)


@dataclass(frozen=True, slots=True)
class _Course:
    """Lines of one currency: the day from which they earn, and R on the day up to which."""

    rows: Ints
    start: Ints
    until: Ints
    reached: Ints


@dataclass(frozen=True, slots=True)
class _Moves:
    """What lines, by their places in a course, earned in a period."""

    line: Ints
    period: Ints
    earned: Ints


@dataclass(frozen=True, slots=True)
class _Sums:
    """Numerators by row over one denominator; `largest` bounds the quotients."""

    rows: Ints
    numerators: Ints
    denominator: int
    largest: int


def _sums(rows: Ints, moves: _Moves, rates: Sequence[Fraction | None]) -> "list[_Sums]":
    """Of one currency. A line that moves in a period without a rate is left to the walk, which
    says what is missing.
    """
    missing = np.array([rate is None for rate in rates], np.bool_)
    told = np.ones(rows.size, np.bool_)
    told[moves.line[missing[moves.period] & (moves.earned != 0)]] = False
    given = [rate or Fraction(0) for rate in rates]
    denominator = lcm(*(rate.denominator for rate in given))
    factors = [rate.numerator * (denominator // rate.denominator) for rate in given]
    bound = largest(moves.earned) * max(factors) * len(factors)
    kind = np.int64 if 2 * bound + denominator < FITS else object
    products = moves.earned.astype(kind) * np.array(factors, kind)[moves.period]
    numerators = np.zeros(rows.size, kind)
    np.add.at(numerators, moves.line, products)
    return [_Sums(rows[told], numerators[told], denominator, bound // denominator + 1)]


def _rounded(numerators: Ints, denominator: int) -> Ints:
    """Halves away from zero; of int64 or of Python's integers."""
    size = (2 * np.abs(numerators) + denominator) // (2 * denominator)
    return np.where(numerators < 0, -size, size).astype(np.int64)


def _fits(rate: Fraction) -> bool:
    """Whether numerator and denominator can stand in arrays."""
    return rate.numerator < FITS and rate.denominator < FITS
