"""The health page and its JSON: what must hold, for those who answer for the installation."""

import pytest
from starlette.testclient import TestClient

from controls.steps import UserRole
from tests.api.story import Story

ROLES = {"auditor", "controller", "operator"}


@pytest.fixture(scope="module")
def auditor(story: Story) -> TestClient:
    return story.site.person("hanna", "auditor")


@pytest.fixture(scope="module")
def found(auditor: TestClient) -> dict[str, list[str]]:
    answer = auditor.get("/api/v1/health/invariants").json()
    assert answer["holds"] == all(each["holds"] for each in answer["invariants"])
    assert all(each["holds"] == (not each["broken"]) for each in answer["invariants"])
    return {each["name"]: each["broken"] for each in answer["invariants"]}


def test_books_with_credits_currencies_and_catch_up_roll_forward(
    found: dict[str, list[str]],
) -> None:
    for name in ("chains", "journal events", "attempts", "balanced", "roll-forward", "owners"):
        assert found[name] == []


def test_what_nobody_approved_and_nobody_tied_out_is_said(found: dict[str, list[str]]) -> None:
    said = "\n".join(found["approvals"])  # the story posts and signs off by itself
    assert "uk journal T2609-0001-" in said
    assert "was sent to the ledger without full approval" in said
    assert "close/uk/2026-09 is closed, and was never tied out." in found["tie-out"]


def test_the_page_says_the_same_in_words(auditor: TestClient, found: dict[str, list[str]]) -> None:
    page = auditor.get("/health/invariants")
    assert page.status_code == 200
    failed = sum(1 for broken in found.values() if broken)
    assert f"{failed} of {len(found)} do not hold." in page.text
    for name, broken in found.items():
        assert f'<th scope="row">{name}</th>' in page.text
        assert all(sentence.split(" ", 1)[0] in page.text for sentence in broken)


@pytest.mark.parametrize("role", list(UserRole))
def test_it_is_for_those_who_answer_for_the_installation(story: Story, role: UserRole) -> None:
    person = story.site.person(f"health-{role}", role)
    allowed = role in ROLES
    assert person.get("/health/invariants").status_code == (200 if allowed else 403)
    assert person.get("/api/v1/health/invariants").status_code == (200 if allowed else 403)
    assert ('href="/health/invariants"' in person.get("/").text) == allowed


def test_nobody_who_is_not_logged_in_sees_it(story: Story) -> None:
    assert story.site.client().get("/api/v1/health/invariants").status_code == 401
