"""Month-ends of one entity on a real Postgres: the close's own activities, a ledger on paper."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from temporalio.testing import ActivityEnvironment

from accounting.documents import Document, DocumentKind, DocumentLine, Report
from accounting.money import Money
from activities import (
    CalculateActivities,
    Doors,
    ProgressActivities,
    ResolveActivities,
    SignOffActivities,
    SyncActivities,
)
from connectors.crm import SourceReport
from connectors.ledger import AccountBalance, LedgerJournal, SourceDocument
from controls.audit import Actor
from controls.authenticity import Verifier, new_key_pair
from controls.configuration import Configuration, parse_configuration
from controls.messages import (
    Answer,
    Calculated,
    CloseRef,
    CloseRequest,
    RecordResolution,
    Resolution,
    SignedOff,
    Synced,
)
from controls.posting import JournalEvent
from models import JournalRow, PositionRow
from store import Store
from store.journals import Outcome
from store.rates import EUR, SPOT, NewRate
from tests.store.database import Database

CONFIGURATION = Path(__file__).parents[2] / "examples" / "northwind.json"
WORKER_ACTOR = Actor("service", "worker")
T0 = datetime(2026, 10, 5, 8, tzinfo=UTC)
ACCOUNTS = {
    "deferred_revenue": "DEF",
    "accrued_revenue": "ACC",
    "prepayments": "PRE",
    "accrued_expenses": "AEX",
    "fx_gain_loss": "FX",
    "revenue": ["REV"],
    "expense": ["EXP"],
}


def configured(entity: str = "uk", **changes: Any) -> Configuration:
    """The demo's configuration with other accounts and recognition for one entity."""
    data = json.loads(CONFIGURATION.read_text())
    (found,) = [each for each in data["entities"] if each["id"] == entity]
    found |= {"accounts": ACCOUNTS, "recognition": {"method": "daily"}, **changes}
    return parse_configuration(data)


@dataclass
class Paper:
    """A ledger and a CRM on paper: what was written last is told again for ever."""

    vendor: str = "paper"
    documents_told: list[SourceDocument] = field(default_factory=list)
    reports_told: list[SourceReport] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    journals_told: list[LedgerJournal] = field(default_factory=list)
    taken_away: frozenset[str] = frozenset()

    def _next(self) -> datetime:
        return T0 + timedelta(seconds=len(self.documents_told) + len(self.reports_told))

    def write(self, *documents: Document) -> None:
        for document in documents:
            self.documents_told.append(SourceDocument("paper", "{}", document, self._next()))

    def report(self, *reports: Report, deleted: bool = False) -> None:
        for report in reports:
            told = SourceReport("paper", "{}", report, self._next(), deleted)
            self.reports_told.append(told)

    def lists(self) -> tuple[str, ...]:
        return tuple(kind for kind in DocumentKind if kind is not DocumentKind.CONTRACT)

    def documents(self, name: str, _since: datetime | None) -> Iterator[SourceDocument]:
        newest = {t.document.id: t for t in self.documents_told if t.document.kind == name}
        return iter(newest.values())

    def contracts(
        self, _entity: str, _currency: str, since: datetime | None
    ) -> Iterator[SourceDocument]:
        return self.documents(DocumentKind.CONTRACT, since)

    def payments(self, _since: datetime | None) -> Iterator[Any]:
        return iter(())

    def reports(self, _entity: str, _since: datetime | None) -> Iterator[SourceReport]:
        return iter({told.report.id: told for told in self.reports_told}.values())

    def journals(self, _since: datetime) -> Iterator[LedgerJournal]:
        return iter(self.journals_told)

    def read_journal(self, ledger_id: str) -> LedgerJournal | None:
        return next((each for each in self.journals_told if each.id == ledger_id), None)

    def gone(self, ledger_ids: Sequence[str]) -> frozenset[str]:
        return self.taken_away & {*ledger_ids}

    def link(self, ledger_id: str) -> str:
        return f"https://paper.example/{ledger_id}"

    def balances(self, _at: date) -> tuple[AccountBalance, ...]:
        return tuple(AccountBalance(account, minor) for account, minor in self.held.items())


class MonthEnd:
    """One entity, closed period by period; people and ledger agree with whatever is proposed."""

    def __init__(
        self, database: Database, configuration: Configuration, entity: str = "uk"
    ) -> None:
        self.entity = entity
        self.api, self.store = Store(database.api), Store(database.worker)
        with self.api.unit_of_work(Actor("user", "ada")) as work:
            work.config.apply(configuration)
        self.configuration = configuration
        self.currency = configuration.entity(entity).functional_currency
        self.paper = Paper()
        anything: Any = lambda _config: self.paper  # noqa: E731
        self.doors = Doors(self.store, anything, anything, Verifier(new_key_pair()[1]))

    def open(self, period: str) -> CloseRef:
        request = CloseRequest(self.entity, period, "priya")
        ref: CloseRef = ActivityEnvironment().run(
            ProgressActivities(self.doors).open_close, request
        )
        return ref

    def sync(self, close: CloseRef) -> Synced:
        found: Synced = ActivityEnvironment().run(SyncActivities(self.doors).sync, close)
        return found

    def calculate(self, close: CloseRef) -> Calculated:
        found: Calculated = ActivityEnvironment().run(
            CalculateActivities(self.doors).calculate, close
        )
        return found

    def resolve(self, close: CloseRef, **given: Any) -> Answer:
        resolution = Resolution(
            **{
                "entity": self.entity,
                "period": close.period,
                "actor": "priya",
                "roles": ("preparer",),
                "reason": "as agreed",
                "nonce": f"nonce-{given}",
                **given,
            }
        )
        answer: Answer = ActivityEnvironment().run(
            ResolveActivities(self.doors).record_resolution, RecordResolution(close, resolution)
        )
        return answer

    def post(self, close: CloseRef) -> None:
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            for row in work.journals.approve(work.closes.get(close.close_id)):
                attempt = work.journals.intend(row, "key", T0, after=0)
                told = Outcome(JournalEvent.ANSWERED_POSTED, ledger_id=f"L-{row.id}")
                work.journals.settle(row.id or 0, attempt, told, T0)

    def sign_off(self, close: CloseRef) -> SignedOff:
        found: SignedOff = ActivityEnvironment().run(SignOffActivities(self.doors).sign_off, close)
        return found

    def close(self, period: str) -> CloseRef:
        """All of it, from sync to sign-off."""
        ref = self.open(period)
        self.sync(ref)
        assert self.calculate(ref).proposal_id
        self.post(ref)
        self.sign_off(ref)
        return ref

    def positions(self, close: CloseRef) -> dict[str, PositionRow]:
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            proposal = work.closes.get(close.close_id).proposal_id
            assert proposal is not None
            return {row.line: row for row in work.proposals.positions(proposal)}

    def journals(self, close: CloseRef) -> dict[str, list[tuple[str, str, str]]]:
        """Each journal's lines by its kind: account, debit, credit."""

        def text(minor: int, row: JournalRow) -> str:
            return Money(minor, row.currency).text()

        with self.store.unit_of_work(WORKER_ACTOR) as work:
            proposal = work.closes.get(close.close_id).proposal_id
            assert proposal is not None
            return {
                row.kind: [
                    (line.account, text(line.debit_minor, row), text(line.credit_minor, row))
                    for line in work.journals.lines(row.id or 0)
                ]
                for row in work.journals.of_proposal(proposal)
            }

    def spots(self, currency: str, rates: dict[str, str]) -> None:
        """Units of the currency for one euro, by day."""
        told = [NewRate(EUR, currency, SPOT, day, Decimal(rate)) for day, rate in rates.items()]
        with self.api.unit_of_work(Actor("user", "ada")) as work:
            work.rates.add(told, "the test's")

    def leave(self) -> None:
        self.store.close()
        self.api.close()


Make = Callable[..., MonthEnd]


def line(amount: str, currency: str = "GBP", **given: Any) -> DocumentLine:
    return DocumentLine(
        **{"id": "1", "amount": Money.parse(amount, currency), "account": "REV", **given}
    )


def document(
    kind: DocumentKind, id_: str, day: str, *lines: DocumentLine, **given: Any
) -> Document:
    return Document(
        **{
            "kind": kind,
            "id": id_,
            "number": id_,
            "counterparty": "Acme",
            "date": date.fromisoformat(day),
            "currency": lines[0].amount.currency,
            "lines": lines,
            **given,
        }
    )


def invoice(id_: str, day: str, *lines: DocumentLine, **given: Any) -> Document:
    return document(DocumentKind.INVOICE, id_, day, *lines, **given)


def over(start: str, end: str) -> dict[str, Any]:
    """A line's service dates."""
    return {
        "service_start": date.fromisoformat(start),
        "service_end": date.fromisoformat(end),
    }
