"""Fiscal periods of an entity: calendar months, week patterns or a table."""

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

ONE_DAY = timedelta(days=1)
PATTERNS = {
    "4-4-5": [4, 4, 5] * 4,
    "4-5-4": [4, 5, 4] * 4,
    "5-4-4": [5, 4, 4] * 4,
    "13x4": [4] * 13,
}


def day_of(text: str) -> date:
    return date.fromisoformat(text)


def month_length(day: date) -> int:
    return months.monthrange(day.year, day.month)[1]


def is_month_end(day: date) -> bool:
    return day.day == month_length(day)


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both inclusive."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def year_on(day: date) -> date:
    """The same day of the next year; from a month's last day to that month's last day."""
    length = months.monthrange(day.year + 1, day.month)[1]
    number = length if is_month_end(day) else day.day
    return date(day.year + 1, day.month, number)


@dataclass(frozen=True)
class Period:
    """One fiscal period; `days` leaves out what a table has taken from a calendar month."""

    name: str
    in_table: bool
    days: tuple[date, ...]

    @property
    def start(self) -> date:
        return self.days[0]

    @property
    def end(self) -> date:
        return self.days[-1]


class Calendar:
    """Says in which period a day lies, and which days a named period has."""

    def __init__(self, given: Any) -> None:
        self.table: list[Period] = []
        if isinstance(given, list):
            for name, first, last in given:
                self.add(name, day_of(first), day_of(last))
        elif isinstance(given, dict):
            self.add_pattern(given)
        self.in_table = {day: period for period in self.table for day in period.days}
        self.outside: dict[tuple[int, int], Period] = {}
        self.fractions: dict[tuple[str, date, date], list[Fraction]] = {}

    def add(self, name: str, first: date, last: date) -> None:
        self.table.append(Period(name, in_table=True, days=tuple(days_between(first, last))))

    def add_pattern(self, given: dict[str, Any]) -> None:
        first = day_of(given["first_day"])
        for year in given["years"]:
            weeks = list(PATTERNS[given["pattern"]])
            weeks[-1] += int(year.get("weeks", 52)) - 52
            for number, length in enumerate(weeks, start=1):
                last = first + timedelta(days=7 * length - 1)
                self.add(f"{year['name']}-P{number:02d}", first, last)
                first = last + ONE_DAY

    def of_day(self, day: date) -> Period:
        """Its period in the table, else its calendar month as far as that is outside it."""
        return self.in_table[day] if day in self.in_table else self.month(day.year, day.month)

    def month(self, year: int, month: int) -> Period:
        if (year, month) not in self.outside:
            first = date(year, month, 1)
            whole = days_between(first, first.replace(day=month_length(first)))
            days = tuple(day for day in whole if day not in self.in_table)
            self.outside[year, month] = Period(f"{year}-{month:02d}", in_table=False, days=days)
        return self.outside[year, month]

    def named(self, name: str) -> Period:
        for period in self.table:
            if period.name == name:
                return period
        year, month = name.split("-")
        return self.month(int(year), int(month))
