"""Workers for the fault tests: forked, impatient, mortal."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities import crash_points
from activities.crash_points import CRASH_AT
from tests.faults.clock import RIGHT, set_clock
from tests.tieout.command import environment
from tests.tieout.forks import Forked, become

HEARTBEAT = timedelta(seconds=1.2)
TRANSACTION = timedelta(seconds=2)
RETRY_SOON, RETRY_LATE = timedelta(seconds=0.1), timedelta(seconds=0.3)
STICKY = timedelta(seconds=1)
FEW_POLLS: dict[str, Any] = {
    "max_concurrent_workflow_task_polls": 2,
    "max_concurrent_activity_task_polls": 1,
}
"""Whatever is handed to a poll of a worker that froze is lost until it times out."""


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> Any:  # noqa: A002
        if input.heartbeat_timeout is not None:
            input.heartbeat_timeout = HEARTBEAT
        else:
            input.start_to_close_timeout = TRANSACTION
        if input.retry_policy is not None:
            input.retry_policy = replace(
                input.retry_policy, initial_interval=RETRY_SOON, maximum_interval=RETRY_LATE
            )
        return super().start_activity(input)


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class Impatient(Interceptor):
    """Short time-outs: a dead worker's activities are tried again within a second or two.

    Time-outs are attributes of a command, which a replay does not compare: the workflows are the
    product's own.
    """

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


class Process(Forked):
    """A process of the product that a test freezes and ends."""

    @property
    def over(self) -> bool:
        return self.poll() is not None

    @property
    def crashed(self) -> bool:
        """It died by its crash point; anything else that ended it is an error of the test."""
        code = self.poll()
        assert code in (None, -signal.SIGKILL), f"the process ended with {code}"
        return code is not None

    @property
    def frozen(self) -> bool:
        """Whether it stands still, by `freeze` or at its point."""
        status = Path(f"/proc/{self.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


class Life(Process):
    """A worker. `crash_at`, or `freeze_at` where it stops there as by SIGSTOP, is "point:n" or
    empty; `clock` is by how much its clock is off.
    """

    def __init__(
        self,
        given: dict[str, str],
        log: Path,
        crash_at: str = "",
        *,
        freeze_at: str = "",
        clock: timedelta = RIGHT,
    ) -> None:
        at = crash_at or freeze_at
        full = {**environment(), **given, **({CRASH_AT: at} if at else {})}
        super().__init__(_live, full, log, bool(freeze_at), clock)


class Page(Process):
    """The page and the JSON API; `clock` is by how much its clock is off."""

    def __init__(self, given: dict[str, str], log: Path, clock: timedelta) -> None:
        super().__init__(_serve, {**environment(), **given}, log, clock)


def _live(given: dict[str, str], log: Path, freezes: bool, clock: timedelta) -> None:
    become(given, log)
    set_clock(clock)
    if freezes:
        crash_points.DEATH = signal.SIGSTOP
    from tieout import worker

    worker.Worker = partial(worker.Worker, **FEW_POLLS)  # type: ignore[assignment,attr-defined]
    asyncio.run(worker.run_worker(interceptors=[Impatient()], sticky_timeout=STICKY))


def _serve(given: dict[str, str], log: Path, clock: timedelta) -> None:
    become(given, log)
    set_clock(clock)
    from tieout.cli import api

    api()
