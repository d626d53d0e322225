"""Closes and what they calculated: proposals, exceptions, positions, tie-out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, data, instant, minor, now_column


class CloseRow(Table, table=True):
    """The close of an entity's period. `step` and `awaiting` copy the workflow's, for pages.

    `round` counts the proposals put forward: decisions of an earlier round are suspended. From
    `number` 2 on the period was closed before: `reason` says why it is opened again, `supersedes`
    which closes that takes back, each as [period, number, seal]. `reached` counts
    what its workflow has told (StepReached.order).
    """

    __tablename__ = "close"
    __table_args__ = (UniqueConstraint("entity_id", "period", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id")
    period: str
    number: int = 1
    period_start: date
    period_end: date
    step: str = "sync"
    awaiting: str = "nothing"
    detail: str = ""
    round: int = 0
    proposal_id: int | None = None
    seal: str | None = None
    started_by: str
    started_at: datetime | None = Field(default=None, sa_column=now_column())
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    reached: int = Field(default=0, sa_column=minor())
    reason: str = ""
    supersedes: list[Any] = Field(default_factory=list, sa_column=data())


class ProposalRow(Table, table=True):
    """What a calculation proposed. `summary` holds opening, closing, reconciling by role as text.

    And `non_current`, the part of deferred revenue that is not released within a year,
    `late_documents`, the policy that applied, and `approved`, what approvals bind to.
    """

    __tablename__ = "proposal"

    id: int | None = Field(default=None, primary_key=True)
    close_id: int = Field(foreign_key="close.id", index=True)
    hash: str
    config_id: int = Field(foreign_key="config_version.id")
    engine_version: str
    summary: dict[str, Any] = Field(sa_column=data())
    made_at: datetime | None = Field(default=None, sa_column=now_column())


class ExceptionRow(Table, table=True):
    """One exception of a proposal (accounting/exceptions.py); some only tell and block nothing."""

    __tablename__ = "close_exception"

    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    code: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    message: str
    amount: str | None = None


class PositionRow(Table, table=True):
    """A line's position in a proposal; the one that sign-off froze is the period's record.

    Amounts in minor units of the functional currency; `price_minor`, `billed_document_minor` and
    `recognised_document_minor` in the document's, `price_currency`. The names are LinePosition's
    (accounting/book.py); recognised is own and catch-up together.
    """

    __tablename__ = "position"

    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    line: str = Field(primary_key=True)
    unit: str
    document: str
    document_hash: str
    counterparty: str
    label: str
    product: str | None = None
    is_cost: bool
    method: str
    service_start: date | None = None
    service_end: date | None = None
    dates_from: str
    price_minor: int = Field(sa_column=minor())
    price_currency: str
    billed_minor: int = Field(sa_column=minor())
    billed_to_date_minor: int = Field(sa_column=minor())
    own_minor: int = Field(sa_column=minor())
    catch_up_minor: int = Field(sa_column=minor())
    recognised_to_date_minor: int = Field(sa_column=minor())
    billed_document_minor: int = Field(sa_column=minor())
    recognised_document_minor: int = Field(sa_column=minor())
    ahead_minor: int = Field(sa_column=minor())
    in_a_year_minor: int = Field(sa_column=minor())
    fx_minor: int = Field(sa_column=minor())
    non_current_minor: int = Field(sa_column=minor())
    negative: bool
    held: bool
    account: str
    dimensions: str
    coded: dict[str, Any] = Field(sa_column=data())
    opening: dict[str, Any] = Field(sa_column=data())
    closing: dict[str, Any] = Field(sa_column=data())


class TieOutRow(Table, table=True):
    """A balance account tied out at verify: subledger, explained items, ledger, what is left."""

    __tablename__ = "tie_out"

    proposal_id: int = Field(foreign_key="proposal.id", primary_key=True)
    role: str = Field(primary_key=True)
    account: str
    subledger_minor: int = Field(sa_column=minor())
    reconciling_minor: int = Field(sa_column=minor())
    unposted_minor: int = Field(sa_column=minor())
    ledger_minor: int = Field(sa_column=minor())
    unexplained_minor: int = Field(sa_column=minor())
    read_at: datetime | None = Field(default=None, sa_column=now_column())
