"""Lock dates as they were read, each reading kept; a lock that was moved back is told by name."""

from dataclasses import dataclass
from datetime import date, datetime

from accounting.exceptions import AccountingException, ExceptionCode
from controls.audit import Event
from controls.period_lock import moved_back
from models import CloseRow
from store.audit import AuditTrail, close_subject

READ, ROLLED_BACK = "lock.read", "lock.rolled_back"


@dataclass(frozen=True, slots=True)
class Reading:
    """Up to which days postings are locked: the ledger's period lock, its year-end lock, ours."""

    period: date | None
    year_end: date | None
    ours: date


class Locks:
    """Keeps readings of locks in the entity's chain of the audit trail."""

    def __init__(self, audit: AuditTrail) -> None:
        self._audit = audit

    def read(self, close: CloseRow, reading: Reading) -> list[str]:
        """Keep a reading; where the ledger is locked up to less than before, put it on record.

        Answers what was moved back, in words.
        """
        before = self._audit.last(close.entity_id, READ)
        self._audit.record(
            close.entity_id,
            READ,
            close_subject(close),
            after={
                "period": str(reading.period or ""),
                "year_end": str(reading.year_end or ""),
                "ours": str(reading.ours),
            },
        )
        told: list[str] = []
        if before is None:
            return told
        for name, now in (("period", reading.period), ("year_end", reading.year_end)):
            was = str(before.after.get(name, ""))
            if moved_back(date.fromisoformat(was) if was else None, now):
                told.append(
                    f"The ledger was locked up to {was} and is now locked up to {now or 'no day'}. "
                    "Somebody has opened a period there again: see in the ledger's own history "
                    "who did and what was changed since."
                )
                self._audit.record(
                    close.entity_id,
                    ROLLED_BACK,
                    close_subject(close),
                    reason=told[-1],
                    before={name: was},
                    after={name: str(now or "")},
                )
        return told

    def exceptions(self, close: CloseRow, since: datetime | None) -> list[AccountingException]:
        """What was last moved back since the period before was closed: told, and holds nothing."""
        event = self._audit.last(close.entity_id, ROLLED_BACK)
        if event is None or (since and datetime.fromisoformat(event.at) <= since):
            return []
        code, which = ExceptionCode.LOCK_MOVED_BACK, ", ".join(event.after)
        return [AccountingException(code, f"lock/{which}", event.reason)]

    def of_close(self, close: CloseRow) -> list[Event]:
        """The readings during a close and what was moved back, newest first."""
        return self._audit.about(close.entity_id, close_subject(close), READ, ROLLED_BACK)
