"""A small supervisor: the servers and processes of one data directory, started together and ended together.

One running instance per data directory (`DATA/lock`). Every process gets a session of its own, so that Ctrl-C
reaches only us, and we pass it on in order: page, worker, sandbox, Temporal, Postgres. What an earlier
supervisor left behind when it was killed is ended first; a process is known by pid *and* start time
(`DATA/run/<name>.json`), so nothing foreign is ever signalled. A dead process is reported and not restarted:
running the command again resumes.
"""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Protocol, Self

from tieout.embedded.lock import DirectoryLock
from tieout.embedded.ports import any_free, is_free
from tieout.embedded.postgres import EmbeddedPostgres
from tieout.embedded.process import end, recall, remember
from tieout.embedded.temporal import EmbeddedTemporal, unsaid

STOP_ORDER = (
    "api",
    "worker",
    "sandbox",
)  # then Temporal, then Postgres; any other name goes before these
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_TIMEOUT_S = 90
STOP_TIMEOUT_S = 15.0
POLL_S = 0.05
WATCH_S = 0.25
LOG_BYTES_MAX = 5_000_000
LOG_TAIL_CHARS = 600


class ProcessDiedError(RuntimeError):
    """A process of the stack ended by itself, or was not ready in time; the message names its log."""


@dataclass(frozen=True)
class Death:
    """A process that ended without being asked: its name, exit code (negative: the signal's number) and log."""

    name: str
    code: int
    log: Path

    def __str__(self) -> str:
        """One sentence for the person at the terminal."""
        how = (
            f"was killed by {signal.Signals(-self.code).name}"
            if self.code < 0
            else f"ended with code {self.code}"
        )
        return f"{self.name} {how}; its log is {self.log}. Run the command again to resume."


class Process(Protocol):
    """What the supervisor asks of a process that it started; `subprocess.Popen` answers it."""

    @property
    def pid(self) -> int:
        """Its number in the system."""

    def poll(self) -> int | None:
        """Its exit code (negative: the signal's number), None while it lives."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""

    def terminate(self) -> None:
        """SIGTERM."""

    def kill(self) -> None:
        """SIGKILL."""


@dataclass(frozen=True)
class _Child:
    process: Process
    log: Path


class Stack:
    """The running processes of the data directory `data`; use it in a `with`, which stops all at its end.

    `say` takes one sentence for the person at the terminal. Within the `with`, SIGINT, SIGTERM and SIGHUP raise
    KeyboardInterrupt in the main thread; while the stack stops they are ignored. Raises DataDirectoryInUseError
    on entering when another instance runs, EmbeddedError and ProcessDiedError from the starts.
    """

    def __init__(self, data: Path, say: Callable[[str], None] = unsaid) -> None:
        self.data = data.resolve()
        self._say = say
        self._lock = DirectoryLock(self.data / "lock", f"The data directory {self.data}")
        self._children: dict[str, _Child] = {}
        self._reported: set[str] = set()
        self._picked: set[int] = set()
        self._postgres: EmbeddedPostgres | None = None
        self._temporal: EmbeddedTemporal | None = None
        self._handlers: dict[signal.Signals, object] = {}
        self._undisturbed_depth = 0
        self._stop_asked = False

    def __enter__(self) -> Self:
        """Takes the lock, ends leftovers, takes the signals."""
        for folder in (self.data, self._run, self.data / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self._end_leftovers()
        except BaseException:
            self._lock.release()
            raise
        if threading.current_thread() is threading.main_thread():
            self._handlers = {sign: signal.signal(sign, self._on_signal) for sign in STOP_SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stops everything, gives signals and lock back."""
        for sign in self._handlers:
            signal.signal(sign, signal.SIG_IGN)
        try:
            self.stop_all()
        finally:
            for sign, handler in self._handlers.items():
                signal.signal(sign, handler)  # type: ignore[arg-type]  # what signal() itself returned
            self._lock.release()

    def start_postgres(self) -> dict[str, str]:
        """Starts the embedded Postgres; role -> DSN of its login roles."""
        with self._undisturbed():
            self._postgres = EmbeddedPostgres(self.data)
            return self._postgres.start()

    def start_temporal(self) -> str:
        """Starts the embedded Temporal; its address."""
        with self._undisturbed():
            self._temporal = EmbeddedTemporal(self.data, self._say)
            return self._temporal.start()

    def start(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        ready: Callable[[], bool],
        patience_s: float = READY_TIMEOUT_S,
    ) -> int:
        """`launch`, then `await_ready`: for what nothing else can start beside."""
        self.launch(name, argv, env)
        return self.await_ready(name, ready, patience_s)

    def launch(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Starts `argv` as `name` with `env` added to our environment, and does not wait for it.

        Its output goes to DATA/logs/<name>.log.
        """
        if name in self._children:
            raise ValueError(f"{name} is started already")
        log = self.data / "logs" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))
        with self._undisturbed(), log.open("ab") as out:
            process = self._process(argv, {**os.environ, **env}, out)
            self._children[name] = _Child(process, log)
            remember(self._mark_file(name), process.pid)

    def _process(self, argv: Sequence[str], env: Mapping[str, str], out: IO[bytes]) -> Process:
        """A program started in a session of its own, with just this environment."""
        return subprocess.Popen(
            list(argv),
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )

    def await_ready(
        self, name: str, ready: Callable[[], bool], patience_s: float = READY_TIMEOUT_S
    ) -> int:
        """Waits until `ready()` is true of what was launched as `name`; its pid.

        Raises ProcessDiedError with the end of its log when it ends first or is not ready within
        `patience_s`.
        """
        process, log = self._children[name].process, self._children[name].log
        deadline = time.monotonic() + patience_s
        while (code := process.poll()) is None:
            if ready():
                return process.pid
            if time.monotonic() > deadline:
                raise ProcessDiedError(
                    f"{name} was not ready within {patience_s:.0f} s; the end of {log} says: {_tail(log)}"
                )
            time.sleep(POLL_S)
        self._reported.add(name)
        raise ProcessDiedError(f"{Death(name, code, log)} The end of it says: {_tail(log)}")

    def pid(self, name: str) -> int:
        """The process that was launched as `name`."""
        return self._children[name].process.pid

    def pick_port(self, name: str, wanted: int | None = None) -> int:
        """A free port for `name`: `wanted`, else the one it took last time, else any; says so when `wanted` is in use.

        The choice is kept in DATA/ports.json.
        """
        kept_file = self.data / "ports.json"
        kept: dict[str, int] = json.loads(kept_file.read_text()) if kept_file.exists() else {}
        candidates = [port for port in (wanted, kept.get(name)) if port]
        port = next((p for p in candidates if p not in self._picked and is_free(p)), None)
        while port is None:
            port = next((p for p in [any_free()] if p not in self._picked), None)
        if wanted and port != wanted:
            self._say(
                f"Port {wanted}, wanted for {name}, is in use by another program; {name} takes port {port}."
            )
        self._picked.add(port)
        part = kept_file.with_suffix(".part")
        part.write_text(json.dumps({**kept, name: port}, indent=1))
        part.replace(kept_file)
        return port

    def deaths(self) -> tuple[Death, ...]:
        """What ended without being asked, in the order of starting."""
        found = [
            Death(name, code, child.log)
            for name, child in self._children.items()
            if (code := child.process.poll()) is not None
        ]
        for name, server in (("Postgres", self._postgres), ("Temporal", self._temporal)):
            if server is not None and server.exit_code is not None:
                found.append(Death(name, server.exit_code, server.log))
        return tuple(found)

    def check(self) -> None:
        """Raises ProcessDiedError when anything of the stack ended without being asked."""
        if dead := self.deaths():
            raise ProcessDiedError(" ".join(map(str, dead)))

    def wait(self) -> None:
        """Blocks until KeyboardInterrupt (Ctrl-C, SIGTERM); says every death once, goes on with what is left."""
        while True:
            for death in self.deaths():
                if death.name not in self._reported:
                    self._reported.add(death.name)
                    self._say(str(death))
            time.sleep(WATCH_S)

    def stop(self, name: str) -> None:
        """Stops one process: SIGTERM, and SIGKILL when it has not gone within STOP_TIMEOUT_S."""
        child = self._children.pop(name)
        if child.process.poll() is None:
            child.process.terminate()
            try:
                child.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._say(
                    f"{name} did not stop within {STOP_TIMEOUT_S:.0f} s and was killed; its log is {child.log}."
                )
                child.process.kill()
                child.process.wait()
        self._mark_file(name).unlink(missing_ok=True)

    def stop_all(self) -> None:
        """Stops what runs, in order. What fails to stop does not keep the rest from stopping."""
        failures: list[Exception] = []
        stops: list[Callable[[], None]] = [
            partial(self.stop, name) for name in sorted(self._children, key=_stop_rank)
        ]
        stops += [server.stop for server in (self._temporal, self._postgres) if server is not None]
        for stop in stops:
            try:
                stop()
            except Exception as failure:  # noqa: BLE001 - raised below, after the rest was stopped
                failures.append(failure)
        self._temporal = self._postgres = None
        if failures:
            raise failures[0]

    @property
    def _run(self) -> Path:
        return self.data / "run"

    def _mark_file(self, name: str) -> Path:
        return self._run / f"{name}.json"

    def _end_leftovers(self) -> None:
        """Ends what a killed supervisor left; Temporal and Postgres see to theirs when they start."""
        for mark_file in sorted(self._run.glob("*.json"), key=lambda file: _stop_rank(file.stem)):
            if leftover := recall(mark_file):
                self._say(
                    f"{mark_file.stem} (process {leftover.pid}) was left over from an earlier run; it is stopped."
                )
                end(leftover, signal.SIGTERM, STOP_TIMEOUT_S)
            mark_file.unlink()

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """A signal that arrives within is answered at the end: no process is started without being written down."""
        self._undisturbed_depth += 1
        try:
            yield
        finally:
            self._undisturbed_depth -= 1
        if self._stop_asked:
            self._stop_asked = False
            raise KeyboardInterrupt

    def _on_signal(self, _sign: int, _frame: FrameType | None) -> None:
        if self._undisturbed_depth:
            self._stop_asked = True
        else:
            raise KeyboardInterrupt


def _stop_rank(name: str) -> int:
    return STOP_ORDER.index(name) if name in STOP_ORDER else -1


def _tail(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-LOG_TAIL_CHARS:]
