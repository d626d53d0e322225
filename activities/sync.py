"""Sync: pull what changed from ledger and CRM; new versions are stored with hash and raw text."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from temporalio import activity

from accounting.documents import DocumentKind
from accounting.policy import LateDocuments
from activities.doors import Doors
from activities.drift import look
from connectors.crm import SourceReport
from connectors.ledger import Ledger, SourceDocument, SourcePayment
from controls.configuration import EntityConfig
from controls.messages import CloseRef, Synced
from models import PaymentRow, ReportRow
from store import Work
from store.books import ADOPTION_READING
from store.documents import Told
from store.reports import payment_row, report_row

DOCUMENTS_PER_TRANSACTION = 200
OVERLAP = timedelta(minutes=15)
"""Read again from this long before the cursor: a change may show later than its own time says."""

OWN_PERIOD = LateDocuments.OWN_PERIOD_WHILE_OPEN

PAYMENTS, REPORTS = "payment", "report"
"""What is read besides documents, by the names of its cursors."""

Source = SourceDocument | SourcePayment | SourceReport
SourceOf = Callable[[datetime | None], Iterator[Source]]


class SyncActivities:
    """One sync of an entity. Repeatable: a version that is known already is not stored again."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def sync(self, close: CloseRef) -> Synced:
        """Read documents and payments, the CRM's contracts and reports, the balances at adoption.

        And what people wrote by hand on the close's accounts: who approves sees it before.
        """
        with self._doors.outside(close):
            with self._doors.work() as work:
                config = work.config.current()
            entity = config.entity(close.entity)
            ledger = self._doors.ledger(entity)
            sources: list[tuple[str, SourceOf]] = [
                *((name, partial(ledger.documents, name)) for name in ledger.lists()),
                (PAYMENTS, ledger.payments),
            ]
            crm_config = config.configuration.crm
            if crm_config is not None:
                crm = self._doors.crm(crm_config)
                contracts = partial(crm.contracts, close.entity, entity.functional_currency)
                sources.append((DocumentKind.CONTRACT.value, contracts))
                sources.append((REPORTS, partial(crm.reports, close.entity)))
            counts = [self._read(close.entity, kind, source) for kind, source in sources]
            stored, seen = (sum(column) for column in zip(*counts, strict=True))
            self._read_adoption_balances(entity, ledger)
            look(self._doors, entity, ledger, deleted_too=True)
            with self._doors.work() as work:
                work.audit.record(
                    close.entity,
                    "sync.finished",
                    f"close/{close.entity}/{close.period}",
                    after={"stored": stored, "seen": seen},
                )
                return Synced(stored, seen, _outdates(work, close))

    def _read(self, entity: str, kind: str, source: SourceOf) -> tuple[int, int]:
        """How many versions were new, and how many were read."""
        with self._doors.work() as work:
            cursor = work.documents.cursor(entity, kind)
        told = source(cursor - OVERLAP if cursor else None)
        stored = seen = 0
        while batch := list(islice(told, DOCUMENTS_PER_TRANSACTION)):
            with self._doors.work() as work:
                stored += _kept(work, entity, batch)
                work.documents.move_cursor(entity, kind, max(item.modified for item in batch))
            seen += len(batch)
        return stored, seen

    def _read_adoption_balances(self, entity: EntityConfig, ledger: Ledger) -> None:
        """Before the first sign-off: what the ledger holds at adoption, on the close's accounts."""
        with self._doors.work() as work:
            if work.closes.last_closed(entity.id) is not None:
                return
        held = {row.account: row.balance_minor for row in ledger.balances(entity.adopted_on)}
        with self._doors.work() as work:
            work.documents.save_reading(
                entity.id,
                ADOPTION_READING,
                entity.adopted_on,
                [(account, held.get(account, 0)) for account in entity.accounts.balances],
            )


def _kept(work: Work, entity: str, batch: Sequence[Source]) -> int:
    """Keep each version that is new. How many were."""
    documents, payments, reports = [], [], []
    for each in batch:
        match each:
            case SourceDocument():
                documents.append(Told(each.source, each.document, each.raw, each.modified))
            case SourcePayment():
                paid, gone = each.payment, each.deleted
                payments.append(payment_row(entity, each.source, paid, each.raw, deleted=gone))
            case SourceReport():
                told, gone = each.report, each.deleted
                reports.append(report_row(entity, each.source, told, each.raw, deleted=gone))
    return (
        work.documents.store_all(entity, documents)
        + work.reports.keep(PaymentRow, payments)
        + work.reports.keep(ReportRow, reports)
    )


def _outdates(work: Work, close: CloseRef) -> bool:
    """Whether the period sees other versions than its proposal was made from.

    Asked of Postgres, not counted on the way: a sync that was cut short and tried again stores
    nothing new the second time. Only of an entity whose late documents land in their own period.
    """
    row = work.closes.get(close.close_id)
    recognition = work.config.current().entity(close.entity).recognition
    if row.proposal_id is None or recognition.late_documents != OWN_PERIOD:
        return False
    was_seen = work.proposals.get(row.proposal_id).summary.get("documents_seen")
    return bool(was_seen != work.books.seen(row))
