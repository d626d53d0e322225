"""What was reported of lines, and the cash that moved: immutable versions, as documents are."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import Table, minor, now_column

Day = date
"""A date, by a name that classes with a field `date` can still use."""


class ReportRow(Table, table=True):
    """One version of a delivery or a report of usage (accounting/documents.py, Report).

    `line` is the key of an obligation or ledger line. `units` and `percent` are decimal text.
    A `deleted` version is gone at its source. `open_from` as a document's.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("entity_id", "source_id", "version"),
        Index("ix_report_document", "entity_id", text("split_part(line, '/', 1)")),
    )

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id")
    source: str
    source_id: str
    version: int
    content_hash: str
    raw: str = Field(sa_column=Column(Text, nullable=False))
    line: str
    date: date
    units: str | None = None
    percent: str | None = None
    milestone: str | None = None
    usage_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    usage_currency: str | None = None
    deleted: bool = False
    open_from: Day | None = None
    synced_at: datetime | None = Field(default=None, sa_column=now_column())


class PaymentRow(Table, table=True):
    """One version of a payment; a refund is negative. `against` is a document's id."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("entity_id", "source_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id")
    source: str
    source_id: str
    version: int
    content_hash: str
    raw: str = Field(sa_column=Column(Text, nullable=False))
    against: str
    date: date
    amount_minor: int = Field(sa_column=minor())
    currency: str
    deleted: bool = False
    open_from: Day | None = None
    synced_at: datetime | None = Field(default=None, sa_column=now_column())
