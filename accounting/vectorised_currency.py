"""Functional currency of many foreign lines at once: the common courses of docs/accounting.md §8.

Told is a line without credits whose R only grows, away from zero, and which is
- billed ahead of what it earns, layer by layer: what is earned is worth F(R);
- not billed yet: what is earned is worth its average rates;
- billed once, after it had earned: the average rates, and from the billing on its layer's.

Every other course is walked day by day in currency.py, line by line.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

import numpy as np

from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints, largest, ratio, ratio_sum
from accounting.vectorised_averages import Averages, Unbilled
from accounting.vectorised_billings import Billings, Layers
from accounting.vectorised_days import Days
from accounting.vectorised_exchange import Exchange
from accounting.vectorised_segments import Earning


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
        for sums in self._averages.sums(self.lines[rows], until, recognised[rows]):
            lines = rows[sums.places]
            if sums.largest < FITS:
                told[lines] = True
                found[lines] = sums.rounded()

    def _in_arrears(self, rows: Ints, recognised: Ints, found: Ints, told: Bools) -> None:
        """The same up to the day before the billing; what is earned from there on by its layer."""
        layer = self._layers.first[rows]
        before, until = self._earned_before[layer], self._billings.day[layer] - 1
        since = np.abs(recognised[rows] - before)
        size, functional = np.abs(self._billings.amount[layer]), self._billings.functional[layer]
        for sums in self._averages.sums(self.lines[rows], until, before):
            lines, own = rows[sums.places], sums.places
            if sums.largest < FITS:
                told[lines] = True
                found[lines] = ratio_sum(
                    sums.numerators, sums.denominator, functional[own], since[own], size[own]
                )

    @cached_property
    def _averages(self) -> Averages:
        """Of the lines that earn before a billing: not billed at all, or late."""
        layers, segments = self._layers, self._earning.segments
        is_billed = np.flatnonzero(layers.count)
        first = layers.first[is_billed]
        last = np.full(self.lines.size, date.max.toordinal())
        last[is_billed] = np.where(self._is_late[first], self._billings.day[first] - 1, 0)
        rows = np.flatnonzero(last)
        lines = self.lines[rows]
        start = segments.start[np.searchsorted(segments.line, lines)]
        unbilled = Unbilled(lines, self._source[rows], start, last[rows])
        return Averages(self._exchange, self._earning, unbilled)


def _fits(rate: Fraction) -> bool:
    """Whether numerator and denominator can stand in arrays."""
    return rate.numerator < FITS and rate.denominator < FITS
