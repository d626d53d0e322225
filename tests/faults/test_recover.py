"""Temporal's database is lost while closes wait: they go on from Postgres, nothing is posted twice."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from controls.steps import Step
from tests.close.system import Close, System, eventually, waits_for_controller, waits_for_sign_off
from tests.faults.installation import Installation, installation
from tieout.client import ApiRefusedError
from tieout.demo import PERIOD
from tieout.embedded.temporal import EmbeddedTemporal

pytestmark = pytest.mark.timeout(280)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("recover")) as running:
        yield running


def lose_temporal(site: Installation) -> None:
    """Its server dies, its database is gone, and an empty one starts in its place."""
    temporal = site.system.running.stack._temporal
    assert isinstance(temporal, EmbeddedTemporal)
    os.kill(temporal.pid or 0, signal.SIGKILL)
    site.until(lambda: temporal.exit_code is not None)
    for file in Path(temporal._database.parent).glob(f"{temporal._database.name}*"):
        file.unlink()
    temporal.start()


def recover(site: Installation, entity: str, person: str = "operator") -> None:
    said = site.system.terminal(person, "close", "recover", entity, PERIOD)
    assert said.startswith(f"{entity} {PERIOD} goes on in ")


def lost_and_recovered(site: Installation, closes: list[Close], times: int) -> None:
    """Temporal's database is lost while these closes wait; each stands again as it did."""
    site.end_lives()
    lose_temporal(site)
    site.life()
    for before in closes:
        recover(site, before["entity"])
        site.until(partial(is_recovered, site, before["entity"], times))
    for before in closes:
        now = partial(site.system._stands, before["entity"], PERIOD)
        eventually(partial(stands_as, site, before), stands=now)
    site.assert_everything_holds()


def is_recovered(site: Installation, entity: str, times: int = 1) -> bool:
    return len(site.system.events(entity, "close.recovered")) == times


def stands_as(site: Installation, before: Close) -> bool:
    """The close stands in its step as it did, and nobody has to decide anything again."""
    now = site.system.close(before["entity"])
    same = ("step", "awaiting", "round", "proposal_hash", "next_level")
    return all(now[key] == before[key] for key in same)


def test_closes_go_on_in_their_steps_with_the_decisions_that_count(site: Installation) -> None:
    system = site.system
    site.life()
    for entity in ("uk", "us", "de"):
        system.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})
    resolving = system.reach("uk", lambda close: close["awaiting"] == "resolution")
    reviewing = system.drive("us", waits_for_controller)
    signing = system.drive("de", waits_for_sign_off)
    site.end_lives()

    lose_temporal(site)
    site.assert_everything_holds()
    with pytest.raises(ApiRefusedError, match="never started, or has ended"):
        system.decide("controller", reviewing, "approve")
    with pytest.raises(ApiRefusedError, match="roles do not let you recover"):
        system.people["preparer"].call("POST", f"/closes/us/{PERIOD}/recovery", {})

    site.life()
    for entity in ("uk", "us", "de"):
        recover(site, entity)
        recover(site, entity, "controller")  # it runs by now, or soon: left alone
        site.until(partial(is_recovered, site, entity))
    for before in (resolving, reviewing, signing):
        site.until(partial(stands_as, site, before))
    sent = site.creates()
    site.assert_everything_holds()

    counted = [d for d in system.close("us")["decisions"] if d["counts"]]
    assert [(d["actor"], d["verdict"]) for d in counted] == [
        ("priya", "submit"),
        ("ruth", "approve"),
    ]
    assert_they_close_with_each_journal_once(site, sent)


def assert_they_close_with_each_journal_once(site: Installation, sent: dict[str, int]) -> None:
    system = site.system
    system.drive("de", lambda close: close["step"] == Step.CLOSED)
    wait_where_the_ledger_does_not_take_them(site)
    for entity in ("de", "us", "uk"):
        close = system.drive(entity, lambda close: close["step"] == Step.CLOSED)
        if close["number"] == 1:
            site.assert_each_journal_is_in_the_ledger_once(entity)
        else:
            assert close["journals"] == []  # opened again, and nothing had changed
    assert site.creates()["xero"] == sent["xero"] + len(system.close("uk")["journals"])
    site.assert_everything_holds()
    with pytest.raises(ApiRefusedError, match="is closed: there is nothing to recover"):
        system.people["operator"].call("POST", f"/closes/de/{PERIOD}/recovery", {})


def wait_where_the_ledger_does_not_take_them(site: Installation) -> None:
    """One close waits for a lock, one for an operator, one for somebody who decides on opening a
    period again; then one with a difference, and one that has not been submitted.
    """
    system = site.system
    system.sandbox("POST", "/lock-date", {"entity": "uk", "date": "2026-09-30"})
    locked = system.drive("uk", lambda close: close["awaiting"] == "locked")
    shut = {"entity": "us", "account": account_of(system, "us", "prepayment")}
    system.sandbox("POST", "/accounts", {**shut, "archived": True})
    failed = system.drive("us", waits_for_controller)
    system.decide("controller", failed, "approve")
    failed = system.reach("us", lambda close: close["awaiting"] == "retry")
    reason = {"reason": "a late credit"}
    system.people["preparer"].call("POST", f"/closes/de/{PERIOD}/reopenings", reason)
    asked = system.reach("de", lambda close: close["awaiting"] == "reopening")
    lost_and_recovered(site, [locked, failed, asked], 2)

    system.sandbox("POST", "/accounts", {**shut, "archived": False})
    by_hand = system.sandbox("POST", "/journals/add", {
        "entity": "us", "date": "2026-09-20", "narration": "By hand",
        "lines": [{"account": account_of(system, "us", "release"), "amount": "1.00"},
                  {"account": shut["account"], "amount": "-1.00"}],
    })  # fmt: skip
    differs = system.drive("us", lambda close: close["awaiting"] == "difference")
    system.decide("controller", system.close("de"), "approve")
    fresh = system.drive("de", lambda close: close["awaiting"] == "submission")
    lost_and_recovered(site, [differs, fresh, locked], 3)
    system.sandbox("POST", "/lock-date", {"entity": "uk", "date": "2026-08-31"})
    system.sandbox("POST", "/journals/remove", {"entity": "us", "id": by_hand["id"]})
    system.act("controller", "us", "tie-out")
    system.reach("us", lambda close: close["awaiting"] != "difference")


def account_of(system: System, entity: str, kind: str) -> str:
    """The first balance account that the close's journal of the kind moves."""
    close = system.close(entity)
    journal = next(each for each in close["journals"] if each["kind"] == kind)
    path = f"/closes/{entity}/{PERIOD}/journals/{journal['id']}"
    lines = system.people["auditor"].call("GET", path)["lines"]
    return str(next(line["account"] for line in lines if line["role"]))
