"""A figure with its target and its base figure, and how it is printed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured; `met` is whether the target is, `base` another figure of the same run."""

    name: str
    value: str
    target: str
    met: bool
    base: str

    def __str__(self) -> str:
        """One line for the reader."""
        verdict = "met" if self.met else "MISSED"
        return f"{self.name}: {self.value} (target {self.target}: {verdict}; base: {self.base})"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(-(-int(share * 100) * len(ordered) // 100), 1) - 1]


def spread(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and largest, in milliseconds."""
    p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, max {max(seconds) * 1000:.0f} ms"


def say(text: object) -> None:
    """A line at once, for who waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
