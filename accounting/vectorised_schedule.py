"""Schedules of many lines at once: what is earned by each of many days, month by month.

Nothing of it is stored (docs/accounting.md §3): a schedule is R(t) at the ends of months. Lines of
one method are reckoned together, as a table of lines by days. That takes lines with one
segment each, over time (`Earning.over_time`), all of which the arrays know (`Columns.apart`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from accounting.vectorised_arithmetic import FITS, Ints, largest, ratio, shares, sums
from accounting.vectorised_billings import BilledMonthly, Billings
from accounting.vectorised_days import Days, month_ends, month_of
from accounting.vectorised_segments import Earning, Group

Number = TypeVar("Number", bound=np.integer)
CELLS = 2**16
"""So many figures at a time: what is between stays in the processor's cache."""
DAILY = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one method, by their places in its group."""

    group: Group
    places: Ints

    @property
    def lines(self) -> Ints:
        """The lines' places in columns."""
        rows = self.group.rows
        return self.places + rows.start if isinstance(rows, slice) else rows[self.places]

    def recognised(self, at: Days) -> Ints:
        """R(t), a row a line and a column a day."""
        group, places = self.group, self.places[:, None]
        amount = group.amount[places]
        elapsed, whole = group.form.fraction(at, places)
        if group.code == DAILY:
            return shares(amount, np.clip(elapsed, 0, whole, out=elapsed), whole)
        ended = at.ordinal >= group.end[places]
        outside = ended | (at.ordinal < group.start[places])
        # Outside a form may say anything, even 0 ÷ 0.
        return ratio(amount, np.where(outside, ended, elapsed), np.where(outside, 1, whole))

    def monthly(self, ends: Ints, out: Ints) -> None:
        """R(t) at the ends of the months of service, a row a line; `ends`, these days, are written
        over.
        """
        places = self.places[:, None]
        elapsed, whole = self.group.form.monthly(ends, places)
        elapsed[:, -1] = whole[:, -1]
        shares(self.group.amount[places], elapsed, whole, out)


def blocks(earning: Earning, width: Ints) -> Iterator[Block]:
    """All lines, as tables of about CELLS; `width`, by line, are a table's columns."""
    for group in earning.groups:
        of = width[group.rows]
        order = np.argsort(of, kind="stable")
        changes = np.flatnonzero(np.diff(of[order])) + 1
        for run in np.split(order, changes):
            rows = max(CELLS // max(int(of[run[0]]), 1), 1)
            for first in range(0, run.size, rows):
                yield Block(group, run[first : first + rows])


def waterfall(earning: Earning, days: Sequence[date], groups: Ints, count: int) -> Ints:
    """Σ R(t) by group (rows) and day (columns, rising), documents' currency: what a group earns
    between two days is the difference. Groups are numbered from 0, by line.
    """
    at = Days.of(np.array([day.toordinal() for day in days], np.int64))
    lines = earning.lines
    fits = largest(earning.segments.amount) * max(lines, 1) < FITS
    found: Ints = np.zeros((count, len(days)), np.int64)
    if not fits or not earning.over_time:
        columns = [sums(earning.recognised(Days.one(day)), groups, count) for day in days]
        return np.stack(columns, axis=1)
    for block in blocks(earning, np.full(lines, len(days))):
        block = _by_group(block, groups)  # noqa: PLW2901
        places, own = block.places, groups[block.lines]
        low = int(np.searchsorted(at.ordinal, block.group.start[places].min()))
        high = int(np.searchsorted(at.ordinal, block.group.end[places].max()))
        starts = np.flatnonzero(np.diff(own, prepend=-1))
        if low < high:
            reached = block.recognised(at.take(np.arange(low, high)))
            found[own[starts], low:high] += np.add.reduceat(reached, starts, axis=0)
        if high < len(days):
            ended = np.add.reduceat(block.group.amount[places], starts)
            found[own[starts], high:] += ended[:, None]
    return found


def _by_group(block: Block, groups: Ints) -> Block:
    return Block(block.group, block.places[np.argsort(groups[block.lines], kind="stable")])


@dataclass(frozen=True, slots=True)
class Schedule:
    """A row a line and month (year × 12 + month) of its service, lines by method and number of months:
    earned in the month, earned to its end, and B − R at its end; documents' currency.
    """

    line: NDArray[np.int32]
    month: NDArray[np.int16]
    recognised: Ints
    reached: Ints
    ahead: Ints

    @classmethod
    def of_size(cls, rows: int) -> "Schedule":
        """Room for so many rows."""
        return cls(
            np.zeros(rows, np.int32),
            np.zeros(rows, np.int16),
            *(np.zeros(rows, np.int64) for _ in range(3)),
        )


def months(earning: Earning) -> Ints:
    """How many calendar months each line touches."""
    segments = earning.segments
    return month_of(segments.end) - month_of(segments.start) + 1


def schedule(earning: Earning, billings: Billings, into: Schedule | None = None) -> Schedule:
    """The whole schedule of lines that go over time, into rows that are there already, or new ones.

    Raises ValueError where a line does not go over time in one segment.
    """
    if not earning.over_time:
        raise ValueError("Some lines don't go over time in one segment: ask for R(t) of them.")
    opened, count = month_of(earning.segments.start), months(earning)
    found = into if into is not None else Schedule.of_size(int(count.sum()))
    if not count.size:
        return found
    calendar = np.arange(int(opened.min()), int((opened + count).max()))
    ends = month_ends(calendar)
    begins = opened - int(calendar[0])
    billed = BilledMonthly.of(billings, opened, count)
    windows = {
        long: (_windows(calendar.astype(np.int16), long), _windows(ends, long))
        for long in np.flatnonzero(np.bincount(count)).tolist()
    }
    room = np.empty(max(CELLS, int(count.max())), np.int64)
    done = 0
    for block in blocks(earning, count):
        lines = block.lines
        long = int(count[lines[0]])
        shape, rows = (lines.size, long), slice(done, done + lines.size * long)
        month, end = windows[long]
        begin = begins[lines]
        found.line[rows].reshape(shape)[:] = lines.astype(np.int32)[:, None]
        # Nothing is clipped: to be able to raise, `take` would fill a copy of `out` first.
        month.take(begin, axis=0, out=found.month[rows].reshape(shape), mode="clip")
        at = end.take(begin, axis=0, out=room[: lines.size * long].reshape(shape), mode="clip")
        reached, moved = found.reached[rows], found.recognised[rows]
        block.monthly(at, reached.reshape(shape))
        # In one piece, over the ends of lines, and then the first month of each, which is all of it.
        np.subtract(reached[1:], reached[:-1], out=moved[1:])
        moved[::long] = reached[::long]
        ahead = found.ahead[rows]
        billed.upto_month_ends(lines, ahead.reshape(shape))
        ahead -= reached
        done = rows.stop
    return found


def _windows(values: NDArray[Number], long: int) -> NDArray[Number]:
    """From each value on, so many of them: a row for each; copies nothing."""
    return np.lib.stride_tricks.sliding_window_view(values, long)
