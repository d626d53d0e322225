"""How a figure came about, on a line's page and in the JSON API, of every line of every close."""

from decimal import Decimal
from typing import Any

import pytest

from controls.steps import Awaiting, Step
from tests.api.site import PERIOD, Site
from tests.api.story import Story

CLOSES = ("uk/2026-10", "de/2026-10", "us/2026-P01", "uk/2026-09", "de/2026-09")


def explained(story: Story, close: str, line: str) -> Any:
    return story.json(f"/closes/{close}/lines/{line}")["explanation"]


def words_of(told: Any, figure: str) -> list[str]:
    (found,) = [each for each in told["sums"] if each["figure"] == figure]
    return [term["words"] for term in found["terms"]]


@pytest.mark.parametrize("close", CLOSES)
def test_every_line_is_explained_and_its_sums_are_its_figures(story: Story, close: str) -> None:
    lines = story.json(f"/closes/{close}/lines")
    assert lines
    for line in lines:
        told = explained(story, close, line["line"])
        assert told["why_not"] == ""
        amounts = {each["figure"]: each["amount"].replace(",", "") for each in told["sums"]}
        for name in ("billed", "catch_up"):
            assert amounts[name] == line[name], (line["line"], name)
        if not told["note"]:
            assert (amounts["own"], amounts["recognised"]) == (line["own"], line["recognised"])
            for role, amount in line["closing"].items():
                assert amounts[f"closing.{role}"] == amount
        for each in told["sums"]:
            total = sum(Decimal(term["amount"].replace(",", "")) for term in each["terms"])
            assert total == Decimal(each["amount"].replace(",", ""))


def test_a_line_by_days_is_told_with_the_numbers_put_in(story: Story) -> None:
    told = explained(story, "de/2026-10", "INV-1/1")
    (words,) = words_of(told, "recognised_to_date")
    assert words == (
        "2,190.00 EUR over 1,095 days (1 Sep 2024 – 31 Aug 2027), 791 of them delivered by "
        "31 Oct 2026: 2,190.00 × 791 / 1,095 = 1,582.00"
    )
    assert words_of(told, "catch_up") == [
        "What is earned by 30 Sep 2026, as known now",
        "less what was frozen",
    ]
    assert told["rule"] == (
        "Northwind Analytics GmbH's default, as no rule fits: evenly over the days of service"
    )


def test_a_rule_is_named_by_its_number_and_its_words(story: Story) -> None:
    told = explained(story, "uk/2026-09", "006B/1")
    assert told["rule"] == (
        "rule 1 of Northwind Analytics Ltd's recognition, the first that fits (product PROJ): "
        "by completion"
    )
    assert words_of(told, "recognised_to_date") == [
        "4,000.00 GBP by completion, 50 % as reported for 20 Sep 2026: 4,000.00 × 0.5 = 2,000.00"
    ]


def test_a_foreign_line_is_told_with_its_rates_and_the_exchange_difference(story: Story) -> None:
    told = explained(story, "uk/2026-10", "006A/1")
    assert words_of(told, "recognised_to_date") == [
        "300.00 USD earned before it was billed, × 0.75, the average rate of 2026-09",
        "310.00 USD earned before it was billed, × 0.8, the average rate of 2026-10",
    ]
    assert words_of(told, "ahead") == [
        "610.00 USD earned beyond the billings × 0.8, the rate of 30 Oct 2026"
    ]
    (gain,) = [each for each in told["sums"] if each["figure"] == "fx"]
    assert [(t["words"], t["amount"]) for t in gain["terms"]] == [
        ("Ahead at the start, as frozen", "-225.00"),
        ("billed in this close", "0.00"),
        ("less recognised in this close", "-248.00"),
        ("less ahead at the end", "488.00"),
    ]
    assert [(each["rate"], each["what"], each["source"]) for each in told["rates"]] == [
        ("0.75", "average of 2026-09", "mean of the period's daily spots"),
        ("0.8", "average of 2026-10", "mean of the period's daily spots"),
        ("0.8", "spot of 30 Oct 2026", "the test's"),
    ]


def test_a_held_line_says_that_it_stands_still(story: Story) -> None:
    told = explained(story, "uk/2026-10", "INV-3/1")
    assert told["note"].startswith("Held by an exception")
    assert words_of(told, "recognised_to_date") == ["as last frozen"]


def test_the_page_says_the_same_and_names_documents_by_hash_and_day(story: Story) -> None:
    page = story.page("/closes/uk/2026-10/lines/006A/1")
    for words in (
        "How these figures came about",
        "310.00 USD earned before it was billed",
        "Exchange rates that went into them",
        "Known to closes from",
    ):
        assert words in page
    (document,) = [
        each
        for each in story.json("/closes/uk/2026-10/lines/INV-1/1")["documents"]
        if each["number"] == "INV-1"
    ]
    assert document["known_from"] == "2026-10-01"
    assert len(document["sha256"]) == 64


def test_a_proposal_that_rests_on_what_is_not_on_record_is_not_explained(site: Site) -> None:
    site.close(Step.REVIEW, Awaiting.SUBMISSION)
    client = site.person("ilse", "preparer")
    told = client.get(f"/api/v1/closes/us/{PERIOD}/lines/INV-1/1").json()["explanation"]
    assert told["sums"] == []
    assert "calculate anew" in told["why_not"]
    assert (
        "No document on record lists this line"
        in client.get(f"/closes/us/{PERIOD}/lines/INV-1/1").text
    )


def test_a_line_of_an_unknown_name_is_one_sentence(story: Story) -> None:
    answer = story.client.get("/api/v1/closes/uk/2026-10/lines/INV-99/1")
    assert (answer.status_code, answer.json()["message"]) == (
        404,
        "There is no position of INV-99/1 in this proposal.",
    )
