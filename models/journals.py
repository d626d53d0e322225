"""Journals, their lines, and the parts that explain them down to the line."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import Table, instant, minor
from models.documents import Day


class JournalRow(Table, table=True):
    """One journal of a proposal and its way to the ledger (controls/posting.py).

    `number` and `reference` are drawn when it is approved. `key` is the idempotency key of the
    attempts since `key_first_sent_at`; None when the next attempt needs a new one. `belongs_to` is
    the day of its own period where it is dated later, because the ledger is locked; `as_draft`:
    the next attempt only lays it ready there. `retried_by` is the last operator who sent it again.
    `reverses_id` is the posted journal that it turns round as a whole.
    """

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("entity_id", "reference"),
        UniqueConstraint("entity_id", "number"),
        UniqueConstraint("entity_id", "ledger_id"),
        Index(
            "uq_journal_reversed_once",
            "reverses_id",
            unique=True,
            postgresql_where=text("state = 'posted'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    close_id: int = Field(foreign_key="close.id")
    entity_id: str = Field(foreign_key="entity.id")
    kind: str
    date: Day
    text: str
    currency: str
    content_hash: str
    state: str = "proposed"
    number: int | None = None
    reference: str | None = None
    attempt: int = 0
    key: str | None = None
    key_first_sent_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    absent_since: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ledger_id: str | None = None
    ledger_message: str = ""
    ledger_raw: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    posted_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    retried_by: str = ""
    as_draft: bool = False
    belongs_to: Day | None = None
    reverses_id: int | None = Field(default=None, foreign_key="journal.id")


class JournalLineRow(Table, table=True):
    """One side of one account: exactly one of debit and credit is above zero."""

    __tablename__ = "journal_line"

    journal_id: int = Field(foreign_key="journal.id", primary_key=True)
    number: int = Field(primary_key=True)
    account: str
    role: str | None = None
    debit_minor: int = Field(sa_column=minor())
    credit_minor: int = Field(sa_column=minor())
    dimensions: str = "[]"


class JournalPartRow(Table, table=True):
    """Why a journal moves: the change of one line in one balance account.

    Without a journal: what stood in the books before the first close, and what people booked by
    hand and somebody said counts as booked.
    """

    __tablename__ = "journal_part"

    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    journal_id: int | None = Field(default=None, foreign_key="journal.id", index=True)
    line: str
    unit: str
    role: str
    account: str
    dimensions: str = "[]"
    amount_minor: int = Field(sa_column=minor())
    catch_up_minor: int = Field(default=0, sa_column=minor())
