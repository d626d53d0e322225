"""The outbox: what somebody is to be told, written with the change that causes it."""

from datetime import datetime

from sqlalchemy import Column, DateTime, func
from sqlmodel import Field

from models.base import Table, instant


class NotificationRow(Table, table=True):
    """One thing to tell one role (controls/notices.py), about a close as it stood then.

    `message` is the digest that it went into; `dropped_at` is set where it was of no interest
    any more before it was sent. What one transaction wrote has one `made_at`.
    """

    __tablename__ = "notification"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id")
    close_id: int = Field(foreign_key="close.id", index=True)
    step: str
    awaiting: str
    kind: str
    role: str
    text: str
    path: str
    made_at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now()),
    )
    message: str | None = Field(default=None, index=True)
    sent_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    dropped_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
