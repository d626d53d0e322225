"""Every route: closed to strangers, safe headers, roles on the server, text never as markup."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.app import HEADERS
from controls.approval import Decision
from controls.messages import Answer, CloseRequest
from controls.steps import Awaiting, Step, UserRole
from tests.api.site import NASTY, PERIOD, Site

STATIC = Path(__file__).parent.parent.parent / "api" / "static"
OPEN_TO_ALL = {
    "/login", "/logout", "/welcome/{link}",
    "/api/v1/login", "/api/v1/password", "/api/v1/health",
}  # fmt: skip
FILLED = {
    "entity": "us", "period": PERIOD, "journal_id": "1", "line": "INV-1/1", "source_id": "INV-1",
    "chain": "us", "action": "lock-check", "delegation_id": "1", "sha256": "0",
}  # fmt: skip
FORM = {
    "entity": "us", "period": PERIOD, "name": "x", "password": "x", "step": "review",
    "verdict": "approve", "proposal_hash": "0", "nonce": "nonce-nonce", "code": "c",
    "subject": "s", "remedy": "r", "reason": "r", "role": "reviewer", "delegate": "x",
    "first_day": "2026-10-01", "last_day": "2026-10-31",
}  # fmt: skip


def routes(site: Site) -> list[tuple[str, str]]:
    found = [route for route in all_routes(site.app) if route.path not in OPEN_TO_ALL]
    assert len(found) > 20
    return [(method, route.path) for route in found for method in route.methods or ()]


def all_routes(application: Any) -> list[APIRoute]:
    found: list[APIRoute] = []
    for route in application.routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif getattr(route, "original_router", None) is not None:
            found.extend(all_routes(route.original_router))
    return found


def test_no_route_answers_a_stranger(site: Site) -> None:
    site.close(Step.REVIEW, Awaiting.SUBMISSION)
    client = site.client()
    for method, path in routes(site):
        url = path.replace(":path", "").format(**FILLED)
        sent: dict[str, Any] = {}
        if method == "POST":
            sent = {"json": FORM} if path.startswith("/api/") else {"data": FORM}
        answer = client.request(method, url, **sent)
        if path.startswith("/api/"):
            assert answer.status_code == 401, f"{method} {path}"
        else:
            assert answer.headers["location"] == "/login", f"{method} {path}"
    assert site.gateway.given == []


def test_every_answer_carries_the_security_headers(site: Site) -> None:
    client = site.client()
    for path in ("/login", "/", "/api/v1/closes", "/nowhere", "/static/tieout.css"):
        answer = client.get(path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
    assert "script-src" not in HEADERS["Content-Security-Policy"]  # default-src 'none': no scripts


def test_the_description_of_the_api_lists_every_route(site: Site) -> None:
    described = site.client().get("/api/v1/openapi.json").json()["paths"]
    served = {
        route.path.replace(":path", "")
        for route in all_routes(site.app)
        if route.path.startswith("/api/")
    }
    assert served == set(described)
    assert all(
        operation.get("description") for path in described.values() for operation in path.values()
    )


def test_what_is_vendored_is_what_its_hash_says() -> None:
    folder = STATIC / "vendor"
    known = json.loads((folder / "vendor.json").read_text())
    text = json.dumps(known)
    for file in folder.iterdir():
        if file.suffix == ".css":
            assert hashlib.sha256(file.read_bytes()).hexdigest() in text, file.name


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, TestClient]:
    return {role.value: site.person(f"role-{role}", role.value) for role in UserRole}


PAGES = (
    "/", f"/closes/us/{PERIOD}", f"/closes/us/{PERIOD}/lines", f"/closes/us/{PERIOD}/lines/INV-1/1",
    "/audit", "/audit?chain=us", "/audit/verification", f"/group/{PERIOD}",
    "/entities/us/delegations",
)  # fmt: skip


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize("step", [step for step in Step if step is not Step.REFUSED])
def test_every_page_renders_for_every_role_at_every_step(
    site: Site, people: dict[str, TestClient], role: UserRole, step: Step
) -> None:
    waits = {
        Step.REOPEN: Awaiting.REOPENING,
        Step.RESOLVE: Awaiting.RESOLUTION,
        Step.REVIEW: Awaiting.SUBMISSION,
        Step.LOCK_CHECK: Awaiting.LOCKED,
        Step.POST: Awaiting.RETRY,
        Step.VERIFY: Awaiting.DIFFERENCE,
        Step.SIGN_OFF: Awaiting.SIGN_OFF,
    }
    site.close(step, waits.get(step, Awaiting.NOTHING))
    for path in PAGES:
        answer = people[role].get(path)
        assert answer.status_code == 200, path
        assert NASTY not in answer.text
    assert "&lt;script&gt;" in people[role].get(f"/closes/us/{PERIOD}/lines/INV-1/1").text


def test_what_is_not_there_is_said_in_words(people: dict[str, TestClient]) -> None:
    person = people["auditor"]
    page = person.get("/closes/us/2031-01")
    assert page.status_code == 404
    assert "has not been started" in page.text
    for path in ("/closes/us/2031-01", f"/closes/us/{PERIOD}/journals/99999"):
        answer = person.get(f"/api/v1{path}")
        assert answer.status_code == 404
        assert answer.json()["message"]


DECISIONS = {
    (Step.REVIEW, Awaiting.SUBMISSION, "submit"): {"preparer"},
    (Step.VERIFY, Awaiting.DIFFERENCE, "approve"): {"controller"},
    (Step.SIGN_OFF, Awaiting.SIGN_OFF, "approve"): {"controller"},
}


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize("case", DECISIONS, ids=lambda case: f"{case[0]}-{case[2]}")
def test_a_decision_reaches_the_close_signed_for_who_is_logged_in_or_is_refused_on_record(
    site: Site, people: dict[str, TestClient], role: UserRole, case: tuple[Step, Awaiting, str]
) -> None:
    step, awaiting, verdict = case
    proposal_hash = site.close(step, awaiting)
    site.gateway.given.clear()
    before = len(site.events("us", "decision.refused"))
    answer = people[role].post(
        f"/api/v1/closes/us/{PERIOD}/decisions",
        json={
            "step": step, "verdict": verdict, "proposal_hash": proposal_hash, "reason": "seen",
            "nonce": "nonce-nonce", "actor": "carl", "roles": ["controller"],
        },
    )  # fmt: skip
    if role in DECISIONS[case]:
        assert answer.status_code == 200, answer.text
        (decision,) = site.gateway.given
        assert isinstance(decision, Decision)
        assert (decision.actor, decision.roles) == (f"role-{role}", (role.value,))
        assert site.verifier.valid(decision)
    else:
        assert answer.status_code == 403
        assert site.gateway.given == []
        refusals = site.events("us", "decision.refused")
        assert len(refusals) == before + 1
        assert (refusals[0]["actor"], refusals[0]["reason"]) == (f"role-{role}", "wrong_role")


RESOLUTION = {
    "code": "no_service_period", "subject": "INV-1/1", "remedy": "exclude", "reason": "r",
    "nonce": "nonce-nonce",
}  # fmt: skip
NONCE = {"nonce": "nonce-nonce"}
ACTIONS: dict[str, tuple[dict[str, str], set[str]]] = {
    "resolutions": (RESOLUTION, {"preparer"}),
    "lock-check": (NONCE, {"preparer", "controller", "operator"}),
    "tie-out": (NONCE, {"preparer", "controller", "operator"}),
    "journals/1/retry": (NONCE, {"operator"}),
}


@pytest.mark.parametrize("role", list(UserRole))
@pytest.mark.parametrize("action", ACTIONS)
def test_other_actions_are_for_their_roles_alone(
    site: Site, people: dict[str, TestClient], role: UserRole, action: str
) -> None:
    body, allowed = ACTIONS[action]
    site.close(Step.RESOLVE, Awaiting.RESOLUTION)
    site.gateway.given.clear()
    answer = people[role].post(f"/api/v1/closes/us/{PERIOD}/{action}", json=body)
    assert answer.status_code == (200 if role in allowed else 403)
    assert [given.actor for given in site.gateway.given] == (
        [f"role-{role}"] if role in allowed else []
    )


def test_what_the_close_refuses_is_told_in_its_words_and_on_record(
    site: Site, people: dict[str, TestClient]
) -> None:
    proposal_hash = site.close(Step.SIGN_OFF, Awaiting.SIGN_OFF)
    site.gateway.answer = Answer(False, "The numbers have changed meanwhile.", "stale")
    try:
        answer = people["controller"].post(
            f"/api/v1/closes/us/{PERIOD}/decisions",
            json={**FORM, "step": "sign_off", "proposal_hash": proposal_hash},
        )
    finally:
        site.gateway.answer = Answer(accepted=True)
    assert answer.status_code == 409
    assert answer.json() == {"error": "stale", "message": "The numbers have changed meanwhile."}
    assert site.events("us", "decision.refused")[0]["reason"] == "stale"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"entity": "fr", "period": PERIOD}, "There is no entity 'fr'"),
        ({"entity": "us", "period": "09/2026"}, "write it like 2026-09"),
        ({"entity": "us", "period": "2026-08"}, "first period starts after it"),
        ({"entity": "us", "period": "2026-10"}, "not over yet"),
    ],
)
def test_a_close_that_cannot_be_started_says_why(
    site: Site, people: dict[str, TestClient], body: dict[str, str], told: str
) -> None:
    site.gateway.given.clear()
    answer = people["preparer"].post("/api/v1/closes", json=body)
    assert answer.status_code == 422
    assert told in answer.json()["message"]
    page = people["preparer"].post("/closes", data=body)
    assert page.status_code == 422
    assert site.gateway.given == []


def test_a_close_is_started_for_who_asks(site: Site, people: dict[str, TestClient]) -> None:
    site.gateway.given.clear()
    body = {"entity": "us", "period": PERIOD}
    assert people["preparer"].post("/api/v1/closes", json=body).status_code == 202
    assert people["auditor"].post("/api/v1/closes", json=body).status_code == 403
    assert site.gateway.given == [CloseRequest("us", PERIOD, "role-preparer")]
