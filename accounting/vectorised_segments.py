"""R(t) in document currency for many lines at once: segments as arrays, reports as one table.

A row is a segment of a line (segments.py). What goes by reports is a table of (row, day, R) that
is looked up: between two reports nothing is earned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

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

    def of(self, lines: Ints) -> tuple["Segments", Ints]:
        """The rows that some lines have, a line as often as it is named; and how many each has."""
        first = np.searchsorted(self.line, lines)
        counts = np.searchsorted(self.line, lines, side="right") - first
        rows = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        named = np.repeat(np.arange(lines.size), counts)
        found = Segments(
            line=named,
            since=self.since[rows],
            opening=self.opening[rows],
            amount=self.amount[rows],
            method=self.method[rows],
            start=self.start[rows],
            end=self.end[rows],
            reports=self.reports,
            calendar=self.calendar,
        )
        return found, rows


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one method; all of them in a row are a slice, which copies nothing."""

    rows: slice | Ints
    amount: Ints
    start: Ints
    end: Ints
    form: Form

    def earned(self, at: Days) -> Ints:
        """Without what was earned before the segment."""
        days = _of(at, self.rows)
        found = np.where(days.ordinal >= self.end, self.amount, 0)
        inside = np.flatnonzero((self.start <= days.ordinal) & (days.ordinal < self.end))
        if inside.size:
            elapsed, whole = self.form.fraction(days.take(inside), inside)
            found[inside] = ratio(self.amount[inside], elapsed, whole)
        return found


def _of(at: Days, rows: slice | Ints) -> Days:
    """The days of a group's rows; one day goes for all."""
    if isinstance(rows, slice) and at.ordinal.ndim:
        return at.take(np.arange(rows.start, rows.stop))
    return at if isinstance(rows, slice) else at.take(rows)


@dataclass(frozen=True, slots=True)
class Earning:
    """Segments made ready to answer what is earned, on one day or on a day for each line."""

    segments: Segments
    lines: int
    groups: Sequence[_Group]
    by_reports: Ints
    table: Ints
    one_each: bool
    ids: Ints | None = field(default=None)

    @classmethod
    def of(cls, segments: Segments, lines: int, ids: Ints | None = None) -> "Earning":
        """`ids` are the rows' numbers in the table of reports, where they are not all of them."""
        groups = []
        for code, name in enumerate(METHODS):
            rows = _rows(segments.method == code)
            start, end = segments.start[rows], segments.end[rows]
            if start.size:
                form = FORMS[name](start, end, segments.calendar)
                groups.append(_Group(rows, segments.amount[rows], start, end, form))
        reports = segments.reports
        return cls(
            segments,
            lines,
            groups,
            np.flatnonzero(segments.method == BY_REPORTS),
            keys(reports.row, reports.day),
            segments.line.size == lines,
            ids,
        )

    @classmethod
    def some(cls, segments: Segments, lines: Ints) -> "Earning":
        """Of some lines, in the order in which they are named."""
        found, ids = segments.of(lines)
        return cls.of(found, lines.size, ids)

    def recognised(self, at: Days) -> Ints:
        """R(t) of every line in minor units of its document's currency, the day included."""
        segments = self.segments
        days = at.take(segments.line)
        found = segments.opening.copy()
        at_once = segments.method == AT_ONCE
        found[at_once] += segments.amount[at_once]
        for group in self.groups:
            found[group.rows] += group.earned(days)
        if self.by_reports.size:
            found[self.by_reports] = self._reported(days)
        return found if self.one_each else found[self._in_force(at)]

    def _reported(self, days: Days) -> Ints:
        rows = self.by_reports
        named = rows if self.ids is None else self.ids[rows]
        wanted = keys(named, np.broadcast_to(days.take(rows).ordinal, rows.shape))
        return self.segments.reports.recognised[np.searchsorted(self.table, wanted, "right") - 1]

    def _in_force(self, at: Days) -> Ints:
        """The row of each line that counts on the day: its last one that has begun."""
        begun = keys(self.segments.line, self.segments.since)
        days = np.broadcast_to(at.ordinal, (self.lines,))
        return np.searchsorted(begun, keys(np.arange(self.lines), days), "right") - 1


def _rows(wanted: Bools) -> slice | Ints:
    found = np.flatnonzero(wanted)
    if found.size and int(found[-1]) - int(found[0]) + 1 == found.size:
        return slice(int(found[0]), int(found[-1]) + 1)
    return found
