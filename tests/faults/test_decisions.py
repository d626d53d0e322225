"""People who click twice, decide against each other, or on figures that are no more: one outcome."""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from temporalio.client import Client

from controls.approval import Decision
from controls.authenticity import Signer, new_key_pair
from controls.configuration import parse_configuration
from controls.steps import Step
from store.cover import why_uncovered
from tests.close.system import Close, System, waits_for_controller, waits_for_sign_off
from tests.faults.installation import (
    DOUBT_WINDOW_S,
    FIRST_AWAITED,
    Installation,
    installation,
)
from tests.long_way import times
from tieout.administration import SIGNING_KEY, administrator
from tieout.check import CHECK
from tieout.client import ApiRefusedError
from tieout.demo import CONFIGURATION, PERIOD
from tieout.demo_people import PEOPLE, REASON
from tieout.embedded.postgres import API, OWNER
from tieout.settings import Settings
from workflows.entity_close import EntityCloseWorkflow
from workflows.ids import close_id

pytestmark = pytest.mark.timeout(times(280, 3600))

CLICKS, ROUNDS = 3, times(3, 40)
SEE_OTHER = 303
INSERT = """
insert into decision (close_id, round, step, level, verdict, actor, roles, reason, proposal_hash,
    nonce, tag, clause, delegations, seen, kinds)
select id, round, %(step)s, %(level)s, %(verdict)s, %(actor)s, 'controller', '', %(proposal_hash)s,
    %(nonce)s, %(tag)s, 'A2', '[]', '', '' from close where entity_id = 'us'
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One worker lives all along."""
    with installation(tmp_path_factory.mktemp("decisions")) as running:
        running.start("us", "uk")
        running.system.add_person("rita", "reviewer")
        running.system.add_person("cora", "controller")
        running.life()
        yield running


@pytest.fixture(autouse=True)
def held(site: Installation) -> Iterator[None]:
    yield
    site.system.sandbox("DELETE", "/faults")
    site.assert_everything_holds()


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """What each gives, or the words of the refusal; all at the same instant."""

    def outcome(deed: Callable[[], Any]) -> Any:
        try:
            return deed()
        except ApiRefusedError as refused:
            return str(refused)

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(outcome, deeds))


@contextmanager
def page_of(system: System, person: str) -> Iterator[httpx.Client]:
    """The pages, as somebody's browser has them."""
    with httpx.Client(base_url=system.running.url, timeout=30) as browser:
        form = {"name": person, "password": system.passwords[person]}
        assert browser.post("/login", data=form).status_code == SEE_OTHER
        yield browser


def submitted(close: Close) -> bool:
    return bool(close["awaiting"] == "approval")


def test_approved_and_rejected_at_the_same_instant_it_is_one_of_them(site: Installation) -> None:
    """In the workflow, in Postgres and on the page; whoever was too late hears why."""
    system = site.system
    for _round in range(ROUNDS):
        close = system.drive("us", lambda now: submitted(now) and now["next_level"] == "reviewer")
        approved, rejected = at_once(
            [
                partial(system.decide, "reviewer", close, "approve"),
                partial(system.decide, "rita", close, "reject"),
            ]
        )
        assert (approved, rejected).count(None) == 1, (approved, rejected)
        refusal = system.events("us", "decision.refused")[0]
        assert refusal["reason"] == (approved or rejected)
        verdict = "reject" if approved else "approve"
        if approved:
            after = system.reach("us", partial(is_after, close))
        else:
            after = system.reach("us", waits_for_controller)
        of_round = [d for d in after["decisions"] if d["round"] == close["round"]]
        assert [d["verdict"] for d in of_round] == ["submit", verdict]
        with page_of(system, "ada") as browser:
            shown = browser.get(f"/closes/us/{PERIOD}").text
        assert ("Waits for a controller" in shown) == (not approved)
        if not approved:
            system.decide("controller", after, "reject")
            system.reach("us", partial(is_after, close))


@pytest.mark.parametrize("role", ["preparer", "reviewer"])
def test_a_double_click_is_one_decision_and_every_click_hears_the_same(
    site: Installation, role: str
) -> None:
    """Through the page's form and through the JSON API, with one nonce, at the same instant."""
    system = site.system
    person = next(each.name for each in PEOPLE if each.role == role)
    verdict = "submit" if role == "preparer" else "approve"
    close = system.reach("us", lambda close: close["awaiting"] in ("submission", "approval"))
    told_before = len(system.events("us", "decision.refused"))
    given = {
        "step": close["step"],
        "verdict": verdict,
        "proposal_hash": close["proposal_hash"],
        "nonce": secrets.token_urlsafe(16),
        "seen": close["seen"],
        "reason": REASON,
    }
    path = f"/closes/us/{PERIOD}"
    with page_of(system, person) as browser:
        told = at_once(
            [lambda: system.people[role].call("POST", f"{path}/decisions", given)] * CLICKS
            + [lambda: browser.post(f"{path}/decisions", data=given)] * CLICKS
        )
        late = browser.post(f"{path}/decisions", data=given)
    assert told[:CLICKS] == [{"accepted": True}] * CLICKS
    assert [
        (each.status_code, each.headers.get("location")) for each in [*told[CLICKS:], late]
    ] == [(SEE_OTHER, path)] * (CLICKS + 1)
    after = system.close("us")
    counted = [d["actor"] for d in after["decisions"] if d["counts"] and d["verdict"] == verdict]
    assert counted == [person]
    assert len(system.events("us", "decision.refused")) == told_before


def is_after(before: Close, now: Close) -> bool:
    """Calculated anew since, and somebody is waited for."""
    return bool(now["round"] > before["round"] and now["awaiting"] in (*FIRST_AWAITED, "approval"))


def refused(system: System, person: str, seen: Close, clause: str, verdict: str = "approve") -> str:
    """Why a decision on what was seen then does not count: in words, on record, without effect."""
    entity = seen["entity"]
    before, told = system.close(entity), len(system.events(entity, "decision.refused"))
    with pytest.raises(ApiRefusedError) as caught:
        system.decide(person, seen, verdict)
    events = system.events(entity, "decision.refused")
    assert len(events) == told + 1
    assert (events[0]["reason"], events[0]["after"]["clause"]) == (str(caught.value), clause)
    assert system.close(entity)["decisions"] == before["decisions"]
    return str(events[0]["after"]["reason"])


def calculated_anew(system: System, seen: Close) -> Close:
    """Sent back, read and calculated again, and submitted."""
    system.decide("reviewer", seen, "reject")
    system.reach(seen["entity"], partial(is_after, seen))
    return system.drive(seen["entity"], submitted)


def test_what_was_seen_before_something_changed_is_decided_on_in_vain(site: Installation) -> None:
    system = site.system
    before = system.reach("uk", lambda close: close["awaiting"] == "resolution")
    seen = system.drive("uk", submitted)
    assert refused(system, "reviewer", {**before, "step": "review"}, "F3") == "stale"

    (sold,) = system.sandbox("GET", "/documents?entity=uk&case=void-later")
    system.sandbox("POST", "/documents/void", {"entity": "uk", "id": sold["id"]})
    synced = calculated_anew(system, seen)
    assert refused(system, "reviewer", seen, "F3") == "stale"

    system.decide("reviewer", synced, "request_change")
    again = system.reach("uk", lambda close: close["round"] > synced["round"])
    again = system.reach("uk", lambda close: close["awaiting"] == "submission")
    assert again["proposal_hash"] == synced["proposal_hash"]
    assert refused(system, "reviewer", synced, "F7") == "not_submitted"
    again = system.drive("uk", submitted)

    configuration = json.loads(CONFIGURATION.read_text())
    for entity in configuration["entities"]:  # what the others go by stays as it is
        entity["ledger"]["doubt_window_s"] = DOUBT_WINDOW_S
    (british,) = [each for each in configuration["entities"] if each["id"] == "uk"]
    british["approval"] = [{"role": "reviewer"}, {"role": "controller"}, {"role": "controller"}]
    with administrator(system.running.dsns[API]) as work:
        work.config.apply(parse_configuration(configuration))
    calculated_anew(system, again)
    assert refused(system, "reviewer", again, "F3") == "stale"


def test_what_was_seen_before_the_last_approval_is_decided_on_in_vain(site: Installation) -> None:
    """While journals are posted, and once the close is signed off."""
    system = site.system
    first = system.drive("uk", waits_for_controller)
    system.decide("cora", first, "approve")
    seen = system.reach("uk", lambda close: len(close["levels"][1]["given_by"]) == 1)
    assert refused(system, "cora", seen, "F5") == "already_decided"
    site.hold_after_commit("uk", skip=1)
    system.decide("controller", seen, "approve")
    site.until(system.struck)
    assert refused(system, "cora", seen, "F2") == "wrong_step"
    assert refused(system, "reviewer", seen, "F2", "reject") == "wrong_step"
    system.sandbox("DELETE", "/faults")
    posted = system.reach("uk", waits_for_sign_off)
    assert refused(system, "cora", seen, "F2") == "wrong_step"
    system.decide("controller", posted, "approve")
    system.reach("uk", lambda close: close["step"] == Step.CLOSED)
    assert refused(system, "cora", posted, "F2") == "wrong_step"
    site.assert_each_journal_is_in_the_ledger_once("uk")


def by_hand(close: Close, **given: Any) -> Decision:
    """A controller's approval of the close as read, without a seal."""
    return Decision(
        **{
            "entity": close["entity"],
            "period": close["period"],
            "step": "review",
            "verdict": "approve",
            "actor": "carl",
            "roles": ("controller",),
            "reason": REASON,
            "proposal_hash": close["proposal_hash"],
            "nonce": secrets.token_urlsafe(16),
            "level": 1,
            **given,
        }
    )


def test_a_row_that_is_written_by_hand_approves_nothing(site: Installation) -> None:
    """With the seal of another key, of another decision, of another close, while the close waits."""
    system = site.system
    close = system.drive("us", waits_for_controller)
    sent = site.creates()
    with site.store.unit_of_work(CHECK) as work:
        (*_, ruth) = work.approvals.decisions(work.closes.of("us", PERIOD).id or 0)
        (*_, carl) = work.approvals.decisions(work.closes.of("uk", PERIOD).id or 0)
    foreign = by_hand(close, actor="mallory")
    forged = [
        replace(foreign, tag=Signer(new_key_pair()[0]).tag(foreign)),
        by_hand(close, actor="cora", tag=ruth.tag),
        by_hand(close, tag=carl.tag),
    ]
    with psycopg.connect(system.running.dsns[OWNER], autocommit=True) as owner:
        for each in forged:
            owner.execute(INSERT, asdict(each))
        named = site.contradictions()
        assert len([w for w in named if "is on record without its event" in w]) == len(forged)
        with site.store.unit_of_work(CHECK) as work:
            why = why_uncovered(work, work.closes.of("us", PERIOD), site.verifier)
        assert why.startswith("The approvals on record do not complete the review.")
        now = system.close("us")
        assert waits_for_controller(now)
        assert now["levels"] == close["levels"]
        owner.execute("delete from decision where nonce = any(%s)", [[d.nonce for d in forged]])
    assert site.creates() == sent


def test_what_is_sent_past_the_page_is_judged_alike(site: Installation) -> None:
    """Made for another close, for another person, twice, too late."""
    system = site.system
    close = system.drive("us", waits_for_controller)
    signer = Signer((system.running.stack.data / "secrets" / SIGNING_KEY).read_bytes())

    def sealed(decision: Decision) -> Decision:
        return replace(decision, tag=signer.tag(decision))

    async def signal(*decisions: Decision) -> None:
        address = site.environment["TIEOUT_TEMPORAL_ADDRESS"]
        client = await Client.connect(address, namespace=Settings().temporal_namespace)
        handle = client.get_workflow_handle(close_id("us", PERIOD))
        for each in decisions:
            await handle.signal(EntityCloseWorkflow.submit_decision, each)

    elsewhere = sealed(by_hand(close, entity="uk"))
    other_person = replace(sealed(by_hand(close, actor="cora")), actor="carl")
    honest, late = sealed(by_hand(close)), sealed(by_hand(close, actor="cora"))
    site.hold_after_commit("us", skip=0)
    asyncio.run(signal(elsewhere, other_person, honest, honest))
    site.until(system.struck)
    asyncio.run(signal(late))

    def on_record() -> dict[str, tuple[str, str]]:
        told = [event["after"] for event in system.events("us", "decision.refused")]
        return {e["nonce"]: (e["reason"], e["clause"]) for e in told if "nonce" in e}

    site.until(lambda: late.nonce in on_record())
    told = on_record()
    assert told.pop(honest.nonce)[1] in ("F5", "F2")  # the second one: the first ended the review
    assert told == {
        elsewhere.nonce: ("wrong_close", "F2"),
        other_person.nonce: ("bad_tag", "F1"),
        late.nonce: ("wrong_step", "F2"),
    }
    system.sandbox("DELETE", "/faults")
    close = system.reach("us", waits_for_sign_off)
    assert [d["actor"] for d in close["decisions"] if d["counts"]] == ["priya", "ruth", "carl"]
    site.assert_each_journal_is_in_the_ledger_once("us")
