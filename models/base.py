"""What every table shares: naming of constraints, instants in UTC, amounts as bigint minor units."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, MetaData, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Base of all tables."""


def minor() -> Any:
    """A column for an amount in whole minor units of its currency."""
    return Column(BigInteger, nullable=False)


def instant(*, nullable: bool = False) -> Any:
    """A column for an instant, kept in UTC."""
    return Column(DateTime(timezone=True), nullable=nullable)


def now_column() -> Any:
    """A column that the database's clock fills when the row is written."""
    return Column(DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())


def data() -> Any:
    """A column for JSON whose shape the writing code owns."""
    return Column(JSONB, nullable=False)
