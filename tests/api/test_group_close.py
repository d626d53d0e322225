"""The group's close on page and JSON: each entity by its own calendar, refused before it starts."""

import pytest

from controls.audit import Actor
from controls.group_messages import GroupCloseRequest
from tests.api.story import Story

GROUP = "Northwind Analytics"
MEMBERS = [("uk", "2026-09"), ("us", "2026-P01"), ("de", "2026-09")]


def test_whichever_name_the_period_has_it_is_the_same_close(story: Story) -> None:
    for period in ("2026-09", "2026-P01"):
        close = story.json(f"/group-closes/{period}")
        assert (close["group"], close["period"]) == (GROUP, "2026-09")
        assert [(m["entity"], m["period"]) for m in close["members"]] == MEMBERS
    uk, us, de = close["members"]
    assert (uk["step"], us["step"], de["step"]) == ("closed", "review", "closed")
    assert us["waits_for"] == ["preparer"]
    page = story.page("/group/2026-P01")
    assert "Start the close of every entity" in page
    assert '<a href="/closes/us/2026-P01">us</a>' in page


def test_the_button_starts_every_member_by_its_own_name_and_the_page_says_who_did(
    story: Story,
) -> None:
    gateway = story.site.gateway
    gateway.given.clear()
    with story.site.owner.unit_of_work(Actor("service", "test")) as work:
        work.group_closes.open(GroupCloseRequest(GROUP, "2026-09", (), "priya"))
    answer = story.client.post("/group-closes", data={"period": "2026-P01"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/group/2026-P01")
    (request,) = gateway.given
    assert (request.group, request.period, request.started_by) == (GROUP, "2026-09", "priya")
    assert [(m.entity, m.period, m.started_by) for m in request.members] == [
        (entity, period, "priya") for entity, period in MEMBERS
    ]
    page = story.page("/group/2026-09")
    assert "was started by priya" in page
    assert "Start the close of every entity" not in page


@pytest.mark.parametrize(
    ("period", "status", "words"),
    [
        ("2026-10", 422, "2026-10 is not over yet"),
        ("2026-07", 422, "nothing to close"),
        ("2026-Q3", 404, "No entity&#39;s calendar has a period"),
    ],
)
def test_a_period_that_no_entity_can_close_starts_nothing(
    story: Story, period: str, status: int, words: str
) -> None:
    story.site.gateway.given.clear()
    answer = story.client.post("/group-closes", data={"period": period})
    assert answer.status_code == status
    assert words in answer.text
    assert story.site.gateway.given == []


def test_who_may_not_start_closes_does_not_start_the_groups(story: Story) -> None:
    story.site.gateway.given.clear()
    auditor = story.site.person("ada-of-the-group", "auditor")
    answer = auditor.post("/api/v1/group-closes", json={"period": "2026-09"})
    assert (answer.status_code, answer.json()["error"]) == (403, "wrong_role")
    assert story.site.gateway.given == []
    assert "Start the close" not in auditor.get("/group/2026-09").text
