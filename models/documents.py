"""What the outside world told us: immutable versions of documents, raw and as we read them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import Table, data, instant, minor, now_column

Day = date
"""A date, by a name that classes with a field `date` can still use."""
NAMES_A_DOCUMENT = ("credits", "modifies")
"""Of a document's details: another document's id."""
NAMES_A_LINE = ("obligation", "against", "expense")
"""Of a line's details: another document's id, or one of its lines' keys."""


class DocumentRow(Table, table=True):
    """One version of a document. A version is stored once; the newest version is what counts.

    `content_hash` is over what the product reads (accounting/documents.py), `raw_hash` over
    the vendor's own text in `raw`. `details` holds what the columns do not, under the names of
    `document_data`. `open_from` was the first open day when it reached us; None before the
    entity's first sign-off.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("entity_id", "kind", "source_id", "version"),
        Index("ix_document_source_id", "entity_id", "source_id"),
        Index("ix_document_currency", "entity_id", "currency"),
        Index(
            "ix_document_contract",
            "entity_id",
            "contract",
            postgresql_where=text("contract is not null"),
        ),
        *(
            Index(
                f"ix_document_{name}",
                "entity_id",
                text(f"(details ->> '{name}')"),
                postgresql_where=text(f"(details ->> '{name}') is not null"),
            )
            for name in NAMES_A_DOCUMENT
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id")
    source: str
    kind: str
    source_id: str
    version: int
    content_hash: str
    raw_hash: str
    raw: str = Field(sa_column=Column(Text, nullable=False))
    number: str
    counterparty: str
    date: date
    currency: str
    rate: str | None = None
    contract: str | None = None
    voided: bool = False
    details: dict[str, Any] = Field(default_factory=dict, sa_column=data())
    open_from: Day | None = None
    modified_at: datetime = Field(sa_column=instant())
    synced_at: datetime | None = Field(default=None, sa_column=now_column())

    @property
    def known_on(self) -> Day:
        """The day from which a close sees it: its own, but never one that was closed by then."""
        return max(self.date, self.open_from or self.date)


class DocumentLineRow(Table, table=True):
    """A line of a document version; `amount_minor` in the document's currency."""

    __tablename__ = "document_line"
    __table_args__ = tuple(
        Index(
            f"ix_document_line_{name}",
            text(f"split_part(details ->> '{name}', '/', 1)"),
            postgresql_where=text(f"(details ->> '{name}') is not null"),
        )
        for name in NAMES_A_LINE
    )

    document_id: int = Field(foreign_key="document.id", primary_key=True)
    number: int = Field(primary_key=True)
    line_id: str
    amount_minor: int = Field(sa_column=minor())
    account: str | None = None
    product: str | None = None
    text: str = ""
    service_start: date | None = None
    service_end: date | None = None
    dimensions: str = "[]"
    details: dict[str, Any] = Field(default_factory=dict, sa_column=data())


class SyncCursorRow(Table, table=True):
    """Up to which of the vendor's own change times a kind of document was read."""

    __tablename__ = "sync_cursor"

    entity_id: str = Field(foreign_key="entity.id", primary_key=True)
    kind: str = Field(primary_key=True)
    modified_at: datetime = Field(sa_column=instant())


class LedgerReadingRow(Table, table=True):
    """A balance of an account as the ledger's trial balance gave it: debit positive."""

    __tablename__ = "ledger_reading"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    purpose: str
    at: date
    account: str
    balance_minor: int = Field(sa_column=minor())
    read_at: datetime | None = Field(default=None, sa_column=now_column())
