"""Where the ledger does not take a journal: drafts, another period, leaving out, calculating anew.

One installation, one story for each entity. The QuickBooks entity goes back from a locked ledger.
"""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.close.system import (
    Close,
    System,
    running_system,
    start_closes,
    waits_for_controller,
    waits_for_sign_off,
)
from tieout.client import ApiRefusedError

pytestmark = pytest.mark.timeout(280)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("stuck")) as running:
        start_closes(running)
        yield running


def archive(system: System, entity: str, account: str, *, archived: bool) -> None:
    body = {"entity": entity, "account": account, "archived": archived}
    system.sandbox("POST", "/accounts", body)


def send_back(
    system: System, close: Close, choice: str, who: str = "operator", **more: object
) -> None:
    path = f"/closes/{close['entity']}/{close['period']}/send-back"
    system.people[who].call("POST", path, {"choice": choice, "reason": "test", **more})


def stuck(system: System, entity: str) -> Close:
    """Approved, with the journals on the archived account refused."""
    close = system.drive(entity, waits_for_controller)
    account = max(line["account"] for line in lines_of(system, close, "prepayment_release"))
    archive(system, entity, account, archived=True)
    system.decide("controller", close, "approve")
    close = system.reach(entity, lambda now: now["awaiting"] == "retry")
    assert failed(close)
    return close | {"account": account}


def lines_of(system: System, close: Close, kind: str) -> list[dict[str, str]]:
    journal = next(j for j in close["journals"] if j["kind"] == kind)
    path = f"/closes/{close['entity']}/{close['period']}/journals/{journal['id']}"
    found: list[dict[str, str]] = system.people["auditor"].call("GET", path)["lines"]
    return found


def failed(close: Close) -> list[dict[str, str]]:
    return [journal for journal in close["journals"] if journal["state"] == "failed"]


def assert_once(system: System, close: Close) -> None:
    for journal in close["journals"]:
        if journal["state"] == "posted":
            held = system.in_ledger(close["entity"], journal["reference"])
            assert [each["id"] for each in held] == [journal["ledger_id"]], journal


def assert_ties_out(close: Close) -> None:
    assert close["tie_out"]
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])


def healthy(system: System) -> bool:
    found = system.people["auditor"].call("GET", "/health/invariants")
    wrong = [each["broken"] for each in found["invariants"] if not each["holds"]]
    assert not wrong, wrong
    return True


def test_a_journal_waits_as_a_draft_until_somebody_posts_it_in_the_ledger(system: System) -> None:
    close = stuck(system, "uk")
    first = failed(close)[0]
    archive(system, "uk", close["account"], archived=False)
    retry = f"journals/{first['id']}/retry"
    system.people["operator"].call("POST", f"/closes/uk/2026-09/{retry}", {"as_draft": True})
    close = system.reach(
        "uk",
        lambda now: (
            now["awaiting"] == "retry" and any(j["state"] == "draft" for j in now["journals"])
        ),
    )
    (held,) = system.in_ledger("uk", first["reference"])
    assert held["status"] == "draft"
    with pytest.raises(ApiRefusedError, match="as a draft"):
        send_back(system, close, "recalculate")
    system.act("operator", "uk", retry)  # still a draft: looked at, nothing sent
    system.sandbox("POST", "/journals/post", {"entity": "uk", "reference": first["reference"]})
    system.reach("uk", lambda now: now["awaiting"] == "retry")
    system.terminal("operator", "close", "retry", "uk", "2026-09")
    close = system.drive("uk", waits_for_sign_off)
    assert_once(system, close)
    assert_ties_out(close)
    (posted,) = (j for j in close["journals"] if j["id"] == first["id"])
    assert (posted["state"], posted["ledger_id"]) == ("posted", held["id"])


def test_what_is_left_out_is_approved_and_carried_into_the_next_period(system: System) -> None:
    close = stuck(system, "de")
    account = close["account"]
    with pytest.raises(ApiRefusedError, match="roles do not let you send a close back"):
        send_back(system, close, "skip", who="controller", journal_id=failed(close)[0]["id"])
    posted = close["journals"][0]
    with pytest.raises(ApiRefusedError, match="Only a journal that failed"):
        send_back(system, close, "skip", journal_id=posted["id"])
    with pytest.raises(ApiRefusedError, match="a reason goes with it"):
        send_back(system, close, "skip", journal_id=failed(close)[0]["id"], reason=" ")
    with pytest.raises(ApiRefusedError, match="is open on the journals' days"):
        send_back(system, close, "other_period")
    round_, wanted = close["round"], {j["id"]: j for j in failed(close)}
    left_out = next(iter(wanted.values()))
    send_back(system, close, "skip", who="preparer", journal_id=left_out["id"])
    close = system.reach(
        "de", lambda now: now["round"] > round_ and now["awaiting"] == "submission"
    )
    states = [journal["state"] for journal in close["journals"]]
    assert states.count("skipped") == 1
    (skipped,) = (j for j in close["journals"] if j["state"] == "skipped")
    assert (skipped["kind"], skipped["total"]) == (left_out["kind"], left_out["total"])
    assert any("left out" in c["name"] for c in close["suspended"][0]["changes"])
    archive(system, "de", account, archived=False)
    close = system.drive("de", waits_for_sign_off)
    assert_once(system, close)
    assert_ties_out(close)
    assert any(Decimal(row["unposted"]) for row in close["tie_out"])
    system.drive("de", lambda now: now["step"] == "closed")
    assert healthy(system)


def test_a_locked_period_is_posted_on_the_first_open_day_once_approved_anew(system: System) -> None:
    system.sandbox("POST", "/lock-date", {"entity": "us", "date": "2026-10-31"})
    close = system.drive("us", lambda now: now["awaiting"] == "locked")
    round_ = close["round"]
    with pytest.raises(ApiRefusedError, match="Only a journal that failed"):
        send_back(system, close, "skip", journal_id=close["journals"][0]["id"])
    words = ("close", "send-back", "us", "2026-09", "other_period", "--reason", "locked for audit")
    system.terminal("preparer", *words)
    close = system.reach(
        "us", lambda now: now["round"] > round_ and now["awaiting"] == "submission"
    )
    assert {journal["date"] for journal in close["journals"]} == {"2026-11-01"}
    with pytest.raises(ApiRefusedError, match="has no drafts"):
        system.people["operator"].call(
            "POST", f"/closes/us/2026-09/journals/{close['journals'][0]['id']}/retry",
            {"as_draft": True},
        )  # fmt: skip
    close = system.drive("us", waits_for_sign_off)
    assert_once(system, close)
    assert_ties_out(close)
    assert any(Decimal(row["unposted"]) for row in close["tie_out"])
    close = system.drive("us", lambda now: now["step"] == "closed")
    system.sandbox("POST", "/lock-date", {"entity": "us", "date": "2026-08-31"})
    assert healthy(system)
