"""Python errors of the scenario floor.

ScenarioError     a scenario that can't be used: every fault, each with its place in the file
TextDueError      inside the floor: something else stands where text is due
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Place = tuple[str | int, ...]
"""Keys and positions from the top of the file down."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a scenario. `path` is a JSON path."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ScenarioError(Exception):
    """A scenario that can't be used. `faults` are all that were found, by place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class TextDueError(ValueError):
    """Something else stands where text is due; becomes a fault of the scenario."""


@dataclass(slots=True)
class Faults:
    """What was found wrong so far."""

    found: dict[tuple[Place, str], None] = field(default_factory=dict)

    def add(self, place: Iterable[str | int], message: str) -> None:
        """One more; the same one twice counts once."""
        self.found[tuple(place), message] = None

    def raise_any(self) -> None:
        """Raise ScenarioError where anything was found."""
        if self.found:
            ordered = sorted(self.found, key=lambda fault: _order(fault[0]))
            raise ScenarioError(Fault(json_path(place), message) for place, message in ordered)


def _order(place: Place) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in place)


def json_path(place: Iterable[str | int]) -> str:
    """`$.documents[3].lines[0].amount`; a key that is no plain word stands in brackets."""
    path = "$"
    for step in place:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            path += f".{step}"
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            path += f'["{escaped}"]'
    return path
