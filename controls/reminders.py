"""When somebody who is waited for is reminded, and when another is told. Pure.

Time that nobody works does not count, and no time ever decides anything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from controls.notices import NoticeKind
from controls.steps import UserRole
from controls.working_days import WorkingTime


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """After how much working time to remind, and to tell `escalate_to`."""

    after: timedelta
    escalate_after: timedelta
    escalate_to: UserRole


def due_reminders(
    policy: ReminderPolicy,
    working: WorkingTime,
    since: datetime,
    now: datetime,
    told: Collection[NoticeKind],
) -> tuple[NoticeKind, ...]:
    """What is due for somebody who is waited for since then; each kind once."""
    waited = working.worked(since, now)
    limits = {
        NoticeKind.REMINDER: policy.after,
        NoticeKind.ESCALATION: policy.escalate_after,
    }
    return tuple(kind for kind, limit in limits.items() if waited >= limit and kind not in told)
