"""Send back: what people choose where a posting got stuck; what is not posted is given up."""

from datetime import date

from temporalio import activity

from accounting.periods import ONE_DAY
from activities.doors import Doors
from activities.post import to_post
from connectors.ledger import Ledger
from controls.messages import Answer, RecordSendBack, SendBack
from controls.posting import NOT_SENT, JournalState
from controls.posting_choices import Choice
from controls.verdicts import Fixed
from models import CloseRow, JournalRow, PostingChoiceRow
from store import Work
from store.cover import own_hash
from store.errors import ConflictError


class SendBackActivities:
    """Records choices."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def record_send_back(self, record: RecordSendBack) -> Answer:
        """Keep the choice and give up what is not posted, or say why not; nothing is kept then.

        The ledger is searched for every journal that was sent: what it holds is not given up.
        """
        given = record.given
        with self._doors.outside(record.close):
            with self._doors.work() as work:
                if work.posting_choices.known(given.nonce):
                    return Answer(True)
                close = work.closes.get(record.close.close_id)
                entity = work.config.current().entity(close.entity_id)
                stuck = _not_posted(work, close)
                sent = [to_post(work, row) for row in stuck if row.attempt]
            why = _why_not(given, stuck)
            if why:
                return why
            ledger = self._doors.ledger(entity)
            for journal in sent:
                if ledger.find(journal) is not None:
                    return _refused(
                        f"The ledger holds {journal.reference} as it is. Have it put right or "
                        "voided there, then try again."
                    )
            row = PostingChoiceRow(
                close_id=record.close.close_id,
                entity_id=given.entity,
                choice=given.choice,
                reason=given.reason,
                actor=given.actor,
                nonce=given.nonce,
            )
            if given.choice == Choice.OTHER_PERIOD:
                row.post_from = _first_open_day(ledger, stuck)
                if row.post_from is None:
                    return _refused("The ledger is open on the journals' days. Try again there.")
            return self._keep(record, row)

    def _keep(self, record: RecordSendBack, row: PostingChoiceRow) -> Answer:
        try:
            with self._doors.work() as work:
                close = work.closes.lock(record.close.close_id)
                if record.given.choice == Choice.SKIP:
                    journal = work.journals.of_close(close, record.given.journal_id)
                    row.journal_hash = own_hash(work, journal)
                work.journals.withdraw(close, record.given.actor)
                work.posting_choices.save(close, row)
        except ConflictError as error:
            return _refused(str(error))
        return Answer(True)


def _not_posted(work: Work, close: CloseRow) -> list[JournalRow]:
    assert close.proposal_id is not None
    rows = work.journals.of_proposal(close.proposal_id)
    return [row for row in rows if row.state in NOT_SENT]


def _why_not(given: SendBack, stuck: list[JournalRow]) -> Answer | None:
    """Why the choice can't be one, looking at nothing but the journals that are not posted."""
    if given.choice not in set(Choice):
        return _refused(f"Choose one of: {', '.join(Choice)}.", "unknown_choice", Fixed.PLACE)
    if not given.reason.strip():
        return _refused("Say why: a reason goes with it.", "reason_missing", Fixed.REASON)
    if given.choice == Choice.SKIP:
        wanted = [row for row in stuck if row.id == given.journal_id]
        if not any(row.state == JournalState.FAILED for row in wanted):
            return _refused("Only a journal that failed can be left out.")
    return None


def _first_open_day(ledger: Ledger, stuck: list[JournalRow]) -> date | None:
    """The first day after the ledger's lock; None where no journal lies on or before it."""
    locked_to = ledger.lock_dates().latest
    if locked_to is None or all(row.date > locked_to for row in stuck):
        return None
    return locked_to + ONE_DAY


def _refused(message: str, reason: str = "not_sent_back", clause: str = Fixed.PLACE) -> Answer:
    return Answer(False, message, reason, clause)
