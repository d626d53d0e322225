"""A posted journal's page offers to turn it round, where a close's figures are open."""

from tests.api.story import Story

SEPTEMBER, OCTOBER = "/closes/uk/2026-09", "/closes/uk/2026-10"


def test_a_closed_periods_journal_is_turned_round_in_the_close_that_is_open(story: Story) -> None:
    posted = [each for each in story.json(SEPTEMBER)["journals"] if each["state"] == "posted"]
    offered = {}
    for each in posted:
        page = story.page(f"{SEPTEMBER}/journals/{each['id']}")
        offered[each["kind"]] = "Propose the reversal" in page
        if offered[each["kind"]]:
            assert f'action="{OCTOBER}/resolutions"' in page
            assert f'name="subject" value="{each["reference"]}"' in page
    assert offered.pop("remeasurement", False) is False
    assert offered
    assert all(offered.values()), offered


def test_what_is_not_posted_is_not_turned_round(story: Story) -> None:
    proposed = [each for each in story.json(OCTOBER)["journals"] if each["state"] == "proposed"]
    assert proposed
    for each in proposed:
        assert "Propose the reversal" not in story.page(f"{OCTOBER}/journals/{each['id']}")
