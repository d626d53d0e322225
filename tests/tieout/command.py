"""The command line as a process, with just the environment that a test gives it."""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent.parent


def environment(**given: str) -> dict[str, str]:
    """Ours without any TIEOUT_… of the machine's, plus what is given by its short name."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TIEOUT_")}
    ours = {f"TIEOUT_{name.upper()}": value for name, value in given.items()}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), **ours}


def words(*given: str) -> list[str]:
    """The command with these words."""
    return [sys.executable, "-m", "tieout.cli", *given]


def tieout(*given: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        words(*given),
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
