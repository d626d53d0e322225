"""Telling people: reminders that are due, then one message for each role with all that waits."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.doors import Doors, told_to_temporal
from connectors.notifier import Message, Notifier, NotifierError
from controls.notices import Notice, NoticeKind, digest
from controls.reminders import due_reminders
from models import NotificationRow
from store import Work


class NotifyActivities:
    """Empties the outbox, in working hours."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def notify(self) -> int:
        """Send what is due; how many messages went out.

        A message is named before it is sent, and sent again under its name until the target has
        taken it: at least once, and once where the target knows the name.
        """
        notifier = self._doors.notifier
        with told_to_temporal():
            with self._doors.work() as work:
                if not work.config.entities():
                    return 0
                now = work.now()
                _remind(work, now)
                work.outbox.drop_outdated(now)
            if notifier is None:
                return 0
            with self._doors.work() as work:
                _gather(work, work.now())
            with self._doors.work() as work:
                messages = work.outbox.open_messages()
            return self._send(notifier, messages)

    def _send(self, notifier: Notifier, messages: dict[str, list[NotificationRow]]) -> int:
        """Each message by itself: one that fails keeps no other from going out."""
        failure: NotifierError | None = None
        for name, rows in messages.items():
            notices = [Notice(row.text, row.path) for row in rows]
            title, body = digest(notices, self._doors.page_url)
            try:
                notifier.send(self._message(name, rows, title, body))
            except NotifierError as error:
                failure = error
                continue
            with self._doors.work() as work:
                work.outbox.sent(name, work.now())
        if failure is not None:
            raise failure
        return len(messages)

    def _message(self, name: str, rows: list[NotificationRow], title: str, body: str) -> Message:
        """To the addresses of those who hold the role now, some of them for somebody else."""
        role, entities = rows[0].role, {row.entity_id for row in rows}
        with self._doors.work() as work:
            holders = work.users.holders(role, entities, work.now())
        to = tuple(sorted({each.email for each in holders if each.email}))
        everybody = bool(holders) and all(each.email for each in holders)
        return Message(name, role, title, body, to, channel=not everybody)


def _remind(work: Work, now: datetime) -> None:
    entities = {each.id: each for each in work.config.current().configuration.entities}
    for close in work.outbox.waiting():
        entity = entities.get(close.entity_id)
        rows = work.outbox.told(close)
        began = _began(rows)
        if entity is None or began is None:
            continue
        told = [NoticeKind(row.kind) for row in rows]
        for kind in due_reminders(entity.reminders.policy, entity.working, began, now, told):
            roles = _waited_for(rows)
            if kind == NoticeKind.ESCALATION:
                roles = [entity.reminders.policy.escalate_to.value]
            work.outbox.remind(close, kind, roles)


def _began(rows: list[NotificationRow]) -> datetime | None:
    return min((row.made_at for row in rows if row.made_at), default=None)


def _waited_for(rows: list[NotificationRow]) -> list[str]:
    return [row.role for row in rows if row.kind == NoticeKind.WAITS]


def _gather(work: Work, now: datetime) -> None:
    """Put what waits into one message for each role whose turn it is, in its working hours.

    A role whose last message is still on its way gets no second one.
    """
    configuration = work.config.current().configuration
    entities = {each.id: each for each in configuration.entities}
    interval = timedelta(minutes=configuration.notifications.digest_minutes)
    by_role: dict[str, list[NotificationRow]] = {}
    for row in work.outbox.unsent():
        entity = entities.get(row.entity_id)
        if entity is not None and entity.working.is_open(now):
            by_role.setdefault(row.role, []).append(row)
    on_the_way = {rows[0].role for rows in work.outbox.open_messages().values()}
    for role, rows in by_role.items():
        last = work.outbox.last_message_at(role)
        if role not in on_the_way and (last is None or now - last >= interval):
            work.outbox.put_into_message(rows)
