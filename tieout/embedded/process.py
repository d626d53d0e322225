"""Which process is which: a pid alone says little, since pids are given out again.

A process is ours when its pid *and* its start time are what we wrote down, or when its command line names
a path that only we use. Nothing else is ever signalled. Linux is read from /proc, other systems from `ps`.
"""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

POLL_S = 0.02
PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"


@dataclass(frozen=True)
class ProcessMark:
    """A process that cannot be mistaken for another: its pid and the moment it began, as the system tells it."""

    pid: int
    began: str


def began(pid: int) -> str | None:
    """When the process `pid` began, as an opaque text, or None when no such process lives (a zombie does not)."""
    if not PROC.joinpath("self/stat").exists():
        return _ps(pid, "lstart")
    try:
        # The name in brackets may hold anything, brackets too: what follows the last one is fixed.
        fields = PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, start_ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{BOOT_ID.read_text().strip()}:{start_ticks}"


def command_line(pid: int) -> str:
    """The command line of the process `pid`, its words parted by blanks; empty when there is none."""
    if not PROC.joinpath("self/cmdline").exists():
        return _ps(pid, "args") or ""
    try:
        return (
            PROC.joinpath(str(pid), "cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
        )
    except (FileNotFoundError, ProcessLookupError):
        return ""


def mark(pid: int) -> ProcessMark | None:
    """The mark of the living process `pid`, or None."""
    start = began(pid)
    return ProcessMark(pid, start) if start else None


def remember(path: Path, pid: int) -> None:
    """Writes the mark of `pid` into `path`, whole or not at all; nothing when the process is gone already."""
    if found := mark(pid):
        part = path.with_suffix(".part")
        part.write_text(json.dumps({"pid": found.pid, "began": found.began}))
        part.replace(path)


def recall(path: Path) -> ProcessMark | None:
    """The process remembered in `path` if that very process still lives; None for any other case."""
    try:
        written = json.loads(path.read_text())
        known = ProcessMark(int(written["pid"]), str(written["began"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return known if began(known.pid) == known.began else None


def end(target: ProcessMark, sign: signal.Signals, patience_s: float) -> bool:
    """Sends `sign`, waits up to `patience_s`, then kills; True when the process went by itself.

    A no-op (True) for a process that is gone or whose pid belongs to somebody else by now.
    """
    if not _send(target, sign) or _gone_within(target, patience_s):
        return True
    _send(target, signal.SIGKILL)
    _gone_within(target, patience_s)
    return False


def _send(target: ProcessMark, sign: signal.Signals) -> bool:
    if began(target.pid) != target.began:
        return False
    try:
        os.kill(target.pid, sign)
    except ProcessLookupError:
        return False
    return True


def _gone_within(target: ProcessMark, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while began(target.pid) == target.began:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _ps(pid: int, field: str) -> str | None:
    asked = ["ps", "-o", f"stat=,{field}=", "-p", str(pid)]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, env={"LC_ALL": "C"})
    state, _, value = told.stdout.strip().partition(" ")
    return value.strip() if value and not state.startswith("Z") else None
