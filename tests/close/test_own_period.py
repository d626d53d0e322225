"""A calendar of weeks, and a document that comes after the approvals into its own period."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.close.system import Close, System, running_system, waits_for_controller
from tests.tieout.command import tieout
from tieout.client import ApiRefusedError
from tieout.demo import CONFIGURATION
from tieout.embedded.postgres import API

pytestmark = pytest.mark.timeout(240)
PERIOD = "2027-P01"
WEEKS = {"pattern": "4-4-5", "first_day": "2026-09-01", "years": [{"name": "2027", "weeks": 52}]}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The demo group, but for the German entity's calendar and its policy on late documents."""
    data = tmp_path_factory.mktemp("weeks")
    configuration: Any = json.loads(CONFIGURATION.read_text())
    (german,) = [each for each in configuration["entities"] if each["id"] == "de"]
    german["fiscal_calendar"] = WEEKS
    german["recognition"]["late_documents"] = "own_period_while_open"
    file = Path(data) / "weeks.json"
    file.write_text(json.dumps(configuration))
    with running_system(data) as running:
        applied = tieout("config", "apply", str(file), database_url=running.running.dsns[API])
        assert applied.returncode == 0, applied.stderr
        body = {"entity": "de", "period": PERIOD}
        running.people["preparer"].call("POST", "/closes", body)
        yield running


def test_everything_is_read_again_when_a_person_asks_while_exceptions_wait(system: System) -> None:
    def waits(close: Close) -> bool:
        return bool(close["awaiting"] == "resolution")

    close, path = system.reach("de", waits, PERIOD), f"/closes/de/{PERIOD}/recalculate"
    with pytest.raises(ApiRefusedError, match="roles"):
        system.people["auditor"].call("POST", path, {})
    system.people["preparer"].call("POST", path, {})
    again = system.reach("de", lambda c: c["round"] > close["round"] and waits(c), PERIOD)
    assert again["proposal_hash"] == close["proposal_hash"]
    assert len(system.events("de", "sync.finished")) == 2


def test_a_void_after_the_approvals_suspends_them_and_the_period_closes_by_its_own_name(
    system: System,
) -> None:
    syncs = len(system.events("de", "sync.finished"))
    approved = system.drive("de", waits_for_controller, PERIOD)
    sold = next(
        document
        for document in system.sandbox("GET", "/documents?entity=de")
        if document["kind"] == "invoice" and "2026-09-01" <= document["date"] <= "2026-09-28"
    )
    system.sandbox("POST", "/documents/void", {"entity": "de", "id": sold["id"]})
    system.decide("controller", approved, "approve")
    again = system.reach("de", lambda close: close["round"] > approved["round"], PERIOD)
    assert all(journal["state"] == "proposed" for journal in again["journals"])
    again = system.drive("de", lambda close: close["awaiting"] == "submission", PERIOD)
    assert again["proposal_hash"] != approved["proposal_hash"]
    assert not any(decision["counts"] for decision in again["decisions"])
    closed = system.drive("de", lambda close: close["step"] == "closed", PERIOD)
    assert {journal["date"] for journal in closed["journals"]} == {"2026-09-28"}
    assert all(row["unexplained"] == "0.00" for row in closed["tie_out"])
    assert len(system.events("de", "sync.finished")) == syncs + 2  # after each last approval
