"""An entity's fiscal calendar, and the periods that a scenario names."""

import re
from itertools import pairwise

from accounting.calendars import CALENDAR_MONTHS, PATTERNS, FiscalCalendar, by_weeks
from accounting.errors import PeriodError
from accounting.periods import ONE_DAY, Period
from scenario.errors import Faults, Place
from scenario.fields import YEARS, read_day, shown
from scenario.parts import WeeksPart

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def calendar_of(part: object, place: Place, faults: Faults) -> FiscalCalendar | None:
    """The calendar; None where it is faulty."""
    if isinstance(part, WeeksPart):
        return _of_weeks(part, place, faults)
    if isinstance(part, list):
        return _of_table(part, place, faults)
    return CALENDAR_MONTHS


def _of_weeks(part: WeeksPart, place: Place, faults: Faults) -> FiscalCalendar | None:
    before = len(faults.found)
    if part.pattern not in PATTERNS:
        known = ", ".join(PATTERNS)
        faults.add((*place, "pattern"), f"{shown(part.pattern)} is not one of {known}.")
    names = [year.name for year in part.years]
    for index, year in enumerate(part.years):
        if year.weeks not in (52, 53):
            faults.add((*place, "years", index, "weeks"), f"is {year.weeks}; a year has 52 or 53.")
        if year.name in names[:index]:
            faults.add((*place, "years", index, "name"), f"“{year.name}” is used twice.")
    if len(faults.found) > before:
        return None
    try:
        return by_weeks(part.pattern, part.first_day, [(y.name, y.weeks) for y in part.years])
    except (PeriodError, OverflowError) as error:
        faults.add(place, str(error))
        return None


def _of_table(rows: list[list[str]], place: Place, faults: Faults) -> FiscalCalendar | None:
    before = len(faults.found)
    table: list[tuple[str, Period]] = []
    for index, (name, start_text, end_text) in enumerate(rows):
        days = []
        for column, text in ((1, start_text), (2, end_text)):
            try:
                days.append(read_day(text))
            except ValueError as error:
                faults.add((*place, index, column), str(error))
        if len(days) < 2:
            continue
        if days[1] < days[0]:
            faults.add((*place, index, 2), f"{days[1]} is before the start, {days[0]}.")
            continue
        if not name or name in [known for known, _ in table]:
            faults.add((*place, index, 0), f"“{name}” is empty or used twice.")
        table.append((name, Period(days[0], days[1])))
    if len(faults.found) > before:
        return None
    for index, ((_, earlier), (name, later)) in enumerate(pairwise(table), start=1):
        if later.start != earlier.end + ONE_DAY:
            what = "a hole" if later.start > earlier.end else "an overlap"
            faults.add(
                (*place, index, 1),
                f"leaves {what}: “{name}” starts on {later.start}, the period before it ends on "
                f"{earlier.end}.",
            )
    return FiscalCalendar(tuple(table)) if len(faults.found) == before else None


def period_named(calendar: FiscalCalendar, name: str) -> Period | None:
    """The calendar's period of this name; None where it has none."""
    if not calendar.table:
        month = _MONTH.fullmatch(name)
        if month is None or not YEARS[0] <= int(month[1]) <= YEARS[1]:
            return None
        return Period.month(name)
    return next((period for known, period in calendar.table if known == name), None)


def has_rates_of(calendar: FiscalCalendar, name: str) -> bool:
    """Whether a day can lie in the period: in one of the table, or in a month outside the table."""
    if period_named(calendar, name) is not None:
        return True
    month = period_named(CALENDAR_MONTHS, name)
    return month is not None and name in (
        calendar.name_at(month.start),
        calendar.name_at(month.end),
    )
