"""Working days and hours by the clock on the wall, and which closes are due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounting.calendars import CALENDAR_MONTHS, by_weeks
from controls.configuration import ConfigurationError
from controls.working_days import WorkingTime, due_periods
from tests.controls.test_configuration import configured

BERLIN = ZoneInfo("Europe/Berlin")
UNITY = date(2026, 10, 3)
OFFICE = WorkingTime(BERLIN)


def at(day: int, hour: int, month: int = 10) -> datetime:
    """An instant of 2026 by a clock in Berlin."""
    return datetime(2026, month, day, hour, tzinfo=BERLIN).astimezone(UTC)


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    september = date(2026, 9, 30)  # a Wednesday
    assert [OFFICE.working_day(n, september).day for n in (1, 2, 3, 4)] == [1, 2, 5, 6]
    closed = WorkingTime(BERLIN, holidays=frozenset({date(2026, 10, 2), date(2026, 10, 5)}))
    assert [closed.working_day(n, september).day for n in (1, 2, 3)] == [1, 6, 7]
    gulf = WorkingTime(BERLIN, weekdays=frozenset({6, 0, 1, 2, 3}))
    assert [gulf.working_day(n, september).day for n in (1, 2, 3)] == [1, 4, 5]


def test_a_close_is_due_from_its_working_day_on_and_not_before() -> None:
    adopted = date(2026, 8, 31)

    def due(today: date, number: int = 3) -> tuple[str, ...]:
        return due_periods(CALENDAR_MONTHS, OFFICE, number, adopted, today)

    assert due(date(2026, 10, 4)) == ()
    assert due(date(2026, 10, 5)) == ("2026-09",)
    assert due(date(2026, 11, 3)) == ("2026-09",)
    assert due(date(2026, 11, 4)) == ("2026-09", "2026-10")  # what nobody closed is still due
    assert due_periods(CALENDAR_MONTHS, OFFICE, 3, date(2026, 9, 30), date(2026, 11, 3)) == ()


def test_a_calendar_of_weeks_has_its_own_days() -> None:
    weeks = by_weeks("4-4-5", date(2026, 8, 30), [("2027", 52)])
    end = date(2026, 9, 26)  # a Saturday
    assert due_periods(weeks, OFFICE, 2, date(2026, 8, 29), end + timedelta(2)) == ()
    assert due_periods(weeks, OFFICE, 2, date(2026, 8, 29), end + timedelta(3)) == ("2027-P01",)


def test_time_is_worked_in_the_zones_own_hours() -> None:
    assert OFFICE.worked(at(1, 16), at(2, 10)) == timedelta(hours=2)
    assert OFFICE.worked(at(2, 16), at(5, 10)) == timedelta(hours=2)  # over a weekend
    assert OFFICE.worked(at(3, 9), at(4, 17)) == timedelta()
    assert OFFICE.worked(at(1, 10), at(1, 12)) == timedelta(hours=2)
    assert OFFICE.worked(at(1, 12), at(1, 10)) == timedelta()
    assert (OFFICE.is_open(at(1, 8)), OFFICE.is_open(at(1, 9)), OFFICE.is_open(at(1, 17))) == (
        False, True, False,
    )  # fmt: skip


def test_summer_time_makes_a_day_neither_longer_nor_shorter_for_those_at_work() -> None:
    always = WorkingTime(BERLIN, 0, 24, frozenset(range(7)))
    assert OFFICE.worked(at(23, 9), at(26, 17)) == timedelta(hours=16)
    # On Sunday, 25 October 2026, a night lasts an hour longer.
    assert always.worked(at(25, 0), at(26, 0)) == timedelta(hours=25)
    assert always.is_open(at(25, 3))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"working_time": {"from_hour": 17, "to_hour": 9}}, "later than from_hour"),
        ({"working_time": {"week": []}}, r"working_time\.week"),
        ({"working_time": {"week": ["Montag"]}}, r"working_time\.week\[0\]"),
        ({"working_time": {"holidays": ["25.12.2026"]}}, "25.12.2026"),
        ({"start_on_working_day": 0}, "start_on_working_day"),
    ],
)
def test_what_can_not_be_meant_is_named_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigurationError, match=place):
        configured(**changes)


def test_the_configuration_reaches_the_working_time() -> None:
    given = {"from_hour": 8, "to_hour": 16, "week": ["sun", "mon"], "holidays": ["2026-10-03"]}
    working = configured(working_time=given).entity("uk").working
    assert working == WorkingTime(
        ZoneInfo("Europe/London"), 8, 16, frozenset({6, 0}), frozenset({UNITY})
    )
