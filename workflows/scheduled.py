"""What a Temporal Schedule starts: short workflows that look what is due, and see to it."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.drift import DriftActivities
from activities.notify import NotifyActivities
from activities.schedule import ScheduleActivities
from workflows.options import DAILY, NOTIFY, RECORD
from workflows.starting import start_close


@workflow.defn
class StartDueClosesWorkflow:
    """Starts every close whose working day has come; the ids of those that it started."""

    @workflow.run
    async def run(self) -> tuple[str, ...]:
        """A close that somebody started meanwhile is left to run."""
        due = await workflow.execute_activity_method(ScheduleActivities.due_closes, **RECORD)
        started = [await start_close(request) for request in due]
        return tuple(close.id for close in started if close is not None)


@workflow.defn
class NotifyWorkflow:
    """Empties the outbox once."""

    @workflow.run
    async def run(self) -> int:
        """How many messages went out."""
        return await workflow.execute_activity_method(NotifyActivities.notify, **NOTIFY)


@workflow.defn
class LookForDriftWorkflow:
    """Looks through every entity's ledger for what people changed by hand."""

    @workflow.run
    async def run(self) -> int:
        """How much is not settled. Fails where a ledger could not be read; the others were."""
        entities = await workflow.execute_activity_method(
            DriftActivities.entities_to_look_at, **RECORD
        )
        found = await asyncio.gather(*map(self._look, entities))
        unread = [entity for entity, each in zip(entities, found, strict=True) if each is None]
        if unread:
            raise ApplicationError(f"The ledger of {', '.join(unread)} could not be read.")
        return sum(each or 0 for each in found)

    async def _look(self, entity: str) -> int | None:
        try:
            return await workflow.execute_activity_method(
                DriftActivities.look_for_drift, entity, **DAILY
            )
        except ActivityError:
            workflow.logger.warning("the ledger of %s could not be read", entity)
            return None
