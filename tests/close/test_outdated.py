"""A configuration or rates changed while people review: the close calculates anew, or posts nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.close.system import Close, System, running_system, waits_for_controller
from tests.tieout.command import tieout
from tieout.demo import CONFIGURATION, PERIOD
from tieout.embedded.postgres import API

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("outdated")) as running:
        for entity in ("uk", "us"):
            running.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})
        yield running


def command(system: System, *words: str, engine: bool = True) -> str:
    """What the command says; with or without a way to the workflow engine."""
    settings = {"database_url": system.running.dsns[API]}
    if engine:
        settings["temporal_address"] = system.running.worker_environment["TIEOUT_TEMPORAL_ADDRESS"]
    done = tieout(*words, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed(folder: Path, **changes: dict[str, Any]) -> str:
    """The demo's configuration with other settings by entity, as a file."""
    configuration: Any = json.loads(CONFIGURATION.read_text())
    for entity in configuration["entities"]:
        entity.update(changes.get(entity["id"], {}))
    file = folder / "changed.json"
    file.write_text(json.dumps(configuration))
    return str(file)


THREE = [{"role": "reviewer"}, {"role": "controller"}, {"role": "controller"}]
HOURS = {"working_time": {"from_hour": 8, "to_hour": 16}}


def of_round(close: Close, number: int) -> list[bool]:
    return [decision["counts"] for decision in close["decisions"] if decision["round"] == number]


def test_a_new_configuration_suspends_the_review_of_the_entity_that_it_changes_alone(
    system: System, tmp_path: Path
) -> None:
    before = {entity: system.drive(entity, waits_for_controller) for entity in ("uk", "us")}
    file = changed(tmp_path, us={"approval": THREE}, uk=HOURS)
    told = command(system, "config", "apply", file)
    assert "us 2026-09 calculates anew (approval); approvals given are suspended." in told
    assert "uk" not in told.splitlines()[1:]
    again = system.reach("us", lambda c: c["awaiting"] == "submission")
    assert again["round"] == before["us"]["round"] + 1
    assert of_round(again, before["us"]["round"]) == [False, False]
    assert len(again["levels"]) == 3
    (event,) = system.events("us", "close.outdated")
    assert (event["actor"]["kind"], event["after"]["changed"]) == ("terminal", ["approval"])
    assert any(change["what"] == "policy" for change in again["suspended"][-1]["changes"])
    assert len(system.events("us", "sync.finished")) == 2
    assert system.close("uk")["round"] == before["uk"]["round"]
    assert "calculates anew" not in command(system, "config", "apply", file)


def test_without_the_workflow_engine_it_says_so_and_nothing_is_posted_on_the_old_figures(
    system: System, tmp_path: Path
) -> None:
    before = system.drive("uk", waits_for_controller)
    methods = {"method": "monthly", "rules": [{"product": "PLAT", "method": "monthly"}]}
    file = changed(tmp_path, us={"approval": THREE}, uk={"recognition": methods})
    told = command(system, "config", "apply", file, engine=False)
    assert "uk 2026-09 was not told (recognition)." in told
    assert "TIEOUT_TEMPORAL_ADDRESS" in told
    system.decide("controller", before, "approve")
    again = system.reach("uk", lambda c: c["round"] > before["round"])
    assert {journal["state"] for journal in again["journals"]} == {"proposed"}
    again = system.drive("uk", lambda c: c["awaiting"] == "submission")
    assert again["proposal_hash"] != before["proposal_hash"]


def test_new_rates_of_the_period_suspend_the_review_too(system: System, tmp_path: Path) -> None:
    before = system.drive("us", waits_for_controller)
    file = tmp_path / "rates.csv"
    file.write_text("Date,USD,GBP,\n2026-09-30,1.2345,0.8765,\n")
    told = command(system, "rates", "load", str(file))
    assert "us 2026-09 calculates anew (rates)" in told
    again = system.reach("us", lambda c: c["awaiting"] == "submission")
    assert again["round"] == before["round"] + 1
