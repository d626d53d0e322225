"""Books drawn at random, kept in Postgres and closed period by period by the product's own parts.

What a scenario says goes into rows as a sync, a person or a table of rates would put it there; what
is known later comes later. Journals count as posted, and each period as signed off.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
from sqlmodel import col, select

from accounting.book import JournalKind
from accounting.documents import Override, Void
from accounting.engine import ENGINE_VERSION, calculate
from accounting.periods import ONE_DAY, Period
from accounting.policy import AccountMap, RecognitionPolicy
from controls.posting import JournalState
from controls.proposal import Versions, journal_hash, proposal_data
from controls.steps import Step
from models import (
    AdoptionImportRow,
    CloseRow,
    ConfigRow,
    EntityRow,
    ImportedPositionRow,
    JournalRow,
    RateRow,
    ReportRow,
    ResolutionRow,
    metadata,
)
from scenario import parse
from scenario.schema import Scenario, ScenarioEntity
from store import Store, Work
from store.books import ADOPTION_READING
from store.documents import Told
from store.reports import report_row
from tests.store.database import Database
from tests.store.month_end import T0, WORKER_ACTOR

Data = dict[str, Any]
EMPTY = "; ".join(
    ["set session_replication_role = replica", *(f'delete from "{n}"' for n in metadata.tables)]
)


def config_of(entity: ScenarioEntity, calendar: Any) -> Data:
    """The part of a configuration that figures rest on, of a scenario's entity."""
    policy = entity.policy
    below = policy.immaterial_below
    return {
        "id": entity.id,
        "functional_currency": policy.functional_currency,
        "fiscal_calendar": calendar,
        "accounts": accounts_of(policy.accounts),
        "recognition": {
            "netting": policy.netting.value,
            "accruals": policy.accruals.value,
            "allocation": policy.allocation.value,
            "credit_note": policy.credit_note.value,
            "remeasure_accrued": policy.remeasure_accrued,
            "materiality": {
                "amount": below.text() if below is not None else None,
                "single_period": policy.single_period,
            },
        },
    }


def accounts_of(accounts: AccountMap) -> Data:
    names = ("deferred_revenue", "accrued_revenue", "prepayments", "accrued_expenses")
    return {
        **{name: getattr(accounts, name) for name in (*names, "fx_gain_loss")},
        "revenue": list(accounts.revenue),
        "expense": list(accounts.expense),
        "product_revenue": dict(accounts.product_revenue),
    }


def closes_drawn(database: Database, data: Data) -> Iterator[tuple["Drawn", int]]:
    """Every close of every entity of a scenario, each entity alone in the database: calculated, and
    signed off when it has been looked at.
    """
    scenario = parse(deepcopy(data))
    for entity in scenario.entities:
        with psycopg.connect(database.superuser) as work:
            work.execute(EMPTY)
        store = Store(database.superuser)
        try:
            drawn = Drawn(store, scenario, entity, data)
            for name in scenario.close:
                close = drawn.calculated(name)
                yield drawn, close
                drawn.sign_off(close)
        finally:
            store.close()


class Drawn:
    """One entity of a scenario on a real Postgres."""

    def __init__(
        self, store: Store, scenario: Scenario, entity: ScenarioEntity, data: Data
    ) -> None:
        self.store, self.scenario, self.entity = store, scenario, entity
        self.periods = dict(zip(scenario.close, entity.periods, strict=True))
        self._kept: set[Any] = set()
        given: Data = next((e for e in data["entities"] if e["id"] == entity.id), {})
        document = {
            "entities": [config_of(entity, given.get("fiscal_calendar", "calendar_months"))]
        }
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            config = ConfigRow(sha256=json.dumps(document), document=document, applied_by="ada")
            work._session.add(config)
            work._session.flush()
            assert config.id is not None
            self.config_id = config.id
            work._session.add(
                EntityRow(
                    id=entity.id,
                    name=entity.id,
                    vendor="paper",
                    connection=entity.id,
                    functional_currency=self.policy.functional_currency,
                    time_zone="UTC",
                    adoption_date=entity.adoption.date,
                    config_id=config.id,
                )
            )
            work._session.flush()
            work._session.add_all([*self._rates()])
            self._import(work)
            accounts = self.policy.accounts
            held = [(accounts.deferred_revenue, 0), (accounts.accrued_revenue, 0)]
            work.documents.save_reading(entity.id, ADOPTION_READING, entity.adoption.date, held)

    @property
    def policy(self) -> RecognitionPolicy:
        return self.entity.policy

    def _rates(self) -> Iterator[RateRow]:
        rates = self.scenario.rates
        for (source, target), by_day in rates.spots.items():
            for day, rate in by_day:
                yield _rate(source, target, "spot", day.isoformat(), rate)
        for ((source, target), name, kind), rate in rates.periods.items():
            yield _rate(source, target, kind, name, rate)

    def _import(self, work: Work) -> None:
        if not self.entity.imported:
            return
        row = AdoptionImportRow(entity_id=self.entity.id, file_hash="-", imported_by="ada")
        work._session.add(row)
        work._session.flush()
        for line, amount in self.entity.imported.items():
            work._session.add(
                ImportedPositionRow(
                    import_id=row.id or 0,
                    line=line,
                    recognised_minor=amount.minor,
                    currency=amount.currency,
                )
            )

    def calculated(self, name: str) -> int:
        """The period's proposal, all that is known by its end being in the rows; the close's id."""
        end = self.periods[name].end
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            opened = work.closes.closed_to(self.entity.id)
            period = Period(opened + ONE_DAY, end)
            close = work.closes.open(self.entity.id, name, period, "priya")
        self._tell(close)
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.closes.get(close.id or 0)
            found = calculate(work.books.book(row, self.policy), self.policy, period)
            hashes = tuple(journal_hash(self.entity.id, journal) for journal in found.journals)
            versions = Versions(str(self.config_id), ENGINE_VERSION)
            approved = proposal_data(self.entity.id, found, hashes, versions)
            work.proposals.save(row, found, approved, self.config_id, ENGINE_VERSION)
            return row.id or 0

    def sign_off(self, close_id: int) -> None:
        """As if all was posted and the period closed."""
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.closes.get(close_id)
            for journal in work._session.exec(
                select(JournalRow).where(col(JournalRow.proposal_id) == row.proposal_id)
            ):
                if journal.kind != JournalKind.ADOPTION:
                    journal.state, journal.ledger_id = JournalState.POSTED, f"L-{journal.id}"
            row.step = Step.CLOSED

    def _tell(self, close: CloseRow) -> None:
        entity, end = self.entity, close.period_end
        documents = {document.id for document in entity.documents}
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            told: list[Any] = [*entity.documents, *entity.reports, *entity.voids]
            for each in sorted(told, key=lambda each: (each.known, getattr(each, "version", 0))):
                key = (type(each).__name__, each.id, getattr(each, "version", 0))
                if each.known > end or key in self._kept:
                    continue
                self._kept.add(key)
                if isinstance(each, Void):
                    self._void(work, each, documents)
                elif each in entity.reports:
                    row = report_row(entity.id, "paper", each, "{}")
                    work.reports.keep(ReportRow, [row])
                else:
                    work.documents.store_all(entity.id, [Told("paper", each, "{}", T0)])
            for number, word in enumerate(entity.overrides):
                if ("said", number) not in self._kept and (word.known_on or end) <= end:
                    self._kept.add(("said", number))
                    self._say(work, close, word, number)

    def _void(self, work: Work, void: Void, documents: set[str]) -> None:
        """A document is void from then on, a report deleted; a word that is taken back is left."""
        if void.against in documents:
            newest = [d for d in self.entity.documents if d.id == void.against][-1]
            gone = replace(newest, voided=True)
            work.documents.store_all(self.entity.id, [Told("paper", gone, "{}", T0)])
        for report in self.entity.reports:
            if report.id == void.against:
                row = report_row(self.entity.id, "paper", report, "{}", deleted=True)
                work.reports.keep(ReportRow, [row])

    def _say(self, work: Work, close: CloseRow, word: Override, number: int) -> None:
        row = ResolutionRow(
            close_id=close.id or 0,
            entity_id=self.entity.id,
            code="no_service_period",
            subject=word.line,
            remedy="exclude" if word.excluded else "dates",
            service_start=word.service_start,
            service_end=word.service_end,
            obligation=word.obligation,
            effect=word.effect.value if word.effect else None,
            effective=word.effective,
            reason=word.reason,
            actor="priya",
            nonce=f"{close.id}-{number}",
        )
        work.approvals.save_resolution(close, row)


def _rate(source: str, target: str, kind: str, at: str, rate: Any) -> RateRow:
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return RateRow(
        source_currency=source,
        target_currency=target,
        kind=kind,
        at=at,
        rate=format(exact, "f"),
        origin="drawn",
    )
