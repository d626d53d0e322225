"""Working days and hours of an entity, and the periods whose close is due. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from accounting.calendars import FiscalCalendar
from accounting.periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people of an entity work: from hour to hour of its zone, on these weekdays (Monday 0).

    `to_hour` is the first hour after work; 24 is midnight. Holidays are no working days.
    """

    zone: tzinfo
    from_hour: int = 9
    to_hour: int = 17
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works that day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def working_day(self, number: int, after: date) -> date:
        """The working day of this number after a day: 1 is the first one."""
        day = after
        while number:
            day += ONE_DAY
            number -= self.is_working_day(day)
        return day

    def is_open(self, now: datetime) -> bool:
        """Whether people work at this instant."""
        return any(start <= now < end for start, end in self._hours(now, now))

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """How much of the time between two instants was working time."""
        parts = [
            max(min(end, until) - max(start, since), timedelta())
            for start, end in self._hours(since, until)
        ]
        return sum(parts, timedelta())

    def _hours(self, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
        """The working hours of every day from one instant's to the other's, in UTC."""
        day, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        found = []
        while day <= last:
            if self.is_working_day(day):
                found.append((self._at(day, self.from_hour), self._at(day, self.to_hour)))
            day += ONE_DAY
        return found

    def _at(self, day: date, hour: int) -> datetime:
        """The instant of an hour by the clock on the wall, whatever summer time does to the day."""
        later, hour = divmod(hour, 24)
        return datetime.combine(day + later * ONE_DAY, time(hour), self.zone).astimezone(UTC)


def due_periods(
    calendar: FiscalCalendar, working: WorkingTime, number: int, closed_to: date, today: date
) -> tuple[str, ...]:
    """The periods after `closed_to` whose close is due: working day `number` after them has come.

    A day on which nobody looked is made up for on the next.
    """
    due = []
    period = calendar.containing(closed_to + ONE_DAY)
    while working.working_day(number, period.end) <= today:
        due.append(calendar.name_at(period.start))
        period = calendar.containing(period.end + ONE_DAY)
    return tuple(due)
