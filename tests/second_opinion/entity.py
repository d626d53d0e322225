"""One entity of a book: its policy, calendar, rates and documents."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.second_opinion.calendars import Calendar, day_of
from tests.second_opinion.documents import Chains, Raw, entity_of
from tests.second_opinion.rates import Rates

DEFAULT_ENTITY: Raw = {"id": "main", "functional_currency": "USD"}


@dataclass
class Entity:
    """What does not change from close to close."""

    name: str
    currency: str
    policy: Raw
    calendar: Calendar
    rates: Rates
    documents: list[Raw]
    chains: Chains
    adoption: Raw
    adopted_on: date
    imports: dict[str, str] = field(default_factory=dict)

    def rate_of(self, document: Raw, currency: str) -> Fraction | None:
        """A document's own rate, else the spot of its date."""
        if currency == self.currency:
            return Fraction(1)
        if document.get("rate") is not None:
            return Fraction(document["rate"])
        return self.rates.spot(currency, self.currency, day_of(document["date"]))

    def currency_of(self, document: Raw) -> str:
        return str(document.get("currency") or self.currency)

    def unit_of(self, netting_unit: str, key: str) -> str:
        by_line = self.policy.get("netting", "contract") == "line"
        return f"line {key}" if by_line else netting_unit


def entities_of(data: dict[str, Any]) -> list[Entity]:
    """The entities of a scenario, each with the documents that belong to it."""
    raws = data.get("entities") or [DEFAULT_ENTITY]
    documents: list[Raw] = data.get("documents", [])
    first = str(raws[0]["id"])
    entities = []
    for raw in raws:
        name = str(raw["id"])
        own = [item for item in documents if entity_of(item, documents, first) == name]
        fiscal = Calendar(raw.get("fiscal_calendar", "calendar_months"))
        adoption = raw.get("adoption") or {}
        opening = fiscal.named(data["close"][0]).start - timedelta(days=1)
        entities.append(
            Entity(
                name=name,
                currency=raw.get("functional_currency", "USD"),
                policy=raw.get("policy") or {},
                calendar=fiscal,
                rates=Rates(data.get("rates", [])),
                documents=own,
                chains=Chains(own),
                adoption=adoption,
                adopted_on=day_of(adoption["date"]) if adoption.get("date") else opening,
            )
        )
    return entities
