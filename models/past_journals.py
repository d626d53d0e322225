"""Journals from before adoption, as the ledger holds them: what the old process booked."""

from datetime import date
from typing import Any

from sqlmodel import Field

from models.base import Table, data


class PastJournalRow(Table, table=True):
    """A journal dated up to adoption, as it was read last, by the ledger's own id.

    `lines` are account, minor units (a debit is positive) and what the line says. `posted` is false
    of one that was voided since, or moved to a day after adoption.
    """

    __tablename__ = "past_journal"

    entity_id: str = Field(foreign_key="entity.id", primary_key=True)
    ledger_id: str = Field(primary_key=True)
    reference: str
    date: date
    posted: bool
    lines: list[Any] = Field(sa_column=data())
