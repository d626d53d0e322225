"""Review: a decision that the judge accepted, written with its event before the person hears."""

from temporalio import activity

from activities.crash_points import CrashPoint, reached
from activities.doors import Doors, told_to_temporal
from controls.approval import Decision, Fixed, Reason
from controls.messages import Answer, RecordDecision
from controls.steps import Step
from controls.verdicts import TAKES_BACK
from models import CloseRow
from store import Work
from store.errors import ConflictError, FourEyesError


class ReviewActivities:
    """Records decisions."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def record_decision(self, record: RecordDecision) -> Answer:
        """Decision and event in one transaction; refused when Postgres knows better.

        A decision without a valid tag counts for nothing and goes on record.
        """
        decision = Decision(
            entity=record.close.entity,
            period=record.close.period,
            number=record.close.number,
            step=record.step,
            verdict=record.verdict,
            actor=record.actor,
            roles=record.roles,
            reason=record.reason,
            proposal_hash=record.proposal_hash,
            nonce=record.nonce,
            tag=record.tag,
            level=record.level,
            delegations=record.delegations,
            seen=record.seen,
            kinds=record.kinds,
        )
        with told_to_temporal():
            if not self._doors.verifier.valid(decision):
                return Answer(
                    False,
                    "The decision does not carry the seal of our own server.",
                    "bad_tag",
                    Fixed.SEAL,
                )
            try:
                with self._doors.work() as work:
                    close = work.closes.lock(record.close.close_id)
                    if close.round != record.round:
                        return Answer(
                            False,
                            "The numbers have changed meanwhile. Look again.",
                            "stale",
                            Fixed.CURRENT,
                        )
                    if decision.step == Step.REVIEW and self._sent_back(work, close, decision):
                        return Answer(
                            False,
                            "Somebody has sent the proposal back, or answered an exception of it, "
                            "a moment ago. It is calculated anew: look again.",
                            Reason.STALE,
                            Fixed.CURRENT,
                        )
                    refused = _delegation_ended(work, decision, record.delegation)
                    if refused is not None:
                        return refused
                    work.approvals.save_decision(
                        close, record.round, decision, record.clause, record.delegation
                    )
                    reached(CrashPoint.DECISION_WRITTEN)
                reached(CrashPoint.DECISION_COMMITTED)
            except FourEyesError as error:
                return Answer(False, str(error), Reason.OWN_PROPOSAL, Fixed.FOUR_EYES)
            except ConflictError as error:
                return Answer(False, str(error), "already_decided", Fixed.ONCE)
            return Answer(True)

    def _sent_back(self, work: Work, close: CloseRow, decision: Decision) -> bool:
        """Whether the proposal is to be calculated anew, by what is on record besides."""
        assert close.id is not None
        assert close.proposal_id is not None
        made_at = work.proposals.get(close.proposal_id).made_at
        if work.approvals.answered_since(close.id, made_at):
            return True
        known = self._doors.verifier.genuine(work.approvals.decisions(close.id, close.round))
        return any(d.verdict in TAKES_BACK and d.nonce != decision.nonce for d in known)


def _delegation_ended(work: Work, decision: Decision, used: int) -> Answer | None:
    """Why the delegation that the decision rests on does not hold now, by Postgres; else None."""
    if not used:
        return None
    known = work.delegations.of_person(decision.entity, decision.actor)
    terms = next((each for each in known if each.id == used), None)
    now = work.now().isoformat(timespec="seconds")
    if terms is not None and terms.in_force(now):
        return None
    words = terms.why_not(now) if terms else "is not on record"
    return Answer(False, f"The delegation {words}.", Reason.DELEGATION_ENDED, Fixed.DELEGATION)
