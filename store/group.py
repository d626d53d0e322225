"""The group's figures for a period, translated from each entity's newest proposal. Stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from accounting.book import Calculation
from accounting.consolidation import GroupResult, Part, consolidate
from accounting.errors import PeriodError
from accounting.exceptions import AccountingException
from accounting.money import Money
from accounting.periods import Period
from controls.configuration import Configuration, EntityConfig
from models import CloseRow, PositionRow
from store.audit import AuditTrail
from store.closes import Closes
from store.errors import NotFoundError
from store.positions import position_of
from store.rates import RateTable


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """The group's result and each entity's, the closes they rest on, who has no proposal yet.

    Where a rate is missing, the entity's figures and the group's are not known; the other
    entities' are.
    """

    result: GroupResult
    by_entity: Mapping[str, GroupResult]
    closes: Mapping[str, CloseRow]
    missing: tuple[str, ...]


class Groups:
    """Reads the group's figures."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def figures(self, configuration: Configuration, period: str) -> GroupFigures:
        """The group's figures for the period of this name, in the reporting currency.

        An entity whose calendar has no period of this name takes part with the one in which the
        middle of it lies. Raises NotFoundError where no entity's calendar knows the name.
        """
        closes = Closes(self._session, self._audit)
        found: dict[str, CloseRow] = {}
        for entity_id, name in group_periods(configuration, period).items():
            close = closes.find(entity_id, name)
            if close is not None and close.proposal_id is not None:
                found[entity_id] = close
        reporting = configuration.group.reporting_currency
        figures: dict[str, int] = {}
        exceptions: list[AccountingException] = []
        by_entity: dict[str, GroupResult] = {}
        for entity_id, close in found.items():
            part = self._part(configuration, configuration.entity(entity_id), close)
            pair = (part.currency, reporting)
            table = RateTable(self._session, self._audit).table(
                entity_id, [pair], part.calculation.period.end
            )
            result = by_entity[entity_id] = consolidate([part], table, reporting)
            exceptions.extend(result.exceptions)
            for name, amount in result.figures.items():
                figures[name] = figures.get(name, 0) + amount.minor
        known = {} if exceptions else {n: Money(m, reporting) for n, m in figures.items()}
        missing = tuple(e.id for e in configuration.entities if e.id not in found)
        whole = GroupResult(reporting, known, tuple(exceptions))
        return GroupFigures(whole, by_entity, found, missing)

    def _part(self, configuration: Configuration, entity: EntityConfig, close: CloseRow) -> Part:
        """The entity's newest proposal as the core consolidates it."""
        currency = entity.functional_currency
        rows = self._session.exec(
            select(PositionRow).where(PositionRow.proposal_id == close.proposal_id)
        )
        period = Period(close.period_start, close.period_end)
        positions = tuple(position_of(row, currency) for row in rows)
        return Part(
            entity=entity.id,
            calculation=Calculation(period, positions, (), (), {}, {}),
            calendar=entity.calendar,
            currency=currency,
            opened=period.day_before,
            intercompany=configuration.intercompany(entity.id),
        )


def group_periods(configuration: Configuration, period: str) -> dict[str, str]:
    """By entity, what it calls the group's period: the one in which the middle of it lies.

    Raises NotFoundError where no entity's calendar knows the name.
    """
    middle = middle_of(configuration, period)
    return {entity.id: entity.calendar.name_at(middle) for entity in configuration.entities}


def middle_of(configuration: Configuration, name: str) -> date:
    """The day in the middle of the group's period. Raises NotFoundError."""
    for entity in configuration.entities:
        try:
            period = entity.calendar.named(name)
        except PeriodError:
            continue
        return period.start + (period.end - period.start) / 2
    raise NotFoundError(f"No entity's calendar has a period {name!r}.")
