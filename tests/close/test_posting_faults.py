"""Posting under faults: each journal is in the ledger exactly once, whatever died on the way.

One installation, one entity for each way to fail; the tests do not touch each other's entity.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.close.system import (
    JOURNALS,
    System,
    running_system,
    start_closes,
    waits_for_controller,
    waits_for_sign_off,
)
from tieout.client import ApiRefusedError

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("posting")) as running:
        start_closes(running)
        yield running


@pytest.fixture(autouse=True)
def no_faults(system: System) -> Iterator[None]:
    yield
    system.sandbox("DELETE", "/faults")


def assert_each_journal_is_in_the_ledger_once(system: System, close: dict[str, Any]) -> None:
    assert len(close["journals"]) == JOURNALS[close["entity"]]
    for journal in close["journals"]:
        assert journal["state"] == "posted"
        held = system.in_ledger(close["entity"], journal["reference"])
        assert len(held) == 1, f"{journal['reference']} stands {len(held)} times in the ledger"
        assert held[0]["id"] == journal["ledger_id"]


def hows(system: System, entity: str) -> list[str]:
    """How the product learnt that each journal is posted."""
    return sorted(event["after"]["how"] for event in system.events(entity, "journal.posted"))


@pytest.mark.parametrize(
    ("entity", "target", "method", "path"),
    [
        pytest.param("uk", "xero", "PUT", "ManualJournals", id="xero"),
        pytest.param("us", "quickbooks", "POST", "journalentry", id="quickbooks"),
    ],
)
def test_a_worker_killed_after_the_ledger_committed_posts_nothing_twice(
    system: System, entity: str, target: str, method: str, path: str
) -> None:
    close = system.drive(entity, waits_for_controller)
    system.fault(
        target=target, kind="hold_after_commit", method=method, path=path, skip=2, seconds=120
    )
    system.decide("controller", close, "approve")
    system.wait(system.struck)
    system.kill_worker()
    system.sandbox("DELETE", "/faults")
    system.running.start_worker()
    close = system.reach(entity, waits_for_sign_off)
    assert_each_journal_is_in_the_ledger_once(system, close)
    assert hows(system, entity) == [*["answered_posted"] * (JOURNALS[entity] - 1), "found_equal"]
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])


def test_a_refused_journal_waits_for_an_operator_and_a_throttle_for_nobody(system: System) -> None:
    close = system.drive("de", waits_for_controller)
    prepayment = next(j for j in close["journals"] if j["kind"] == "prepayment_release")
    account = "433"
    system.sandbox("POST", "/accounts", {"entity": "de", "account": account, "archived": True})
    system.fault(target="xero", kind="throttle", method="PUT", path="ManualJournals", times=2)
    system.fault(
        target="xero", kind="reset_after_commit", method="PUT", path="ManualJournals", skip=2
    )
    system.decide("controller", close, "approve")
    close = system.reach("de", lambda c: c["awaiting"] == "retry")
    assert system.struck()
    failed = [journal for journal in close["journals"] if journal["state"] == "failed"]
    assert prepayment["id"] in {journal["id"] for journal in failed}
    assert all(account in journal["ledger_message"] for journal in failed)
    total = JOURNALS["de"]
    assert f"{total - len(failed)} of {total} journals are posted" in close["detail"]

    retry = f"journals/{prepayment['id']}/retry"
    for person, reason in (("preparer", "roles"), ("controller", "roles")):
        with pytest.raises(ApiRefusedError, match=reason):
            system.act(person, "de", retry)
    seen = len(system.events("de", "journal.failed"))
    system.act("operator", "de", retry)  # still archived: the ledger says no again
    system.wait(lambda: len(system.events("de", "journal.failed")) > seen)

    system.sandbox("POST", "/accounts", {"entity": "de", "account": account, "archived": False})
    close = system.drive("de", waits_for_sign_off)
    assert_each_journal_is_in_the_ledger_once(system, close)
    assert "found_equal" in hows(system, "de")
    assert {e["after"]["by"] for e in system.events("de", "journal.retry")} == {"omar"}
