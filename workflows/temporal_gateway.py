"""The close gateway over a Temporal client: updates with the form's nonce as their id."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from controls.approval import Decision
from controls.group_messages import GroupCloseRequest
from controls.messages import Acted, Answer, CloseRequest, Resolution, SendBack
from workflows.entity_close import EntityCloseWorkflow
from workflows.gateway import GatewayUnavailableError, NoSuchCloseError
from workflows.group_close import GroupCloseWorkflow
from workflows.ids import close_id, group_close_id, posting_id
from workflows.post_journals import PostJournalsWorkflow

ANSWER_WITHIN = timedelta(seconds=20)


class TemporalGateway:
    """CloseGateway over Temporal. `connect` is asked once, at first need, and again if it failed."""

    def __init__(self, connect: Callable[[], Awaitable[Client]], task_queue: str) -> None:
        self._connect = connect
        self._task_queue = task_queue
        self._client: Client | None = None

    async def client(self) -> Client:
        """The connected client. Raises GatewayUnavailableError."""
        if self._client is None:
            try:
                self._client = await self._connect()
            except (RuntimeError, RPCError, OSError) as error:
                raise GatewayUnavailableError(
                    "The workflow engine (Temporal) can't be reached. Nothing was decided; try again."
                ) from error
        return self._client

    async def start(self, request: CloseRequest) -> None:
        """Start the close, or attach to the one that runs."""
        workflow_id = close_id(request.entity, request.period, request.number)
        await self._start(EntityCloseWorkflow.run, request, workflow_id, request.entity)

    async def start_group(self, request: GroupCloseRequest) -> None:
        """Start the group's close, or attach to the one that runs."""
        workflow_id = group_close_id(request.group, request.period)
        await self._start(GroupCloseWorkflow.run, request, workflow_id, request.group)

    async def _start(self, run: Any, request: Any, workflow_id: str, who: str) -> None:
        client = await self.client()
        try:
            await client.start_workflow(
                run,
                request,
                id=workflow_id,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary=f"{who} {request.period}",
                rpc_timeout=ANSWER_WITHIN,
            )
        except WorkflowAlreadyStartedError:
            return  # closed already: the board says so
        except RPCError as error:
            raise _unavailable(error) from error

    async def decide(self, decision: Decision) -> Answer:
        """A decision on the close."""
        handle = await self._close(decision)
        return await self._update(handle, EntityCloseWorkflow.decide, decision, decision.nonce)

    async def resolve(self, resolution: Resolution) -> Answer:
        """An answer to an exception."""
        handle = await self._close(resolution)
        return await self._update(handle, EntityCloseWorkflow.resolve, resolution, resolution.nonce)

    async def recalculate(self, acted: Acted) -> Answer:
        """Calculate anew."""
        return await self.recheck_lock(acted)

    async def figures_changed(self, acted: Acted) -> Answer:
        """Calculate anew from what a person imported."""
        handle = await self._close(acted)
        return await self._update(handle, EntityCloseWorkflow.figures_changed, acted, acted.nonce)

    async def recheck_lock(self, acted: Acted) -> Answer:
        """Read the locks again."""
        handle = await self._close(acted)
        return await self._update(handle, EntityCloseWorkflow.recheck, acted, acted.nonce)

    async def recheck_difference(self, acted: Acted) -> Answer:
        """Tie out again."""
        return await self.recheck_lock(acted)

    async def retry(self, acted: Acted) -> Answer:
        """Try a failed journal again, or all of them."""
        handle = await self._posting(acted)
        return await self._update(handle, PostJournalsWorkflow.retry, acted, acted.nonce)

    async def send_back(self, given: SendBack, *, posting: bool) -> Answer:
        """Have the close go back to review."""
        if posting:
            handle = await self._posting(given)
            return await self._update(handle, PostJournalsWorkflow.send_back, given, given.nonce)
        handle = await self._close(given)
        return await self._update(handle, EntityCloseWorkflow.send_back, given, given.nonce)

    async def _close(
        self, of: Decision | Resolution | Acted | SendBack
    ) -> WorkflowHandle[Any, Any]:
        client = await self.client()
        return client.get_workflow_handle(close_id(of.entity, of.period, of.number))

    async def _posting(self, of: Acted | SendBack) -> WorkflowHandle[Any, Any]:
        client = await self.client()
        return client.get_workflow_handle(posting_id(of.entity, of.period, of.number))

    async def _update(
        self, handle: WorkflowHandle[Any, Any], update: Any, message: Any, nonce: str
    ) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
                answer: Answer = await handle.execute_update(update, message, id=nonce)
                return answer
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            if isinstance(cause, ApplicationError):
                clause = next((str(told) for told in cause.details), "")
                return Answer(False, cause.message, cause.type or "", clause)
            return Answer(accepted=False, message=str(cause))
        except TimeoutError as error:
            raise GatewayUnavailableError(
                "No answer from the close in time. Reload the page to see whether it counted."
            ) from error
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise NoSuchCloseError(
                    "This close is not running: it was never started, or has ended."
                ) from error
            raise _unavailable(error) from error


def _unavailable(error: RPCError) -> GatewayUnavailableError:
    return GatewayUnavailableError(
        f"The workflow engine does not answer ({error.status.name.lower()}). "
        "Reload the page to see whether it counted, then try again."
    )
