"""The outbox: what people are to be told, written in the transaction of the change that causes it."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, desc, func, select

from controls.audit import SYSTEM_CHAIN
from controls.notices import WHILE_WAITING, Notice, NoticeKind, about_close, waits
from controls.steps import WHO, Awaiting
from models import CloseRow, NotificationRow
from store.audit import AuditTrail, close_subject


class Outbox:
    """Writes notices, and the messages that they are sent in."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def tell_of_waiting(self, close: CloseRow, roles: Iterable[str] = ()) -> None:
        """The close waits: for these roles, or whoever can end it.

        One that only looked again, and still waits for the same people, has told them already.
        """
        wanted = [str(role) for role in tuple(roles) or WHO[Awaiting(close.awaiting)]]
        told = [row.role for row in self.told(close) if row.kind == NoticeKind.WAITS]
        if wanted != told:
            for role in wanted:
                self._add(close, NoticeKind.WAITS, role, _waits(close, NoticeKind.WAITS))

    def tell(self, close: CloseRow, kind: NoticeKind, roles: Iterable[str], words: str) -> None:
        """Something else about a close."""
        notice = about_close(close.entity_id, close.period, close.step, words)
        for role in roles:
            self._add(close, kind, role, notice)

    def tell_once(
        self, close: CloseRow, kind: NoticeKind, roles: Iterable[str], words: str
    ) -> bool:
        """Something else about a close, told in these words no more than once; whether it was now."""
        told = select(NotificationRow.id).where(
            NotificationRow.close_id == close.id,
            NotificationRow.kind == kind.value,
            col(NotificationRow.text).contains(words, autoescape=True),
        )
        if self._session.exec(told.limit(1)).first() is not None:
            return False
        self.tell(close, kind, roles, words)
        return True

    def remind(self, close: CloseRow, kind: NoticeKind, roles: Iterable[str]) -> None:
        """A close has waited for long: the notice and its event."""
        told = [str(role) for role in roles]
        for role in told:
            self._add(close, kind, role, _waits(close, kind))
        self._audit.record(
            close.entity_id,
            f"close.{kind}",
            close_subject(close),
            after={"step": close.step, "awaiting": close.awaiting, "told": told},
        )

    def _add(self, close: CloseRow, kind: NoticeKind, role: str, notice: Notice) -> None:
        self._session.add(
            NotificationRow(
                entity_id=close.entity_id,
                close_id=close.id or 0,
                step=close.step,
                awaiting=close.awaiting,
                kind=kind.value,
                role=str(role),
                text=notice.text,
                path=notice.path,
            )
        )

    def waiting(self) -> list[CloseRow]:
        """Every close that waits for people."""
        nobody = [awaiting.value for awaiting, roles in WHO.items() if not roles]
        return list(
            self._session.exec(
                select(CloseRow)
                .where(col(CloseRow.awaiting).not_in(nobody))
                .order_by(col(CloseRow.id))
            )
        )

    def told(self, close: CloseRow) -> list[NotificationRow]:
        """What people were told since the close waits as it does now, oldest first.

        While it only looks again it counts as waiting still.
        """
        of_close = NotificationRow.close_id == close.id
        newest = self._session.exec(
            select(NotificationRow)
            .where(of_close, NotificationRow.kind == NoticeKind.WAITS.value)
            .order_by(desc(col(NotificationRow.id)))
            .limit(1)
        ).first()
        if newest is None or newest.made_at is None or newest.step != close.step:
            return []
        if close.awaiting not in (newest.awaiting, Awaiting.NOTHING):
            return []
        return list(
            self._session.exec(
                select(NotificationRow)
                .where(
                    of_close,
                    col(NotificationRow.kind).in_([kind.value for kind in WHILE_WAITING]),
                    col(NotificationRow.made_at) >= newest.made_at,
                )
                .order_by(col(NotificationRow.id))
            )
        )

    def unsent(self) -> list[NotificationRow]:
        """What waits to be sent and is in no message yet, oldest first; locked."""
        return list(
            self._session.exec(
                select(NotificationRow)
                .where(
                    col(NotificationRow.message).is_(None),
                    col(NotificationRow.dropped_at).is_(None),
                )
                .order_by(col(NotificationRow.id))
                .with_for_update()
            )
        )

    def drop_outdated(self, now: datetime) -> None:
        """What a close waited for before it moved on interests nobody any more."""
        for row in self.unsent():
            close = self._session.get_one(CloseRow, row.close_id)
            if row.kind in WHILE_WAITING and row not in self.told(close):
                row.dropped_at = now
                self._session.add(row)

    def last_message_at(self, role: str) -> datetime | None:
        """When the role was last sent a message."""
        return self._session.exec(
            select(func.max(NotificationRow.sent_at)).where(NotificationRow.role == role)
        ).one()

    def put_into_message(self, rows: list[NotificationRow]) -> str:
        """Commit-to-be: these go out together. The message's name, which no other one has."""
        name = f"{rows[-1].role}-{rows[-1].id}"
        for row in rows:
            row.message = name
            self._session.add(row)
        return name

    def open_messages(self) -> dict[str, list[NotificationRow]]:
        """Messages that are not known to have gone out, with what they hold."""
        found: dict[str, list[NotificationRow]] = {}
        for row in self._session.exec(
            select(NotificationRow)
            .where(
                col(NotificationRow.message).is_not(None), col(NotificationRow.sent_at).is_(None)
            )
            .order_by(col(NotificationRow.id))
        ):
            found.setdefault(row.message or "", []).append(row)
        return found

    def sent(self, message: str, now: datetime) -> None:
        """The target took the message."""
        rows = self._session.exec(
            select(NotificationRow).where(NotificationRow.message == message).with_for_update()
        ).all()
        if any(row.sent_at for row in rows):
            return
        for row in rows:
            row.sent_at = now
            self._session.add(row)
        self._audit.record(
            SYSTEM_CHAIN,
            "notification.sent",
            f"notification/{message}",
            after={"role": rows[0].role, "notices": [row.id for row in rows]},
        )


def _waits(close: CloseRow, kind: NoticeKind) -> Notice:
    return waits(kind, close.entity_id, close.period, close.step, close.awaiting)
