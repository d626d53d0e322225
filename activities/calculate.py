"""Calculate: the book from Postgres, through the core's one door, back as a proposal."""

from temporalio import activity

from accounting.exceptions import ONLY_TELL, ExceptionCode
from accounting.periods import Period
from activities.doors import Doors
from controls.approval_policy import facts_from, required
from controls.messages import Calculated, CloseRef, Coincidence, Level
from models import CloseRow
from store import Work
from store.calculations import calculated


class CalculateActivities:
    """One calculation of a close. Each run stores a proposal of its own and starts a new round."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def calculate(self, close: CloseRef) -> Calculated:
        """Propose the journals of the period, or say which period must be closed before."""
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            config = work.config.current()
            entity = config.entity(close.entity)
            period = Period(row.period_start, row.period_end)
            if work.closes.closed_to(close.entity) < period.day_before:
                before = entity.calendar.name_at(period.day_before)
                return Calculated(waits_for_predecessor=before)
            calculated(work, row, config)
            return as_calculated(work, row)


def as_calculated(work: Work, row: CloseRow) -> Calculated:
    """The close's current proposal as the workflow keeps it in mind."""
    assert row.id is not None
    assert row.proposal_id is not None
    proposal = work.proposals.get(row.proposal_id)
    config = work.config.version(proposal.config_id)
    policy = config.entity(row.entity_id).approval_policy(config.sha256)
    facts = facts_from(proposal.summary["approved"])
    problems = work.proposals.exceptions(row.proposal_id)
    journals = work.journals.of_proposal(row.proposal_id)
    return Calculated(
        proposal_id=row.proposal_id,
        proposal_hash=proposal.hash,
        round=row.round,
        journals=len(journals),
        exceptions=sum(1 for e in problems if ExceptionCode(e.code) not in ONLY_TELL),
        levels=tuple(
            Level(le.role, le.count, le.clause, le.because) for le in required(policy, facts)
        ),
        policy_version=config.sha256,
        late_documents=str(proposal.summary.get("late_documents", "")),
        may_coincide=tuple(Coincidence(each.id, tuple(each.jobs)) for each in policy.may_coincide),
        overridden=facts.override,
        kinds=tuple(sorted({journal.kind for journal in journals})),
        suspended=work.approvals.suspended(row.id, row.round - 1),
    )
