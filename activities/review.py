"""Review: a decision that the judge accepted, written with its event before the person hears."""

from temporalio import activity

from activities.crash_points import CrashPoint, reached
from activities.doors import Doors, told_to_temporal
from controls.approval import Decision
from controls.messages import Answer, RecordDecision
from store.errors import ConflictError


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
            step=record.step,
            verdict=record.verdict,
            actor=record.actor,
            roles=record.roles,
            reason=record.reason,
            proposal_hash=record.proposal_hash,
            nonce=record.nonce,
            tag=record.tag,
            level=record.level,
        )
        with told_to_temporal():
            if not self._doors.verifier.valid(decision):
                return Answer(
                    False, "The decision does not carry the seal of our own server.", "bad_tag"
                )
            try:
                with self._doors.work() as work:
                    close = work.closes.lock(record.close.close_id)
                    if close.round != record.round:
                        return Answer(
                            False, "The numbers have changed meanwhile. Look again.", "stale"
                        )
                    work.approvals.save_decision(close, record.round, decision)
                    reached(CrashPoint.DECISION_WRITTEN)
                reached(CrashPoint.DECISION_COMMITTED)
            except ConflictError as error:
                return Answer(False, str(error), "already_decided")
            return Answer(True)
