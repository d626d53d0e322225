"""Calculate: the book from Postgres, through the core's one door, back as a proposal."""

from temporalio import activity

from accounting.exceptions import ONLY_TELL, ExceptionCode
from accounting.periods import Period
from activities.doors import Doors
from controls.approval_policy import facts_from, required
from controls.messages import Calculated, CloseRef, Coincidence, Level, ShardRef
from models import CloseRow
from store import Work
from store.calculations import calculated


class CalculateActivities:
    """One calculation of a close. Each run stores a proposal of its own and starts a new round."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def calculate(self, close: CloseRef) -> Calculated:
        """Propose the journals of the period; or say which period must be closed before, or in how
        many shards a very big book is to be read before.
        """
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            config = work.config.current()
            entity = config.entity(close.entity)
            period = Period(row.period_start, row.period_end)
            if work.closes.closed_to(close.entity) < period.day_before:
                before = entity.calendar.name_at(period.day_before)
                return Calculated(waits_for_predecessor=before)
            cut = work.books.cut(row, entity.policy(config.sha256))
            if cut is not None:
                return Calculated(reading=cut.id or 0, shards=len(cut.bounds) + 1)
            calculated(work, row, config)
            return as_calculated(work, row)

    @activity.defn
    def read_shard(self, shard: ShardRef) -> None:
        """Read a part of a very big book and keep it for the calculation.

        Nothing is kept of a book that has changed meanwhile: the calculation reads it itself.
        """
        close = shard.close
        with self._doors.outside(close), self._doors.work() as work:
            config = work.config.current()
            policy = config.entity(close.entity).policy(config.sha256)
            work.books.read_shard(work.closes.get(close.close_id), policy, shard)

    @activity.defn
    def calculate_read(self, close: CloseRef) -> Calculated:
        """Propose the journals of the period from what was read in shards."""
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            calculated(work, row, work.config.current())
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
