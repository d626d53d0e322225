"""Exchange rates as they were told, each with its origin; the newest of a key counts."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Table, now_column


class RateRow(Table, table=True):
    """Units of `target_currency` for one of `source_currency`, as decimal text.

    `kind` is spot, average or closing; `at` a day as ISO text for a spot, else a period's name.
    An average or closing rate of an entity's own period names the entity; without one it is
    everybody's. `origin` says where it came from: a file's hash, "mean of 22 spots", a person.
    """

    __tablename__ = "rate"
    __table_args__ = (Index(None, "source_currency", "target_currency", "kind", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str | None = Field(default=None, foreign_key="entity.id")
    source_currency: str
    target_currency: str
    kind: str
    at: str
    rate: str
    origin: str
    fetched_at: datetime | None = Field(default=None, sa_column=now_column())
