"""The group's close and the schedule: side by side, none held up by another, attached when it runs."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from controls.configuration import parse_configuration
from controls.group_messages import GroupStanding
from tests.close.system import System, eventually, running_system
from tests.tieout.command import tieout
from tieout.administration import administrator, read_configuration
from tieout.demo import CONFIGURATION, ENTITIES, PERIOD
from tieout.embedded.postgres import API
from tieout.schedules import NOTIFY, START_DUE_CLOSES
from tieout.settings import Settings
from workflows.group_close import GroupCloseWorkflow
from workflows.ids import close_id, group_close_id

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("group")) as running:
        yield running


def temporal(system: System, ask: Any) -> Any:
    async def asked() -> Any:
        address = system.running.worker_environment["TIEOUT_TEMPORAL_ADDRESS"]
        client = await Client.connect(address, namespace=Settings().temporal_namespace)
        return await ask(client)

    return asyncio.run(asked())


def group(system: System) -> dict[str, Any]:
    found: dict[str, Any] = system.people["auditor"].call("GET", f"/group-closes/{PERIOD}")
    return found


def standing(system: System) -> dict[str, dict[str, Any]]:
    return {member["entity"]: member for member in group(system)["members"]}


def run_id(system: System, workflow_id: str) -> str:
    async def ask(client: Client) -> str:
        return str((await client.get_workflow_handle(workflow_id).describe()).run_id)

    return str(temporal(system, ask))


def test_the_schedule_starts_the_closes_whose_working_day_has_come_and_only_once(
    system: System,
) -> None:
    """Here every day is a working day: 5 October 2026 is the fifth; de waits until the sixth."""
    data = read_configuration(CONFIGURATION).model_dump(mode="json")
    for entity, day in zip(data["entities"], (None, 5, 6), strict=True):
        entity["start_on_working_day"] = day
        entity["working_time"] = {"from_hour": 0, "to_hour": 24, "week": WEEK}
    with administrator(system.running.dsns[API]) as work:
        assert work.config.apply(parse_configuration(data))

    async def trigger(client: Client) -> None:
        await client.get_schedule_handle(START_DUE_CLOSES.id).trigger()

    temporal(system, trigger)
    system.wait(lambda: standing(system)["us"]["step"])
    first = run_id(system, close_id("us", PERIOD))
    temporal(system, trigger)
    system.reach("us", lambda close: close["awaiting"] == "submission")
    assert run_id(system, close_id("us", PERIOD)) == first
    assert system.close("us")["started_by"] == "schedule"
    assert [member["step"] for member in group(system)["members"]] == ["", "review", ""]


def test_a_groups_close_starts_every_entity_and_attaches_to_what_runs(system: System) -> None:
    preparer = system.people["preparer"]
    first = run_id(system, close_id("us", PERIOD))
    preparer.call("POST", "/group-closes", {"period": PERIOD})
    assert all(member["step"] for member in standing(system).values())
    assert group(system)["started_by"] == "priya"
    runs = [run_id(system, close_id(entity, PERIOD)) for entity in ENTITIES]
    assert runs[1] == first
    again = run_id(system, group_close_id("Northwind Analytics", PERIOD))
    preparer.call("POST", "/group-closes", {"period": PERIOD})
    assert run_id(system, group_close_id("Northwind Analytics", PERIOD)) == again
    assert [run_id(system, close_id(entity, PERIOD)) for entity in ENTITIES] == runs
    assert len(system.events("system", "group_close.started")) == 1


def test_one_that_waits_holds_up_no_other_and_the_group_says_whom_it_waits_for(
    system: System,
) -> None:
    system.drive("us", lambda close: close["step"] == "closed")
    system.reach("uk", lambda close: close["awaiting"] == "resolution")
    system.drive("de", lambda close: close["awaiting"] == "approval")
    found = standing(system)
    assert found["us"]["step"] == "closed"
    assert (found["uk"]["step"], found["uk"]["waits_for"]) == ("resolve", ["preparer"])
    assert "reviewer" in found["de"]["waits_for"]
    assert group(system)["closed_at"] == ""

    async def ask(client: Client) -> GroupStanding:
        handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(
            group_close_id("Northwind Analytics", PERIOD)
        )
        told: GroupStanding = await handle.query(GroupCloseWorkflow.standing)
        return told

    told = temporal(system, ask)
    assert [member.entity for member in told.members] == [*ENTITIES]
    assert not told.closed


def test_whoever_is_waited_for_hears_of_it_with_a_link_to_the_page(system: System) -> None:
    file = system.running.stack.data / "notifications.jsonl"

    async def trigger(client: Client) -> None:
        await client.get_schedule_handle(NOTIFY.id).trigger()

    def told() -> dict[str, Any] | None:
        temporal(system, trigger)
        lines = file.read_text().splitlines() if file.exists() else []
        return next((m for m in map(json.loads, lines) if m["role"] == "preparer"), None)

    message = eventually(told)
    assert f"{system.running.url}/closes/u" in message["body"]


def test_it_ends_when_all_are_closed_and_the_groups_figures_are_on_record(system: System) -> None:
    for entity in ENTITIES:
        system.drive(entity, lambda close: close["step"] == "closed")
    system.wait(lambda: group(system)["closed_at"])

    async def ask(client: Client) -> Any:
        workflow_id = group_close_id("Northwind Analytics", PERIOD)
        return await client.get_workflow_handle(workflow_id).result()

    assert {m["step"] for m in temporal(system, ask)["members"]} == {"closed"}
    (event,) = system.events("system", "group_close.closed")
    figures = system.people["auditor"].call("GET", f"/group/{PERIOD}")["figures"]
    assert event["after"]["currency"] == "GBP"
    assert event["after"]["figures"]["recognised"] == figures["recognised"]


def test_it_waits_again_for_a_member_that_is_opened_again(system: System) -> None:
    ask = {"reason": "a late credit"}
    system.people["preparer"].call("POST", f"/closes/us/{PERIOD}/reopenings", ask)
    close = system.reach("us", lambda now: now["awaiting"] == "reopening")
    assert group(system)["closed_at"], "it is only asked for"
    system.decide("controller", close, "approve")
    system.drive("us", lambda now: now["number"] > 1 and now["awaiting"] == "submission")
    assert group(system)["closed_at"] == ""
    assert standing(system)["us"]["waits_for"] == ["preparer"]
    (opened,) = system.events("system", "group_close.opened_again")
    assert opened["after"] == {"entity": "us", "period": PERIOD}
    system.drive("us", lambda now: now["number"] > 1 and now["step"] == "closed")
    system.wait(lambda: group(system)["closed_at"])
    assert len(system.events("system", "group_close.closed")) == 2


def test_a_period_that_can_not_be_closed_is_refused_before_anything_starts(system: System) -> None:
    environment = {"url": system.running.url, "token": token(system)}
    for period, words in (
        ("2026-10", "is not over yet"),
        ("2026-08", "nothing to close"),
        ("2031-13", "has a period"),
    ):
        done = tieout("close", "start", "--group", period, **environment)
        assert done.returncode == 1
        assert words in done.stderr
    assert tieout("close", "start", **environment).returncode == 1
    assert tieout("close", "status", "--group", PERIOD, **environment).returncode == 0


def token(system: System) -> str:
    answer = system.people["auditor"].call(
        "POST", "/login", {"name": "priya", "password": system.passwords["priya"]}
    )
    return str(answer["token"])
