"""The configuration file: group, entities, accounts, recognition and approval policies.

One versioned JSON file, refused whole when anything in it is wrong. Secrets never stand in it:
it names connections, and the connections file (TIEOUT_CONNECTIONS_FILE) says how to reach them.
"""

from datetime import date
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from accounting.money import exponent
from accounting.periods import month_end
from accounting.policy import AccountMap, RecognitionPolicy, Rule
from controls.approval import ApprovalPolicy, Level
from controls.canonical import digest
from controls.errors import ControlsError
from controls.steps import UserRole

Method = Literal["daily", "monthly", "point_in_time"]
Currency = str


class ConfigurationError(ControlsError):
    """The configuration file can't be used: every fault with its place in the file."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Accounts(_Part):
    """The ledger's own account keys by role (Xero code, QuickBooks Id)."""

    deferred_revenue: str
    accrued_revenue: str
    prepayments: str
    revenue: list[str] = Field(min_length=1)
    expense: list[str] = []
    product_revenue: dict[str, str] = {}


class RecognitionRule(_Part):
    """A method for lines that fit; the first rule that fits wins."""

    product: str | None = None
    account: str | None = None
    currency: Currency | None = None
    method: Method


class Recognition(_Part):
    """How the entity recognises: default method, rules, default terms in months by product."""

    method: Method
    rules: list[RecognitionRule] = []
    product_terms: dict[str, int] = {}


class ApprovalLevel(_Part):
    """One level: how many people of the role must approve."""

    role: Literal["reviewer", "controller"]
    count: int = Field(default=1, ge=1, le=9)


class LedgerConfig(_Part):
    """Which connection the entity's ledger is reached by, and its doubt window (docs/close.md §3)."""

    vendor: Literal["xero", "quickbooks"]
    connection: str
    doubt_window_s: int = Field(default=600, ge=1)


class EntityConfig(_Part):
    """One legal entity. `adoption_date` is the last day before its first period here."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")
    name: str
    functional_currency: Currency
    time_zone: str
    adoption_date: str
    ledger: LedgerConfig
    accounts: Accounts
    recognition: Recognition
    approval: list[ApprovalLevel] = Field(min_length=1)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        exponent(self.functional_currency)
        if self.time_zone not in available_timezones():
            raise ValueError(f"{self.time_zone!r} is not a time zone; write one like Europe/London")
        adopted = date.fromisoformat(self.adoption_date)
        if month_end(adopted) != adopted:
            raise ValueError("adoption_date must be the last day of a month")
        return self

    @property
    def adopted_on(self) -> date:
        """The last day before the entity's first period here."""
        return date.fromisoformat(self.adoption_date)

    @property
    def zone(self) -> ZoneInfo:
        """The entity's time zone: its business day and deadlines."""
        return ZoneInfo(self.time_zone)

    def policy(self, version: str) -> RecognitionPolicy:
        """The recognition policy as the core takes it."""
        return RecognitionPolicy(
            version=version,
            functional_currency=self.functional_currency,
            method=self.recognition.method,
            accounts=AccountMap(
                deferred_revenue=self.accounts.deferred_revenue,
                accrued_revenue=self.accounts.accrued_revenue,
                prepayments=self.accounts.prepayments,
                revenue=tuple(self.accounts.revenue),
                expense=tuple(self.accounts.expense),
                product_revenue=tuple(sorted(self.accounts.product_revenue.items())),
            ),
            rules=tuple(
                Rule(rule.method, rule.product, rule.account, rule.currency)
                for rule in self.recognition.rules
            ),
            product_terms=tuple(sorted(self.recognition.product_terms.items())),
        )

    def approval_policy(self, version: str) -> ApprovalPolicy:
        """The approval policy as the judge takes it."""
        return ApprovalPolicy(
            version=version,
            levels=tuple(Level(UserRole(level.role), level.count) for level in self.approval),
        )


class CrmConfig(_Part):
    """The organisation's CRM and the custom fields that carry entity and service period."""

    vendor: Literal["salesforce"]
    connection: str
    entity_field: str
    service_start_field: str
    service_end_field: str


class GroupConfig(_Part):
    """The group that the entities make up."""

    name: str
    reporting_currency: Currency


class Configuration(_Part):
    """The whole file."""

    group: GroupConfig
    crm: CrmConfig | None = None
    entities: list[EntityConfig] = Field(min_length=1)

    @model_validator(mode="after")
    def _entities_differ(self) -> Self:
        ids = [entity.id for entity in self.entities]
        if len(set(ids)) != len(ids):
            raise ValueError("two entities have the same id")
        connections = [entity.ledger.connection for entity in self.entities]
        if len(set(connections)) != len(connections):
            raise ValueError("two entities share one ledger connection")
        exponent(self.group.reporting_currency)
        return self

    @property
    def sha256(self) -> str:
        """The version's name: the hash of its canonical content."""
        return digest(self.model_dump(mode="json"))

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
                f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]
            )
            faults.append(f"{place}: {fault['msg'].removeprefix('Value error, ')}")
        raise ConfigurationError("The configuration can't be used. " + "; ".join(faults)) from None
