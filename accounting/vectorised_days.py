"""Days as arrays: proleptic ordinals, as `date.toordinal` counts them, with their months."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from accounting.calendars import FiscalCalendar
from accounting.periods import month_end
from accounting.vectorised_arithmetic import Ints, ints

EPOCH = date(1970, 1, 1).toordinal()
EPOCH_MONTH = 1970 * 12 + 1


def month_of(ordinals: Ints) -> Ints:
    """The days' months, year × 12 + month."""
    between = _between(ordinals)
    if between is not None:
        by_day: Ints = month_of(between)[ordinals - between[0]]
        return by_day
    months = (ordinals - EPOCH).astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64) + EPOCH_MONTH


def _between(ordinals: Ints) -> Ints | None:
    """Each day from the first to the last of them, where these are fewer: of many lines' days it
    is quicker to ask of each day once.
    """
    if not ordinals.size:
        return None
    first, last = int(ordinals.min()), int(ordinals.max())
    return np.arange(first, last + 1) if last - first + 1 < ordinals.size else None


def month_ends(months: Ints) -> Ints:
    """The last days of months."""
    after = (months + 1 - EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]")
    return after.astype(np.int64) + EPOCH - 1


@dataclass(frozen=True, slots=True)
class Days:
    """Days with their months (year × 12 + month), their days in these, and the months' lengths.

    Of one day each array has no dimension: it goes with arrays of any length.
    """

    ordinal: Ints
    month: Ints
    day: Ints
    length: Ints

    @classmethod
    def one(cls, day: date) -> "Days":
        """A single day."""
        numbers = (day.toordinal(), day.year * 12 + day.month, day.day, month_end(day).day)
        return cls(*(ints(number) for number in numbers))

    @classmethod
    def of(cls, ordinals: Ints) -> "Days":
        """Many."""
        between = _between(ordinals)
        if between is not None:
            return cls.of(between).take(ordinals - between[0])
        days = (ordinals - EPOCH).astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        first = months.astype("datetime64[D]").astype(np.int64)
        after = (months + 1).astype("datetime64[D]").astype(np.int64)
        return cls(
            ordinals,
            months.astype(np.int64) + EPOCH_MONTH,
            days.astype(np.int64) - first + 1,
            after - first,
        )

    def take(self, rows: Ints) -> "Days":
        """Those of some rows; of one day it as often as it is asked for."""
        if not self.ordinal.ndim:
            columns = (self.ordinal, self.month, self.day, self.length)
            return Days(*(np.broadcast_to(each, rows.shape) for each in columns))
        return Days(self.ordinal[rows], self.month[rows], self.day[rows], self.length[rows])

    @property
    def in_360(self) -> Ints:
        """Days counted by months of 30, a month's end being day 30."""
        return self.month * 30 + np.where(self.day == self.length, 30, self.day)


def period_starts(calendar: FiscalCalendar, first: int, last: int) -> Ints:
    """The first days of the calendar's periods from the one of `first` to the one after `last`."""
    starts: list[int] = []
    day = first
    while True:
        period = calendar.containing(date.fromordinal(day))
        starts.append(period.start.toordinal())
        day = period.end.toordinal() + 1
        if day > last:
            return ints([*starts, day])
