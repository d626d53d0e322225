"""Starting a close from a workflow: the one that runs, or is closed already, is the one meant."""

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from controls.messages import CloseRequest, SignedOff
from workflows.entity_close import EntityCloseWorkflow
from workflows.ids import close_id

CloseHandle = workflow.ChildWorkflowHandle[EntityCloseWorkflow, SignedOff]


async def start_close(request: CloseRequest) -> CloseHandle | None:
    """Start the close; it outlives whoever started it. None where there was one already."""
    try:
        return await workflow.start_child_workflow(
            EntityCloseWorkflow.run,
            request,
            id=close_id(request.entity, request.period),
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=f"{request.entity} {request.period}",
        )
    except WorkflowAlreadyStartedError:
        return None
