"""What was billed to date, of many lines at once; and F(x): what the first x of it is worth (§8)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from accounting.vectorised_arithmetic import Bools, Ints, ratio


@dataclass(frozen=True, slots=True)
class Billings:
    """One row a billing, in the order of lines and days (ordinals); signed minor units."""

    line: Ints
    day: Ints
    amount: Ints
    functional: Ints

    def known(self, day: date) -> Bools:
        """Which are dated up to the day."""
        return self.day <= day.toordinal()

    def upto(self, day: date, lines: int) -> tuple[Ints, Ints]:
        """B(t) by line, in document and functional currency. A line's billings sum to less than
        2⁶², whatever their signs (vectorised_compile.py).
        """
        known = self.known(day)
        billed, functional = np.zeros(lines, np.int64), np.zeros(lines, np.int64)
        np.add.at(billed, self.line[known], self.amount[known])
        np.add.at(functional, self.line[known], self.functional[known])
        return billed, functional

    def of(self, lines: Ints) -> "Billings":
        """Those of some lines in rising order, numbered by their places there."""
        if not self.line.size or not lines.size:
            return Billings(*(self.line[:0] for _ in range(4)))
        places = np.full(max(int(self.line[-1]), int(lines[-1])) + 1, -1, np.int64)
        places[lines] = np.arange(lines.size)
        place = places[self.line]
        kept = np.flatnonzero(place >= 0)
        return Billings(place[kept], self.day[kept], self.amount[kept], self.functional[kept])

    def before(self) -> Ints:
        """What the line's earlier billings come to, in document currency, billing by billing."""
        reached = np.cumsum(self.amount) - self.amount
        starts = np.flatnonzero(np.diff(self.line, prepend=-1))
        return reached - np.repeat(reached[starts], np.diff(starts, append=self.line.size))


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of lines that are never credited: billings all of one sign, first in first out.

    `first` is the place of a line's first layer, `count` how many it has.
    """

    billings: Billings
    first: Ints
    count: Ints

    @classmethod
    def of(cls, billings: Billings, lines: int) -> "Layers":
        """Billings numbered by line, in rising order."""
        count = np.bincount(billings.line, minlength=lines)
        return cls(billings, np.cumsum(count) - count, count)

    def worth(self, lines: Ints, amount: Ints) -> Ints:
        """round(F(x)) of some lines: x no more than they were billed, and of the same sign."""
        found = np.zeros(lines.size, np.int64)
        left = np.abs(amount)
        rows, number = np.arange(lines.size), 0
        while True:
            rows = rows[(left[rows] > 0) & (self.count[lines[rows]] > number)]
            if not rows.size:
                return found
            layer = self.first[lines[rows]] + number
            size = np.abs(self.billings.amount[layer])
            part = np.minimum(left[rows], size)
            found[rows] += ratio(self.billings.functional[layer], part, size)
            left[rows] -= part
            number += 1


@dataclass(frozen=True, slots=True)
class BilledMonthly:
    """What is billed of lines by the ends of their months of service: `first` by the end of a
    line's first month; each later billing goes `month` months after it.

    `place` is that of a line's first later billing, `count` how many it has.
    """

    first: Ints
    place: Ints
    count: Ints
    month: Ints
    amount: Ints

    @classmethod
    def of(cls, billings: Billings, ends: Ints, begins: Ints, months: Ints) -> "BilledMonthly":
        """Of lines that begin in a month, by its place among the `ends` of months, and last so
        many months; what is billed after these is left out.
        """
        early = billings.day <= ends[begins][billings.line]
        first = np.zeros_like(begins)
        np.add.at(first, billings.line, np.where(early, billings.amount, 0))
        later = np.flatnonzero(~early)
        line = billings.line[later]
        month = np.searchsorted(ends, billings.day[later]) - begins[line]
        inside = month < months[line]
        count = np.bincount(line[inside], minlength=begins.size)
        place = np.cumsum(count) - count
        return cls(first, place, count, month[inside], billings.amount[later[inside]])

    def add_later(self, lines: Ints, table: Ints) -> None:
        """Add what is billed later to a table of lines by their months."""
        rows = np.flatnonzero(self.count[lines])
        if not rows.size:
            return
        place, count = self.place[lines[rows]], self.count[lines[rows]]
        billed = np.zeros((rows.size, table.shape[1]), np.int64)
        for number in range(int(count.max())):
            has = np.flatnonzero(count > number)
            at = place[has] + number
            billed[has, self.month[at]] += self.amount[at]
        table[rows] += np.cumsum(billed, axis=1)
