"""Many entities closed at once by one worker: none fails, and each costs it no more than few do."""

import time

from benchmarks.figures import Figure
from benchmarks.installation import installation
from benchmarks.machine import cpu_s

FEW, MANY = 10, 100
FLAT = 1.15
"""A ratio up to this is flat: the noise between two runs of the same."""


def measure() -> list[Figure]:
    """Processor time of the worker's process from the start of the closes until all are closed."""
    few, few_s = closes(FEW)
    many, many_s = closes(MANY)
    return [
        Figure(
            f"Worker's CPU per close with {MANY} entities at once (all closed in {many_s:.0f} s)",
            f"{many * 1000:.0f} ms, {many / few:.2f} times as much as with {FEW}",
            f"no failure, at most {FLAT} times",
            many / few <= FLAT,
            f"{few * 1000:.0f} ms with {FEW} (all closed in {few_s:.0f} s)",
        )
    ]


def closes(number: int) -> tuple[float, float]:
    """Close so many entities at once: CPU seconds of the worker per close, and the time it took.

    Raises TimeoutError or ProcessDiedError where one does not close.
    """
    with installation(copies=number) as site:
        worker = site.running.stack.pid("worker")
        before, began = cpu_s(worker), time.monotonic()
        site.start(site.entities)
        site.drive(site.entities, lambda close: close["step"] == "closed")
        return (cpu_s(worker) - before) / number, time.monotonic() - began
