"""Journals from before adoption: kept as they were read last, and read for a back-test."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from accounting.backtest_ledger import Movement
from models import DocumentRow, PastJournalRow

PAST = "past_journal"
"""The name of the cursor that says that every journal was looked through for those of the past."""
ROWS_PER_INSERT = 1_000


@dataclass(frozen=True, slots=True)
class PastJournal:
    """A journal as the ledger holds it."""

    ledger_id: str
    reference: str
    date: date
    posted: bool
    movements: tuple[Movement, ...]


class PastJournals:
    """Reads and keeps them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, entity: str, journals: Iterable[PastJournal], adopted: date) -> None:
        """Keep those dated up to adoption as they are now. One that was moved beyond it counts no
        more.
        """
        told = list(journals)
        known = set(self._known(entity, [each.ledger_id for each in told if each.date > adopted]))
        rows = [
            {
                "entity_id": entity,
                "ledger_id": each.ledger_id,
                "reference": each.reference,
                "date": each.date,
                "posted": each.posted and each.date <= adopted,
                "lines": [[line.account, line.amount, line.text] for line in each.movements],
            }
            for each in told
            if each.date <= adopted or each.ledger_id in known
        ]
        for start in range(0, len(rows), ROWS_PER_INSERT):
            words = insert(PastJournalRow).values(rows[start : start + ROWS_PER_INSERT])
            new = {name: words.excluded[name] for name in ("reference", "date", "posted", "lines")}
            self._session.connection().execute(
                words.on_conflict_do_update(index_elements=["entity_id", "ledger_id"], set_=new)
            )

    def _known(self, entity: str, ids: list[str]) -> Iterable[str]:
        if not ids:
            return ()
        return self._session.exec(
            select(PastJournalRow.ledger_id).where(
                PastJournalRow.entity_id == entity, col(PastJournalRow.ledger_id).in_(ids)
            )
        )

    def movements(self, entity: str) -> tuple[Movement, ...]:
        """What the posted ones moved, oldest first."""
        rows = self._session.exec(
            select(PastJournalRow)
            .where(PastJournalRow.entity_id == entity, col(PastJournalRow.posted))
            .order_by(col(PastJournalRow.date), col(PastJournalRow.ledger_id))
        )
        return tuple(
            Movement(row.date, account, amount, text)
            for row in rows
            for account, amount, text in row.lines
        )

    def known_from(self, entity: str) -> date | None:
        """The day of the oldest journal or document that is on record; None where there is none."""
        days = [
            self._session.exec(
                select(func.min(PastJournalRow.date)).where(PastJournalRow.entity_id == entity)
            ).one(),
            self._session.exec(
                select(func.min(DocumentRow.date)).where(DocumentRow.entity_id == entity)
            ).one(),
        ]
        return min((day for day in days if day is not None), default=None)
