"""The command line as a process, with just the environment that a test gives it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.tieout.forks import REPOSITORY, Forked, become

PATIENCE_S = 60


def environment(**given: str) -> dict[str, str]:
    """Ours without any TIEOUT_… of the machine's, plus what is given by its short name."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIEOUT_")}
    ours = {f"TIEOUT_{name.upper()}": value for name, value in given.items()}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), **ours}


def words(*given: str) -> list[str]:
    """The command with these words, for a process that starts from nothing."""
    return [sys.executable, "-m", "tieout.cli", *given]


def started(*given: str, out: Path, err: Path, **settings: str) -> Forked:
    """Start it in a process of its own."""
    return Forked(_run, given, environment(**settings), out, err)


def tieout(*given: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it, forked, to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = started(*given, out=out, err=err, **settings)
        try:
            code = process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return subprocess.CompletedProcess(given, code, out.read_text(), err.read_text())


def _run(given: Sequence[str], env: Mapping[str, str], out: Path, err: Path) -> None:
    become(env, out, err)
    sys.argv = ["tieout", *given]
    from tieout.cli import main

    main()
