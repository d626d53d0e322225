"""Starting a close from a workflow: the one that runs, or is closed already, is the one meant."""

from typing import Any

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from controls.group_messages import GroupCloseRequest
from controls.messages import CloseRequest, GroupRef, SignedOff
from workflows.ids import close_id, group_close_id

CloseHandle = workflow.ChildWorkflowHandle[Any, SignedOff]
ENTITY_CLOSE, GROUP_CLOSE = "EntityCloseWorkflow", "GroupCloseWorkflow"
"""By name: a close starts others, those of the periods after one that is opened again."""


async def start_group_close(group: GroupRef) -> None:
    """Have the group's close wait for its members again, unless it still does."""
    try:
        await workflow.start_child_workflow(
            GROUP_CLOSE,
            GroupCloseRequest(group.group, group.period, (), attached=True),
            id=group_close_id(group.group, group.period),
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{group.group} {group.period}",
        )
    except WorkflowAlreadyStartedError:
        workflow.logger.debug("%s %s is not finished yet", group.group, group.period)


async def start_close(request: CloseRequest) -> CloseHandle | None:
    """Start the close; it outlives whoever started it. None where there was one already."""
    try:
        return await workflow.start_child_workflow(
            ENTITY_CLOSE,
            request,
            result_type=SignedOff,
            id=close_id(request.entity, request.period, request.number),
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{request.entity} {request.period}",
        )
    except WorkflowAlreadyStartedError:
        return None
