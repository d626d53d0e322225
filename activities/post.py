"""Post: each journal to the ledger exactly once, whatever dies or stays silent on the way.

The order is the proof (docs/posting.md): approvals are reloaded and checked, intent is committed,
then the journal is sent; where nobody heard an answer the ledger is searched before any re-send.
"""

import time
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from accounting.periods import ONE_DAY
from activities.cover import refuse, refuse_unless_covered, refuse_unless_current
from activities.crash_points import CrashPoint, reached
from activities.doors import Doors
from connectors.ledger import (
    JournalToPost,
    Ledger,
    LedgerJournal,
    LedgerLine,
    NoAnswer,
    Posted,
    Refused,
    Throttled,
)
from controls.configuration import EntityConfig
from controls.messages import Approved, CloseRef, PostedJournal, PostJournal
from controls.posting import (
    IN_DOUBT,
    IN_LEDGER,
    Attempt,
    JournalEvent,
    JournalState,
    PostedLine,
    SearchAgain,
    SendNewKey,
    SendSameKey,
    Windows,
    after_absent,
    line_differences,
)
from models import JournalRow
from store import Work
from store.document_rows import dimensions_of
from store.errors import FencedError
from store.journals import Outcome

SEARCH_SOON = timedelta(seconds=1)
DRAFTED = (
    "It lies in the ledger as a draft and is not posted. Post it there, then have it looked at "
    "again."
)
AT_REST = frozenset({*IN_LEDGER, JournalState.FAILED, JournalState.SKIPPED, JournalState.WITHDRAWN})
SEND_WITHIN_S = 5.0
"""From the last look to sending: whoever was held up for longer may have been overtaken meanwhile, or
has seen what holds no more, and sends nothing."""


class PostActivities:
    """Sends approved journals to the ledger."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def approve_journals(self, close: CloseRef) -> Approved:
        """Number the journals of an approved proposal; refused unless its approvals cover it."""
        reached(CrashPoint.APPROVE_BEGUN)
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            if work.closes.closed_to(close.entity) < row.period_start - ONE_DAY:
                refuse("The period before is open again.")
            refuse_unless_covered(work, row, self._doors.verifier)
            refuse_unless_current(work, row)
            journals = work.journals.approve(row)
            reached(CrashPoint.APPROVE_WRITTEN)
        reached(CrashPoint.APPROVE_COMMITTED)
        return Approved(tuple(journal.id for journal in journals if journal.id is not None))

    @activity.defn
    def post_journal(self, request: PostJournal) -> PostedJournal:
        """Bring one journal to `posted` or `failed`; raises to be tried again otherwise."""
        with self._doors.outside(request.close):
            reached(CrashPoint.POST_BEGUN)
            with self._doors.work() as work:
                entity = work.config.current().entity(request.close.entity)
                close = work.closes.get(request.close.close_id)
                journal = work.journals.lock(request.journal_id)
                refuse_unless_covered(work, close, self._doors.verifier, journal)
                if request.as_draft and not entity.ledger.keeps_drafts:
                    return _result(journal)
                if journal.state == JournalState.FAILED and request.retried_by:
                    work.journals.retry(journal, request.retried_by, as_draft=request.as_draft)
                if journal.state in AT_REST:
                    return _result(journal)
                wanted = to_post(work, journal)
                in_doubt = journal.state in IN_DOUBT
                looked = time.monotonic()
            reached(CrashPoint.POST_COVERED)
            ledger = self._doors.ledger(entity)
            if journal.state == JournalState.DRAFT:
                return self._look_at_draft(journal, wanted, ledger)
            new_key = not in_doubt and journal.key is None
            if in_doubt:
                reached(CrashPoint.SEARCH_BEGUN)
                found = ledger.find(wanted)
                looked = time.monotonic()
                reached(CrashPoint.SEARCH_ANSWERED)
                if found is not None:
                    return self._settle(journal, journal.attempt, _compared(wanted, found))
                new_key = self._after_absent(journal, entity, ledger)
            return self._send(journal, wanted, ledger, looked, new_key=new_key)

    def _look_at_draft(
        self, journal: JournalRow, wanted: JournalToPost, ledger: Ledger
    ) -> PostedJournal:
        """What has become of a draft: still one, posted by somebody, changed, or gone."""
        found = ledger.find(wanted)
        if found is None:
            gone = f"{wanted.reference} is no draft any more: somebody deleted it."
            return self._settle(journal, journal.attempt, Outcome(JournalEvent.DRAFT_GONE, gone))
        outcome = _compared(wanted, found)
        if outcome.event is JournalEvent.DRAFTED:
            return _result(journal)
        return self._settle(journal, journal.attempt, outcome)

    def _after_absent(self, journal: JournalRow, entity: EntityConfig, ledger: Ledger) -> bool:
        """Whether to send under a new key. Raises to be asked again when it is too early to say."""
        windows = Windows(
            key=timedelta(seconds=ledger.key_window_s),
            doubt=timedelta(seconds=entity.ledger.doubt_window_s),
        )
        with self._doors.work() as work:
            now = work.now()
            row = work.journals.lock(journal.id or 0)
            attempt = Attempt(row.key_first_sent_at, row.absent_since)
            follows = after_absent(attempt, windows, now)
            work.journals.absent(row, now)
            reached(CrashPoint.ABSENT_WRITTEN)
        reached(CrashPoint.ABSENT_COMMITTED)
        match follows:
            case SendSameKey():
                return False
            case SendNewKey():
                return True
            case SearchAgain(at=at):
                raise ApplicationError(
                    f"{journal.reference} is not in the ledger yet; looking again at {at:%H:%M:%S}"
                    " UTC before anything is sent.",
                    type="InDoubt",
                    next_retry_delay=max(at - now, SEARCH_SOON),
                    category=ApplicationErrorCategory.BENIGN,
                )

    def _send(
        self,
        journal: JournalRow,
        wanted: JournalToPost,
        ledger: Ledger,
        looked: float,
        *,
        new_key: bool,
    ) -> PostedJournal:
        with self._doors.work() as work:
            row = work.journals.lock(journal.id or 0)
            key = f"{row.reference}-{row.attempt + 1}" if new_key else None
            attempt = work.journals.intend(row, key, work.now(), after=journal.attempt)
            reached(CrashPoint.INTENT_WRITTEN)
        reached(CrashPoint.INTENT_COMMITTED)
        assert row.key is not None
        if time.monotonic() - looked > SEND_WITHIN_S:
            raise FencedError(f"{row.reference} was held up before it was sent, and was not.")
        answer = ledger.post(wanted, row.key)
        reached(CrashPoint.SENT)
        match answer:
            case Posted(journal=held):
                outcome = _compared(wanted, held, heard=True)
            case Refused(message=message, raw=raw):
                outcome = Outcome(JournalEvent.ANSWERED_REFUSED, message, raw=raw)
            case Throttled(retry_after_s=seconds):
                self._settle(row, attempt, Outcome(JournalEvent.THROTTLED))
                raise ApplicationError(
                    f"The ledger asks us to wait {seconds} s.",
                    type="Throttled",
                    next_retry_delay=timedelta(seconds=seconds),
                    category=ApplicationErrorCategory.BENIGN,
                )
            case NoAnswer(message=message):
                self._settle(row, attempt, Outcome(JournalEvent.NO_ANSWER, message))
                raise ApplicationError(
                    f"No answer for {row.reference}: {message} The ledger will be searched.",
                    type="NoAnswer",
                    next_retry_delay=SEARCH_SOON,
                )
        return self._settle(row, attempt, outcome)

    def _settle(self, journal: JournalRow, attempt: int, outcome: Outcome) -> PostedJournal:
        with self._doors.work() as work:
            now: datetime = work.now()
            settled = work.journals.settle(journal.id or 0, attempt, outcome, now)
            reached(CrashPoint.SETTLE_WRITTEN)
        reached(CrashPoint.SETTLE_COMMITTED)
        return _result(settled)


def _result(journal: JournalRow) -> PostedJournal:
    return PostedJournal(journal.id or 0, str(journal.state), journal.ledger_message)


def to_post(work: Work, journal: JournalRow) -> JournalToPost:
    """A journal as it is sent: reference, date, text and lines from its rows."""
    assert journal.reference is not None
    return JournalToPost(
        reference=journal.reference,
        date=journal.date,
        text=journal.text,
        currency=journal.currency,
        lines=tuple(
            LedgerLine(
                line.account, line.debit_minor, line.credit_minor, dimensions_of(line.dimensions)
            )
            for line in work.journals.lines(journal.id or 0)
        ),
        draft=journal.as_draft,
    )


def comparable(lines: tuple[LedgerLine, ...]) -> tuple[PostedLine, ...]:
    """Ledger lines as the pure comparison takes them."""
    return tuple(
        PostedLine(line.account, line.debit_minor, line.credit_minor, line.dimensions)
        for line in lines
    )


def _compared(wanted: JournalToPost, found: LedgerJournal, *, heard: bool = False) -> Outcome:
    """What the ledger holds against what was approved: posted, or failed loudly."""
    lines = comparable(wanted.lines), comparable(found.lines)
    differences = list(line_differences(*lines, wanted.currency))
    if found.date != wanted.date:
        differences.append(f"approved for {wanted.date}, dated {found.date} in the ledger")
    drafted = found.draft and wanted.draft
    if not found.posted and not drafted:
        differences.append("the ledger holds it as a draft or voided journal")
    if differences:
        return Outcome(
            JournalEvent.FOUND_DIFFERENT,
            f"The ledger holds {wanted.reference}, but not as approved: {'; '.join(differences)}.",
            raw=found.raw,
        )
    if drafted:
        return Outcome(JournalEvent.DRAFTED, DRAFTED, raw=found.raw)
    event = JournalEvent.ANSWERED_POSTED if heard else JournalEvent.FOUND_EQUAL
    return Outcome(event, ledger_id=found.id, raw=found.raw)
