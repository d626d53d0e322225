"""The command line as a process, with just the environment that a test gives it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent
PATIENCE_S = 60
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.tieout.preloaded"])


def environment(**given: str) -> dict[str, str]:
    """Ours without any TIEOUT_… of the machine's, plus what is given by its short name."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIEOUT_")}
    ours = {f"TIEOUT_{name.upper()}": value for name, value in given.items()}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), **ours}


def words(*given: str) -> list[str]:
    """The command with these words, for a process that starts from nothing."""
    return [sys.executable, "-m", "tieout.cli", *given]


def started(*given: str, out: Path, err: Path, **settings: str) -> BaseProcess:
    """Start it in a process of its own, forked from one that has imported it already: what it
    does is the same, without the seconds that each import takes. From one thread only: each start
    looks after all that were started, and an end that two threads look for is lost to one.
    """
    os.environ["PYTHONPATH"] = str(REPOSITORY)  # the parent of the forks imports by it
    process = FORKS.Process(target=_become, args=(given, environment(**settings), out, err))
    process.start()
    return process


def tieout(*given: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it, forked, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = started(*given, out=out, err=err, **settings)
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(given, PATIENCE_S)
        return subprocess.CompletedProcess(
            given, process.exitcode, out.read_text(), err.read_text()
        )


def _become(given: Sequence[str], env: dict[str, str], out: Path, err: Path) -> None:
    for path, descriptor in ((out, 1), (err, 2)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.setsid()
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["tieout", *given]
    from tieout.cli import main

    main()
