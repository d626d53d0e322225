"""The group's closes: one for each period that the group closes as a whole."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from models.base import Table, data, instant, now_column


class GroupCloseRow(Table, table=True):
    """The group's close of a period. `members` pairs each entity with its own name of the period.

    Where each member stands is its own close's to say; `closed_at` is set when all are closed.
    """

    __tablename__ = "group_close"
    __table_args__ = (UniqueConstraint("group_name", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    group_name: str
    period: str
    members: list[Any] = Field(sa_column=data())
    started_by: str
    started_at: datetime | None = Field(default=None, sa_column=now_column())
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
