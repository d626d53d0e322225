"""Workers and a page whose clocks are two hours off, fast or slow: the record goes by Postgres' own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from activities.crash_points import CrashPoint
from tests.close.system import waits_for_controller, waits_for_sign_off
from tests.faults.installation import CREATES, LEDGERS, SEARCHES, Installation, installation
from tests.faults.servers import postgres_of
from tieout.administration import administrator
from tieout.client import ApiRefusedError
from tieout.embedded.postgres import API, SUPERUSER

pytestmark = pytest.mark.timeout(280)
SLOW, FAST = timedelta(hours=-2), timedelta(hours=2)
DOUBT_WINDOW_S = 6
"""Longer than it takes a worker to come up after another's death."""
GRANTS = {"xero": "/connect/token", "quickbooks": "/oauth2"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("clocks"), DOUBT_WINDOW_S) as running:
        running.start(*LEDGERS)
        yield running


@pytest.fixture(autouse=True)
def healed(site: Installation) -> Iterator[None]:
    yield
    site.system.sandbox("DELETE", "/faults")
    site.end_lives()
    site.assert_everything_holds()


def grants(site: Installation, target: str) -> int:
    """How many tokens the vendor has granted."""
    calls = site.system.sandbox("GET", f"/calls?target={target}")
    return sum(1 for call in calls if GRANTS[target] in call["path"])


@pytest.mark.parametrize("entity", ["us", "uk"], ids=["quickbooks", "xero"])
def test_what_a_slow_worker_left_in_doubt_a_fast_one_does_not_send_too_soon(
    site: Installation, entity: str
) -> None:
    """The first create is lost. By their clocks four hours pass between two looks at the ledger."""
    system, target = site.system, LEDGERS[entity]
    site.life()
    system.drive(entity, waits_for_controller)
    site.end_lives()
    method, path = CREATES[target]
    system.fault(target=target, kind="reset_before_commit", method=method, path=path)
    method, path = SEARCHES[target]
    system.fault(target=target, kind="expire_tokens", method=method, path=path)

    slow = site.life(f"{CrashPoint.ABSENT_COMMITTED}:1", clock=SLOW)
    before = grants(site, target)
    system.decide("controller", system.close(entity), "approve")
    site.until(lambda: slow.crashed)
    assert system.struck()
    assert grants(site, target) > before  # by its clock they were good for hours
    site.life(clock=FAST)
    close = system.reach(entity, waits_for_sign_off)
    site.assert_each_journal_is_in_the_ledger_once(entity)

    reference = close["journals"][0]["reference"]
    first, second = story(site, entity, reference, "journal.sending")
    (searched,) = story(site, entity, reference, "journal.searched")
    if target == "xero":  # its key window is not over
        assert second["after"]["key"] == first["after"]["key"]
    else:
        assert second["after"]["key"] != first["after"]["key"]
        waited = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(searched["at"])
        assert waited >= timedelta(seconds=DOUBT_WINDOW_S)


def story(site: Installation, entity: str, reference: str, verb: str) -> list[dict[str, Any]]:
    """A journal's events of a kind, oldest first."""
    found = site.system.events(entity, verb)
    return [event for event in reversed(found) if event["subject"] == f"journal/{reference}"]


@pytest.mark.parametrize(
    ("clock", "starts", "ends", "words"),
    [
        pytest.param(FAST, 1, 24, "starts on", id="fast"),
        pytest.param(SLOW, -24, -1, "ended on", id="slow"),
        pytest.param(SLOW, -1, 24, "", id="in-force"),
    ],
)
def test_a_delegation_begins_and_ends_by_postgres_clock(
    site: Installation, clock: timedelta, starts: int, ends: int, words: str
) -> None:
    """Hours from now; page and worker think it is two hours later, or earlier."""
    system = site.system
    if "dave" not in system.people:
        system.add_person("dave", "auditor")
        with administrator(system.running.dsns[API]) as work:
            day = work.now().date()
            work.delegations.grant("de", "controller", "dave", day, day, "Carl is away")
    site.life(clock=clock)
    site.page(clock)
    close = system.drive("de", waits_for_controller)
    with psycopg.connect(postgres_of(site).dsn(SUPERUSER)) as work:
        work.execute(
            "update delegation set starts_at = now() + %s, ends_at = now() + %s",
            [timedelta(hours=starts), timedelta(hours=ends)],
        )
    if not words:
        system.decide("dave", close, "approve")
        system.reach("de", waits_for_sign_off)
        return
    with pytest.raises(ApiRefusedError, match=words):
        system.decide("dave", close, "approve")
    assert system.events("de", "decision.refused")[0]["after"]["clause"] == "F9"
    assert system.close("de") == close
