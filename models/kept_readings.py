"""What a calculation of a big book read, kept so that nobody has to read it twice. No record of anything:
it may be deleted at any time.
"""

from datetime import datetime

from sqlalchemy import ARRAY, Column, LargeBinary, String
from sqlmodel import Field

from models.base import Table, now_column


def _names() -> Column[list[str]]:
    return Column(ARRAY(String), nullable=False)


class KeptReadingRow(Table, table=True):
    """A reading of an entity's plain lines (docs/big_books.md), in shards that are cut at `bounds`.

    `state` names all that the answer depends on; `columns` are those read.
    """

    __tablename__ = "kept_reading"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    state: str
    columns: list[str] = Field(sa_column=_names())
    bounds: list[str] = Field(sa_column=_names())
    made_at: datetime | None = Field(default=None, sa_column=now_column())


class KeptPieceRow(Table, table=True):
    """A piece of a shard, in Arrow's own format; a shard's pieces are written together."""

    __tablename__ = "kept_piece"

    reading_id: int = Field(foreign_key="kept_reading.id", ondelete="CASCADE", primary_key=True)
    shard: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    held: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
