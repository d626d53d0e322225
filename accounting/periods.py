"""Periods and all date arithmetic. Both ends of every range are inclusive."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from accounting.errors import PeriodError

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A range of days, both ends inclusive: a fiscal period or a service period."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise PeriodError(f"{self.start} – {self.end} ends before it starts.")

    @classmethod
    def month(cls, name: str) -> "Period":
        """The calendar month named "YYYY-MM". Raises PeriodError for any other text."""
        try:
            year, month = name.split("-")
            if len(year) != 4 or len(month) != 2:
                raise ValueError(name)
            first = date(int(year), int(month), 1)
        except ValueError as error:
            raise PeriodError(f"{name!r} is not a period; write it like 2026-09.") from error
        return cls(first, month_end(first))

    @property
    def name(self) -> str:
        """The name of the calendar month in which the period starts, "YYYY-MM"."""
        return f"{self.start.year:04d}-{self.start.month:02d}"

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.end - self.start).days + 1

    @property
    def day_before(self) -> date:
        """The last day before the period."""
        return self.start - ONE_DAY

    def next_month(self) -> "Period":
        """The calendar month after the period's end."""
        first = self.end + ONE_DAY
        return Period(first, month_end(first))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def month_end(day: date) -> date:
    """The last day of the day's calendar month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_later(start: date, months: int) -> date:
    """The inclusive end of a term of whole months: 15 March and 12 months end on 14 March.

    A term that starts on a day its last month does not have ends on that month's last day.
    """
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - ONE_DAY
