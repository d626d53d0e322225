"""f(t) of the methods over time as arrays of whole numbers: elapsed ÷ whole (docs/accounting.md §3).

The same formulae as methods.py, for many service periods at once. Each form answers for the days
that lie inside the service period; before it nothing is earned, from its last day on all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from accounting.calendars import FiscalCalendar
from accounting.vectorised_arithmetic import Ints
from accounting.vectorised_days import Days, period_starts

Fraction = tuple[Ints, Ints]
"""Numerators and denominators."""


class Form(Protocol):
    """A method over the service periods of some rows."""

    def fraction(self, at: Days, rows: Ints) -> Fraction:
        """What is earned by the days, for the rows named: one day for each, or one for all."""

    def monthly(self, ends: Ints, rows: Ints) -> Fraction:
        """What is earned by the ends of the months of service but the last (there it is all): a
        row for each of the rows named (a column) and a column a month. `ends`, these days, are
        room for the numerators: written over.
        """


@dataclass(frozen=True, slots=True)
class _Evenly:
    """Units elapsed ÷ all units: days, or the days of months of 30."""

    before: Ints
    whole: Ints
    in_360: bool = False

    def fraction(self, at: Days, rows: Ints) -> Fraction:
        now = at.in_360 if self.in_360 else at.ordinal
        return now - self.before[rows], self.whole[rows]

    def monthly(self, ends: Ints, rows: Ints) -> Fraction:
        before, whole = self.before[rows], self.whole[rows]
        if self.in_360:
            return np.add(30 - before % 30, 30 * np.arange(ends.shape[1]), out=ends), whole
        ends -= before
        return ends, whole


def _daily(start: Ints, end: Ints, _calendar: FiscalCalendar) -> Form:
    return _Evenly(start - 1, end - start + 1)


def _daily_360(start: Ints, end: Ints, _calendar: FiscalCalendar) -> Form:
    before = Days.of(start).in_360 - 1
    return _Evenly(before, Days.of(end).in_360 - before, in_360=True)


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Months by weight: `opening` that of the first month, `closing` of the last, `unit` of each
    between, `whole` their sum. `head` and `tail` are the days of service in the first and last
    month. A service period inside one month has that month alone.
    """

    start: Ints
    first: Ints
    last: Ints
    head: Ints
    tail: Ints
    opening: Ints
    unit: Ints
    closing: Ints
    whole: Ints

    def fraction(self, at: Days, rows: Ints) -> Fraction:
        opening, unit, whole = self.opening[rows], self.unit[rows], self.whole[rows]
        first, last = self.first[rows], self.last[rows]
        head, tail = self.head[rows], self.tail[rows]
        in_first, in_last = at.month == first, at.month == last
        before = opening + (at.month - first - 1) * unit
        elapsed = np.where(
            in_first,
            opening * (at.ordinal - self.start[rows] + 1),
            np.where(
                in_last,
                before * tail + self.closing[rows] * at.day,
                before * at.length + unit * at.day,
            ),
        )
        days = np.where(in_first, head, np.where(in_last, tail, at.length))
        return elapsed, whole * days

    def monthly(self, ends: Ints, rows: Ints) -> Fraction:
        np.multiply(self.unit[rows], np.arange(ends.shape[1]), out=ends)
        ends += self.opening[rows]
        return ends, self.whole[rows]


def _weighted(
    start: Ints, end: Ints, opening: Ints, unit: Ints, closing: Ints, whole: Ints
) -> Form:
    starts, ends = Days.of(start), Days.of(end)
    alone = starts.month == ends.month
    return _Weighted(
        start=start,
        first=starts.month,
        last=ends.month,
        head=np.where(alone, end - start + 1, starts.length - starts.day + 1),
        tail=ends.day,
        opening=np.where(alone, 1, opening),
        unit=unit,
        closing=closing,
        whole=np.where(alone, 1, whole),
    )


Ends = Callable[[Days, Days], tuple[Ints, Ints, Ints, Ints]]
"""The weights of first and last months: numerator and denominator of either."""


def _by_months(ends_of: Ends) -> Callable[[Ints, Ints, FiscalCalendar], Form]:
    def form(start: Ints, end: Ints, _calendar: FiscalCalendar) -> Form:
        starts, ends = Days.of(start), Days.of(end)
        first, of_first, last, of_last = ends_of(starts, ends)
        unit = of_first * of_last
        opening, closing = first * of_last, last * of_first
        between = ends.month - starts.month - 1
        closing = np.where(opening + between * unit + closing == 0, unit, closing)
        return _weighted(start, end, opening, unit, closing, opening + between * unit + closing)

    return form


def _covered(starts: Days, ends: Days) -> tuple[Ints, Ints, Ints, Ints]:
    return starts.length - starts.day + 1, starts.length, ends.day, ends.length


def _whole(starts: Days, ends: Days) -> tuple[Ints, Ints, Ints, Ints]:
    one = np.ones_like(starts.day)
    return one, one, (ends.day == ends.length).astype(np.int64), one


def _halves(starts: Days, ends: Days) -> tuple[Ints, Ints, Ints, Ints]:
    two = np.full_like(starts.day, 2)
    return 1 + (starts.day == 1), two, 1 + (ends.day == ends.length), two


def _mid_month(starts: Days, ends: Days) -> tuple[Ints, Ints, Ints, Ints]:
    one = np.ones_like(starts.day)
    early, late = (starts.day <= 15).astype(np.int64), (ends.day > 15).astype(np.int64)
    return early, one, late, one


def _prorated_ends(start: Ints, end: Ints, _calendar: FiscalCalendar) -> Form:
    starts, ends = Days.of(start), Days.of(end)
    days = end - start + 1
    opening = np.where(starts.day == 1, 0, starts.length - starts.day + 1)
    closing = np.where(ends.day == ends.length, 0, ends.day)
    months = ends.month - starts.month - 1 + (opening == 0) + (closing == 0)
    shared = np.maximum(months, 1)
    unit = np.where(months > 0, days - opening - closing, 0)
    return _weighted(
        start,
        end,
        np.where(opening == 0, unit, opening * shared),
        unit,
        np.where(closing == 0, unit, closing * shared),
        days * shared,
    )


@dataclass(frozen=True, slots=True)
class _EvenPeriods:
    """Every fiscal period touched weighs 1. `starts` are the periods' first days."""

    start: Ints
    end: Ints
    starts: Ints
    first: Ints
    touched: Ints

    def fraction(self, at: Days, rows: Ints) -> Fraction:
        return self._elapsed(at.ordinal, rows)

    def monthly(self, ends: Ints, rows: Ints) -> Fraction:
        return self._elapsed(np.minimum(ends, self.end[rows], out=ends), rows)

    def _elapsed(self, at: Ints, rows: Ints) -> Fraction:
        now = np.searchsorted(self.starts, at, side="right") - 1
        opened = np.maximum(self.start[rows], self.starts[now])
        days = np.minimum(self.end[rows], self.starts[now + 1] - 1) - opened + 1
        return (now - self.first[rows]) * days + at - opened + 1, self.touched[rows] * days


def _even_periods(start: Ints, end: Ints, calendar: FiscalCalendar) -> Form:
    starts = period_starts(calendar, int(start.min()), int(end.max()))
    first, last = (np.searchsorted(starts, day, side="right") - 1 for day in (start, end))
    return _EvenPeriods(start, end, starts, first, last - first + 1)


FORMS: dict[str, Callable[[Ints, Ints, FiscalCalendar], Form]] = {
    "daily": _daily,
    "daily_360": _daily_360,
    "monthly": _by_months(_covered),
    "prorated_ends": _prorated_ends,
    "even_periods": _even_periods,
    "whole_months": _by_months(_whole),
    "half_month": _by_months(_halves),
    "mid_month": _by_months(_mid_month),
}
"""From first and last days of service to the method's form, by its name. Of at least one row."""
