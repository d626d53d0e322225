"""Where a close stands, for the pages; and what was refused, for the trail."""

from temporalio import activity

from activities.doors import Doors, told_to_temporal
from controls.audit import Actor
from controls.messages import CloseRef, CloseRequest, RecordRefusal, StepReached
from controls.steps import ENDED


class ProgressActivities:
    """Opens the close's row and keeps it in step with the workflow."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def open_close(self, request: CloseRequest) -> CloseRef:
        """The row of this close, made once; its days are those of the entity's calendar.

        Of a period that was closed before, the row of what is asked for, or of its close by number.
        """
        entity, name, by = request.entity, request.period, request.started_by
        with told_to_temporal(), self._doors.work() as work:
            if request.reason:
                closed = work.closes.of(entity, name)
                row = work.reopenings.ask(closed, request.number, request.reason, by)
            elif request.number > 1:
                row = work.closes.of(entity, name, request.number)
            else:
                period = work.config.current().entity(entity).calendar.named(name)
                row = work.closes.open(entity, name, period, by)
            assert row.id is not None
            return CloseRef(row.id, entity, name, row.number)

    @activity.defn
    def step_reached(self, reached: StepReached) -> None:
        """Record where the close stands now; not what a worker tells too late.

        Nothing of one that has ended, nor what was reached before that which stands.
        """
        with told_to_temporal(), self._doors.work() as work:
            row = work.closes.lock(reached.close.close_id)
            if row.step in ENDED or 0 < reached.order < row.reached:
                return
            row.reached = max(row.reached, reached.order)
            work.closes.move(
                reached.close.close_id,
                reached.step,
                reached.awaiting,
                reached.detail,
                reached.waits_for,
            )

    @activity.defn
    def record_refusal(self, refusal: RecordRefusal) -> None:
        """Record that something asked of the close did not count, and why."""
        with told_to_temporal(), self._doors.work() as work:
            work.audit.record(
                refusal.close.entity,
                f"{refusal.what}.refused",
                f"close/{refusal.close.entity}/{refusal.close.period}",
                reason=refusal.message,
                after={
                    "reason": refusal.reason,
                    "clause": refusal.clause,
                    "nonce": refusal.nonce,
                },
                actor=Actor("user", refusal.actor),
            )
