"""Schedules of many lines at once: what is earned by each of many days, month by month.

Nothing of it is stored (docs/accounting.md §3): a schedule is R(t) at the ends of months. Lines of
one method are reckoned together, as a table of lines by days. That takes lines with one
segment each, over time (`Earning.over_time`), all of which the arrays know (`Columns.apart`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from accounting.vectorised_arithmetic import FITS, Ints, largest, ratio, sums
from accounting.vectorised_billings import Billings, Layers
from accounting.vectorised_days import Days, month_of
from accounting.vectorised_segments import Earning, Group

ROWS = 1_024
"""So many lines at a time: what is between stays in the processor's cache."""
DAYS_MAX = 2**15
"""Shorter lines, by days, are divided in 32 bits: 2·r·n + D < 2³¹ as r < D and n ≤ D."""
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

    def recognised(self, of: Days, when: Ints, ordinal: Ints) -> Ints:
        """R(t), a row a line and a column a day: the days `of` the places `when`, one row of them
        for all lines or a row for each; `ordinal` are these days.
        """
        group = self.group
        amount, start, end = (
            each[self.places, None] for each in (group.amount, group.start, group.end)
        )
        days = end - start + 1
        if group.code == DAILY and int(days.max()) < DAYS_MAX:
            return _by_days(amount, start, days, ordinal)
        at = of.take(when)
        elapsed, whole = group.form.fraction(at, self.places[:, None])
        elapsed = np.where(at.ordinal >= end, whole, np.where(at.ordinal < start, 0, elapsed))
        return ratio(amount, elapsed, whole)


def _by_days(amount: Ints, start: Ints, days: Ints, at: Ints) -> Ints:
    """Evenly over each line's days, divided in 32 bits."""
    size = np.abs(amount)
    whole = size // days
    rest = (2 * (size - whole * days)).astype(np.int32)
    short = days.astype(np.int32)
    elapsed = at.astype(np.int32) - (start - 1).astype(np.int32)
    np.maximum(elapsed, 0, out=elapsed)
    np.minimum(elapsed, short, out=elapsed)
    found: Ints = np.multiply(whole, elapsed, dtype=np.int64)
    elapsed *= rest
    elapsed += short
    parts = elapsed.view(np.uint32)
    parts //= (2 * short).view(np.uint32)
    found += parts
    if (amount < 0).any():
        found *= np.where(amount < 0, -1, 1)
    return found


def blocks(earning: Earning, by: Ints | None = None) -> Iterator[Block]:
    """All lines; with `by`, by line, those of a block have it in common."""
    for group in earning.groups:
        of = by[group.rows] if by is not None else np.zeros_like(group.end)
        order = np.argsort(of, kind="stable")
        changes = np.flatnonzero(np.diff(of[order])) + 1
        for run in np.split(order, changes):
            for first in range(0, run.size, ROWS):
                yield Block(group, run[first : first + ROWS])


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
    for block in blocks(earning):
        block = _by_group(block, groups)  # noqa: PLW2901
        places, own = block.places, groups[block.lines]
        low = int(np.searchsorted(at.ordinal, block.group.start[places].min()))
        high = int(np.searchsorted(at.ordinal, block.group.end[places].max()))
        starts = np.flatnonzero(np.diff(own, prepend=-1))
        if low < high:
            reached = block.recognised(at, np.arange(low, high), at.ordinal[low:high])
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
    opened, closed = month_of(earning.segments.start), month_of(earning.segments.end)
    count = closed - opened + 1
    found = into if into is not None else Schedule.of_size(int(count.sum()))
    layers = Layers.of(billings, earning.lines)
    first_month = int(opened.min())
    ends = _month_ends(first_month, int(closed.max()))
    done = 0
    for block in blocks(earning, count):
        lines = block.lines
        long = int(count[lines[0]])
        month = opened[lines][:, None] + np.arange(long)
        when = month - first_month
        rows = slice(done, done + lines.size * long)
        shape = (lines.size, long)
        ordinal = ends.ordinal[when]
        reached = block.recognised(ends, when, ordinal)
        found.line[rows].reshape(shape)[:] = lines[:, None]
        found.month[rows].reshape(shape)[:] = month
        found.reached[rows].reshape(shape)[:] = reached
        ahead = np.negative(reached, out=found.ahead[rows].reshape(shape))
        _bill(ahead, layers, lines, ordinal)
        moved = found.recognised[rows].reshape(shape)
        moved[:, 0] = reached[:, 0]
        np.subtract(reached[:, 1:], reached[:, :-1], out=moved[:, 1:])
        done = rows.stop
    return found


def _month_ends(first: int, last: int) -> Days:
    firsts = [date((n - 1) // 12, (n - 1) % 12 + 1, 1).toordinal() for n in range(first, last + 2)]
    return Days.of(np.array(firsts[1:], np.int64) - 1)


def _bill(ahead: Ints, layers: Layers, lines: Ints, at: Ints) -> None:
    """Add what is billed of each line by its days."""
    billings = layers.billings
    for number in range(int(layers.count[lines].max())):
        billed = layers.count[lines] > number
        place = np.where(billed, layers.first[lines] + number, 0)
        amount = np.where(billed, billings.amount[place], 0)
        np.add(ahead, amount[:, None], out=ahead, where=billings.day[place][:, None] <= at)
