"""Drift: journals that people changed, took away or added in the ledger by hand."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from models.base import Table, data, instant, now_column


class DriftRow(Table, table=True):
    """One journal that is not as approved (controls/drift.py), as it was found.

    `close_id` is the close whose period it concerns, where there is one; `settled_at` is set when
    the ledger is as approved again, or something else was found. `lines` are those that the ledger
    held then, dated `held_on` (account, debit, credit, dimensions); none where it was gone or void.
    """

    __tablename__ = "drift"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    close_id: int | None = Field(default=None, foreign_key="close.id", index=True)
    ledger_id: str
    reference: str
    held_on: date
    date: date
    kind: str
    differences: list[Any] = Field(sa_column=data())
    lines: list[Any] = Field(sa_column=data())
    link: str
    found_at: datetime | None = Field(default=None, sa_column=now_column())
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
