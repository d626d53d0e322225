"""A running close whose ledger somebody wrote in by hand before it: asked, answered, tied out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.close.system import Close, System, running_system
from tests.tieout.command import tieout
from tieout.client import ApiRefusedError
from tieout.demo import PERIOD

pytestmark = pytest.mark.timeout(300)

ACCOUNTS = {"uk": ("850", "200", "090"), "us": ("92", "79", "35")}
"""Deferred revenue, subscription revenue and the bank: Xero's codes, QuickBooks' ids."""
LEDGERS = {"uk": "https://go.xero.com/", "us": "https://app.qbo.intuit.com/"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Before each close 250.00 and 10.00 were released by hand, a deposit of 99.99 was deferred."""
    with running_system(tmp_path_factory.mktemp("by-hand")) as running:
        for entity, (deferred, revenue, bank) in ACCOUNTS.items():
            write(running, entity, "Release", {deferred: "250.00", revenue: "-250.00"})
            write(running, entity, "Twice", {deferred: "10.00", revenue: "-10.00"})
            write(running, entity, "Deposit", {bank: "99.99", deferred: "-99.99"})
            running.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})
        yield running


def write(system: System, entity: str, words: str, lines: dict[str, str]) -> str:
    """A journal by hand; its id in the ledger."""
    added: dict[str, str] = system.sandbox("POST", "/journals/add", {
        "entity": entity, "date": "2026-09-20", "narration": words,
        "lines": [{"account": account, "amount": amount} for account, amount in lines.items()],
    })  # fmt: skip
    return added["id"]


def asked(close: Close) -> dict[str, dict[str, Any]]:
    """What is asked about journals by hand, by the amount on deferred revenue."""
    deferred = ACCOUNTS[close["entity"]][0]
    return {
        line["difference"]: problem
        for problem in close["exceptions"]
        for line in problem["lines"]
        if line["account"] == deferred
    }


def answer(system: System, problem: dict[str, Any], remedy: str, entity: str) -> None:
    words = {each: problem[each] for each in ("code", "subject")}
    body = {**words, "remedy": remedy, "reason": "as the bank statement says"}
    system.people["preparer"].call("POST", f"/closes/{entity}/{PERIOD}/resolutions", body)


def still_waits(close: Close, number: int) -> bool:
    return bool(close["awaiting"] == "resolution" and len(asked(close)) == number)


@pytest.mark.parametrize("entity", list(ACCOUNTS))
def test_what_was_booked_by_hand_is_asked_about_line_by_line_and_the_close_ties_out(
    system: System, entity: str
) -> None:
    close = system.reach(entity, lambda c: still_waits(c, 3))
    release, deposit = asked(close)["250.00"], asked(close)["-99.99"]
    assert release["remedies"] == ["booked", "explained"]
    assert release["link"].startswith(LEDGERS[entity])
    assert [(line["expected"], line["held"]) for line in release["lines"]] == [
        ("0.00", "-250.00"),
        ("0.00", "250.00"),
    ]
    page = the_page(system, entity)
    assert f'<a href="{release["link"].replace("&", "&amp;")}"' in page
    assert "Line by line in" in page

    with pytest.raises(ApiRefusedError, match="did something else"):
        answer(system, deposit, "booked", entity)
    before = posted(close)
    answer(system, release, "booked", entity)
    again = system.reach(entity, lambda c: c["round"] > close["round"] and still_waits(c, 2))
    assert posted(again)["release"] == before["release"] - Decimal("250.00")
    taken_out_again(system, again)
    again = system.reach(entity, lambda c: still_waits(c, 1) and "-99.99" in asked(c))
    assert posted(again)["release"] == before["release"] - Decimal("250.00")
    answer(system, deposit, "explained", entity)
    # An exception was answered by hand: an approval now needs its reason (F6).
    close = system.drive(entity, lambda c: c["awaiting"] == "submission")
    system.decide("preparer", close, "submit")
    close = system.reach(entity, lambda c: c["next_level"] == "reviewer")
    with pytest.raises(ApiRefusedError, match="answered"):
        system.decide("reviewer", close, "approve", reason="")
    closed = system.drive(entity, lambda c: c["step"] == "closed")
    answered = {each["reference"]: each for each in closed["by_hand"]}
    assert {each["actor"] for each in answered.values()} == {"priya"}
    assert [each["answer"] for each in closed["by_hand"]].count("booked") == 2
    deferred, revenue, _bank = ACCOUNTS[entity]
    assert answered["Release"]["moved"] == {deferred: "250.00", revenue: "-250.00"}
    assert "as the bank statement says" in the_page(system, entity)
    tied = {row["role"]: (row["reconciling"], row["unexplained"]) for row in closed["tie_out"]}
    assert tied.pop("deferred_revenue") == ("-99.99", "0.00")
    assert set(tied.values()) == {("0.00", "0.00")}


def taken_out_again(system: System, close: Close) -> None:
    """One counts, and is gone from the ledger before the approvals: it is asked about once more."""
    entity, twice = close["entity"], asked(close)["10.00"]
    answer(system, twice, "booked", entity)
    system.reach(entity, lambda c: still_waits(c, 1))
    ledger_id = twice["link"].rsplit("=", 1)[1]
    system.sandbox("POST", "/journals/remove", {"entity": entity, "id": ledger_id})
    system.act("preparer", entity, "recalculate")
    gone = asked(system.reach(entity, lambda c: still_waits(c, 2)))["-10.00"]
    assert (gone["code"], gone["remedies"]) == ("journal_changed", ["follow"])
    answer(system, gone, "follow", entity)


def the_page(system: System, entity: str) -> str:
    """The close's page as the preparer sees it."""
    given = {"name": "priya", "password": system.passwords["priya"]}
    with httpx.Client(base_url=system.running.url, timeout=30) as browser:
        token = browser.post("/api/v1/login", json=given).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        shown = browser.get(f"/closes/{entity}/{PERIOD}", headers=headers)
    assert shown.status_code == 200, shown.text
    return shown.text


def posted(close: Close) -> dict[str, Decimal]:
    return {journal["kind"]: Decimal(journal["total"]) for journal in close["journals"]}


def test_the_invariants_hold_with_the_ledgers_compared(system: System) -> None:
    for entity in ACCOUNTS:
        system.drive(entity, lambda c: c["step"] == "closed")
    settings = {
        name.removeprefix("TIEOUT_").lower(): value
        for name, value in system.running.worker_environment.items()
        if name.startswith("TIEOUT_")
    }
    checked = tieout("check", **settings)
    assert checked.returncode == 0, checked.stdout + checked.stderr
