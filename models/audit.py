"""The append-only audit trail. Triggers refuse UPDATE, DELETE and TRUNCATE for everybody."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from models.base import Table, data, instant


class AuditEventRow(Table, table=True):
    """One link of a chain (controls/audit.py)."""

    __tablename__ = "audit_event"

    chain: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    at: datetime = Field(sa_column=instant())
    actor_kind: str
    actor: str
    verb: str
    subject: str
    reason: str
    before: dict[str, Any] = Field(sa_column=data())
    after: dict[str, Any] = Field(sa_column=data())
    hashes: dict[str, Any] = Field(sa_column=data())
    request_id: str
    previous_hash: str
    hash: str
