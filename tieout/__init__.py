"""Tieout: the month-end revenue close that ties out."""

from typing import Any


def run_scenario(scenario: object) -> dict[str, Any]:
    """The figures of a scenario: the data of its JSON document, or the path of its file.

    Raises ScenarioError, with every fault and its place, where it can't be used.
    """
    from pathlib import Path

    from scenario.run import run, run_file
    from scenario.schema import parse

    return run_file(scenario) if isinstance(scenario, str | Path) else run(parse(scenario))
