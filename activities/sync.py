"""Sync: pull what changed from ledger and CRM; new versions are stored with hash and raw text."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from temporalio import activity

from accounting.documents import DocumentKind
from activities.doors import Doors
from connectors.ledger import Ledger, SourceDocument
from controls.configuration import EntityConfig
from controls.messages import CloseRef, Synced
from store.proposals import ADOPTION_READING

DOCUMENTS_PER_TRANSACTION = 200
OVERLAP = timedelta(minutes=15)
"""Read again from this long before the cursor: a change may show later than its own time says."""

SourceOf = Callable[[datetime | None], Iterator[SourceDocument]]


class SyncActivities:
    """One sync of an entity. Repeatable: a version that is known already is not stored again."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def sync(self, close: CloseRef) -> Synced:
        """Read every kind of document, the CRM's contracts, and the balances at adoption."""
        with self._doors.outside(close):
            with self._doors.work() as work:
                config = work.config.current()
            entity = config.entity(close.entity)
            ledger = self._doors.ledger(entity)
            stored = seen = 0
            for kind in ledger.kinds():
                new, read = self._read(close.entity, kind, partial(ledger.documents, kind))
                stored, seen = stored + new, seen + read
            crm_config = config.configuration.crm
            if crm_config is not None:
                crm = self._doors.crm(crm_config)
                contracts = partial(crm.contracts, close.entity, entity.functional_currency)
                new, read = self._read(close.entity, DocumentKind.CONTRACT, contracts)
                stored, seen = stored + new, seen + read
            self._read_adoption_balances(entity, ledger)
            with self._doors.work() as work:
                work.audit.record(
                    close.entity,
                    "sync.finished",
                    f"close/{close.entity}/{close.period}",
                    after={"stored": stored, "seen": seen},
                )
            return Synced(stored, seen)

    def _read(self, entity: str, kind: DocumentKind, source: SourceOf) -> tuple[int, int]:
        with self._doors.work() as work:
            cursor = work.documents.cursor(entity, kind)
        documents = source(cursor - OVERLAP if cursor else None)
        stored = seen = 0
        while batch := list(islice(documents, DOCUMENTS_PER_TRANSACTION)):
            with self._doors.work() as work:
                for found in batch:
                    stored += work.documents.store(
                        entity, found.source, found.document, found.raw, found.modified
                    )
                work.documents.move_cursor(entity, kind, max(item.modified for item in batch))
            seen += len(batch)
        return stored, seen

    def _read_adoption_balances(self, entity: EntityConfig, ledger: Ledger) -> None:
        """Before the first sign-off: what the ledger holds at adoption, on the close's accounts."""
        with self._doors.work() as work:
            if work.closes.last_closed(entity.id) is not None:
                return
        held = {row.account: row.balance_minor for row in ledger.balances(entity.adopted_on)}
        accounts = entity.accounts
        wanted = (accounts.deferred_revenue, accounts.accrued_revenue, accounts.prepayments)
        with self._doors.work() as work:
            work.documents.save_reading(
                entity.id,
                ADOPTION_READING,
                entity.adopted_on,
                [(account, held.get(account, 0)) for account in wanted],
            )
