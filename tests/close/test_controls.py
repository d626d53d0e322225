"""The controls on the running product: who may decide on what, locks, re-runs, the trail."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from temporalio.client import Client

from accounting.engine import calculate
from accounting.periods import Period
from controls.approval import Decision
from controls.audit import Actor
from controls.authenticity import Signer
from store import Store
from tests.close.system import (
    Close,
    System,
    running_system,
    start_closes,
    waits_for_controller,
    waits_for_sign_off,
)
from tests.sandbox.planted import FIRST, LAST, planted
from tests.tieout.command import tieout
from tieout.administration import SIGNING_KEY
from tieout.client import ApiRefusedError
from tieout.demo import ENTITIES, PERIOD
from tieout.embedded.postgres import OWNER, SUPERUSER, EmbeddedPostgres
from tieout.settings import Settings
from workflows.entity_close import EntityCloseWorkflow
from workflows.ids import close_id

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("controls")) as running:
        start_closes(running)
        running.add_person("mona", "preparer", "reviewer", "controller")
        yield running


def refused(system: System, person: str, close: Close, verdict: str, **other: Any) -> str:
    """Why the decision does not count; the refusal is on record under the same name."""
    before = len(system.events(close["entity"], "decision.refused"))
    with pytest.raises(ApiRefusedError) as caught:
        system.decide(person, close, verdict, **other)
    events = system.events(close["entity"], "decision.refused")
    assert len(events) == before + 1
    assert events[0]["reason"] == str(caught.value)
    return str(events[0]["after"]["reason"])


def submitted(close: Close) -> bool:
    return bool(close["awaiting"] == "approval")


def test_nothing_but_the_planted_oddities_waits_for_a_person(system: System) -> None:
    found = {}
    for entity in ENTITIES:
        close = system.reach(entity, lambda c: c["awaiting"] in ("resolution", "submission"))
        found[entity] = [(e["code"], e["amount"], e["blocks"]) for e in close["exceptions"]]
    assert found == {
        "uk": [("no_service_period", None, True)],
        "us": [],
        "de": [("adoption_difference", "-12.34", True)],
    }


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_back_test_finds_what_the_spreadsheet_got_wrong_and_nothing_else(
    entity: str, system: System
) -> None:
    """Of the very ledgers that the close reads; an auditor may see it, and nothing is stored."""
    asked = ("backtest", entity, "--from", FIRST, "--to", LAST, "--json")
    found = json.loads(system.terminal("auditor", *asked))
    told = [
        (each["cause"], each["customer"], each["period"], each["stage"], minor(each["amount"]))
        for each in found["differences"]
    ]
    assert sorted(told) == planted(entity, crowded=False)
    left = "differed by 12.34 EUR on account 850" if entity == "de" else "All were made good"
    assert left in found["summary"]


def minor(amount: str) -> int:
    return int(amount.replace(".", ""))


def test_only_the_right_person_decides_and_only_on_the_numbers_seen(system: System) -> None:
    close = system.drive("uk", lambda c: c["awaiting"] == "submission")
    assert refused(system, "reviewer", close, "submit") == "wrong_role"
    assert refused(system, "reviewer", close, "approve") == "not_submitted"
    system.decide("mona", close, "submit")
    close = system.reach("uk", submitted)
    assert refused(system, "mona", close, "approve") == "own_proposal"
    assert refused(system, "auditor", close, "approve") == "wrong_role"
    assert refused(system, "controller", close, "approve") == "wrong_role"  # the reviewer's turn
    assert refused(system, "reviewer", close, "approve", proposal_hash="0" * 64) == "stale"
    assert refused(system, "reviewer", close, "reject", reason=" ") == "reason_missing"
    assert refused(system, "reviewer", close, "approve", step="sign_off") == "wrong_step"
    assert [d["verdict"] for d in system.close("uk")["decisions"]] == ["submit"]


def test_a_rejection_suspends_what_was_approved_and_a_second_sync_stores_nothing(
    system: System,
) -> None:
    seen = system.drive("uk", waits_for_controller)
    assert system.events("uk", "sync.finished")[0]["after"]["stored"] > 0
    system.decide("controller", seen, "reject", reason="Whose invoice is this?")
    close = system.reach("uk", lambda c: c["round"] > seen["round"] and c["awaiting"] != "")
    close = system.drive("uk", lambda c: c["awaiting"] == "submission")
    sync = system.events("uk", "sync.finished")[0]["after"]
    assert sync["stored"] == 0
    assert sync["seen"] > 0
    assert not any(d["counts"] for d in close["decisions"])
    assert {d["verdict"] for d in close["decisions"]} == {"submit", "approve", "reject"}
    # Nothing changed, so the proposal is the same to the bit; approvals are given anew.
    assert close["proposal_hash"] == seen["proposal_hash"]
    assert refused(system, "controller", close, "approve") == "not_submitted"


def test_a_locked_period_waits_and_posts_once_the_ledger_is_open(system: System) -> None:
    close = system.drive("us", waits_for_controller)
    last, *kinds = sorted({journal["kind"] for journal in close["journals"]})
    system.decide("controller", close, "approve", kinds=kinds)
    close = system.reach("us", lambda c: c["levels"][1]["given_by"] != [])
    assert waits_for_controller(close)  # what was left out stays open
    assert close["levels"][1]["open_kinds"] == [last]
    assert refused(system, "controller", close, "approve") == "already_decided"
    system.sandbox("POST", "/lock-date", {"entity": "us", "date": "2026-09-30"})
    system.decide("controller", close, "approve", kinds=[last])
    close = system.reach("us", lambda c: c["awaiting"] == "locked")
    assert "the ledger is locked up to 2026-09-30" in close["detail"]
    assert all(journal["state"] == "proposed" for journal in close["journals"])
    readings = len(system.events("us", "lock.read"))
    with pytest.raises(ApiRefusedError, match="roles"):
        system.act("auditor", "us", "lock-check")
    system.act("operator", "us", "lock-check")  # still locked
    system.wait(lambda: len(system.events("us", "lock.read")) > readings)
    assert system.reach("us", lambda c: c["awaiting"] == "locked")
    system.sandbox("POST", "/lock-date", {"entity": "us", "date": "2026-08-31"})
    system.act("operator", "us", "lock-check")
    close = system.reach("us", waits_for_sign_off)
    assert {journal["state"] for journal in close["journals"]} == {"posted"}
    newest, *earlier = close["locks"]
    assert (newest["year_end"], newest["ours"]) == ("2026-08-31", "2026-08-31")
    assert newest["moved_back"].startswith("The ledger was locked up to 2026-09-30")
    assert {lock["year_end"] for lock in earlier} == {"2026-09-30"}
    assert not any(lock["moved_back"] for lock in earlier)
    given = [(d["actor"], d["clause"], len(d["seen"])) for d in close["decisions"] if d["counts"]]
    assert given == [
        ("priya", "F8", 64),
        ("ruth", "A1", 64),
        ("carl", "A2", 64),
        ("carl", "A2", 64),
    ]


def test_a_signalled_decision_is_judged_alike_and_its_refusal_is_on_record(system: System) -> None:
    close = system.drive("de", submitted)
    signer = Signer((system.running.stack.data / "secrets" / SIGNING_KEY).read_bytes())

    def decision(actor: str, role: str, nonce: str, **other: str) -> Decision:
        made = Decision(
            **{
                "entity": "de",
                "period": PERIOD,
                "step": close["step"],
                "verdict": "approve",
                "actor": actor,
                "roles": (role,),
                "reason": "The adoption difference is explained",
                "proposal_hash": close["proposal_hash"],
                "nonce": nonce,
                **other,
            }
        )
        return replace(made, tag=signer.tag(made))

    async def signal(*decisions: Decision) -> None:
        address = system.running.worker_environment["TIEOUT_TEMPORAL_ADDRESS"]
        client = await Client.connect(address, namespace=Settings().temporal_namespace)
        handle = client.get_workflow_handle(close_id("de", PERIOD))
        for each in decisions:
            await handle.signal(EntityCloseWorkflow.submit_decision, each)

    honest = decision("ruth", "reviewer", "signal-honest")
    asyncio.run(
        signal(
            replace(honest, nonce="signal-forged"),  # the tag is another decision's
            decision("ruth", "auditor", "signal-role"),
            decision("ruth", "reviewer", "signal-stale", proposal_hash="1" * 64),
            decision("ruth", "reviewer", "signal-silent", reason=""),  # de has an override
            honest,
            replace(honest),
        )
    )
    system.reach("de", waits_for_controller)
    system.wait(lambda: len(system.events("de", "decision.refused")) == 5)
    on_record = {e["after"]["nonce"]: e for e in system.events("de", "decision.refused")}
    assert on_record["signal-forged"]["after"]["reason"] == "bad_tag"
    assert on_record["signal-role"]["after"]["reason"] == "wrong_role"
    assert on_record["signal-stale"]["after"]["reason"] == "stale"
    assert on_record["signal-silent"]["after"]["reason"] == "reason_missing"
    assert on_record["signal-silent"]["after"]["clause"] == "F6"
    assert on_record["signal-stale"]["actor"] == {"kind": "user", "name": "ruth"}
    assert [d["actor"] for d in system.close("de")["decisions"] if d["verdict"] == "approve"] == [
        "ruth"
    ]


def test_an_approval_that_loses_its_seal_posts_nothing_and_is_asked_for_anew(
    system: System,
) -> None:
    seen = system.drive("de", waits_for_controller)
    system.sandbox("POST", "/lock-date", {"entity": "de", "date": "2026-09-30"})
    system.decide("controller", seen, "approve")
    system.reach("de", lambda c: c["awaiting"] == "locked")
    with psycopg.connect(EmbeddedPostgres(system.running.stack.data).dsn(SUPERUSER)) as work:
        work.execute(
            "update decision set tag = repeat('0', 128) where actor = 'carl' and close_id = "
            "(select id from close where entity_id = 'de')"
        )
    system.sandbox("POST", "/lock-date", {"entity": "de", "date": "2026-08-31"})
    system.act("operator", "de", "lock-check")
    close = system.reach("de", lambda c: c["round"] > seen["round"] and c["awaiting"] != "nothing")
    assert close["awaiting"] == "submission"
    assert {journal["state"] for journal in close["journals"]} == {"proposed"}
    assert not any(decision["counts"] for decision in close["decisions"])
    stalled = system.events("de", "close.stalled")[0]["reason"]
    assert stalled.startswith("Not posted.")
    assert "does not carry the seal of our own server" in stalled
    close = system.drive("de", waits_for_sign_off)
    assert {journal["state"] for journal in close["journals"]} == {"posted"}


def test_a_rerun_proposes_nothing_before_and_after_sign_off(system: System) -> None:
    def proposed() -> list[str]:
        store = Store(system.running.dsns[OWNER])
        with store.unit_of_work(Actor("service", "test")) as work:
            close = work.closes.of("us", PERIOD)
            config = work.config.current()
            policy = config.entity("us").policy(config.sha256)
            again = calculate(work.books.book(close, policy), policy, Period.month(PERIOD))
        store.close()
        return [journal.text for journal in again.journals]

    close = system.drive("us", waits_for_sign_off)
    assert proposed() == []
    assert refused(system, "mona", close, "approve", proposal_hash="2" * 64) == "stale"
    system.decide("controller", close, "approve")
    close = system.reach("us", lambda c: c["step"] == "closed")
    assert len(close["seal"]) == 64
    assert proposed() == []
    assert (close["reperformed"]["step"], close["reperformed"]["agrees"]) == ("sign_off", True)
    assert "all agree" in system.terminal("auditor", "close", "reperform", "us", PERIOD)
    system.people["preparer"].call("POST", "/closes", {"entity": "us", "period": PERIOD})
    assert system.close("us")["seal"] == close["seal"]
    with pytest.raises(ApiRefusedError, match="not over yet"):
        system.people["preparer"].call("POST", "/closes", {"entity": "us", "period": "2026-10"})


def test_every_refusal_is_on_record_with_the_clause_that_it_cites(system: System) -> None:
    system.drive("de", waits_for_sign_off)
    about = {"code": "no_service_period", "subject": "x", "remedy": "exclude", "reason": "test"}
    path = f"/closes/de/{PERIOD}"
    asked = [
        ("reviewer", f"{path}/resolutions", about, "resolution", "F10"),
        ("preparer", f"{path}/resolutions", about, "resolution", "F2"),
        ("preparer", f"{path}/recalculate", {}, "recalculate", "F2"),
        ("auditor", f"{path}/lock-check", {}, "recheck_lock", "F10"),
        ("operator", f"{path}/tie-out", {}, "recheck_difference", "F2"),
        ("preparer", f"{path}/journals/1/retry", {}, "retry", "F10"),
        ("auditor", "/closes", {"entity": "de", "period": PERIOD}, "start", "F10"),
        ("preparer", f"{path}/recovery", {}, "recover", "F10"),
    ]
    for role, where, body, what, clause in asked:
        with pytest.raises(ApiRefusedError):
            system.people[role].call("POST", where, body)
        newest, *_ = system.events("de", f"{what}.refused")
        assert newest["after"]["clause"] == clause, (role, where)
    everything = system.people["auditor"].call("GET", "/audit/de?limit=500")
    refusals = [event for event in everything if event["verb"].endswith(".refused")]
    assert len(refusals) > len(asked)
    assert all(event["after"]["clause"] for event in refusals)


def test_a_frozen_figure_that_somebody_changes_is_named_by_the_command(system: System) -> None:
    def change(by: int) -> None:
        with psycopg.connect(EmbeddedPostgres(system.running.stack.data).dsn(SUPERUSER)) as work:
            work.execute("set session_replication_role = replica")
            changed = work.execute(
                "update position set own_minor = own_minor + %s where (proposal_id, line) in "
                "(select proposal_id, min(line) from position where proposal_id = "
                "(select proposal_id from close where entity_id = 'us') group by 1)",
                (by,),
            )
            assert changed.rowcount == 1

    system.drive("us", lambda c: c["step"] == "closed")
    token = system.people["auditor"]._http.headers["Authorization"].removeprefix("Bearer ")
    asked = ("close", "reperform", "us", PERIOD)
    change(1)
    found = tieout(*asked, url=system.running.url, token=token)
    change(-1)
    assert found.returncode == 1
    assert "1 differs" in found.stdout
    assert "own of " in found.stdout
    assert tieout(*asked, "--json", url=system.running.url, token=token).returncode == 0
