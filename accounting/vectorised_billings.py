"""What was billed to date, of many lines at once; and F(x): what the first x of it is worth (§8)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from accounting.vectorised_arithmetic import Bools, Ints, ratio
from accounting.vectorised_days import month_of


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
    """What is billed of lines in the months of their service, what was billed before in the first.

    `first` is the place of a line's first billing, `count` how many it has; `month` is a
    billing's, counted from 0.
    """

    first: Ints
    count: Ints
    month: Ints
    amount: Ints

    @classmethod
    def of(cls, billings: Billings, opened: Ints, months: Ints) -> "BilledMonthly":
        """Of lines whose service opens in a month and lasts so many; what is billed after it is
        left out.
        """
        month = np.maximum(month_of(billings.day) - opened[billings.line], 0)
        inside = np.flatnonzero(month < months[billings.line])
        count = np.bincount(billings.line[inside], minlength=opened.size)
        return cls(np.cumsum(count) - count, count, month[inside], billings.amount[inside])

    def upto_month_ends(self, lines: Ints, out: Ints) -> None:
        """B at the ends of the months of service, a row a line."""
        first, count = self.first[lines], self.count[lines]
        out[:] = 0
        for number in range(int(count.max())):
            rows = np.flatnonzero(count > number)
            at = first[rows] + number
            out[rows, self.month[at]] += self.amount[at]
        np.cumsum(out, axis=1, out=out)
