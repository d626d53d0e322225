"""Synced documents: stored once per version, read back as core values; the ledger's readings."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func
from sqlmodel import Session, col, desc, select

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.money import Money
from models import DocumentLineRow, DocumentRow, LedgerReadingRow, SyncCursorRow
from store.audit import AuditTrail


def dimensions_text(dimensions: Iterable[tuple[str, str]]) -> str:
    """Dimensions as the tables keep them: a JSON list of pairs."""
    return json.dumps([list(pair) for pair in dimensions])


def dimensions_of(text: str) -> tuple[tuple[str, str], ...]:
    """The same, back as the core takes them."""
    return tuple((name, value) for name, value in json.loads(text))


class Documents:
    """Reads and stores versions of documents."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def store(
        self, entity: str, source: str, document: Document, raw: str, modified: datetime
    ) -> bool:
        """Keep a version if it differs from the newest one in what we read. True when it was new.

        A contract that is void when it is first seen was never won: nothing is kept of it.
        """
        newest = self._session.exec(
            select(DocumentRow)
            .where(
                DocumentRow.entity_id == entity,
                DocumentRow.kind == document.kind.value,
                DocumentRow.source_id == document.id,
            )
            .order_by(desc(col(DocumentRow.version)))
            .limit(1)
        ).first()
        if newest is None and document.voided and document.kind is DocumentKind.CONTRACT:
            return False
        content_hash = document.content_hash()
        if newest is not None and newest.content_hash == content_hash:
            return False
        row = DocumentRow(
            entity_id=entity,
            source=source,
            kind=document.kind.value,
            source_id=document.id,
            version=newest.version + 1 if newest else 1,
            content_hash=content_hash,
            raw_hash=hashlib.sha256(raw.encode()).hexdigest(),
            raw=raw,
            number=document.number,
            counterparty=document.counterparty,
            date=document.date,
            currency=document.currency,
            rate=str(document.rate) if document.rate is not None else None,
            contract=document.contract,
            voided=document.voided,
            modified_at=modified,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        for number, line in enumerate(document.lines, start=1):
            self._session.add(
                DocumentLineRow(
                    document_id=row.id,
                    number=number,
                    line_id=line.id,
                    amount_minor=line.amount.minor,
                    account=line.account,
                    product=line.product,
                    text=line.text,
                    service_start=line.service_start,
                    service_end=line.service_end,
                    dimensions=dimensions_text(line.dimensions),
                )
            )
        return True

    def cursor(self, entity: str, kind: DocumentKind) -> datetime | None:
        """Up to which change time the kind was read."""
        row = self._session.get(SyncCursorRow, (entity, kind.value))
        return row.modified_at if row else None

    def move_cursor(self, entity: str, kind: DocumentKind, modified: datetime) -> None:
        """Remember how far the kind was read; never backwards."""
        current = self.cursor(entity, kind)
        if current is None or modified > current:
            self._session.merge(
                SyncCursorRow(entity_id=entity, kind=kind.value, modified_at=modified)
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
        ).all()
        lines: dict[int, list[DocumentLineRow]] = {}
        for line in self._session.exec(
            select(DocumentLineRow)
            .join(DocumentRow, col(DocumentLineRow.document_id) == DocumentRow.id)
            .where(DocumentRow.entity_id == entity)
            .order_by(col(DocumentLineRow.document_id), col(DocumentLineRow.number))
        ):
            lines.setdefault(line.document_id, []).append(line)
        return tuple(_document(row, lines.get(row.id or 0, [])) for row in rows)

    def versions(self, entity: str, source_id: str) -> list[DocumentRow]:
        """Every stored version of one document, newest first."""
        return list(
            self._session.exec(
                select(DocumentRow)
                .where(DocumentRow.entity_id == entity, DocumentRow.source_id == source_id)
                .order_by(desc(col(DocumentRow.version)))
            )
        )

    def billing(self, entity: str, contract: str) -> list[DocumentRow]:
        """The newest version of each document that names the contract, oldest document first."""
        rows = self._session.exec(
            select(DocumentRow)
            .where(DocumentRow.entity_id == entity, DocumentRow.contract == contract)
            .order_by(col(DocumentRow.version))
        )
        newest = {row.source_id: row for row in rows}
        return sorted(newest.values(), key=lambda row: (row.date, row.number))

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


def _document(row: DocumentRow, lines: list[DocumentLineRow]) -> Document:
    return Document(
        kind=DocumentKind(row.kind),
        id=row.source_id,
        number=row.number,
        counterparty=row.counterparty,
        date=row.date,
        currency=row.currency,
        rate=Decimal(row.rate) if row.rate is not None else None,
        contract=row.contract,
        voided=row.voided,
        lines=tuple(
            DocumentLine(
                id=line.line_id,
                amount=Money(line.amount_minor, row.currency),
                account=line.account,
                product=line.product,
                text=line.text,
                service_start=line.service_start,
                service_end=line.service_end,
                dimensions=dimensions_of(line.dimensions),
            )
            for line in lines
        ),
    )
