"""Drift on record: found once, settled when the ledger is as approved again; each with its event."""

from datetime import datetime

from sqlmodel import Session, col, select

from controls.drift import HAPPENED, Drift, DriftKind, Held
from controls.notices import NoticeKind
from controls.posting import JournalState
from controls.steps import WHO, Awaiting
from models import CloseRow, DriftRow, JournalRow
from store.audit import AuditTrail
from store.outbox import Outbox


class Drifts:
    """Reads and keeps what drifted."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def posted(self, entity: str) -> dict[str, JournalRow]:
        """Every journal of ours that the ledger took, by the ledger's id."""
        rows = self._session.exec(
            select(JournalRow)
            .where(JournalRow.entity_id == entity, JournalRow.state == JournalState.POSTED.value)
            .order_by(col(JournalRow.id))
        )
        return {row.ledger_id: row for row in rows if row.ledger_id}

    def on_their_way(self, entity: str) -> frozenset[str]:
        """The references of journals of ours that may be in the ledger, and are not known to be."""
        rows = self._session.exec(
            select(JournalRow.reference).where(
                JournalRow.entity_id == entity, col(JournalRow.ledger_id).is_(None)
            )
        )
        return frozenset(reference for reference in rows if reference)

    def open(self, entity: str) -> list[DriftRow]:
        """What is not settled, oldest first."""
        return list(
            self._session.exec(
                select(DriftRow)
                .where(DriftRow.entity_id == entity, col(DriftRow.settled_at).is_(None))
                .order_by(col(DriftRow.id))
            )
        )

    def of_close(self, close: CloseRow) -> list[DriftRow]:
        """What is not settled and concerns the close's period."""
        return [row for row in self.open(close.entity_id) if row.close_id == close.id]

    def see(
        self, entity: str, ledger_id: str, held: Held, drift: Drift | None, link: str, now: datetime
    ) -> None:
        """Keep what was found of a journal now; the same again changes nothing."""
        known = self._session.exec(
            select(DriftRow).where(
                DriftRow.entity_id == entity,
                DriftRow.ledger_id == ledger_id,
                col(DriftRow.settled_at).is_(None),
            )
        ).first()
        if known is not None:
            same = drift and (drift.kind, [*drift.differences]) == (known.kind, known.differences)
            if same:
                return
            known.settled_at = now
            self._session.add(known)
            self._record("drift.settled", known)
        if drift is not None:
            self._find(entity, ledger_id, held, drift, link)

    def _find(self, entity: str, ledger_id: str, held: Held, drift: Drift, link: str) -> None:
        close = self._close(entity, ledger_id, held)
        row = DriftRow(
            entity_id=entity,
            close_id=close.id if close else None,
            ledger_id=ledger_id,
            reference=held.reference,
            date=held.date,
            kind=drift.kind.value,
            differences=[*drift.differences],
            link=link,
        )
        self._session.add(row)
        self._record("drift.found", row)
        if close is not None:
            words = f"journal {held.reference} {HAPPENED[drift.kind]}"
            Outbox(self._session, self._audit).tell(
                close, NoticeKind.DRIFT, WHO[Awaiting.DIFFERENCE], words
            )

    def _close(self, entity: str, ledger_id: str, held: Held) -> CloseRow | None:
        """The close that posted it; of a foreign one the newest close of the day's period."""
        ours = self.posted(entity).get(ledger_id)
        if ours is not None:
            return self._session.get(CloseRow, ours.close_id)
        return self._session.exec(
            select(CloseRow)
            .where(
                CloseRow.entity_id == entity,
                col(CloseRow.period_start) <= held.date,
                col(CloseRow.period_end) >= held.date,
            )
            .order_by(col(CloseRow.number).desc())
        ).first()

    def _record(self, verb: str, row: DriftRow) -> None:
        self._audit.record(
            row.entity_id,
            verb,
            f"drift/{row.reference or row.ledger_id}",
            after={
                "kind": row.kind,
                "ledger_id": row.ledger_id,
                "differences": [*row.differences],
                "link": row.link,
            },
        )


def sentence(row: DriftRow) -> str:
    """What happened, for a person."""
    told = "; ".join(row.differences)
    return f"{row.reference} {HAPPENED[DriftKind(row.kind)]} ({row.link}): {told}"
