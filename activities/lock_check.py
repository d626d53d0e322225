"""Lock check: the ledger's lock dates and our own, read now."""

from temporalio import activity

from activities.doors import Doors
from activities.drift import look
from controls.messages import CloseRef, LockChecked
from controls.notices import NoticeKind
from controls.period_lock import PostingLocked, posting_date_open
from controls.steps import UserRole
from store.locks import Reading

TOLD_OF_LOCKS = (UserRole.CONTROLLER, UserRole.AUDITOR)


class LockCheckActivities:
    """Reads locks; every reading goes on record."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def lock_check(self, close: CloseRef) -> LockChecked:
        """Whether every journal's date may be posted now, and if not, why not.

        What people booked by hand meanwhile is found, too: nothing is posted beside it unasked.
        """
        with self._doors.outside(close):
            with self._doors.work() as work:
                entity = work.config.current().entity(close.entity)
            ledger = self._doors.ledger(entity)
            locks = ledger.lock_dates()
            look(self._doors, entity, ledger, deleted_too=False)
            with self._doors.work() as work:
                row = work.closes.lock(close.close_id)
                assert row.proposal_id is not None
                closed_to = work.closes.closed_to(close.entity)
                reading = Reading(locks.period, locks.year_end, closed_to)
                for words in work.locks.read(row, reading):
                    work.outbox.tell(row, NoticeKind.LOCK_MOVED_BACK, TOLD_OF_LOCKS, words)
                for journal in work.journals.of_proposal(row.proposal_id):
                    answer = posting_date_open(journal.date, locks.latest, closed_to)
                    if isinstance(answer, PostingLocked):
                        return LockChecked(False, answer.message)
            return LockChecked(True)
