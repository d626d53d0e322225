"""Posting exactly once: a journal's states, what follows each answer, when to look or re-send.

Everything that decides about a journal's way to the ledger stands in this file (docs/posting.md).
A journal is sent only after its intent is committed. Where nobody heard an answer the ledger is
searched before anything is sent again, and absence counts as proof only when it was seen twice,
far enough apart, because a ledger may show late.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounting.money import Money
from controls.errors import TransitionError


class JournalState(StrEnum):
    """The life of a journal row."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    POSTING = "posting"
    POSTED = "posted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DRAFT = "draft"
    """In the ledger, but as a draft: not posted until somebody posts it there."""
    SKIPPED = "skipped"
    """Approved to be left out of this period; the next one's target carries it."""
    REVERSED = "reversed"
    """Posted, and turned round as a whole by a later journal that is posted, too."""
    WITHDRAWN = "withdrawn"
    """Given up before it was in the ledger: its close was sent back to review."""


class JournalEvent(StrEnum):
    """What can happen to a journal."""

    APPROVED = "approved"
    INTENT = "intent"
    ANSWERED_POSTED = "answered_posted"
    ANSWERED_REFUSED = "answered_refused"
    THROTTLED = "throttled"
    NO_ANSWER = "no_answer"
    FOUND_EQUAL = "found_equal"
    FOUND_DIFFERENT = "found_different"
    RETRY = "retry"
    DRAFTED = "drafted"
    DRAFT_GONE = "draft_gone"
    LEFT_OUT = "left_out"
    SENT_BACK = "sent_back"
    TURNED_ROUND = "turned_round"


NEXT: dict[tuple[JournalState, JournalEvent], JournalState] = {
    (JournalState.PROPOSED, JournalEvent.APPROVED): JournalState.APPROVED,
    (JournalState.APPROVED, JournalEvent.INTENT): JournalState.POSTING,
    (JournalState.POSTING, JournalEvent.ANSWERED_POSTED): JournalState.POSTED,
    (JournalState.POSTING, JournalEvent.ANSWERED_REFUSED): JournalState.FAILED,
    (JournalState.POSTING, JournalEvent.THROTTLED): JournalState.APPROVED,
    (JournalState.POSTING, JournalEvent.NO_ANSWER): JournalState.UNKNOWN,
    # A worker that died in the middle leaves `posting` behind: taken up again as `unknown` is.
    (JournalState.POSTING, JournalEvent.FOUND_EQUAL): JournalState.POSTED,
    (JournalState.POSTING, JournalEvent.FOUND_DIFFERENT): JournalState.FAILED,
    (JournalState.POSTING, JournalEvent.INTENT): JournalState.POSTING,
    (JournalState.UNKNOWN, JournalEvent.FOUND_EQUAL): JournalState.POSTED,
    (JournalState.UNKNOWN, JournalEvent.FOUND_DIFFERENT): JournalState.FAILED,
    (JournalState.UNKNOWN, JournalEvent.INTENT): JournalState.POSTING,
    (JournalState.FAILED, JournalEvent.RETRY): JournalState.UNKNOWN,
    (JournalState.POSTING, JournalEvent.DRAFTED): JournalState.DRAFT,
    (JournalState.UNKNOWN, JournalEvent.DRAFTED): JournalState.DRAFT,
    (JournalState.DRAFT, JournalEvent.FOUND_EQUAL): JournalState.POSTED,
    (JournalState.DRAFT, JournalEvent.FOUND_DIFFERENT): JournalState.FAILED,
    (JournalState.DRAFT, JournalEvent.DRAFT_GONE): JournalState.FAILED,
    (JournalState.PROPOSED, JournalEvent.LEFT_OUT): JournalState.SKIPPED,
    (JournalState.PROPOSED, JournalEvent.SENT_BACK): JournalState.WITHDRAWN,
    (JournalState.APPROVED, JournalEvent.SENT_BACK): JournalState.WITHDRAWN,
    (JournalState.FAILED, JournalEvent.SENT_BACK): JournalState.WITHDRAWN,
    (JournalState.POSTED, JournalEvent.TURNED_ROUND): JournalState.REVERSED,
}

IN_DOUBT = frozenset({JournalState.POSTING, JournalState.UNKNOWN})
"""Sent, and nobody knows yet whether the ledger holds it."""

IN_LEDGER = frozenset({JournalState.POSTED, JournalState.REVERSED})
"""The ledger holds it as approved; it is there for ever."""

NOT_SENT = frozenset({JournalState.PROPOSED, JournalState.APPROVED, JournalState.FAILED})
"""Not in the ledger as far as anybody heard: what may still be given up."""


def follow(state: JournalState, event: JournalEvent) -> JournalState:
    """The state after the event. Raises TransitionError where the table has no such way."""
    try:
        return NEXT[state, event]
    except KeyError:
        raise TransitionError(f"A journal that is {state} can't become so by {event}.") from None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What Postgres knows of the sending of a journal whose answer nobody heard.

    `key_first_sent` is when the current idempotency key was first sent, None after a clear
    refusal: then nothing is in doubt. `absent_since` is when the ledger was first searched in
    vain since the last send. Aware instants.
    """

    key_first_sent: datetime | None
    absent_since: datetime | None


@dataclass(frozen=True, slots=True)
class Windows:
    """A ledger's windows: how long a key is safe to repeat; how far apart two searches must be."""

    key: timedelta
    doubt: timedelta


@dataclass(frozen=True, slots=True)
class SendSameKey:
    """Inside the vendor's key window: the same key and body can't make a second journal."""


@dataclass(frozen=True, slots=True)
class SendNewKey:
    """Two searches far enough apart found nothing: it was never posted."""


@dataclass(frozen=True, slots=True)
class SearchAgain:
    """Absent once; look again at this instant."""

    at: datetime


def after_absent(
    attempt: Attempt, windows: Windows, now: datetime
) -> SendSameKey | SendNewKey | SearchAgain:
    """What follows when the ledger was searched at `now` and does not show the journal."""
    if attempt.key_first_sent is None:
        return SendNewKey()
    if now - attempt.key_first_sent < windows.key:
        return SendSameKey()
    if attempt.absent_since is None:
        return SearchAgain(now + windows.doubt)
    if now - attempt.absent_since >= windows.doubt:
        return SendNewKey()
    return SearchAgain(attempt.absent_since + windows.doubt)


@dataclass(frozen=True, slots=True)
class PostedLine:
    """A line for comparison: minor units of the ledger's currency."""

    account: str
    debit_minor: int
    credit_minor: int
    dimensions: tuple[tuple[str, str], ...] = ()


def line_differences(
    approved: tuple[PostedLine, ...], ledger: tuple[PostedLine, ...], currency: str
) -> tuple[str, ...]:
    """What differs, line by line in any order, in words; nothing when both say the same."""

    def words(line: PostedLine) -> str:
        side = "debit" if line.debit_minor else "credit"
        tags = "".join(f", {name} {value}" for name, value in line.dimensions)
        amount = Money(line.debit_minor or line.credit_minor, currency)
        return f"account {line.account} {side} {amount}{tags}"

    left, right = sorted(map(words, approved)), sorted(map(words, ledger))
    missing, extra = list(left), []
    for line in right:
        if line in missing:
            missing.remove(line)
        else:
            extra.append(line)
    return tuple(
        [f"approved but not in the ledger: {line}" for line in missing]
        + [f"in the ledger but not approved: {line}" for line in extra]
    )
