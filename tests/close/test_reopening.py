"""A closed period is corrected: its journal turned round in the next one, or opened again.

Each is decided on by others than asked for it, and only differences are posted.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.close.system import Close, System, running_system, waits_for_sign_off
from tieout.client import ApiRefusedError

pytestmark = pytest.mark.timeout(280)
SEPTEMBER, OCTOBER = "2026-09", "2026-10"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("reopen"), today="2026-11-05") as running:
        for entity in ("uk", "us"):
            for period in (SEPTEMBER, OCTOBER):
                start(running, entity, period)
        yield running


def start(system: System, entity: str, period: str) -> None:
    system.people["preparer"].call("POST", "/closes", {"entity": entity, "period": period})


def closed(close: Close) -> bool:
    return bool(close["step"] == "closed")


def ask(system: System, who: str, entity: str, period: str, reason: str = "a late credit") -> None:
    system.people[who].call("POST", f"/closes/{entity}/{period}/reopenings", {"reason": reason})


def turns_round(close: Close) -> bool:
    """Whether the proposal holds a reversal; what was asked for shows before it is calculated."""
    kinds = {each["kind"] for each in close["journals"]}
    return close["awaiting"] == "submission" and "reversal" in kinds


def assert_ties_out(close: Close) -> None:
    assert close["tie_out"]
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])


def assert_healthy(system: System) -> None:
    found = system.people["auditor"].call("GET", "/health/invariants")
    assert not [each["broken"] for each in found["invariants"] if not each["holds"]]


BOTH_LEDGERS = pytest.mark.parametrize("entity", ["uk", "us"], ids=["xero", "quickbooks"])


@BOTH_LEDGERS
def test_a_journal_of_a_closed_period_is_turned_round(system: System, entity: str) -> None:
    """By its own kind of journal in the next close, with its own approval."""
    before = system.drive(entity, closed, SEPTEMBER)
    was = next(each for each in before["journals"] if each["kind"] == "release")
    words = (entity, OCTOBER, was["reference"], "--reason", "released too early")
    plain = system.drive(entity, lambda now: now["awaiting"] == "submission", OCTOBER)
    system.terminal("preparer", "close", "reverse", *words)
    close = system.reach(entity, turns_round, OCTOBER)
    assert [each["actor"] for each in close["to_reverse"]] == ["priya"]
    assert close["closing"] == plain["closing"]
    (reversal,) = [each for each in close["journals"] if each["kind"] == "reversal"]
    assert (reversal["reverses"], reversal["total"]) == (was["reference"], was["total"])
    with pytest.raises(ApiRefusedError, match="roles do not let you resolve"):
        system.people["controller"].call(
            "POST",
            f"/closes/{entity}/{OCTOBER}/resolutions",
            {"code": "reversal", "subject": was["reference"], "remedy": "keep", "reason": "no"},
        )

    after = system.drive(entity, closed, OCTOBER)
    assert_ties_out(after)
    assert after["closing"] == plain["closing"]
    (posted,) = [each for each in after["journals"] if each["kind"] == "reversal"]
    now = next(j for j in system.close(entity)["journals"] if j["reference"] == was["reference"])
    assert (now["state"], now["reversed_by"]) == ("reversed", posted["reference"])
    (there,) = system.in_ledger(entity, posted["reference"])
    (still,) = system.in_ledger(entity, was["reference"])
    assert moves(there) == {account: -moved for account, moved in moves(still).items()}
    assert_healthy(system)


def moves(journal: dict[str, Any]) -> dict[str, Decimal]:
    """What a journal moves in the ledger, by account, a debit positive."""
    sums: dict[str, Decimal] = {}
    for each in journal["lines"]:
        moved = Decimal(each["debit"]) - Decimal(each["credit"])
        sums[each["account"]] = sums.get(each["account"], Decimal(0)) + moved
    return sums


@BOTH_LEDGERS
def test_a_period_is_opened_again_with_every_later_one(system: System, entity: str) -> None:
    first = system.drive(entity, closed, SEPTEMBER)
    later = system.drive(entity, closed, OCTOBER)
    document = next(
        each
        for each in system.sandbox("GET", f"/documents?entity={entity}&kind=invoice")
        if each["date"].startswith(SEPTEMBER)
    )
    system.sandbox("POST", "/documents/void", {"entity": entity, "id": document["id"]})

    with pytest.raises(ApiRefusedError, match="roles do not let you ask for a period"):
        ask(system, "operator", entity, SEPTEMBER)
    with pytest.raises(ApiRefusedError, match="a reason goes with it"):
        ask(system, "preparer", entity, SEPTEMBER, " ")
    ask(system, "preparer", entity, SEPTEMBER)
    close = system.reach(entity, lambda now: now["awaiting"] == "reopening", SEPTEMBER)
    assert (close["number"], close["takes_back"]) == (2, [OCTOBER, SEPTEMBER])
    with pytest.raises(ApiRefusedError, match="waits for a decision on opening it again"):
        ask(system, "controller", entity, OCTOBER)
    with pytest.raises(ApiRefusedError, match="Only a controller decides"):
        system.decide("reviewer", close, "approve")
    stale = close | {"proposal_hash": first["proposal_hash"]}
    with pytest.raises(ApiRefusedError, match="numbers have changed"):
        system.decide("controller", stale, "approve")
    system.decide("controller", close, "approve")

    waiting = system.reach(entity, lambda now: now["awaiting"] == "waits_for_predecessor", OCTOBER)
    assert waiting["number"] == 2
    again = system.drive(entity, waits_for_sign_off, SEPTEMBER)
    assert again["journals"], "the void invoice moves something"
    assert len(again["journals"]) < len(first["journals"])
    assert_ties_out(again)
    again = system.drive(entity, closed, SEPTEMBER)
    anew = system.drive(entity, closed, OCTOBER)
    assert_ties_out(anew)
    assert again["closing"] != first["closing"]
    assert anew["opening"] == again["closing"]

    path = f"/closes/{entity}/{SEPTEMBER}?number=1"
    before = system.people["auditor"].call("GET", path)
    assert (before["step"], before["seal"]) == ("superseded", first["seal"])
    assert before["closing"] == first["closing"]
    assert later["closing"] != anew["closing"] or later["journals"]
    assert_healthy(system)


def test_what_is_refused_leaves_the_period_closed(system: System) -> None:
    first = system.drive("uk", closed, OCTOBER)
    system.terminal("controller", "close", "reopen", "uk", OCTOBER, "--reason", "a second look")
    close = system.reach("uk", lambda now: now["awaiting"] == "reopening", OCTOBER)
    with pytest.raises(ApiRefusedError, match="You prepared this close"):
        system.decide("controller", close, "approve")
    system.add_person("cleo", "controller")
    with pytest.raises(ApiRefusedError, match="a rejection needs a reason"):
        system.decide("cleo", close, "reject", reason="")
    system.decide("cleo", close, "reject", reason="it is right as it is")
    now = system.reach("uk", closed, OCTOBER)
    assert (now["number"], now["seal"]) == (first["number"], first["seal"])
    assert_healthy(system)
