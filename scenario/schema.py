"""The door of the format: data in, a Scenario of the core's values out, or every fault of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from accounting.book import Adoption, Book
from accounting.documents import Document, DocumentKind, Override, Payment, Report, Treatment, Void
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import BALANCE_ROLES, RecognitionPolicy, Role
from accounting.rates import Rates
from scenario.amounts import expected, money
from scenario.belongs import by_entity
from scenario.calendars import period_named
from scenario.documents import Documents
from scenario.errors import Fault, Faults, Place, ScenarioError
from scenario.fields import SHORT_ACCOUNTS
from scenario.ledgers import Entry, Ledger
from scenario.parts import AdoptionPart, EntityPart
from scenario.policies import EntityPolicy, policy_of
from scenario.rates import rates_of
from scenario.resolve import References
from scenario.shape import Shape, shape_of
from scenario.text import read_json
from scenario.words import Words

ONLY_ENTITY = EntityPart(id="main")
GROUP = "group"


@dataclass(frozen=True, slots=True)
class ScenarioEntity:
    """One entity of a scenario. `periods` are those of `close`, in its calendar. `imported` is R to date at adoption by line key, in
    document currency; `adoption.date` is given, or the day before the first period.
    """

    id: str
    policy: RecognitionPolicy
    documents: tuple[Document, ...]
    overrides: tuple[Override, ...]
    reports: tuple[Report, ...]
    payments: tuple[Payment, ...]
    voids: tuple[Void, ...]
    adoption: Adoption
    imported: Mapping[str, Money]
    periods: tuple[Period, ...]

    def contract_of(self) -> dict[str, str]:
        """The first contract's id by obligation."""
        found: dict[str, str] = {}
        for document in self.documents:
            if document.kind is DocumentKind.CONTRACT:
                restates = document.modifies and document.treatment is not Treatment.SEPARATE
                first = document.modifies if restates and document.modifies else document.id
                found |= {f"{first}/{line.id}": first for line in document.lines}
        return found

    def book(self, rates: Rates) -> Book:
        """All that is known of the entity before its first close."""
        return Book(
            functional_currency=self.policy.functional_currency,
            adopted_on=self.adoption.date,
            documents=self.documents,
            overrides=self.overrides,
            reports=self.reports,
            payments=self.payments,
            voids=self.voids,
            rates=rates,
            adoption=self.adoption,
            imported=self.imported,
            last_closed=self.adoption.date,
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole book, ready to be closed. `expect` is as the file says it, in the output's shape."""

    id: str
    title: str
    source: str
    note: str
    reporting_currency: str | None
    entities: tuple[ScenarioEntity, ...]
    rates: Rates
    close: tuple[str, ...]
    expect: Mapping[str, Mapping[str, Any]]


def parse(data: object) -> Scenario:
    """The scenario of a JSON document's data. Raises ScenarioError with every fault found."""
    faults = Faults()
    shape = shape_of(data, faults)
    scenario = _scenario(shape, faults) if shape is not None else None
    faults.raise_any()
    assert scenario is not None
    return scenario


def read_file(path: Path | str) -> Scenario:
    """The scenario of a file. Raises ScenarioError, also where there is no such file."""
    return parse(read_data(path))


def read_data(path: Path | str) -> object:
    """The data of a file, not yet looked at. Raises ScenarioError where it is no JSON."""
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        told = error.strerror or "it can't be read"
        raise ScenarioError([Fault("$", f"The file can't be read: {told}.")]) from None
    return read_json(text)


def _scenario(shape: Shape, faults: Faults) -> Scenario:
    part = shape.part
    entities = part.entities or [ONLY_ENTITY]
    policies = _policies(entities, faults)
    functional = {entity.id: entity.functional_currency for entity in entities}
    entries = [
        Entry(document, index)
        for document, index in zip(part.documents, shape.documents, strict=True)
    ]
    ledgers = by_entity(entries, list(functional), shape, faults)
    placed = {entry.index for ledger in ledgers.values() for entry in ledger.entries}
    shape = shape.without(entry.part.id for entry in entries if entry.index not in placed)
    references = References(ledgers, functional, shape, faults)
    periods = _periods(part.close, policies, faults)
    calendars = [policies[entity.id].calendar for entity in entities]
    return Scenario(
        id=part.id,
        title=part.title or "",
        source=part.source or "",
        note=part.note or "",
        reporting_currency=part.reporting_currency,
        rates=rates_of(list(zip(shape.rates, part.rates, strict=True)), calendars, faults),
        close=tuple(part.close),
        expect=expected(part, functional, faults),
        entities=tuple(
            _entity(
                entity, ("entities", index), policies[entity.id], periods[entity.id], references
            )
            for index, entity in enumerate(entities)
        ),
    )


def _policies(entities: Sequence[EntityPart], faults: Faults) -> dict[str, EntityPolicy]:
    policies: dict[str, EntityPolicy] = {}
    for index, entity in enumerate(entities):
        place: Place = ("entities", index)
        if entity.id in policies:
            faults.add((*place, "id"), f"“{entity.id}” is used twice.")
        if entity.id == GROUP:
            faults.add((*place, "id"), f"“{GROUP}” is the name of the group's own figures.")
        policies[entity.id] = policy_of(entity, place, faults)
    return policies


def _periods(
    close: Sequence[str], policies: Mapping[str, EntityPolicy], faults: Faults
) -> dict[str, tuple[Period, ...]]:
    """The periods to close, by entity: each of the calendar's, and each later than the one before."""
    found: dict[str, tuple[Period, ...]] = {}
    for entity, policy in policies.items():
        periods: list[Period] = []
        for index, name in enumerate(close if policy.calendar is not None else ()):
            period = period_named(policy.policy.calendar, name)
            if period is None:
                faults.add(("close", index), f"“{name}” is not a period of {entity}'s calendar.")
            elif periods and period.end <= periods[-1].end:
                faults.add(("close", index), f"“{name}” is not later than the period before it.")
            else:
                periods.append(period)
        found[entity] = tuple(periods)
    return found


def _entity(
    part: EntityPart,
    place: Place,
    policy: EntityPolicy,
    periods: tuple[Period, ...],
    references: References,
) -> ScenarioEntity:
    faults, ledger = references.faults, references.ledgers[part.id]
    documents = Documents(policy.policy, policy.calendar, references, faults)
    words = Words(references, faults)
    said = [word for entry in ledger.entries if (word := words.read(entry)) is not None]
    adoption = part.adoption or AdoptionPart()
    where = (*place, "adoption")
    return ScenarioEntity(
        id=part.id,
        policy=policy.policy,
        documents=tuple(
            found for entry in ledger.entries if (found := documents.read(entry)) is not None
        ),
        overrides=tuple(word for word in said if isinstance(word, Override)),
        reports=tuple(word for word in said if isinstance(word, Report)),
        payments=tuple(word for word in said if isinstance(word, Payment)),
        voids=tuple(word for word in said if isinstance(word, Void)),
        adoption=Adoption(
            date=_adopted_on(adoption, where, periods, faults),
            balances=_balances(part, adoption, where, faults),
        ),
        imported=_imported(adoption, where, ledger, references),
        periods=periods,
    )


def _adopted_on(
    part: AdoptionPart, place: Place, periods: Sequence[Period], faults: Faults
) -> date:
    if part.date is None:
        return periods[0].day_before if periods else date.min
    if periods and part.date >= periods[0].start:
        faults.add(
            (*place, "date"),
            f"{part.date} is not before the first period, which starts on {periods[0].start}.",
        )
    return part.date


def _balances(
    entity: EntityPart, part: AdoptionPart, place: Place, faults: Faults
) -> dict[Role, Money] | None:
    if part.balances is None:
        return None
    found: dict[Role, Money] = {}
    for name, text in part.balances.items():
        where = (*place, "balances", name)
        role = SHORT_ACCOUNTS.get(name, name)
        if role not in BALANCE_ROLES:
            known = ", ".join(BALANCE_ROLES)
            faults.add(where, f"“{name}” is not a balance account; it is one of {known}.")
            continue
        if Role(role) in found:
            faults.add(where, f"{role} is given twice.")
        found[Role(role)] = money(text, entity.functional_currency, where, faults)
    return found


def _imported(
    part: AdoptionPart, place: Place, ledger: Ledger, references: References
) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for name, text in part.recognised_to_date.items():
        where = (*place, "recognised_to_date", name)
        target = ledger.line(name)
        if target is None:
            if not references.shape.may_be_unread(name):
                references.faults.add(where, f"There is no line “{name}”.")
            continue
        if target.key in found:
            references.faults.add(where, f"{target.key} is given twice.")
        currency = references.currency_of(target.entries[0])
        found[target.key] = money(text, currency, where, references.faults)
    return found
