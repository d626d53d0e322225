"""Entities, the versioned configuration file, and the tokens of connections."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from models.base import Table, data, now_column


class ConfigRow(Table, table=True):
    """One applied version of the configuration file, as it was: never changed, never deleted."""

    __tablename__ = "config_version"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    document: dict[str, Any] = Field(sa_column=data())
    applied_by: str
    applied_at: datetime | None = Field(default=None, sa_column=now_column())


class EntityRow(Table, table=True):
    """A legal entity = one ledger, as the newest configuration has it."""

    __tablename__ = "entity"

    id: str = Field(primary_key=True)
    name: str
    vendor: str
    connection: str
    functional_currency: str
    time_zone: str
    adoption_date: date
    config_id: int = Field(foreign_key="config_version.id")


class ConnectionTokenRow(Table, table=True):
    """The rotating tokens of a connection, encrypted; the row is the lock around a refresh."""

    __tablename__ = "connection_token"

    connection: str = Field(primary_key=True)
    tokens: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    updated_at: datetime | None = Field(default=None, sa_column=now_column())
