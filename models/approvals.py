"""What people decided: resolutions of exceptions, and decisions on proposals."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, now_column


class ResolutionRow(Table, table=True):
    """A person's answer to an exception; it stays in force for later periods.

    `amount` is the difference that an adoption answer was given to, as text. `effect` and
    `effective` say what a credit does. `open_from` was the first open day when it was given:
    closes see it from then on; None before the entity's first sign-off, known from the start.
    """

    __tablename__ = "resolution"

    id: int | None = Field(default=None, primary_key=True)
    close_id: int = Field(foreign_key="close.id", index=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    code: str
    subject: str
    remedy: str
    service_start: date | None = None
    service_end: date | None = None
    obligation: str | None = None
    account: str | None = None
    amount: str | None = None
    effect: str | None = None
    effective: date | None = None
    open_from: date | None = None
    reason: str
    actor: str
    nonce: str = Field(unique=True)
    decided_at: datetime | None = Field(default=None, sa_column=now_column())


class DecisionRow(Table, table=True):
    """A decision that counted when it was made, with its authenticity tag."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("close_id", "round", "step", "level", "actor", "proposal_hash"),
    )

    id: int | None = Field(default=None, primary_key=True)
    close_id: int = Field(foreign_key="close.id", index=True)
    round: int
    step: str
    level: int
    verdict: str
    actor: str
    roles: str
    reason: str
    proposal_hash: str
    nonce: str = Field(unique=True)
    tag: str
    decided_at: datetime | None = Field(default=None, sa_column=now_column())
