"""Processes of the product, forked from a parent that has imported all of it.

What each does is the same as when an interpreter starts it, without the seconds that the imports
take. From one thread only: each start looks after all that were started, and an end that two
threads look for is lost to one.
"""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import forkserver, get_context
from pathlib import Path
from typing import IO, Any

from tieout.stack import Stack

REPOSITORY = Path(__file__).parent.parent.parent
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.tieout.preloaded"])


def prepare() -> None:
    """Have the parent of the forks import everything, while other things start."""
    os.environ["PYTHONPATH"] = str(REPOSITORY)  # the parent imports by it
    forkserver.ensure_running()


class Forked:
    """A process from its start to its end: it runs `run(*given)`."""

    def __init__(self, run: Callable[..., None], *given: Any) -> None:
        prepare()
        self._process = FORKS.Process(target=run, args=given, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit code (negative: the signal's number), None while it lives."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return code

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """As a machine that loses power would."""
        self._process.kill()
        self._process.join()


class ForkedStack(Stack):
    """The product's supervisor, whose `python -m module …` are forked."""

    def _process(self, argv: Sequence[str], env: Mapping[str, str], out: IO[bytes]) -> Forked:
        return Forked(_run_module, list(argv), dict(env), Path(out.name))


def become(environment: Mapping[str, str], out: Path, err: Path | None = None) -> None:
    """Within a fork: a session of its own, with just this environment, which writes to these files."""
    for path, descriptor in ((out, 1), (err or out, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)


def _run_module(argv: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    become(environment, log)
    _python, _m, module, *words = argv
    sys.argv = [module, *words]
    sys.modules.pop(module, None)  # it is about to run under the name of `__main__`
    runpy.run_module(module, run_name="__main__", alter_sys=True)
