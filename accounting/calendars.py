"""Fiscal calendars: named periods without a hole. Calendar months, weeks by pattern, or a table."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounting.errors import PeriodError
from accounting.periods import ONE_DAY, Period, month_end

PATTERNS: dict[str, tuple[int, ...]] = {
    "4-4-5": (4, 4, 5) * 4,
    "4-5-4": (4, 5, 4) * 4,
    "5-4-4": (5, 4, 4) * 4,
    "13x4": (4,) * 13,
}
"""Weeks of each period of a year of 52; a 53rd week goes to the last one."""


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """The periods of an entity by name. An empty `table` means calendar months, named "2026-09".

    A day inside the table lies in its period there; one outside lies in its calendar month, as
    far as that is outside the table (docs/accounting.md §3).
    """

    table: tuple[tuple[str, Period], ...] = ()
    _starts: tuple[date, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        for (_, before), (name, after) in zip(self.table, self.table[1:], strict=False):
            if after.start != before.end + ONE_DAY:
                raise PeriodError(
                    f"The calendar has a hole or an overlap: {name} starts on {after.start}, the "
                    f"period before it ends on {before.end}."
                )
        names = [name for name, _ in self.table]
        if len(set(names)) != len(names):
            raise PeriodError("Two periods of the calendar have the same name.")
        object.__setattr__(self, "_starts", tuple(period.start for _, period in self.table))

    def named(self, name: str) -> Period:
        """The period of this name. Raises PeriodError when the calendar has none."""
        if not self.table:
            return Period.month(name)
        for known, period in self.table:
            if known == name:
                return period
        raise PeriodError(
            f"The calendar has no period {name!r}; it goes from {self.table[0][0]} to "
            f"{self.table[-1][0]}."
        )

    def _named_at(self, day: date) -> tuple[str, Period]:
        month = Period(day.replace(day=1), month_end(day))
        if not self.table:
            return month.name, month
        first, last = self.table[0][1].start, self.table[-1][1].end
        if first <= day <= last:
            return self.table[bisect_right(self._starts, day) - 1]
        if day < first:
            return month.name, Period(month.start, min(month.end, first - ONE_DAY))
        return month.name, Period(max(month.start, last + ONE_DAY), month.end)

    def containing(self, day: date) -> Period:
        """The period in which a day lies."""
        return self._named_at(day)[1]

    def name_at(self, day: date) -> str:
        """The name of the period in which a day lies."""
        return self._named_at(day)[0]


CALENDAR_MONTHS = FiscalCalendar()


def by_weeks(pattern: str, first_day: date, years: Iterable[tuple[str, int]]) -> FiscalCalendar:
    """A calendar of weeks from its first day on: years by name with 52 or 53 weeks.

    Periods are named "2026-P01". Raises PeriodError for an unknown pattern or number of weeks.
    """
    if pattern not in PATTERNS:
        raise PeriodError(f"There is no pattern {pattern!r}; there are {', '.join(PATTERNS)}.")
    table: list[tuple[str, Period]] = []
    start = first_day
    for year, weeks in years:
        if weeks not in (52, 53):
            raise PeriodError(f"Year {year} has {weeks} weeks; a year has 52 or 53.")
        lengths = list(PATTERNS[pattern])
        lengths[-1] += weeks - 52
        for number, length in enumerate(lengths, start=1):
            end = start + timedelta(weeks=length) - ONE_DAY
            table.append((f"{year}-P{number:02d}", Period(start, end)))
            start = end + ONE_DAY
    return FiscalCalendar(tuple(table))
