"""What people do in the ledger by hand is found at verify and by the daily look, and named."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.client import Client

from tests.close.system import System, running_system, waits_for_controller, waits_for_sign_off
from tieout.demo import PERIOD
from tieout.schedules import LOOK_FOR_DRIFT
from tieout.settings import Settings

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("drift")) as running:
        for entity in ("uk", "us"):
            running.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})
        yield running


def drift(system: System, entity: str) -> list[dict[str, Any]]:
    path = f"/closes/{entity}/{PERIOD}/drift"
    found: list[dict[str, Any]] = system.people["auditor"].call("GET", path)
    return found


def look(system: System) -> None:
    """Have the daily look taken now."""

    async def trigger() -> None:
        address = system.running.worker_environment["TIEOUT_TEMPORAL_ADDRESS"]
        client = await Client.connect(address, namespace=Settings().temporal_namespace)
        await client.get_schedule_handle(LOOK_FOR_DRIFT.id).trigger()

    asyncio.run(trigger())


def test_a_journal_added_by_hand_before_the_last_approval_is_asked_about_before_anything_is_posted(
    system: System,
) -> None:
    close = system.drive("uk", waits_for_controller)
    assert drift(system, "uk") == []  # nothing of the demo's own books is taken for foreign
    added = system.sandbox("POST", "/journals/add", {
        "entity": "uk", "date": "2026-09-20", "narration": "Spreadsheet release",
        "lines": [{"account": "850", "amount": "250.00"}, {"account": "200", "amount": "-250.00"}],
    })  # fmt: skip
    system.decide("controller", close, "approve")
    asked = system.reach("uk", lambda c: c["awaiting"] == "resolution")
    assert {journal["state"] for journal in asked["journals"]} == {"proposed"}
    assert "foreign_journal" in {problem["code"] for problem in asked["exceptions"]}
    (found,) = drift(system, "uk")
    assert (found["kind"], found["date"]) == ("added", "2026-09-20")
    assert found["differences"] == ["in the ledger but not approved: account 850 debit 250.00 GBP"]
    assert added["id"] in found["link"]
    assert found["link"].startswith("https://go.xero.com/")

    system.sandbox("POST", "/journals/remove", {"entity": "uk", "id": added["id"]})
    system.act("preparer", "uk", "recalculate")
    system.drive("uk", waits_for_sign_off)
    assert drift(system, "uk") == []
    assert [len(system.events("uk", f"drift.{verb}")) for verb in ("found", "settled")] == [1, 1]


def test_the_daily_look_finds_what_was_changed_and_deleted_after_the_close(
    system: System,
) -> None:
    close = system.drive("us", lambda c: c["step"] == "closed")
    changed, deleted, *_rest = close["journals"]
    line = {"entity": "us", "id": changed["ledger_id"], "line": 0, "amount": "1.23"}
    system.sandbox("POST", "/journals/edit", line)
    system.sandbox("POST", "/journals/remove", {"entity": "us", "id": deleted["ledger_id"]})
    look(system)
    system.wait(lambda: len(drift(system, "us")) == 2)
    found = {each["reference"]: each for each in drift(system, "us")}
    assert found[changed["reference"]]["kind"] == "changed"
    assert any(
        each.startswith("in the ledger but not approved") and each.endswith(" 1.23 USD")
        for each in found[changed["reference"]]["differences"]
    )
    assert found[deleted["reference"]]["kind"] == "deleted"
    look(system)  # again: nothing new to tell
    system.wait(lambda: drift(system, "us"))
    assert len(system.events("us", "drift.found")) == 2
    assert system.people["auditor"].call("GET", "/audit/verification")["verified"]


def test_a_voided_journal_of_ours_is_named_and_nobody_elses_is_taken_for_ours(
    system: System,
) -> None:
    close = system.drive("uk", lambda c: c["step"] == "closed")
    voided = close["journals"][0]
    system.sandbox("POST", "/journals/remove", {"entity": "uk", "id": voided["ledger_id"]})
    look(system)
    system.wait(lambda: drift(system, "uk"))
    (found,) = drift(system, "uk")
    assert (found["kind"], found["reference"]) == ("voided", voided["reference"])
