"""Approval on the site: delegates, clauses and what is told of them, by page and JSON alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from controls.approval import Decision, Verdict
from controls.steps import Awaiting, Step
from store import Store
from tests.api.conftest import migrated
from tests.api.site import PERIOD, Site

CLOSE = f"/api/v1/closes/us/{PERIOD}"
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: what is decided here is nobody else's."""
    with migrated(tmp_path_factory.mktemp("approvals")) as database:
        store, owner = Store(database.api), Store(database.owner)
        yield Site(store, owner)
        store.close()
        owner.close()


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


def test_only_a_controller_delegates(people: dict[str, TestClient]) -> None:
    for name in ("pia", "rita", "dave"):
        answer = delegate(people, 3, name)
        assert answer.status_code == 403
        assert "Only a controller" in answer.json()["message"]


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
