"""A preview through API and page: who may see it, what it says of bad input, that it leaves no trace."""

import json
from decimal import Decimal
from typing import Any

import pytest
from httpx import Response

from tests.api.story import Story, configuration, counted

UK = "/api/v1/closes/uk/2026-10/preview"
RATES = b"Date, USD, GBP, \n2026-09-30, 1.17, 0.88, \n2026-10-30, 1.20, 0.90, \n"


def settings(**changes: Any) -> bytes:
    """The story's configuration with another recognition for uk."""
    data: Any = configuration().model_dump(mode="json")
    (uk,) = [entity for entity in data["entities"] if entity["id"] == "uk"]
    uk |= changes
    return json.dumps(data).encode()


def asked(story: Story, path: str = UK, **files: bytes) -> Response:
    sent = {name: (name, content) for name, content in files.items()}
    answer: Response = story.client.post(path, files=sent or None)
    return answer


def test_nothing_has_changed_and_nothing_is_stored(story: Story) -> None:
    before = counted(story)
    answer = asked(story)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["same"]
    assert found["proposal_hash"] == story.json("/closes/uk/2026-10")["proposal_hash"]
    assert found["lines"] == found["exceptions"] == []
    assert {row["change"] for row in (*found["balances"], *found["journals"])} == {"0.00"}
    monthly = settings(recognition={"method": "monthly"})
    asked(story, policy=monthly)
    asked(story, rates=RATES)
    asked(story, policy=b"{", rates=b"?")
    story.client.get("/closes/uk/2026-10/preview")
    assert counted(story) == before


def test_another_policy_changes_lines_the_largest_first(story: Story) -> None:
    found = asked(story, policy=settings(recognition={"method": "monthly"})).json()
    assert not found["same"]
    assert found["against"].startswith("round 1, proposal ")
    assert found["supposed"][0].startswith("the settings of uk in the policy file, version ")
    lines = {line["line"]: line for line in found["lines"]}
    # Of 61.00 over September and October each month is half; 30 days of 61 were 30.00.
    changes = {
        each["figure"]: (each["before"], each["now"]) for each in lines["INV-4/1"]["changes"]
    }
    assert changes == {"of it catch-up": ("30.00", "30.50"), "method": ("daily", "monthly")}
    sizes = [abs(Decimal(line["change"])) for line in found["lines"]]
    assert sizes == sorted(sizes, reverse=True)
    (deferred,) = [row for row in found["balances"] if row["name"] == "deferred_revenue"]
    assert deferred["account"] == "DEF"
    assert Decimal(deferred["before"]) + Decimal(deferred["change"]) == Decimal(deferred["now"])
    assert "Preview" in story.page("/closes/uk/2026-10/preview")


def test_rates_lie_on_top_of_those_on_record(story: Story) -> None:
    found = asked(story, rates=RATES).json()
    assert found["supposed"] == ["4 rates from 2026-09-30 to 2026-10-30 in the rates file"]
    lines = {line["line"]: line["changes"] for line in found["lines"]}
    # Stated as it stands, 0.80 pounds for a dollar goes before what the file crosses over the euro.
    assert "006A/1" not in lines
    euros = b"Date, GBP, \n2026-10-30, 0.90, \n"
    assert asked(story, rates=euros).status_code == 200


@pytest.mark.parametrize(
    ("path", "files", "says"),
    [
        ("uk/2026-09", {}, "uk 2026-09 is closed, and what it froze stays: preview 2026-10"),
        ("uk/2026-11", {}, "uk 2026-11 can't be previewed yet"),
        ("uk/2026-08", {}, "uk adopted on 2026-08-31; its first period starts after it."),
        ("uk/2026-13", {}, "'2026-13' is not a period"),
        ("fr/2026-10", {}, "There is no entity 'fr'; there are de, uk, us."),
        ("uk/2026-10", {"policy": b"{"}, "The policy file is not JSON: "),
        ("uk/2026-10", {"policy": b"{}"}, "$.group: Field required"),
        (
            "uk/2026-10",
            {"policy": settings(recognition={"method": "sometimes"})},
            "There is no recognition method 'sometimes'",
        ),
        ("uk/2026-10", {"policy": settings(id="fr")}, "There is no entity 'uk'"),
        (
            "uk/2026-10",
            {"policy": settings(functional_currency="EUR")},
            "The policy file gives uk another currency or adoption date than GBP",
        ),
        ("uk/2026-10", {"rates": b"Day, USD\n"}, "The rates file: This is not the bank's file"),
        ("uk/2026-10", {"rates": b"Date, USD\n2026-10-01, -1\n"}, "not a rate"),
        ("uk/2026-10", {"rates": b"Date, usd\n2026-10-01, 1\n"}, "The rates file: 'usd'"),
    ],
)
def test_what_cant_be_previewed_is_one_sentence(
    story: Story, path: str, files: dict[str, bytes], says: str
) -> None:
    before = counted(story)
    answer = asked(story, f"/api/v1/closes/{path}/preview", **files)
    assert (answer.status_code, says in answer.json()["message"]) == (422, True), answer.text
    page = story.client.post(
        f"/closes/{path}/preview",
        files={name: (name, sent) for name, sent in files.items()} or None,
    )
    assert page.status_code == 422
    assert "With other settings or rates" in page.text
    assert counted(story) == before


def test_who_may_see_a_preview(story: Story) -> None:
    for name, role, status in (
        ("rita", "reviewer", 200),
        ("cleo", "controller", 200),
        ("otto", "operator", 403),
        ("aude", "auditor", 403),
    ):
        client = story.site.person(name, role)
        assert client.post(UK).status_code == status
        page = client.get("/closes/uk/2026-10").text
        assert ("Preview what would be proposed now" in page) == (status == 200)
        assert client.get("/closes/uk/2026-10/preview").status_code == status


def test_the_page_shows_what_would_change(story: Story) -> None:
    answer = story.client.post(
        "/closes/uk/2026-10/preview",
        files={"policy": ("policy", settings(recognition={"method": "monthly"}))},
    )
    assert answer.status_code == 200
    for words in (
        "Lines that change, the largest change first",
        "of it catch-up",
        "Against round 1",
        "in the policy file",
        "Journals by kind",
    ):
        assert words in answer.text
    assert "Nothing would change" in story.page("/closes/uk/2026-10/preview")


def test_what_is_not_a_form_of_these_files_is_refused(story: Story) -> None:
    answer = story.client.post(UK, json={"policy": "{}"})
    assert (answer.status_code, answer.json()["message"]) == (
        422,
        "Send files as the parts of a form: multipart/form-data.",
    )
    assert "there are policy, rates" in asked(story, rate=RATES).json()["message"]
