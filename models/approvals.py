"""What people decided: resolutions of exceptions, and decisions on proposals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from models.base import Table, data, instant, now_column


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
    """A decision that counted when it was made, with its authenticity tag.

    `clause` is the one of the policy, or the program's own, that asked for it; `delegations` the
    terms by which the person may have held the role, as they were signed; `seen` the hash of the
    figures on the page, `kinds` those of the journals that it approves, all where it is empty. A
    trigger keeps four eyes (migration 0003).
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("close_id", "round", "step", "level", "actor", "proposal_hash", "kinds"),
        Index(
            "uq_decision_one_approval_by_person",
            "close_id",
            "round",
            "step",
            "actor",
            "kinds",
            unique=True,
            postgresql_where=text("verdict = 'approve'"),
        ),
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
    clause: str = ""
    delegations: list[Any] = Field(default_factory=list, sa_column=data())
    seen: str = ""
    kinds: str = ""
    decided_at: datetime | None = Field(default=None, sa_column=now_column())


class DelegationRow(Table, table=True):
    """Somebody holds a role for an entity from an instant on, until another, unless revoked."""

    __tablename__ = "delegation"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    role: str
    delegate: str
    granted_by: str
    reason: str
    starts_at: datetime = Field(sa_column=instant())
    ends_at: datetime = Field(sa_column=instant())
    granted_at: datetime | None = Field(default=None, sa_column=now_column())
    revoked_by: str | None = None
    revoked_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class SeenRow(Table, table=True):
    """The figures that somebody saw who decided: canonical JSON by its SHA-256."""

    __tablename__ = "seen_content"

    sha256: str = Field(primary_key=True)
    content: str
    kept_at: datetime | None = Field(default=None, sa_column=now_column())
