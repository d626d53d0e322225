"""What a figure was measured on, and how busy that was."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Cores, processor, Python, and the load of the last minute."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {names[0] if names else platform.machine()}, "
        f"Python {platform.python_version()}, load {load:.1f}"
    )


def cpu_s(pid: int) -> float:
    """The processor time of a process so far, user and system, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
