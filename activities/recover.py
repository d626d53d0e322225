"""Recover: where a close stands by Postgres alone, for a workflow that takes it up again."""

from temporalio import activity

from activities.calculate import as_calculated
from activities.doors import Doors, told_to_temporal
from controls.approval import Decision
from controls.audit import Actor
from controls.messages import CloseRequest, Stands
from controls.steps import FIGURES_OPEN, Step
from controls.verdicts import TAKES_BACK
from models import CloseRow
from store import Work
from store.audit import close_subject
from store.cover import why_uncovered
from store.outdated import why_outdated


class RecoverActivities:
    """Reads what a lost workflow had in mind."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def where_it_stands(self, request: CloseRequest) -> Stands:
        """Step, proposal and the decisions that count; what was not on record never counted.

        Decisions with a bad tag are left out here as they are at posting. The recovery goes on
        record under the name of whoever asked for it.
        """
        with told_to_temporal(), self._doors.work() as work:
            row = work.closes.of(request.entity, request.period, request.number)
            stands = self._stands(work, row)
            work.audit.record(
                row.entity_id,
                "close.recovered",
                close_subject(row),
                after={"step": row.step, "round": row.round, "decisions": len(stands.taken)},
                actor=Actor("user", request.started_by),
            )
            return stands

    def _stands(self, work: Work, row: CloseRow) -> Stands:
        assert row.id is not None
        preparers = work.approvals.preparers(row.id)
        if row.proposal_id is None:
            return Stands(
                step=row.step,
                preparers=preparers,
                completed=bool(work.genuine(work.approvals.decisions(row.id, 0))),
                order=row.reached,
            )
        decisions = self._doors.verifier.genuine(work.approvals.decisions(row.id, row.round))
        review = tuple(decision for decision in decisions if decision.step == Step.REVIEW)
        covered = not why_uncovered(work, row, self._doors.verifier)
        taken_back = any(decision.verdict in TAKES_BACK for decision in review)
        resync = taken_back or (row.step == Step.SYNC and not covered)
        outdated = resync or _changed_since(work, row) or _was_calculating(row, covered=covered)
        return Stands(
            step=row.step,
            proposal=as_calculated(work, row),
            taken=review,
            preparers=preparers,
            completed=covered and not outdated,
            outdated=outdated,
            resync=resync,
            decided=tuple(sorted({d.step for d in decisions if _after_posting(d)})),
            retriers=work.journals.retriers(row.proposal_id),
            order=row.reached,
        )


def _was_calculating(row: CloseRow, *, covered: bool) -> bool:
    """Whether a calculation was cut short. One that late documents asked for is asked for again,
    when they are read after the approvals.
    """
    return row.step == Step.CALCULATE and not covered


def _after_posting(decision: Decision) -> bool:
    return decision.step not in FIGURES_OPEN


def _changed_since(work: Work, row: CloseRow) -> bool:
    """Whether something that the proposal starts from changed after it, while it may change still."""
    is_open = row.step in FIGURES_OPEN
    return _answered_since(work, row) or (is_open and bool(why_outdated(work, row)))


def _answered_since(work: Work, row: CloseRow) -> bool:
    """Whether a person answered an exception, imported a schedule, or had what is not posted given
    up, after the last calculation.
    """
    assert row.proposal_id is not None
    made_at = work.proposals.get(row.proposal_id).made_at
    imported = work.adoption.current(row.entity_id)
    if work.approvals.answered_since(row.id or 0, made_at):
        return True
    told = [imported.imported_at] if imported is not None else []
    told += [choice.chosen_at for choice in work.posting_choices.of_close(row.id or 0)]
    return any(at is not None and made_at is not None and at > made_at for at in told)
