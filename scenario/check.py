"""What a scenario expects against what its closes say: every figure that differs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from scenario.amounts import FIGURES
from scenario.errors import Place, json_path
from scenario.measures import EXACT
from scenario.run import run
from scenario.schema import Scenario, parse, read_data

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what was expected. `path` is its JSON path in the file."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected}, found {self.found}"


def check(data: object) -> tuple[Difference, ...]:
    """Every difference of a scenario's data. Raises ScenarioError where it can't be used."""
    scenario = parse(data)
    return differences(scenario, run(scenario))


def check_file(path: Path | str) -> tuple[Difference, ...]:
    """Every difference of a file. Raises ScenarioError where it can't be used."""
    return check(read_data(path))


def differences(scenario: Scenario, output: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Where the output is not what the scenario expects. What it does not name is not compared."""
    return tuple(_compare(("expect",), scenario.expect, output))


def expected_figures(scenario: Scenario) -> int:
    """How many figures, journals and exceptions the scenario names."""
    return _leaves(scenario.expect)


def _leaves(data: object) -> int:
    if isinstance(data, Mapping):
        return sum(_leaves(value) for value in data.values())
    if isinstance(data, list):
        return sum(_leaves(value) for value in data) or 1
    return 1


def _compare(place: Place, expected: object, found: object) -> Iterator[Difference]:
    match expected:
        case Mapping() if isinstance(found, Mapping):
            for key, value in expected.items():
                if key in found:
                    yield from _compare((*place, key), value, found[key])
                else:
                    yield Difference(json_path((*place, key)), _told(value), NOTHING)
        case list() if isinstance(found, list):
            yield from _compare_lists(place, expected, found)
        case _ if not _same(place, expected, found):
            yield Difference(json_path(place), _told(expected), _told(found))


def _same(place: Place, expected: object, found: object) -> bool:
    if place[-1] in FIGURES and isinstance(expected, str) and isinstance(found, str):
        return Decimal(expected) == Decimal(found)
    return expected == found


def _compare_lists(
    place: Place, expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Journals by kind and date, exceptions by code and subject, a journal's lines by account.

    An empty list says that there is none.
    """
    if not expected and found:
        yield Difference(json_path(place), NOTHING, "; ".join(_named(each) for each in found))
    for index, wanted in enumerate(expected):
        where = (*place, index)
        if "account" in wanted:
            yield from _compare_account(where, wanted, found)
            continue
        names = ("kind", "date") if "kind" in wanted else ("code", "subject")
        same = [each for each in found if all(each[name] == wanted[name] for name in names)]
        if not same:
            others = "; ".join(_named(each) for each in found) or NOTHING
            yield Difference(json_path(where), _named(wanted), others)
        else:
            yield from _compare(where, wanted, same[0])


def _compare_account(
    place: Place, wanted: Mapping[str, Any], found: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """One account of a journal: the lines of its dimensions, or of all where none are named."""
    same = [
        line
        for line in found
        if line["account"] == wanted["account"]
        and ("dimensions" not in wanted or line.get("dimensions", {}) == wanted["dimensions"])
    ]
    if not same:
        yield Difference(json_path(place), _named(wanted), NOTHING)
        return
    for side in ("debit", "credit"):
        if side in wanted:
            total = Decimal(0)
            for line in same:
                total = EXACT.add(total, Decimal(line[side]))
            if total != Decimal(wanted[side]):
                yield Difference(json_path((*place, side)), wanted[side], f"{total:f}")


def _named(entry: Mapping[str, Any]) -> str:
    """A journal, an exception or a journal's line by what it is found by."""
    if "kind" in entry:
        return f"{entry['kind']} of {entry['date']}"
    if "code" in entry:
        return f"{entry['code']} of {entry['subject']}"
    dimensions = ", ".join(f"{k} {v}" for k, v in entry.get("dimensions", {}).items())
    return f"{entry['account']} ({dimensions})" if dimensions else str(entry["account"])


def _told(value: object) -> str:
    match value:
        case Mapping():
            return ", ".join(str(key) for key in value) or "an object"
        case list():
            return "; ".join(_named(each) for each in value) or NOTHING
        case _:
            return str(value)
