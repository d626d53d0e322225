"""Journals on their way to the ledger: numbered when approved, one row each, fenced by attempt."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from controls.notices import NoticeKind
from controls.posting import (
    IN_DOUBT,
    IN_LEDGER,
    NOT_SENT,
    JournalEvent,
    JournalState,
    PostedLine,
    follow,
)
from controls.proposal import reference
from controls.steps import WHO, Awaiting
from models import CloseRow, JournalLineRow, JournalPartRow, JournalRow, ProposalRow
from store.audit import AuditTrail
from store.closes import Closes
from store.document_rows import dimensions_of
from store.errors import ConflictError, FencedError, NotFoundError
from store.outbox import Outbox

RETRIED = "journal.retry"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt brought: the event, the ledger's words, its id and raw answer."""

    event: JournalEvent
    message: str = ""
    ledger_id: str | None = None
    raw: str | None = None


GIVEN_UP = (JournalState.SKIPPED, JournalState.WITHDRAWN)


class Journals:
    """Reads and moves journals."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def get(self, journal_id: int) -> JournalRow:
        """One journal. Raises NotFoundError."""
        row = self._session.get(JournalRow, journal_id)
        if row is None:
            raise NotFoundError(f"There is no journal {journal_id}.")
        return row

    def by_reference(self, entity: str, reference: str) -> JournalRow | None:
        """The entity's journal of this name; None where it has none."""
        return self._session.exec(
            select(JournalRow).where(
                JournalRow.entity_id == entity, JournalRow.reference == reference
            )
        ).first()

    def of_close(self, close: CloseRow, journal_id: int) -> JournalRow:
        """One journal of this close. Raises NotFoundError for one of another close, too."""
        row = self.get(journal_id)
        if row.close_id != close.id:
            raise NotFoundError(f"There is no journal {journal_id} in this close.")
        return row

    def lock(self, journal_id: int) -> JournalRow:
        """One journal, locked until the transaction ends."""
        row = self._session.exec(
            select(JournalRow).where(JournalRow.id == journal_id).with_for_update()
        ).first()
        if row is None:
            raise NotFoundError(f"There is no journal {journal_id}.")
        return row

    def of_proposal(self, proposal_id: int) -> list[JournalRow]:
        """The journals of a proposal, in the order they were proposed."""
        return list(
            self._session.exec(
                select(JournalRow)
                .where(JournalRow.proposal_id == proposal_id)
                .order_by(col(JournalRow.id))
            )
        )

    def all(self) -> list[JournalRow]:
        """Every journal that was ever proposed, in that order."""
        return list(self._session.exec(select(JournalRow).order_by(col(JournalRow.id))))

    def lines(self, journal_id: int) -> list[JournalLineRow]:
        """The lines of a journal, in order."""
        return list(
            self._session.exec(
                select(JournalLineRow)
                .where(JournalLineRow.journal_id == journal_id)
                .order_by(col(JournalLineRow.number))
            )
        )

    def posted_lines(self, journal_id: int) -> tuple[PostedLine, ...]:
        """The same, for comparison with what the ledger holds."""
        return tuple(
            PostedLine(
                line.account, line.debit_minor, line.credit_minor, dimensions_of(line.dimensions)
            )
            for line in self.lines(journal_id)
        )

    def parts(self, journal_id: int) -> list[JournalPartRow]:
        """The parts that explain a journal, by line."""
        return list(
            self._session.exec(
                select(JournalPartRow)
                .where(JournalPartRow.journal_id == journal_id)
                .order_by(col(JournalPartRow.line), col(JournalPartRow.id))
            )
        )

    def linked(self, row: JournalRow) -> tuple[str, str]:
        """The references of the journal that it turns round, and of the one that turned it round."""
        was = self.get(row.reverses_id).reference if row.reverses_id else None
        reversed_by = None
        if row.state == JournalState.REVERSED:
            by = col(JournalRow.reverses_id) == row.id, JournalRow.state == JournalState.POSTED
            reversed_by = self._session.exec(select(JournalRow.reference).where(*by)).first()
        return was or "", reversed_by or ""

    def standing(self, close: CloseRow) -> list[JournalRow]:
        """The journals of the close's proposal, after those that its earlier ones have posted."""
        return list(
            self._session.exec(
                select(JournalRow)
                .where(
                    JournalRow.close_id == close.id,
                    or_(
                        col(JournalRow.proposal_id) == close.proposal_id,
                        col(JournalRow.state).in_(IN_LEDGER),
                    ),
                )
                .order_by(col(JournalRow.id))
            )
        )

    def approve(self, close: CloseRow) -> list[JournalRow]:
        """Give every journal of the close's proposal its number and reference, once.

        Answers those that are to be posted: what is to be left out gets none.
        """
        assert close.proposal_id is not None
        rows = self.of_proposal(close.proposal_id)
        highest = self._session.exec(
            select(func.max(JournalRow.number)).where(JournalRow.entity_id == close.entity_id)
        ).one()
        number = highest or 0
        for row in rows:
            if row.state != JournalState.PROPOSED:
                continue
            number += 1
            row.state = follow(JournalState.PROPOSED, JournalEvent.APPROVED)
            row.number = number
            row.reference = reference(close.period_end, number, row.content_hash)
            self._session.add(row)
            self._record(row, "journal.approved", {"reference": row.reference})
        return [row for row in rows if row.state not in GIVEN_UP]

    def withdraw(self, close: CloseRow, by: str) -> None:
        """Give up what is not posted of the close's proposal: another proposal follows.

        Raises ConflictError where a journal may be in the ledger, or lies there as a draft.
        """
        for each in self.of_proposal(close.proposal_id or 0):
            row = self.lock(each.id or 0)
            if row.state in IN_DOUBT:
                raise ConflictError(
                    f"Nobody knows yet whether {row.reference} is in the ledger; it is being "
                    "searched. Wait for that."
                )
            if row.state == JournalState.DRAFT:
                raise ConflictError(
                    f"{row.reference} lies in the ledger as a draft. Post or delete it there and "
                    "have it looked at again."
                )
            if row.state not in NOT_SENT:
                continue
            before = row.state
            row.state = follow(JournalState(row.state), JournalEvent.SENT_BACK)
            self._session.add(row)
            self._record(row, "journal.withdrawn", {"by": by}, before=before)

    def leave_out(self, row: JournalRow) -> None:
        """A proposed journal is not to be posted in this period."""
        row.state = follow(JournalState(row.state), JournalEvent.LEFT_OUT)
        self._session.add(row)
        self._record(row, "journal.skipped", {}, before=JournalState.PROPOSED)

    def intend(self, row: JournalRow, key: str | None, now: datetime, *, after: int) -> int:
        """Commit-to-be: the next attempt is about to be sent. A new key starts its window.

        Answers the attempt's number, by which its result will be fenced. Raises FencedError when
        another began since the one after which this one was found right, or the journal is settled.
        """
        if row.attempt != after or row.state not in (JournalState.APPROVED, *IN_DOUBT):
            raise FencedError(
                f"Journal {row.reference}: it is {row.state} at attempt {row.attempt}; attempt "
                f"{after + 1} comes too late."
            )
        before = row.state
        row.state = follow(JournalState(row.state), JournalEvent.INTENT)
        row.attempt += 1
        if key is not None:
            row.key = key
            row.key_first_sent_at = now
        row.absent_since = None
        self._session.add(row)
        self._record(
            row, "journal.sending", {"attempt": row.attempt, "key": row.key or ""}, before=before
        )
        return row.attempt

    def absent(self, row: JournalRow, now: datetime) -> None:
        """The ledger was searched and does not show the journal."""
        if row.absent_since is None:
            row.absent_since = now
            self._session.add(row)
            self._record(row, "journal.searched", {"found": False})

    def settle(self, journal_id: int, attempt: int, outcome: Outcome, now: datetime) -> JournalRow:
        """Record what an attempt brought.

        Raises FencedError when a later attempt took over, or another worker settled this one.
        """
        row = self.lock(journal_id)
        if row.attempt != attempt:
            raise FencedError(
                f"Journal {row.reference}: attempt {attempt} answered after {row.attempt} began."
            )
        if row.state not in {*IN_DOUBT, JournalState.DRAFT}:
            raise FencedError(
                f"Journal {row.reference}: attempt {attempt} answered when it was {row.state} already."
            )
        before = row.state
        row.state = follow(JournalState(row.state), outcome.event)
        row.ledger_message = outcome.message
        if outcome.ledger_id is not None:
            row.ledger_id = outcome.ledger_id
        if outcome.raw is not None:
            row.ledger_raw = outcome.raw
        if row.state == JournalState.POSTED:
            row.posted_at = now
        if row.state == JournalState.FAILED:
            row.key = None  # a ledger may keep an error answer under its key
            row.key_first_sent_at = None
        self._session.add(row)
        self._record(
            row,
            f"journal.{row.state}",
            {"attempt": attempt, "ledger_id": row.ledger_id or "", "how": outcome.event.value},
            before=before,
            reason=outcome.message,
        )
        if row.state == JournalState.POSTED and row.reverses_id is not None:
            self._turn_round(row)
        if row.state == JournalState.FAILED:
            close = Closes(self._session, self._audit).get(row.close_id)
            words = f"journal {row.reference} was not posted"
            Outbox(self._session, self._audit).tell(
                close, NoticeKind.JOURNAL_FAILED, WHO[Awaiting.RETRY], words
            )
        return row

    def _turn_round(self, by: JournalRow) -> None:
        """The journal that a posted one reverses is reversed now."""
        was = self.lock(by.reverses_id or 0)
        was.state = follow(JournalState(was.state), JournalEvent.TURNED_ROUND)
        self._session.add(was)
        self._record(
            was, "journal.reversed", {"by": by.reference or ""}, before=JournalState.POSTED
        )

    def retry(self, row: JournalRow, operator: str, *, as_draft: bool = False) -> None:
        """An operator asks for another attempt at a failed journal, or to lay it ready as a draft."""
        if row.state != JournalState.FAILED:
            return
        row.state = follow(JournalState.FAILED, JournalEvent.RETRY)
        row.retried_by = operator
        row.as_draft = as_draft
        self._session.add(row)
        told = {"by": operator, **({"as_draft": True} if as_draft else {})}
        self._record(row, RETRIED, told, before=JournalState.FAILED)

    def retriers(self, proposal_id: int) -> tuple[str, ...]:
        """Every operator who sent a failed journal of the proposal's close again, by name.

        A journal names the last one; the trail knows them all.
        """
        close_id = select(ProposalRow.close_id).where(ProposalRow.id == proposal_id)
        rows = self._session.exec(
            select(JournalRow).where(
                col(JournalRow.close_id).in_(close_id), JournalRow.retried_by != ""
            )
        )
        return tuple(
            sorted(
                {
                    str(event.after["by"])
                    for row in rows
                    for event in self._audit.about(row.entity_id, _subject(row), RETRIED)
                }
            )
        )

    def _record(
        self,
        row: JournalRow,
        verb: str,
        after: dict[str, object],
        *,
        before: str = "",
        reason: str = "",
    ) -> None:
        self._audit.record(
            row.entity_id,
            verb,
            _subject(row),
            reason=reason,
            before={"state": str(before)} if before else {},
            after={"state": str(row.state), **after},
            hashes={"journal": row.content_hash},
        )


def _subject(row: JournalRow) -> str:
    return f"journal/{row.reference or row.id}"
