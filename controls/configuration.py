"""The configuration file: group, entities, accounts, recognition and approval policies.

One versioned JSON file, refused whole when anything in it is wrong. Secrets never stand in it:
it names connections, and the connections file (TIEOUT_CONNECTIONS_FILE) says how to reach them.
"""

from datetime import date
from functools import cache
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, ValidationError, model_validator

from accounting.calendars import FiscalCalendar
from accounting.errors import AccountingError
from accounting.periods import ONE_DAY
from accounting.policy import RecognitionPolicy
from controls.approval_policy import ApprovalPolicy
from controls.approval_settings import Approval, policy_of
from controls.canonical import digest
from controls.errors import ControlsError
from controls.office_settings import NotificationsConfig, RemindersConfig, WorkingTimeConfig
from controls.recognition_settings import (
    Accounts,
    Calendar,
    Currency,
    IsoDay,
    LocaleConfig,
    Part,
    Recognition,
    calendar_of,
)
from controls.working_days import WorkingTime


class ConfigurationError(ControlsError):
    """The configuration file can't be used: every fault with its place in the file."""


class LedgerConfig(Part):
    """Which connection the entity's ledger is reached by, and its doubt window (docs/posting.md)."""

    vendor: Literal["xero", "quickbooks"]
    connection: str
    doubt_window_s: int = Field(default=600, ge=1)

    @property
    def keeps_drafts(self) -> bool:
        """Whether a journal can lie there as a draft (Xero's can, QuickBooks has none)."""
        return self.vendor == "xero"


@cache
def _zones() -> frozenset[str]:
    """The names of the time zones; they are read from files, so once."""
    return frozenset(available_timezones())


class EntityConfig(Part):
    """One legal entity. `adoption_date` is the last day before its first period here.

    `intercompany` are its counterparties that belong to the group, besides the group's own list.
    Its closes start by themselves on `start_on_working_day` after the period, where that is given.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    name: str
    functional_currency: Currency
    time_zone: str
    adoption_date: IsoDay
    fiscal_calendar: Calendar = "calendar_months"
    locale: LocaleConfig = LocaleConfig()
    ledger: LedgerConfig
    accounts: Accounts
    recognition: Recognition
    intercompany: list[str] = Field(default_factory=list)
    approval: Approval
    working_time: WorkingTimeConfig = WorkingTimeConfig()
    reminders: RemindersConfig = RemindersConfig()
    start_on_working_day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.time_zone not in _zones():
            raise ValueError(f"{self.time_zone!r} is not a time zone; write one like Europe/London")
        try:
            calendar = self.calendar
            self.policy("")
        except AccountingError as error:
            raise ValueError(str(error)) from error
        around = calendar.containing(self.adopted_on)
        if around.end != self.adopted_on:
            raise ValueError(
                "adoption_date must be the last day of a period, and "
                f"{calendar.name_at(self.adopted_on)} ends on {around.end}"
            )
        if calendar.table and not self._starts_in(calendar):
            raise ValueError("fiscal_calendar has no period that starts after adoption_date")
        return self

    def _starts_in(self, calendar: FiscalCalendar) -> bool:
        first = self.adopted_on + ONE_DAY
        return any(period.start == first for _, period in calendar.table)

    @property
    def calendar(self) -> FiscalCalendar:
        """The entity's fiscal periods by name."""
        return calendar_of(self.fiscal_calendar)

    @property
    def adopted_on(self) -> date:
        """The last day before the entity's first period here."""
        return date.fromisoformat(self.adoption_date)

    @property
    def zone(self) -> ZoneInfo:
        """The entity's time zone: its business day and deadlines."""
        return ZoneInfo(self.time_zone)

    @property
    def working(self) -> WorkingTime:
        """When the entity's people work."""
        return self.working_time.working_time(self.zone)

    def policy(self, version: str) -> RecognitionPolicy:
        """The recognition policy as the core takes it."""
        return self.recognition.policy(
            version, self.functional_currency, self.accounts, self.calendar, self.locale.locale
        )

    def approval_policy(self, version: str) -> ApprovalPolicy:
        """The approval policy as the judge takes it."""
        return policy_of(self.approval, version)


class UsageConfig(Part):
    """The CRM's object whose records report usage, and its fields."""

    object: str
    line: str
    date: str
    amount: str


class DeliveriesConfig(Part):
    """The CRM's object whose records say what was delivered of a contract line, and its fields."""

    object: str
    line: str
    date: str
    units: str | None = None
    percent: str | None = None
    milestone: str | None = None


class CrmConfig(Part):
    """The organisation's CRM and its own fields: what an org does not keep is left out.

    Of an opportunity: the selling entity; the one that it amends, how and from when; the one that
    it renews; when it was cancelled. Of a line: service dates; the line that it restates; method,
    units, milestones, stand-alone price.
    """

    vendor: Literal["salesforce"]
    connection: str
    entity_field: str
    service_start_field: str
    service_end_field: str
    amends_field: str | None = None
    treatment_field: str | None = None
    effective_field: str | None = None
    renews_field: str | None = None
    cancelled_on_field: str | None = None
    original_line_field: str | None = None
    method_field: str | None = None
    units_field: str | None = None
    milestones_field: str | None = None
    standalone_price_field: str | None = None
    usage: UsageConfig | None = None
    deliveries: DeliveriesConfig | None = None


class GroupConfig(Part):
    """The group that the entities make up.

    `intercompany` are the counterparties, as documents name them, that belong to it: what is
    sold to them is left out of the group's figures.
    """

    name: str
    reporting_currency: Currency
    intercompany: list[str] = Field(default_factory=list)


class Configuration(Part):
    """The whole file."""

    group: GroupConfig
    crm: CrmConfig | None = None
    entities: list[EntityConfig] = Field(min_length=1)
    notifications: NotificationsConfig = NotificationsConfig()

    @model_validator(mode="after")
    def _entities_differ(self) -> Self:
        ids = [entity.id for entity in self.entities]
        if len(set(ids)) != len(ids):
            raise ValueError("two entities have the same id")
        connections = [entity.ledger.connection for entity in self.entities]
        if len(set(connections)) != len(connections):
            raise ValueError("two entities share one ledger connection")
        return self

    @property
    def sha256(self) -> str:
        """The version's name: the hash of its canonical content."""
        return digest(self.model_dump(mode="json"))

    def intercompany(self, entity: str) -> frozenset[str]:
        """The counterparties of an entity that belong to the group."""
        return frozenset({*self.group.intercompany, *self.entity(entity).intercompany})

    def entity(self, name: str) -> EntityConfig:
        """The entity with this id. Raises ConfigurationError when there is none."""
        for entity in self.entities:
            if entity.id == name:
                return entity
        known = ", ".join(entity.id for entity in self.entities)
        raise ConfigurationError(f"There is no entity {name!r}; the configuration has {known}.")


def parse_configuration(data: Any) -> Configuration:
    """The configuration from parsed JSON. Raises ConfigurationError naming every fault's place."""
    try:
        return Configuration.model_validate(data)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            place = "$" + "".join(
                f"[{part}]" if isinstance(part, int) else f".{part}"
                for part in fault["loc"]
                if not str(part).startswith("(")  # which kind of calendar it was read as
            )
            faults.append(f"{place}: {fault['msg'].removeprefix('Value error, ')}")
        raise ConfigurationError("The configuration can't be used. " + "; ".join(faults)) from None
