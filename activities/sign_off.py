"""Sign-off: the period is closed, its positions are frozen, its trail is sealed."""

from temporalio import activity

from accounting.periods import ONE_DAY
from activities.crash_points import CrashPoint, reached
from activities.doors import Doors
from activities.reperform import reperform_as_verified
from controls.messages import CloseRef, GroupRef, SignedOff
from controls.steps import Awaiting, Step
from models import CloseRow
from store import Work
from store.audit import close_subject


class SignOffActivities:
    """Closes periods."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def sign_off(self, close: CloseRef) -> SignedOff:
        """Freeze the proposal's positions as the period's record. Done once; again changes nothing.

        Not where they differ from what SQL makes of the documents, but as verify told it.

        The seal is the hash of the event that tells of it: the head of the entity's chain then.
        """
        reached(CrashPoint.SIGN_OFF_BEGUN)
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            (following, number), groups = _following(work, row), _groups(work, row)
            if row.seal is not None:
                return SignedOff(row.seal, following, groups, number)
            assert row.proposal_id is not None
            proposal = work.proposals.get(row.proposal_id)
            journals = work.journals.standing(row)
            reperform_as_verified(work, row)
            event = work.audit.record(
                close.entity,
                "close.closed",
                close_subject(row),
                before={"step": row.step},
                after={
                    "step": Step.CLOSED.value,
                    "closing": proposal.summary["closing"],
                    "journals": [
                        {"reference": j.reference or "", "ledger_id": j.ledger_id or ""}
                        for j in journals
                    ],
                },
                hashes={
                    "proposal": proposal.hash,
                    "positions": str(proposal.summary["approved"]["positions"]),
                },
            )
            row.step, row.awaiting, row.detail = Step.CLOSED, Awaiting.NOTHING, ""
            row.seal = event.hash
            row.closed_at = work.now()
            reached(CrashPoint.SIGN_OFF_WRITTEN)
        reached(CrashPoint.SIGN_OFF_COMMITTED)
        return SignedOff(event.hash, following, groups, number)


def _following(work: Work, row: CloseRow) -> tuple[str, int]:
    """The entity's next period, and the number of its newest close; no name where its calendar's
    table ends.
    """
    calendar = work.config.current().entity(row.entity_id).calendar
    first = row.period_end + ONE_DAY
    if calendar.table and first > calendar.table[-1][1].end:
        return "", 1
    name = calendar.name_at(first)
    newest = work.closes.find(row.entity_id, name)
    return name, newest.number if newest else 1


def _groups(work: Work, row: CloseRow) -> tuple[GroupRef, ...]:
    """The group closes that wait for this one."""
    waiting = work.group_closes.waiting_for(row.entity_id, row.period)
    return tuple(GroupRef(group.group_name, group.period) for group in waiting)
