"""The installation's Temporal Schedules: made when a worker starts, the same however often.

They know no entity and no configuration: what is due is asked of Postgres each time, so that a
configuration applied now counts from the next look on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from workflows.scheduled import (
    LookForDriftWorkflow,
    NotifyWorkflow,
    StartDueClosesWorkflow,
)


@dataclass(frozen=True)
class Regular:
    """A workflow without input that runs every so often; one at a time."""

    id: str
    run: Any
    every: timedelta


START_DUE_CLOSES = Regular("start-due-closes", StartDueClosesWorkflow.run, timedelta(hours=1))
NOTIFY = Regular("notify", NotifyWorkflow.run, timedelta(minutes=1))
LOOK_FOR_DRIFT = Regular("look-for-drift", LookForDriftWorkflow.run, timedelta(days=1))
REGULAR = (START_DUE_CLOSES, NOTIFY, LOOK_FOR_DRIFT)


async def keep_schedules(client: Client, task_queue: str) -> None:
    """Make every schedule, or bring it to this program's version; one that is paused stays so."""
    for regular in REGULAR:
        schedule = _schedule(regular, task_queue)
        try:
            await client.create_schedule(regular.id, schedule)
        except ScheduleAlreadyRunningError:
            await client.get_schedule_handle(regular.id).update(_to(schedule))


def _schedule(regular: Regular, task_queue: str) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(regular.run, id=regular.id, task_queue=task_queue),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=regular.every)]),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP,
            catchup_window=regular.every,  # what is due is asked anew: one look makes up for many
        ),
    )


def _to(schedule: Schedule) -> Any:
    def updated(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule)

    return updated
