"""The audit trail's SQL: append one event to its chain; read chains for verification."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, text
from sqlmodel import Session, col, desc, select

from controls.audit import NO_HASH, Actor, Break, Event, chained, verify
from models import AuditEventRow, CloseRow


def close_subject(close: CloseRow) -> str:
    """How the audit trail names a close; of a period that is opened again with its number."""
    again = f"/{close.number}" if close.number > 1 else ""
    return f"close/{close.entity_id}/{close.period}{again}"


class AuditTrail:
    """Appends in the caller's transaction: no change without its event, no event without its change."""

    def __init__(self, session: Session, actor: Actor, request_id: str) -> None:
        self._session = session
        self.actor = actor
        self.request_id = request_id

    def record(
        self,
        chain: str,
        verb: str,
        subject: str,
        *,
        reason: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        hashes: dict[str, str] | None = None,
        actor: Actor | None = None,
    ) -> Event:
        """Append an event. Holds the chain's lock until the transaction ends."""
        connection = self._session.connection()
        connection.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:chain, 0))"), {"chain": chain}
        )
        head = self._session.exec(
            select(AuditEventRow)
            .where(AuditEventRow.chain == chain)
            .order_by(desc(col(AuditEventRow.sequence)))
            .limit(1)
        ).first()
        now = connection.scalar(text("select clock_timestamp()"))
        assert now is not None
        event = chained(
            Event(
                chain=chain,
                actor=actor or self.actor,
                verb=verb,
                subject=subject,
                reason=reason,
                before=before or {},
                after=after or {},
                hashes=hashes or {},
                request_id=self.request_id,
            ),
            at=now.astimezone(UTC).isoformat(timespec="microseconds"),
            sequence=head.sequence + 1 if head else 1,
            previous_hash=head.hash if head else NO_HASH,
        )
        self._session.add(
            AuditEventRow(
                chain=event.chain,
                sequence=event.sequence,
                at=now,
                actor_kind=event.actor.kind,
                actor=event.actor.name,
                verb=event.verb,
                subject=event.subject,
                reason=event.reason,
                before=event.before,
                after=event.after,
                hashes=event.hashes,
                request_id=event.request_id,
                previous_hash=event.previous_hash,
                hash=event.hash,
            )
        )
        self._session.flush()
        return event

    def chains(self) -> list[str]:
        """The names of all chains."""
        return sorted(self._session.exec(select(AuditEventRow.chain).distinct()))

    def events(self, chain: str) -> Iterator[Event]:
        """A chain from its first event on, read in batches."""
        rows = self._session.exec(
            select(AuditEventRow)
            .where(AuditEventRow.chain == chain)
            .order_by(col(AuditEventRow.sequence))
            .execution_options(yield_per=500)
        )
        for row in rows:
            yield _event(row)

    def latest(self, chain: str, limit: int) -> list[Event]:
        """The newest events of a chain, newest first."""
        rows = self._session.exec(
            select(AuditEventRow)
            .where(AuditEventRow.chain == chain)
            .order_by(desc(col(AuditEventRow.sequence)))
            .limit(limit)
        )
        return [_event(row) for row in rows]

    def last(self, chain: str, verb: str) -> Event | None:
        """The chain's newest event of this kind; None where there is none."""
        row = self._session.exec(
            select(AuditEventRow)
            .where(AuditEventRow.chain == chain, AuditEventRow.verb == verb)
            .order_by(desc(col(AuditEventRow.sequence)))
        ).first()
        return _event(row) if row else None

    def about(self, chain: str, subject: str, *verbs: str) -> list[Event]:
        """A subject's events of these kinds, newest first."""
        rows = self._session.exec(
            select(AuditEventRow)
            .where(
                AuditEventRow.chain == chain,
                AuditEventRow.subject == subject,
                col(AuditEventRow.verb).in_(verbs),
            )
            .order_by(desc(col(AuditEventRow.sequence)))
        )
        return [_event(row) for row in rows]

    def last_at(self, chain: str, *subjects: str) -> datetime | None:
        """When the chain last told of one of the subjects, or of a part of one; None if never."""
        named = [col(AuditEventRow.subject).startswith(subject) for subject in subjects]
        return self._session.exec(
            select(func.max(AuditEventRow.at)).where(AuditEventRow.chain == chain, or_(*named))
        ).one()

    def head(self, chain: str) -> str:
        """The hash of the newest event of a chain: 64 zeros where there is none."""
        newest = self.latest(chain, 1)
        return newest[0].hash if newest else NO_HASH

    def verify(self) -> tuple[int, list[Break]]:
        """How many events there are, and every place where a chain does not hold."""
        breaks: list[Break] = []
        count = 0
        for chain in self.chains():
            events = list(self.events(chain))
            count += len(events)
            breaks.extend(verify(chain, events))
        return count, breaks


def _event(row: AuditEventRow) -> Event:
    return Event(
        chain=row.chain,
        actor=Actor(row.actor_kind, row.actor),
        verb=row.verb,
        subject=row.subject,
        reason=row.reason,
        before=row.before,
        after=row.after,
        hashes=row.hashes,
        request_id=row.request_id,
        at=row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
