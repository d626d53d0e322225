"""Periods that are opened again: asked for, decided on, and then closed anew, the later ones with them.

What a close froze stays as it was; it is superseded, and counts no longer. What reached us since
it was closed belongs to the period that is open again.
"""

from datetime import date

from sqlmodel import Session, col, desc, func, select, update

from controls.reopening import reopening_hash
from controls.steps import FIGURES_OPEN, Awaiting, Step
from models import CloseRow, DocumentRow, PaymentRow, ReportRow, ResolutionRow
from store.audit import AuditTrail
from store.closes import Closes
from store.errors import ConflictError

ARRIVING = (DocumentRow, ReportRow, PaymentRow, ResolutionRow)
"""What is known from the first open day on that there was when it reached us."""


class Reopenings:
    """Asks for periods to be opened again, and opens them."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit
        self._closes = Closes(session, audit)

    def next_number(self, entity: str, period: str) -> int:
        """How many closes the period will have had with the next one, refused ones among them."""
        query = select(func.max(CloseRow.number)).where(
            CloseRow.entity_id == entity, CloseRow.period == period
        )
        return (self._session.exec(query).one() or 0) + 1

    def taken_back(self, close: CloseRow) -> list[CloseRow]:
        """The closes that opening this one again supersedes: it and every later one, last first."""
        return [row for row in self._from(close) if row.step == Step.CLOSED]

    def why_not(self, close: CloseRow, asked: CloseRow | None = None) -> str:
        """Why the close's period can't be opened again now, in a sentence; empty when it can.

        `asked` is what was asked for, where that is about to be done.
        """
        if close.step != Step.CLOSED:
            return f"{close.period} is not closed: there is nothing to open again."
        for row in self._pending(close.entity_id):
            if asked is None or row.id != asked.id:
                return f"{row.period} waits for a decision on opening it again already."
        for row in self._from(close):
            if row.step not in {*FIGURES_OPEN, Step.CLOSED, Step.REOPEN}:
                return (
                    f"{row.period} is being posted ({row.step}). Close it, or have it sent back, "
                    "before an earlier period is opened again."
                )
        return ""

    def ask(self, closed: CloseRow, number: int, reason: str, by: str) -> CloseRow:
        """Put on record that somebody asks for it; once for each number."""
        known = self._closes.numbered(closed.entity_id, closed.period, number)
        if known is not None:
            return known
        taken = self.taken_back(closed)
        row = CloseRow(
            entity_id=closed.entity_id,
            period=closed.period,
            number=number,
            period_start=closed.period_start,
            period_end=closed.period_end,
            step=Step.REOPEN,
            started_by=by,
            reason=reason,
            supersedes=[[each.period, each.number, each.seal or ""] for each in taken],
        )
        self._closes.begin(row)
        return row

    def hash_of(self, asked: CloseRow) -> str:
        """What a decision on it binds to."""
        return reopening_hash(
            asked.entity_id,
            asked.period,
            asked.number,
            asked.reason,
            asked.started_by,
            asked.supersedes,
        )

    def refuse(self, asked: CloseRow, why: str) -> None:
        """It is not opened again: the close before stands."""
        self._closes.move(asked.id or 0, Step.REFUSED, Awaiting.NOTHING, why)

    def open_again(self, asked: CloseRow) -> None:
        """Supersede what was asked for, last first, and begin the later periods' next closes.

        Raises ConflictError where something else would be superseded than was decided on.
        """
        self._from(asked, lock=True)
        closed = self._closes.standing(asked.entity_id, asked.period)
        if closed is None or (why := self.why_not(closed, asked)):
            raise ConflictError(why if closed else f"{asked.period} is not closed any more.")
        taken = self.taken_back(closed)
        if [[row.period, row.number, row.seal or ""] for row in taken] != asked.supersedes:
            raise ConflictError("Another period was closed since this was asked for. Ask again.")
        words = f"{asked.period} is opened again: {asked.reason}"
        for row in taken:
            self._closes.move(row.id or 0, Step.SUPERSEDED, Awaiting.NOTHING, words)
            if row.period != asked.period:
                self._begin_again(row, asked.started_by)
        self._restamp(asked.entity_id, asked.period_start)
        self._closes.move(asked.id or 0, Step.SYNC, Awaiting.NOTHING, "")

    def later(self, close: CloseRow) -> list[CloseRow]:
        """The entity's closes of later periods that are open, oldest first."""
        found = [row for row in self._from(close) if row.step in FIGURES_OPEN]
        return sorted((r for r in found if r.period != close.period), key=lambda r: r.period_end)

    def _begin_again(self, row: CloseRow, by: str) -> None:
        self._closes.begin(
            CloseRow(
                entity_id=row.entity_id,
                period=row.period,
                number=self.next_number(row.entity_id, row.period),
                period_start=row.period_start,
                period_end=row.period_end,
                started_by=by,
            )
        )

    def _pending(self, entity: str) -> list[CloseRow]:
        query = select(CloseRow).where(CloseRow.entity_id == entity, CloseRow.step == Step.REOPEN)
        return list(self._session.exec(query))

    def _from(self, close: CloseRow, *, lock: bool = False) -> list[CloseRow]:
        """The closes of the period and of later ones, latest first; none that counts no more."""
        query = (
            select(CloseRow)
            .where(
                CloseRow.entity_id == close.entity_id,
                col(CloseRow.period_end) >= close.period_end,
                col(CloseRow.step).not_in([Step.SUPERSEDED, Step.REFUSED]),
            )
            .order_by(desc(col(CloseRow.period_end)), desc(col(CloseRow.number)))
        )
        return list(self._session.exec(query.with_for_update() if lock else query))

    def _restamp(self, entity: str, first_open: date) -> None:
        for table in ARRIVING:
            self._session.connection().execute(
                update(table)
                .where(col(table.entity_id) == entity, col(table.open_from) > first_open)
                .values(open_from=first_open)
            )
