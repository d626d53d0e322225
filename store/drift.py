"""Drift on record: found once, settled when the ledger is as approved again; each with its event.

What somebody has accepted is expected from then on: only what differs from it is found anew.
"""

from collections.abc import Container
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from accounting.exceptions import AccountingException, ExceptionCode
from controls.drift import HAPPENED, Drift, DriftKind, Held, LineDifference, by_line
from controls.notices import NoticeKind
from controls.posting import IN_LEDGER, JournalState, PostedLine
from controls.steps import WHO, Awaiting, Step
from models import CloseRow, DriftRow, JournalLineRow, JournalRow
from store.accepted import AcceptedJournals, held_of, lines_data, subject_of
from store.audit import AuditTrail
from store.document_rows import dimensions_of
from store.outbox import Outbox


class Drifts:
    """Reads and keeps what drifted."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit
        self.accepted = AcceptedJournals(session)

    def one_look_at_a_time(self, entity: str) -> None:
        """Wait until no other look writes what it found of the entity, and hold them up likewise."""
        self._session.connection().execute(
            text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"),
            {"name": f"drift/{entity}"},
        )

    def posted(self, entity: str) -> dict[str, JournalRow]:
        """Every journal of ours that the ledger took, by the ledger's id."""
        rows = self._session.exec(
            select(JournalRow)
            .where(JournalRow.entity_id == entity, col(JournalRow.state).in_(IN_LEDGER))
            .order_by(col(JournalRow.id))
        )
        return {row.ledger_id: row for row in rows if row.ledger_id}

    def expected(self, entity: str) -> dict[str, Held]:
        """Every journal that the ledger should hold so: as accepted, else as we posted it."""
        posted = self.posted(entity)
        lines = self._lines([row.id or 0 for row in posted.values()])
        ours = {
            ledger_id: Held(row.reference or "", row.date, lines.get(row.id or 0, ()))
            for ledger_id, row in posted.items()
        }
        accepted = self.accepted.newest(entity)
        return ours | {ledger_id: each.held for ledger_id, each in accepted.items()}

    def on_their_way(self, entity: str) -> frozenset[str]:
        """The references of journals of ours that may be in the ledger, and are not known to be."""
        rows = self._session.exec(
            select(JournalRow.reference).where(
                JournalRow.entity_id == entity,
                col(JournalRow.ledger_id).is_(None),
                JournalRow.state != JournalState.WITHDRAWN,
            )
        )
        return frozenset(reference for reference in rows if reference)

    def open(self, entity: str) -> list[DriftRow]:
        """What is neither settled nor accepted, oldest first."""
        answered = self.accepted.answers(entity)
        rows = self._session.exec(
            select(DriftRow)
            .where(DriftRow.entity_id == entity, col(DriftRow.settled_at).is_(None))
            .order_by(col(DriftRow.id))
        )
        return [row for row in rows if row.id not in answered]

    def of_close(self, close: CloseRow) -> list[DriftRow]:
        """What is neither settled nor accepted and concerns the close.

        Of a close that is open this is all that its period's balances hold.
        """
        closed = close.step == Step.CLOSED
        return [
            row
            for row in self.open(close.entity_id)
            if row.close_id == close.id or (not closed and row.date <= close.period_end)
        ]

    def get(self, number: int) -> DriftRow | None:
        """What was found, by its number."""
        return self._session.get(DriftRow, number)

    def exceptions(self, close: CloseRow) -> tuple[AccountingException, ...]:
        """What keeps the close waiting until the ledger is put right, or somebody accepts it."""
        ours = self.posted(close.entity_id)
        return tuple(
            AccountingException(_code(row, ours), subject_of(row), _message(row, ours))
            for row in self.of_close(close)
        )

    def differences(self, row: DriftRow) -> tuple[LineDifference, ...]:
        """Line by line: what was posted or accepted before, and what the ledger held."""
        return by_line(self._before(row), held_of(row).lines)

    def _before(self, row: DriftRow) -> tuple[PostedLine, ...]:
        earlier = [
            each.held.lines
            for each in self.accepted.all(row.entity_id).values()
            if each.ledger_id == row.ledger_id and each.drift < (row.id or 0)
        ]
        if earlier:
            return earlier[-1]
        ours = self.posted(row.entity_id).get(row.ledger_id)
        number = ours.id or 0 if ours is not None else 0
        return self._lines([number]).get(number, ())

    def _lines(self, journals: list[int]) -> dict[int, tuple[PostedLine, ...]]:
        found: dict[int, tuple[PostedLine, ...]] = {}
        for row in self._session.exec(
            select(JournalLineRow)
            .where(col(JournalLineRow.journal_id).in_(journals))
            .order_by(col(JournalLineRow.journal_id), col(JournalLineRow.number))
        ):
            tracking = dimensions_of(row.dimensions)
            line = PostedLine(row.account, row.debit_minor, row.credit_minor, tracking)
            found[row.journal_id] = (*found.get(row.journal_id, ()), line)
        return found

    def see(
        self,
        entity: str,
        ledger_id: str,
        expected: Held,
        held: Held | None,
        drift: Drift | None,
        link: str,
        now: datetime,
    ) -> None:
        """Keep what was found of a journal now; the same again changes nothing.

        `expected` is the journal as it should be, or as it is where nobody expected it.
        """
        known = self._session.exec(
            select(DriftRow).where(
                DriftRow.entity_id == entity,
                DriftRow.ledger_id == ledger_id,
                col(DriftRow.settled_at).is_(None),
            )
        ).first()
        lines = held.lines if held is not None and held.posted else ()
        if known is not None:
            told = (known.kind, known.lines, known.held_on)
            if drift and (drift.kind, lines_data(lines), _day(expected, held)) == told:
                return
            if drift is None and known.id in self.accepted.answers(entity):
                return
            known.settled_at = now
            self._session.add(known)
            self._record("drift.settled", known)
        if drift is not None:
            self._find(entity, ledger_id, expected, held, drift, link)

    def _find(
        self,
        entity: str,
        ledger_id: str,
        expected: Held,
        held: Held | None,
        drift: Drift,
        link: str,
    ) -> None:
        close = self._close(entity, ledger_id, expected)
        row = DriftRow(
            entity_id=entity,
            close_id=close.id if close else None,
            ledger_id=ledger_id,
            reference=expected.reference,
            date=expected.date,
            kind=drift.kind.value,
            differences=[*drift.differences],
            lines=lines_data(held.lines if held is not None and held.posted else ()),
            held_on=_day(expected, held),
            link=link,
        )
        self._session.add(row)
        self._record("drift.found", row)
        if close is not None:
            words = f"journal {expected.reference} {HAPPENED[drift.kind]}"
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


def _day(expected: Held, held: Held | None) -> date:
    """The day of the journal in the ledger; where it is gone, the day that it had."""
    return held.date if held is not None and held.posted else expected.date


def _code(row: DriftRow, ours: Container[str]) -> ExceptionCode:
    """Whoever took a journal of their own out of the ledger again changed what was counted."""
    is_ours = row.ledger_id in ours or not row.lines
    return ExceptionCode.JOURNAL_CHANGED if is_ours else ExceptionCode.FOREIGN_JOURNAL


def _message(row: DriftRow, ours: Container[str]) -> str:
    name = f"Journal {row.reference or row.ledger_id} of {row.date}"
    happened = f"{name} {HAPPENED[DriftKind(row.kind)]}."
    if _code(row, ours) is ExceptionCode.FOREIGN_JOURNAL:
        return (
            f"{happened} If it did what the close would do, count it as booked: only the rest is "
            "posted. If it is there for another reason, carry it as a reconciling item. Or correct "
            "it in the ledger and read everything again."
        )
    return (
        f"{happened} Put it right in the ledger and read everything again. Or accept what the "
        "ledger holds: what is missing then is part of the proposal."
    )
