"""Workers for the fault tests: forked from a parent that has imported all, impatient, mortal."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from multiprocessing import forkserver
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
from tests.tieout.command import FORKS, REPOSITORY

HEARTBEAT = timedelta(seconds=1.2)
TRANSACTION = timedelta(seconds=2)
RETRY_SOON, RETRY_LATE = timedelta(seconds=0.1), timedelta(seconds=1)
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


def prepare() -> None:
    """Have the parent of the forks import everything, while other things start."""
    os.environ["PYTHONPATH"] = str(REPOSITORY)  # the parent imports by it
    FORKS.set_forkserver_preload(["tests.tieout.preloaded", "tests.faults.preloaded"])
    forkserver.ensure_running()


class Process:
    """A forked process of the product, from its start to its death."""

    def __init__(self, run: Callable[..., None], *given: Any) -> None:
        self._process = FORKS.Process(target=run, args=given, daemon=True)
        self._process.start()

    @property
    def over(self) -> bool:
        return self._process.exitcode is not None

    @property
    def crashed(self) -> bool:
        """It died by its crash point; anything else that ended it is an error of the test."""
        code = self._process.exitcode
        assert code in (None, -signal.SIGKILL), f"the process ended with {code}"
        return code is not None

    @property
    def frozen(self) -> bool:
        """Whether it stands still, by `freeze` or at its point."""
        status = Path(f"/proc/{self._process.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def freeze(self) -> None:
        os.kill(self._process.pid or 0, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid or 0, signal.SIGCONT)

    def kill(self) -> None:
        """As a machine that loses power would."""
        self._process.kill()
        self._process.join()


class Life(Process):
    """A worker. `crash_at`, or `freeze_at` where it stops there as by SIGSTOP, is "point:n" or
    empty; `clock` is by how much its clock is off.
    """

    def __init__(
        self,
        environment: dict[str, str],
        log: Path,
        crash_at: str = "",
        *,
        freeze_at: str = "",
        clock: timedelta = RIGHT,
    ) -> None:
        at = crash_at or freeze_at
        given = {**environment, **({CRASH_AT: at} if at else {})}
        super().__init__(_live, given, log, bool(freeze_at), clock)


class Page(Process):
    """The page and the JSON API; `clock` is by how much its clock is off."""

    def __init__(self, environment: dict[str, str], log: Path, clock: timedelta) -> None:
        super().__init__(_serve, environment, log, clock)


def _live(given: dict[str, str], log: Path, freezes: bool, clock: timedelta) -> None:
    _become(given, log, clock)
    if freezes:
        crash_points.DEATH = signal.SIGSTOP
    from tieout import worker

    worker.Worker = partial(worker.Worker, **FEW_POLLS)  # type: ignore[assignment,attr-defined]
    asyncio.run(worker.run_worker(interceptors=[Impatient()], sticky_timeout=STICKY))


def _serve(given: dict[str, str], log: Path, clock: timedelta) -> None:
    _become(given, log, clock)
    from tieout.cli import api

    api()


def _become(given: dict[str, str], log: Path, clock: timedelta) -> None:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.setsid()
    for name in [name for name in os.environ if name.startswith("TIEOUT_")]:
        del os.environ[name]
    os.environ.update(given)
    set_clock(clock)
