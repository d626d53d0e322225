"""Synced documents: stored once per version, read back as core values; the ledger's readings."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Text, any_, false, func, literal, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import defer
from sqlmodel import Session, col, desc, select

from accounting.documents import Document, DocumentKind
from models import DocumentLineRow, DocumentRow, LedgerReadingRow, SyncCursorRow
from store.audit import AuditTrail
from store.closes import Closes
from store.copying import copy_rows
from store.document_rows import as_closes_see, details_of, document_of, line_values

CURRENCIES = """
with recursive used as (
    select min(currency) as currency from document where entity_id = :entity
    union all
    select (select min(currency) from document
        where entity_id = :entity and currency > used.currency)
    from used where used.currency is not null
)
select currency from used where currency is not null
"""
"""From one to the next by their index, however many documents there are of each."""


def among(column: Any, values: Sequence[int] | Sequence[str] | None) -> ColumnElement[bool]:
    """Whether a column is one of the values, however many they are; true where none are named."""
    if values is None:
        return true()
    if not values:
        return false()
    kind = Text() if isinstance(values[0], str) else BigInteger()
    return cast("ColumnElement[bool]", column == any_(literal(list(values), ARRAY(kind))))


NEXT = "select nextval('document_id_seq') from generate_series(1, :count)"


@dataclass(frozen=True, slots=True)
class Told:
    """A document as a vendor told it: its raw text, our reading, the vendor's time of change."""

    source: str
    document: Document
    raw: str
    modified: datetime


class Documents:
    """Reads and stores versions of documents."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def store(
        self, entity: str, source: str, document: Document, raw: str, modified: datetime
    ) -> bool:
        """Keep one version as `store_all` does. True when it was new."""
        return self.store_all(entity, [Told(source, document, raw, modified)]) == 1

    def store_all(self, entity: str, told: Sequence[Told]) -> int:
        """Keep each version that differs from the one before it in what we read. How many did.

        A contract that is void when it is first seen was never won: nothing is kept of it. Closes
        see a version from its own date on, or, where that day is closed by now, from the first
        open day on.
        """
        if not told:
            return 0
        newest = self._newest(entity, [each.document for each in told])
        open_from = Closes(self._session, self._audit).open_from(entity)
        kept: list[tuple[dict[str, Any], Document]] = []
        for each in told:
            document, key = each.document, (each.document.kind.value, each.document.id)
            version, content_hash = newest.get(key, (0, ""))
            if not version and document.voided and document.kind is DocumentKind.CONTRACT:
                continue
            if content_hash == (now := document.content_hash()):
                continue
            newest[key] = version + 1, now
            row = _values(entity, each, version + 1, now)
            kept.append((row | {"open_from": open_from}, document))
        if not kept:
            return 0
        numbers = self._session.connection().scalars(text(NEXT), {"count": len(kept)}).all()
        numbered = [*zip(numbers, kept, strict=True)]
        copy_rows(self._session, DocumentRow, ({"id": id_} | row for id_, (row, _) in numbered))
        lines = (line for id_, (_, document) in numbered for line in line_values(id_, document))
        copy_rows(self._session, DocumentLineRow, lines)
        return len(kept)

    def _newest(
        self, entity: str, documents: Sequence[Document]
    ) -> dict[tuple[str, str], tuple[int, str]]:
        """Version and content hash of what was kept last, by kind and id."""
        rows = self._session.exec(
            select(
                DocumentRow.kind,
                DocumentRow.source_id,
                DocumentRow.version,
                DocumentRow.content_hash,
            )
            .where(
                DocumentRow.entity_id == entity,
                col(DocumentRow.kind).in_({each.kind.value for each in documents}),
                col(DocumentRow.source_id).in_({each.id for each in documents}),
            )
            .order_by(col(DocumentRow.version))
        )
        return {(kind, key): (version, content) for kind, key, version, content in rows}

    def cursor(self, entity: str, kind: str) -> datetime | None:
        """Up to which change time the kind was read: a kind of document, reports or payments."""
        row = self._session.get(SyncCursorRow, (entity, str(kind)))
        return row.modified_at if row else None

    def move_cursor(self, entity: str, kind: str, modified: datetime) -> None:
        """Remember how far the kind was read; never backwards."""
        current = self.cursor(entity, kind)
        if current is None or modified > current:
            self._session.merge(
                SyncCursorRow(entity_id=entity, kind=str(kind), modified_at=modified)
            )

    def known(self, entity: str) -> tuple[Document, ...]:
        """The newest version of every document of the entity, by kind, date and id."""
        newest = (
            select(
                DocumentRow.kind,
                DocumentRow.source_id,
                func.max(DocumentRow.version).label("version"),
            )
            .where(DocumentRow.entity_id == entity)
            .group_by(col(DocumentRow.kind), col(DocumentRow.source_id))
            .subquery()
        )
        rows = self._session.exec(
            select(DocumentRow)
            .join(
                newest,
                (col(DocumentRow.kind) == newest.c.kind)
                & (col(DocumentRow.source_id) == newest.c.source_id)
                & (col(DocumentRow.version) == newest.c.version),
            )
            .where(DocumentRow.entity_id == entity)
            .order_by(col(DocumentRow.kind), col(DocumentRow.date), col(DocumentRow.source_id))
            .options(defer(DocumentRow.raw))  # type: ignore[arg-type]
        ).all()
        return tuple(document for _, document in self._with_lines(entity, rows))

    def versions_known(self, entity: str, of: Sequence[int] | None = None) -> tuple[Document, ...]:
        """Every version of every document that a close may see, each with the day it is known on.

        By kind and id, older versions first: the core takes the newest that is known to it. What
        was corrected while its period was still open is left out (store/document_rows.py). Only
        the rows named in `of`, where they are: all versions of some documents.
        """
        rows = self._session.exec(
            select(DocumentRow)
            .where(DocumentRow.entity_id == entity, among(col(DocumentRow.id), of))
            .order_by(col(DocumentRow.kind), col(DocumentRow.source_id), col(DocumentRow.version))
            .options(defer(DocumentRow.raw))  # type: ignore[arg-type]
        ).all()
        by_name: dict[tuple[str, str], list[tuple[DocumentRow, Document]]] = {}
        for row, document in self._with_lines(entity, rows, of):
            by_name.setdefault((row.kind, row.source_id), []).append((row, document))
        found = [document for versions in by_name.values() for document in as_closes_see(versions)]
        return tuple(found)

    def _with_lines(
        self, entity: str, rows: Sequence[DocumentRow], of: Sequence[int] | None = None
    ) -> list[tuple[DocumentRow, Document]]:
        lines: dict[int, list[DocumentLineRow]] = {}
        for line in self._session.exec(
            select(DocumentLineRow)
            .join(DocumentRow, col(DocumentLineRow.document_id) == DocumentRow.id)
            .where(DocumentRow.entity_id == entity, among(col(DocumentLineRow.document_id), of))
            .order_by(col(DocumentLineRow.document_id), col(DocumentLineRow.number))
        ):
            lines.setdefault(line.document_id, []).append(line)
        return [(row, document_of(row, lines.get(row.id or 0, []))) for row in rows]

    def currencies(self, entity: str) -> set[str]:
        """The currencies of the entity's documents."""
        found = self._session.connection().scalars(text(CURRENCIES), {"entity": entity})
        return set(found)

    def versions(self, entity: str, source_id: str) -> list[DocumentRow]:
        """Every stored version of one document, newest first."""
        return list(
            self._session.exec(
                select(DocumentRow)
                .where(DocumentRow.entity_id == entity, DocumentRow.source_id == source_id)
                .order_by(desc(col(DocumentRow.version)))
            )
        )

    def lines(self, document_id: int) -> list[DocumentLineRow]:
        """The lines of one version, in order."""
        return list(
            self._session.exec(
                select(DocumentLineRow)
                .where(DocumentLineRow.document_id == document_id)
                .order_by(col(DocumentLineRow.number))
            )
        )

    def save_reading(
        self, entity: str, purpose: str, at: date, balances: Iterable[tuple[str, int]]
    ) -> None:
        """Keep what the ledger's trial balance said: account and minor units, debit positive."""
        for account, balance in balances:
            self._session.add(
                LedgerReadingRow(
                    entity_id=entity,
                    purpose=purpose,
                    at=at,
                    account=account,
                    balance_minor=balance,
                )
            )

    def reading(self, entity: str, purpose: str, at: date) -> dict[str, int] | None:
        """The newest reading for the purpose at a date, by account; None when there is none."""
        rows = self._session.exec(
            select(LedgerReadingRow)
            .where(
                LedgerReadingRow.entity_id == entity,
                LedgerReadingRow.purpose == purpose,
                LedgerReadingRow.at == at,
            )
            .order_by(col(LedgerReadingRow.id))
        ).all()
        return {row.account: row.balance_minor for row in rows} if rows else None


def _values(entity: str, told: Told, version: int, content_hash: str) -> dict[str, Any]:
    """A row but for its id, and the day from which it counts."""
    document = told.document
    return dict(  # noqa: C408 - the columns by their names
        entity_id=entity,
        source=told.source,
        kind=document.kind.value,
        source_id=document.id,
        version=version,
        content_hash=content_hash,
        raw_hash=hashlib.sha256(told.raw.encode()).hexdigest(),
        raw=told.raw,
        number=document.number,
        counterparty=document.counterparty,
        date=document.date,
        currency=document.currency,
        rate=str(document.rate) if document.rate is not None else None,
        contract=document.contract,
        voided=document.voided,
        details=details_of(document),
        modified_at=told.modified,
    )
