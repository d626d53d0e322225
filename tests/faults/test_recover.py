"""Temporal's database is lost while closes wait: they go on from Postgres, nothing is posted twice."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from controls.steps import Step
from tests.close.system import Close, waits_for_controller, waits_for_sign_off
from tests.faults.installation import Installation, installation
from tests.tieout.command import tieout
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
    token = site.system.people[person]._http.headers["Authorization"].removeprefix("Bearer ")
    url = site.system.running.url
    done = tieout("close", "recover", entity, PERIOD, url=url, token=token)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert done.stdout.startswith(f"{entity} {PERIOD} goes on in ")


def is_recovered(site: Installation, entity: str) -> bool:
    return len(site.system.events(entity, "close.recovered")) == 1


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
    for entity in ("de", "us", "uk"):
        system.drive(entity, lambda close: close["step"] == Step.CLOSED)
        site.assert_each_journal_is_in_the_ledger_once(entity)
    assert site.creates()["quickbooks"] == sent["quickbooks"] + len(system.close("us")["journals"])
    assert site.creates()["xero"] == sent["xero"] + len(system.close("uk")["journals"])
    site.assert_everything_holds()
    with pytest.raises(ApiRefusedError, match="is closed: there is nothing to recover"):
        system.people["operator"].call("POST", f"/closes/de/{PERIOD}/recovery", {})
