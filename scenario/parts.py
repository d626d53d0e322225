"""The shape of a scenario file: which keys there are, and how each is written (docs/scenario.md)."""

import json
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from scenario.document_parts import TaggedDocument
from scenario.expectations import PeriodExpectation
from scenario.fields import (
    Account,
    AccrualsName,
    AllocationName,
    Amount,
    Bound,
    CatchName,
    Currency,
    Day,
    Method,
    Name,
    NettingName,
    Part,
    Rate,
)

MONTHS = "calendar_months"


class LocalePart(Part):
    """How dates in text are read."""

    day_first: bool = True
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    fiscal_year_named: Literal["start", "end"] = "end"


class YearPart(Part):
    """A fiscal year of whole weeks."""

    name: Name
    weeks: int


class WeeksPart(Part):
    """A calendar of weeks: 4-4-5, 4-5-4, 5-4-4 or 13x4; a 53rd week goes to the last period."""

    pattern: str
    first_day: Day
    years: list[YearPart] = Field(min_length=1)


Row = Annotated[list[str], Field(min_length=3, max_length=3)]
"""A period of a calendar by table: name, first day, last day."""


def _calendar_form(value: object) -> str:
    if isinstance(value, dict | WeeksPart):
        return "weeks"
    return "table" if isinstance(value, list) else "months"


CALENDAR_FORMS = ("months", "weeks", "table")
CalendarPart = Annotated[
    Annotated[Literal["calendar_months"], Tag("months")]
    | Annotated[WeeksPart, Tag("weeks")]
    | Annotated[list[Row], Tag("table"), Field(min_length=1)],
    Discriminator(_calendar_form),
]


class WhenPart(Part):
    """The conditions of a rule: all that are given must hold. Amounts are absolute."""

    product: Name | None = None
    account: Account | None = None
    currency: Currency | None = None
    type: Name | None = None
    tag: Annotated[dict[Name, Name], Field(min_length=1, max_length=1)] | None = None
    amount_from: Bound | None = None
    amount_below: Bound | None = None


class RulePart(Part):
    """A method for the lines that fit; the first rule that fits wins."""

    when: WhenPart
    method: Method
    valid_from: Day | None = None
    valid_to: Day | None = None


class MaterialityPart(Part):
    """What is too small to be spread: a line below the amount, or one within a single period."""

    amount: Amount | None = None
    single_period: bool | None = None


class PolicyPart(Part):
    """How an entity recognises."""

    method: Method | None = None
    rules: list[RulePart] = Field(default_factory=list)
    product_terms: dict[Name, Annotated[int, Field(ge=1, le=1200)]] = Field(
        default_factory=dict, description="Months by product."
    )
    netting: NettingName | None = None
    accruals: AccrualsName | None = None
    allocation: AllocationName | None = None
    credit_note: CatchName | None = None
    remeasure_accrued: bool | None = None
    materiality: MaterialityPart | None = None


class AdoptionPart(Part):
    """What was there before the first close. Figures of lines are in document currency."""

    date: Day | None = None
    recognised_to_date: dict[Name, Amount] = Field(default_factory=dict)
    difference: CatchName | None = None
    balances: dict[str, Amount] | None = Field(
        default=None, description="What the ledger holds, by account."
    )


class EntityPart(Part):
    """One legal entity."""

    id: Name
    functional_currency: Currency = "USD"
    locale: LocalePart | None = None
    fiscal_calendar: CalendarPart = "calendar_months"
    policy: PolicyPart = PolicyPart()
    adoption: AdoptionPart | None = None


class RatePart(Part):
    """Units of `to` for one unit of `from`: of a day, or the average or closing rate of a period."""

    source: Currency = Field(alias="from")
    target: Currency = Field(alias="to")
    rate: Rate
    date: Day | None = None
    period: Name | None = None
    kind: Literal["average", "closing"] | None = None


class ScenarioPart(Part):
    """A scenario: a whole book in one file."""

    id: Name
    title: str | None = None
    source: str | None = None
    note: str | None = None
    reporting_currency: Currency | None = None
    entities: Annotated[list[EntityPart], Field(min_length=1)] | None = None
    rates: list[RatePart] = Field(default_factory=list)
    documents: list[TaggedDocument]
    close: list[Name] = Field(min_length=1)
    expect: dict[str, PeriodExpectation] = Field(default_factory=dict)


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema: docs/scenario.schema.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tieout scenario",
        **_untitled(ScenarioPart.model_json_schema()),
    }


def _untitled(schema: Any) -> Any:
    """Without the titles that only repeat a key; a key that is called title stays."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value)
        for key, value in schema.items()
        if key != "title" or not isinstance(value, str)
    }


def schema_text() -> str:
    """The same as text, as it stands in docs/scenario.schema.json."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
