"""The group's close of a period: every entity's close, side by side, until all are closed."""

import asyncio
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError

from activities.group_close import GroupCloseActivities
from controls.group_messages import GroupCloseRequest, GroupStanding
from controls.messages import CloseRequest, GroupRef
from controls.steps import Step
from workflows.options import GROUP_LOOK_EVERY, RECORD
from workflows.starting import CloseHandle, start_close


@workflow.defn
class GroupCloseWorkflow:
    """Starts one close for each entity, or attaches to it, and ends when every one is closed.

    A close that waits or fails holds up no other, and outlives this workflow: what counts is
    what stands on record, however the close came there.
    """

    @workflow.init
    def __init__(self, request: GroupCloseRequest) -> None:
        self._group = GroupRef(request.group, request.period)
        self._standing = GroupStanding()
        self._look = False
        self._watches: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, request: GroupCloseRequest) -> GroupStanding:
        """Carry the group's close from start to finish. Answers where the members stand."""
        if not request.attached:
            await workflow.execute_activity_method(
                GroupCloseActivities.open_group_close, request, **RECORD
            )
            await asyncio.gather(*map(self._start, request.members))
        while not await self._looked():
            try:
                await workflow.wait_condition(lambda: self._look, timeout=GROUP_LOOK_EVERY)
            except TimeoutError:
                workflow.logger.debug("looking by the clock")
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(replace(request, attached=True))
        return self._standing

    async def _start(self, member: CloseRequest) -> None:
        close = await start_close(member)
        if close is not None:
            self._watches.append(asyncio.create_task(self._watch(close)))

    async def _watch(self, close: CloseHandle) -> None:
        try:
            await close
        except ChildWorkflowError:
            workflow.logger.warning("%s ended without closing its period", close.id)
        self._look = True

    async def _looked(self) -> bool:
        """Read where every member stands. Answers whether all are closed."""
        self._look = False
        self._standing = await workflow.execute_activity_method(
            GroupCloseActivities.look_at_group, self._group, **RECORD
        )
        open_members = [m for m in self._standing.members if m.step != Step.CLOSED]
        workflow.set_current_details(
            "\n".join(
                f"**{m.entity}** {m.period} {m.step} {', '.join(m.waits_for)}" for m in open_members
            )
        )
        return self._standing.closed

    @workflow.signal
    def member_closed(self) -> None:
        """A member's close has ended: look again."""
        self._look = True

    @workflow.query
    def standing(self) -> GroupStanding:
        """Where each member stood when last looked at, and the roles that it waits for."""
        return self._standing
