"""The part of the configuration file that says when an entity's people work and are told."""

from datetime import date, timedelta
from typing import Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from controls.recognition_settings import IsoDay, Part
from controls.reminders import ReminderPolicy
from controls.steps import UserRole
from controls.working_days import WorkingTime

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WorkingTimeConfig(Part):
    """Working hours in the entity's time zone, the working week, and the holidays."""

    from_hour: int = Field(default=9, ge=0, le=23)
    to_hour: int = Field(default=17, ge=1, le=24)
    week: list[Weekday] = Field(default=["mon", "tue", "wed", "thu", "fri"], min_length=1)
    holidays: list[IsoDay] = Field(default_factory=list)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.to_hour <= self.from_hour:
            raise ValueError("to_hour must be later than from_hour")
        return self

    def working_time(self, zone: ZoneInfo) -> WorkingTime:
        """The same as the core takes it."""
        names = get_args(Weekday)
        return WorkingTime(
            zone,
            self.from_hour,
            self.to_hour,
            frozenset(names.index(name) for name in self.week),
            frozenset(map(date.fromisoformat, self.holidays)),
        )


class RemindersConfig(Part):
    """After how many working hours whoever is waited for is reminded, and whom to tell then."""

    after_hours: int = Field(default=8, ge=1)
    escalate_after_hours: int = Field(default=24, ge=1)
    escalate_to: Literal["preparer", "reviewer", "controller", "operator"] = "controller"

    @property
    def policy(self) -> ReminderPolicy:
        """The same as the core takes it."""
        return ReminderPolicy(
            timedelta(hours=self.after_hours),
            timedelta(hours=self.escalate_after_hours),
            UserRole(self.escalate_to),
        )


class NotificationsConfig(Part):
    """At most one message for each role in so many minutes: what came meanwhile, together."""

    digest_minutes: int = Field(default=60, ge=1)
