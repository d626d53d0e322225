"""Closes: started once, moved from step to step, frozen at sign-off; every move is an event."""

from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, desc, select

from accounting.periods import ONE_DAY, Period
from controls.steps import Step
from models import CloseRow, EntityRow
from store.audit import AuditTrail, close_subject
from store.errors import NotFoundError
from store.outbox import Outbox


class Closes:
    """Reads and moves closes."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def open(self, entity: str, name: str, period: Period, started_by: str) -> CloseRow:
        """The close of the period that the calendar calls so: made if there is none, else it."""
        existing = self.find(entity, name)
        if existing is not None:
            return existing
        row = CloseRow(
            entity_id=entity,
            period=name,
            period_start=period.start,
            period_end=period.end,
            started_by=started_by,
        )
        try:
            self.begin(row)
        except IntegrityError:
            return self.of(entity, name)  # somebody started it at the same moment
        return row

    def begin(self, row: CloseRow) -> None:
        """Put a new close on record, with its event. Raises IntegrityError where there is one."""
        with self._session.begin_nested():
            self._session.add(row)
            self._session.flush()
        self._audit.record(
            row.entity_id,
            "close.started",
            close_subject(row),
            reason=row.reason,
            after={
                "by": row.started_by,
                "step": row.step,
                **({"supersedes": row.supersedes} if row.supersedes else {}),
            },
        )

    def find(self, entity: str, period: str) -> CloseRow | None:
        """The newest close of the period, or None; one that was only asked for in vain is none."""
        return self._session.exec(
            select(CloseRow)
            .where(
                CloseRow.entity_id == entity,
                CloseRow.period == period,
                CloseRow.step != Step.REFUSED,
            )
            .order_by(desc(col(CloseRow.number)))
        ).first()

    def numbered(self, entity: str, period: str, number: int) -> CloseRow | None:
        """One of the period's closes by its number, or None."""
        return self._session.exec(
            select(CloseRow).where(
                CloseRow.entity_id == entity,
                CloseRow.period == period,
                CloseRow.number == number,
            )
        ).first()

    def earlier(self, close: CloseRow) -> list[int]:
        """The numbers of the closes that the period had before this one."""
        query = select(CloseRow.number).where(
            CloseRow.entity_id == close.entity_id,
            CloseRow.period == close.period,
            CloseRow.number < close.number,
        )
        return sorted(self._session.exec(query))

    def standing(self, entity: str, period: str) -> CloseRow | None:
        """The close that froze the period and counts, or None."""
        return self._session.exec(
            select(CloseRow).where(
                CloseRow.entity_id == entity,
                CloseRow.period == period,
                CloseRow.step == Step.CLOSED,
            )
        ).first()

    def of(self, entity: str, period: str, number: int = 0) -> CloseRow:
        """The newest close of the period, or one of them. Raises NotFoundError when there is none."""
        row = self.numbered(entity, period, number) if number else self.find(entity, period)
        if row is None:
            which = f", number {number}" if number else ""
            raise NotFoundError(f"The close of {entity} for {period}{which} has not been started.")
        return row

    def get(self, close_id: int) -> CloseRow:
        """The close by its number. Raises NotFoundError."""
        row = self._session.get(CloseRow, close_id)
        if row is None:
            raise NotFoundError(f"There is no close {close_id}.")
        return row

    def lock(self, close_id: int) -> CloseRow:
        """The close, locked until the transaction ends."""
        row = self._session.exec(
            select(CloseRow).where(CloseRow.id == close_id).with_for_update()
        ).first()
        if row is None:
            raise NotFoundError(f"There is no close {close_id}.")
        return row

    def all(self) -> list[CloseRow]:
        """Every close, newest period first."""
        return list(
            self._session.exec(
                select(CloseRow).order_by(desc(col(CloseRow.period_end)), col(CloseRow.entity_id))
            )
        )

    def last_closed(self, entity: str) -> CloseRow | None:
        """The entity's newest closed period, or None before the first sign-off."""
        return self._session.exec(
            select(CloseRow)
            .where(CloseRow.entity_id == entity, CloseRow.step == Step.CLOSED)
            .order_by(desc(col(CloseRow.period_end)))
        ).first()

    def before(self, close: CloseRow) -> CloseRow | None:
        """The entity's close that froze the period before this one; None before its first."""
        return self._session.exec(
            select(CloseRow)
            .where(
                CloseRow.entity_id == close.entity_id,
                CloseRow.step == Step.CLOSED,
                col(CloseRow.period_end) < close.period_start,
            )
            .order_by(desc(col(CloseRow.period_end)), desc(col(CloseRow.number)))
        ).first()

    def closed_to(self, entity: str) -> date:
        """The last day that is closed or adopted: our own lock."""
        closed = self.last_closed(entity)
        if closed is not None:
            return closed.period_end
        row = self._session.get(EntityRow, entity)
        if row is None:
            raise NotFoundError(f"There is no entity {entity!r}.")
        return row.adoption_date

    def open_from(self, entity: str) -> date | None:
        """The first day after the last closed one; None before the first sign-off.

        What reaches us now is known to closes from then on, where its own day is closed already.
        """
        closed = self.last_closed(entity)
        return closed.period_end + ONE_DAY if closed is not None else None

    def move(
        self,
        close_id: int,
        step: str,
        awaiting: str,
        detail: str,
        waits_for: tuple[str, ...] = (),
    ) -> None:
        """Record where the close stands; nothing is written when it stands there already.

        Whoever it waits for from now on is told: these roles, or all that can end the waiting.
        """
        row = self.lock(close_id)
        if (row.step, row.awaiting, row.detail) == (step, awaiting, detail):
            return
        before = {"step": row.step, "awaiting": row.awaiting}
        row.step, row.awaiting, row.detail = step, awaiting, detail
        self._session.add(row)
        self._audit.record(
            row.entity_id,
            "close.moved",
            close_subject(row),
            reason=detail,
            before=before,
            after={"step": step, "awaiting": awaiting},
        )
        Outbox(self._session, self._audit).tell_of_waiting(row, waits_for)

    def stall(self, close_id: int, why: str) -> None:
        """Record what keeps the close from going on by itself; the same reason is kept once."""
        row = self.lock(close_id)
        if row.detail == why:
            return
        row.detail = why
        self._session.add(row)
        self._audit.record(
            row.entity_id,
            "close.stalled",
            close_subject(row),
            reason=why,
            after={"step": row.step},
        )
