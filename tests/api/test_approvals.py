"""Approval on the site: delegates, clauses and what is told of them, by page and JSON alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from controls.approval import Decision, Verdict
from controls.canonical import digest
from controls.steps import Awaiting, Step
from tests.api.conftest import served
from tests.api.site import PERIOD, Site

CLOSE = f"/api/v1/closes/us/{PERIOD}"
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: what is decided here is nobody else's."""
    with served(tmp_path_factory.mktemp("approvals")) as (_, found):
        yield found


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, TestClient]:
    roles = {"pia": "preparer", "rita": "reviewer", "cleo": "controller", "dave": "auditor"}
    return {name: site.person(name, role) for name, role in roles.items()}


@pytest.fixture
def close(site: Site) -> str:
    """The close of us with its proposal submitted by pia; the proposal's hash."""
    hash_ = site.close(Step.REVIEW, Awaiting.APPROVAL)
    made = Decision(
        "us", PERIOD, Step.REVIEW, Verdict.SUBMIT, "pia", ("preparer",), "", hash_, "submitted", "t"
    )
    with site.owner.unit_of_work(site.actor) as work:
        row = work.closes.of("us", PERIOD)
        work.approvals.save_decision(row, row.round, made, "F8")
    site.gateway.given.clear()
    return hash_


def body(hash_: str, verdict: str = "approve", **given: str) -> dict[str, str]:
    nonce = f"nonce-{verdict}-{len(given)}"
    return {
        "step": "review", "verdict": verdict, "proposal_hash": hash_, "nonce": nonce, **given,
    }  # fmt: skip


def delegate(people: dict[str, TestClient], days: int, who: str = "cleo") -> Any:
    return people[who].post(
        "/api/v1/entities/us/delegations",
        json={
            "role": "reviewer",
            "delegate": "dave",
            "first_day": (TODAY - timedelta(days=3)).isoformat(),
            "last_day": (TODAY + timedelta(days=days)).isoformat(),
            "reason": "Rita is away",
        },
    )


def test_the_close_says_who_must_approve_and_by_which_clause(
    people: dict[str, TestClient], close: str
) -> None:
    found = people["dave"].get(CLOSE).json()
    assert [(each["clause"], each["role"], each["count"]) for each in found["levels"]] == [
        ("A1", "reviewer", 1), ("A2", "controller", 1),
    ]  # fmt: skip
    assert [d["clause"] for d in found["decisions"]] == ["F8"]
    page = people["dave"].get(f"/closes/us/{PERIOD}").text
    assert "Who must approve this proposal" in page


def test_a_refusal_cites_its_clause_to_the_person_and_on_record(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    answer = people["cleo"].post(f"{CLOSE}/decisions", json=body(close))
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "wrong_role",
        "message": "The close waits for a reviewer; you are not one.",
        "clause": "A1",
    }
    event = site.events("us", "decision.refused")[0]
    assert (event["reason"], event["clause"], event["actor"]) == ("wrong_role", "A1", "cleo")


def test_only_a_controller_delegates_and_other_attempts_are_on_record(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    for name in ("pia", "rita", "dave"):
        answer = delegate(people, 3, name)
        assert answer.status_code == 403
        assert "Only a controller" in answer.json()["message"]
        assert site.events("us", "delegation.refused")[0]["actor"] == name


def test_a_delegate_decides_until_it_is_revoked(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    assert people["dave"].post(f"{CLOSE}/decisions", json=body(close)).status_code == 403
    number = delegate(people, 3).json()["id"]
    page = people["dave"].get(f"/closes/us/{PERIOD}").text
    assert 'value="approve"' in page
    assert people["dave"].post(f"{CLOSE}/decisions", json=body(close)).is_success
    (carried,) = site.gateway.given
    assert (carried.actor, carried.roles) == ("dave", ("auditor",))
    assert [(each.id, each.role, each.granted_by) for each in carried.delegations] == [
        (number, "reviewer", "cleo")
    ]
    assert site.verifier.valid(carried)

    shown = people["dave"].get("/entities/us/delegations").text
    assert "in force" in shown
    assert "Revoke" not in shown
    revoked = people["cleo"].post(
        f"/entities/us/delegations/{number}/revoke", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert revoked.status_code == 303
    answer = people["dave"].post(f"{CLOSE}/decisions", json=body(close))
    assert answer.status_code == 403
    assert (answer.json()["error"], answer.json()["clause"]) == ("delegation_ended", "F9")
    assert f"was revoked on {TODAY}" in answer.json()["message"]
    assert 'value="approve"' not in people["dave"].get(f"/closes/us/{PERIOD}").text


def test_a_delegation_of_the_past_is_named_with_its_last_day(
    people: dict[str, TestClient], close: str
) -> None:
    assert delegate(people, -2).status_code == 201
    answer = people["dave"].post(f"{CLOSE}/decisions", json=body(close))
    assert answer.json()["error"] == "delegation_ended"
    assert "ended on" in answer.json()["message"]


@pytest.mark.parametrize(
    ("given", "status"),
    [({"last_day": "tomorrow"}, 422), ({"role": "preparer"}, 409), ({"delegate": "x"}, 404)],
)
def test_terms_that_can_not_be_granted_are_refused(
    people: dict[str, TestClient], given: dict[str, str], status: int
) -> None:
    terms = {
        "role": "reviewer", "delegate": "dave", "first_day": "2026-10-01",
        "last_day": "2026-10-02", "reason": "r", **given,
    }  # fmt: skip
    answer = people["cleo"].post("/api/v1/entities/us/delegations", json=terms)
    assert answer.status_code == status


# -- what was seen ------------------------------------------------------------------------------


def test_what_was_shown_is_carried_with_the_decision_and_shown_again(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    before = people["rita"].get(CLOSE).json()
    page = people["rita"].get(f"/closes/us/{PERIOD}").text
    assert f'name="seen" value="{before["seen"]}"' in page  # page and JSON are of the same figures
    answer = people["rita"].post(f"{CLOSE}/decisions", json=body(close, seen=before["seen"]))
    assert answer.is_success
    (carried,) = site.gateway.given
    assert carried.seen == before["seen"]
    assert site.verifier.valid(carried)
    figures = people["dave"].get(f"{CLOSE}/seen/{carried.seen}").json()
    assert digest(figures) == carried.seen
    assert figures["proposal_hash"] == close
    assert figures["closing"] == before["closing"]
    assert [j["total"] for j in figures["journals"]] == [j["total"] for j in before["journals"]]
    shown = people["dave"].get(f"/closes/us/{PERIOD}/seen/{carried.seen}")
    assert shown.status_code == 200
    assert "as they were shown, not as they are now" in shown.text


def test_who_says_nothing_of_what_was_seen_decides_on_what_is_shown_now(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    assert people["rita"].post(f"{CLOSE}/decisions", json=body(close)).is_success
    assert site.gateway.given[0].seen == people["rita"].get(CLOSE).json()["seen"]


def test_figures_that_we_did_not_show_of_this_proposal_are_refused(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    answer = people["rita"].post(f"{CLOSE}/decisions", json=body(close, seen="0" * 64))
    assert answer.status_code == 409
    assert (answer.json()["error"], answer.json()["clause"]) == ("stale", "F3")
    assert site.gateway.given == []


def test_figures_are_shown_only_of_their_own_close(
    people: dict[str, TestClient], close: str
) -> None:
    seen = people["rita"].get(CLOSE).json()["seen"]
    assert people["rita"].get(f"/api/v1/closes/uk/{PERIOD}/seen/{seen}").status_code == 404
    assert people["rita"].get(f"{CLOSE}/seen/{'0' * 64}").status_code == 404


def test_looking_at_a_close_that_waits_for_nobody_keeps_nothing(
    site: Site, people: dict[str, TestClient]
) -> None:
    site.close(Step.POST, Awaiting.NOTHING)
    assert people["rita"].get(CLOSE).json()["seen"] == ""


# -- approval by kinds of journal -----------------------------------------------------------------

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def test_the_form_offers_the_kinds_and_carries_those_that_were_left(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    page = people["rita"].get(f"/closes/us/{PERIOD}").text
    kinds = sorted({j["kind"] for j in people["rita"].get(CLOSE).json()["journals"]})
    assert len(kinds) == 2
    assert all(f'name="kinds" value="{kind}" checked' in page for kind in kinds)
    form = {**body(close), "by_kind": "yes", "kinds": kinds[:1]}
    sent = people["rita"].post(f"/closes/us/{PERIOD}/decisions", data=form, headers=FROM_HERE)
    assert sent.status_code == 303
    (carried,) = site.gateway.given
    assert carried.kinds == (kinds[0],)
    assert site.verifier.valid(carried)


def test_a_form_whose_every_kind_was_left_out_approves_nothing(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    form = {**body(close), "by_kind": "yes"}
    sent = people["rita"].post(f"/closes/us/{PERIOD}/decisions", data=form, headers=FROM_HERE)
    assert sent.status_code == 409
    assert "Choose which journals you approve" in sent.text
    assert site.gateway.given == []


def test_what_is_still_open_of_a_level_is_told_and_offered(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    first, second = sorted({j["kind"] for j in people["rita"].get(CLOSE).json()["journals"]})
    made = Decision(
        "us", PERIOD, Step.REVIEW, Verdict.APPROVE, "rita", ("reviewer",), "", close, "partly",
        "t", level=0, kinds=(first,),
    )  # fmt: skip
    with site.owner.unit_of_work(site.actor) as work:
        row = work.closes.of("us", PERIOD)
        work.approvals.save_decision(row, row.round, made, "A1")
    level = people["rita"].get(CLOSE).json()["levels"][0]
    assert (level["given_by"], level["open_kinds"]) == ([f"rita ({first})"], [second])
    page = people["rita"].get(f"/closes/us/{PERIOD}").text
    assert f'name="kinds" value="{second}" checked' in page
    assert f'name="kinds" value="{first}"' not in page


# -- suspension, with what changed --------------------------------------------------------------


def test_a_suspended_decision_stays_beside_what_changed_since(
    site: Site, people: dict[str, TestClient], close: str
) -> None:
    now = site.propose_again()
    found = people["dave"].get(CLOSE).json()
    assert [(d["actor"], d["counts"]) for d in found["decisions"]] == [
        ("pia", False), ("rita", False),
    ]  # fmt: skip
    (earlier,) = found["suspended"]
    assert (earlier["round"], earlier["proposal_hash"]) == (1, close)
    assert earlier["decided_by"] == ["pia: submit", "rita: approve"]
    assert now != close
    changed = {(c["what"], c["name"]): (c["before"], c["now"]) for c in earlier["changes"]}
    assert changed["balance", "deferred_revenue"] == ("1101.37", "2202.74")
    assert changed["journal", f"deferral of {PERIOD}-30"] == ("1101.37", "2202.74")
    page = people["dave"].get(f"/closes/us/{PERIOD}").text
    assert "What changed since round 1 (pia: submit, rita: approve)" in page
    assert "2202.74" in page


# -- what was given a moment ago -----------------------------------------------------------------


def test_a_close_that_is_signed_off_asks_nobody_again_until_it_is_closed(
    site: Site, people: dict[str, TestClient]
) -> None:
    """Freezing the period takes a moment: the page loads itself again."""
    hash_ = site.close(Step.SIGN_OFF, Awaiting.SIGN_OFF)
    reloads, button = 'http-equiv="refresh"', "Sign off and close the period"
    before = people["cleo"].get(f"/closes/us/{PERIOD}").text
    assert (button in before, reloads in before) == (True, False)
    made = Decision(
        "us", PERIOD, Step.SIGN_OFF, Verdict.APPROVE, "cleo", ("controller",), "", hash_,
        "signed", "t",
    )  # fmt: skip
    with site.owner.unit_of_work(site.actor) as work:
        row = work.closes.of("us", PERIOD)
        work.approvals.save_decision(row, row.round, made, "C1")
    after = people["cleo"].get(f"/closes/us/{PERIOD}").text
    assert (button in after, reloads in after) == (False, True)
