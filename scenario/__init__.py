"""A whole book in one JSON file: parsed strictly, closed through the pure core, checked."""

from scenario.check import Difference, check, check_file
from scenario.errors import Fault, ScenarioError
from scenario.run import run, run_file
from scenario.schema import Scenario, ScenarioEntity, parse

__all__ = [
    "Difference",
    "Fault",
    "Scenario",
    "ScenarioEntity",
    "ScenarioError",
    "check",
    "check_file",
    "parse",
    "run",
    "run_file",
]
