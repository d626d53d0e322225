"""People who act at the same instant, and a lock that moves between check and post."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from activities.crash_points import CrashPoint
from tests.close.system import Close, waits_for_controller, waits_for_sign_off
from tests.faults.installation import Installation, installation
from tests.long_way import times
from tieout.client import ApiRefusedError

pytestmark = pytest.mark.timeout(times(280, 3600))

REVIEWERS = ("ruth", "rita", "rolf", "rosa", "ravi")
ROUNDS = times(2, 40)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two closes wait for their first decision; no worker lives between tests."""
    with installation(tmp_path_factory.mktemp("processes")) as running:
        for entity in ("de", "us"):
            running.start(entity)
        yield running


@pytest.fixture(autouse=True)
def healed(site: Installation) -> Iterator[None]:
    yield
    site.system.sandbox("DELETE", "/faults")
    site.end_lives()
    site.assert_everything_holds()


def at_once(deeds: list[Callable[[], None]]) -> list[str]:
    """Everybody acts at the same instant; why each was refused, or an empty text."""

    def outcome(deed: Callable[[], None]) -> str:
        try:
            deed()
        except ApiRefusedError as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(outcome, deeds))


def decides(site: Installation, person: str, close: Close, verdict: str, **other: str) -> None:
    site.system.decide(person, close, verdict, **other)


def submitted(close: Close) -> bool:
    return bool(close["awaiting"] == "approval")


def test_of_all_who_approve_at_the_same_instant_one_counts(site: Installation) -> None:
    system = site.system
    for name in REVIEWERS[1:]:
        system.add_person(name, "reviewer")
    system.people["ruth"] = system.people["reviewer"]
    site.life()
    for _round in range(ROUNDS):
        close = system.drive("us", submitted)
        told = at_once(
            [
                lambda name=name, close=close: decides(site, name, close, "approve")  # type: ignore[misc]
                for name in REVIEWERS
            ]
        )
        assert told.count("") == 1, told
        counted = [d for d in system.close("us")["decisions"] if d["counts"]]
        assert [d["verdict"] for d in counted] == ["submit", "approve"]
        assert len([why for why in told if "controller" in why]) == len(REVIEWERS) - 1, told
        close = system.close("us")
        system.decide("controller", close, "reject", reason="once more")
        system.reach("us", lambda now, close=close: now["round"] > close["round"])  # type: ignore[misc]


def test_a_lock_that_moves_between_check_and_post_stops_the_journals(site: Installation) -> None:
    system = site.system
    life = site.life(f"{CrashPoint.POST_BEGUN}:1")
    system.drive("de", waits_for_controller)
    system.decide("controller", system.close("de"), "approve")
    site.until(lambda: life.crashed)
    system.sandbox("POST", "/lock-date", {"entity": "de", "date": "2026-09-30"})
    site.life()
    close = system.reach("de", lambda close: close["awaiting"] == "retry")
    assert {journal["state"] for journal in close["journals"]} == {"failed"}
    assert "lock" in close["detail"].lower()
    system.sandbox("POST", "/lock-date", {"entity": "de", "date": "2026-08-31"})
    system.drive("de", waits_for_sign_off)
    site.assert_each_journal_is_in_the_ledger_once("de")
