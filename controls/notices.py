"""What people are told: who waits for whom, in words and with a link. No figures, no tokens.

A notice asks somebody to open the page; nothing can be decided from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from controls.steps import STEPS, Awaiting, Step


class NoticeKind(StrEnum):
    """Why somebody is told."""

    WAITS = "waits"
    """A close stands still until the role acts."""
    REMINDER = "reminder"
    """It still does, after some working hours."""
    ESCALATION = "escalation"
    """It still does, and somebody else should know."""
    APPROVAL_SUSPENDED = "approval_suspended"
    """What was approved has changed; the approval counts for nothing."""
    JOURNAL_FAILED = "journal_failed"
    """The ledger refused a journal."""
    DRIFT = "drift"
    """Somebody changed the ledger by hand where the close had posted."""
    LOCK_MOVED_BACK = "lock_moved_back"
    """The ledger is locked up to an earlier day than it was."""
    REVERSAL = "reversal"
    """An accrual was due to be reversed, and its reversal is not in the ledger."""


WHILE_WAITING = (NoticeKind.WAITS, NoticeKind.REMINDER, NoticeKind.ESCALATION)
"""Of no interest any more once the close has moved on."""

ASKS: dict[Awaiting, str] = {
    Awaiting.REOPENING: "somebody asks to open the period again, which waits for a decision",
    Awaiting.RESOLUTION: "exceptions wait for an answer",
    Awaiting.SUBMISSION: "the proposal waits to be submitted",
    Awaiting.APPROVAL: "the proposal waits for approval",
    Awaiting.LOCKED: "the ledger is locked for the posting date",
    Awaiting.RETRY: "journals failed and wait for an operator",
    Awaiting.DIFFERENCE: "the ledger differs and waits for an explanation",
    Awaiting.SIGN_OFF: "the period waits to be signed off",
}

OPENINGS: dict[NoticeKind, str] = {
    NoticeKind.WAITS: "",
    NoticeKind.REMINDER: "still: ",
    NoticeKind.ESCALATION: "for long, and nobody has acted: ",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that somebody is told: a sentence and the path of the page that shows it."""

    text: str
    path: str


def waits(kind: NoticeKind, entity: str, period: str, step: str, awaiting: str) -> Notice:
    """That a close waits."""
    words = OPENINGS[kind] + ASKS[Awaiting(awaiting)]
    return about_close(entity, period, step, words)


def about_close(entity: str, period: str, step: str, words: str) -> Notice:
    """Something about a close."""
    return Notice(
        f"{entity} {period}, {STEPS[Step(step)].title}: {words}.", f"/closes/{entity}/{period}"
    )


def digest(notices: Sequence[Notice], base_url: str) -> tuple[str, str]:
    """Title and body of one message that holds them all, each once."""
    once = list(dict.fromkeys(notices))
    noun = "thing waits" if len(once) == 1 else "things wait"
    lines = [f"{notice.text}\n{base_url.rstrip('/')}{notice.path}" for notice in once]
    return f"Tieout: {len(once)} {noun} for you", "\n\n".join(lines)
