"""R(t) in document currency for many lines at once: segments as arrays, reports as one table.

A row is a segment of a line (segments.py). What goes by reports is a table of (row, day, R) that
is looked up: between two reports nothing is earned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar
from accounting.vectorised_arithmetic import Bools, Ints, ratio
from accounting.vectorised_days import Days
from accounting.vectorised_methods import FORMS, Form

METHODS = tuple(FORMS)
"""The methods over time by their codes in `Segments.method`."""
AT_ONCE, BY_REPORTS = -1, -2
DAY_BITS = 22
"""A row's number and a day make one key of a table: days are below 2²², rows below 2⁴¹."""


def keys(rows: Ints, days: Ints) -> Ints:
    """What a table by row and day is sorted by."""
    return (rows << DAY_BITS) + days


@dataclass(frozen=True, slots=True)
class Reports:
    """R from a day on (ordinal), by row; each row begins with what stands before its first day."""

    row: Ints
    day: Ints
    recognised: Ints


NO_REPORTS = Reports(*(np.zeros(0, np.int64) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments in the order of lines and time; amounts in minor units, days as ordinals.

    `since` is the day from which the segment counts, 0 of a line's first one. `method` is a place
    in METHODS, AT_ONCE, or BY_REPORTS; `start` and `end` are the service period where the method
    goes over time, `start` is the first report's day where it goes by reports.
    """

    line: Ints
    since: Ints
    opening: Ints
    amount: Ints
    method: Ints
    start: Ints
    end: Ints
    reports: Reports = NO_REPORTS
    calendar: FiscalCalendar = CALENDAR_MONTHS

    @property
    def one_each(self) -> bool:
        """Whether each line has one segment: then rows are lines."""
        return not self.line.size or int(self.line[-1]) + 1 == self.line.size


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one method; where they lie side by side they are a slice, which copies nothing."""

    code: int
    rows: slice | Ints
    amount: Ints
    start: Ints
    end: Ints
    form: Form

    def earned(self, at: Days) -> Ints:
        """Of every row, without what was earned before the segment, on one day for all."""
        found = np.where(at.ordinal >= self.end, self.amount, 0)
        inside = np.flatnonzero((self.start <= at.ordinal) & (at.ordinal < self.end))
        if inside.size:
            found[inside] = ratio(self.amount[inside], *self.form.fraction(at, inside))
        return found

    def earned_by(self, rows: Ints, at: Days) -> Ints:
        """Of some rows of the group, each on its own day."""
        places = (
            rows - self.rows.start
            if isinstance(self.rows, slice)
            else np.searchsorted(self.rows, rows)
        )
        amount, end = self.amount[places], self.end[places]
        found = np.where(at.ordinal >= end, amount, 0)
        inside = np.flatnonzero((self.start[places] <= at.ordinal) & (at.ordinal < end))
        if inside.size:
            elapsed = self.form.fraction(at.take(inside), places[inside])
            found[inside] = ratio(amount[inside], *elapsed)
        return found


@dataclass(frozen=True, slots=True)
class Earning:
    """Segments made ready to answer what is earned: on one day, or by lines each on its own."""

    segments: Segments
    lines: int
    groups: Sequence[Group]
    by_reports: Ints
    table: Ints

    @classmethod
    def of(cls, segments: Segments, lines: int) -> "Earning":
        """Of so many lines."""
        groups = []
        for code, name in enumerate(METHODS):
            rows = _rows(segments.method == code)
            start, end = segments.start[rows], segments.end[rows]
            if start.size:
                form = FORMS[name](start, end, segments.calendar)
                groups.append(Group(code, rows, segments.amount[rows], start, end, form))
        reports = segments.reports
        return cls(
            segments,
            lines,
            groups,
            np.flatnonzero(segments.method == BY_REPORTS),
            keys(reports.row, reports.day),
        )

    @property
    def over_time(self) -> bool:
        """Whether each line has one segment, which goes over time and begins at nothing."""
        segments = self.segments
        plain = segments.one_each and not segments.opening.any()
        return plain and bool((segments.method >= 0).all())

    def recognised(self, at: Days) -> Ints:
        """R(t) of every line in minor units of its document's currency, the day included."""
        segments = self.segments
        if not segments.one_each:
            lines = np.arange(self.lines)
            return self.recognised_by(lines, at.take(np.zeros_like(lines)))
        at_once = segments.method == AT_ONCE
        found = segments.opening + np.where(at_once, segments.amount, 0)
        for group in self.groups:
            found[group.rows] += group.earned(at)
        rows = self.by_reports
        if rows.size:
            found[rows] = self._reported(rows, np.broadcast_to(at.ordinal, rows.shape))
        return found

    def recognised_by(self, lines: Ints, at: Days) -> Ints:
        """R(t) of some lines, however often they are named, each on its own day."""
        segments = self.segments
        rows = lines
        if not segments.one_each:
            # The row that counts is the last one of the line that has begun.
            begun = keys(segments.line, segments.since)
            rows = np.searchsorted(begun, keys(lines, at.ordinal), "right") - 1
        method = segments.method[rows]
        found = segments.opening[rows] + np.where(method == AT_ONCE, segments.amount[rows], 0)
        for group in self.groups:
            own = np.flatnonzero(method == group.code)
            if own.size:
                found[own] += group.earned_by(rows[own], at.take(own))
        own = np.flatnonzero(method == BY_REPORTS)
        if own.size:
            found[own] = self._reported(rows[own], at.ordinal[own])
        return found

    def _reported(self, rows: Ints, days: Ints) -> Ints:
        reports = self.segments.reports
        return reports.recognised[np.searchsorted(self.table, keys(rows, days), "right") - 1]


def _rows(wanted: Bools) -> slice | Ints:
    found = np.flatnonzero(wanted)
    if found.size and int(found[-1]) - int(found[0]) + 1 == found.size:
        return slice(int(found[0]), int(found[-1]) + 1)
    return found
