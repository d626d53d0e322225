"""The back-test as a page and as JSON: who sees it, what is refused, what its figures come to."""

from decimal import Decimal

from controls.audit import Actor
from tests.api.site import REPOSITORY, Site
from tests.api.story import Story
from tieout.administration import read_configuration

API, PAGE = "/api/v1/entities/uk/backtest", "/entities/uk/backtest"


def test_the_page_tells_each_mistake_with_its_sentence_and_where_it_was_made_good(
    story: Story,
) -> None:
    page = story.page(PAGE)
    assert "1 mistake in September 2025 to August 2026. All were made good" in page
    assert "The release of INV-1 of Acme for June 2026 was not booked: 30.00 too much" in page
    assert "The mistake of June 2026 with INV-1 of Acme is made good" in page
    assert f'href="{PAGE}"' in story.page("/entities/uk/adoption")
    assert f'href="{PAGE}"' in story.page("/closes/uk/2026-10")


def test_an_auditor_sees_it_and_it_takes_the_months_that_are_named(story: Story) -> None:
    auditor = story.site.person("back-testing-auditor", "auditor")
    found = auditor.get(API, params={"from": "2026-07", "to": "2026-08"}).json()
    assert found["carried"] == [
        {"account": "DEF", "role": "deferred_revenue", "difference": "30.00"}
    ]
    assert [(row["period"], row["stage"], row["amount"]) for row in found["differences"]] == [
        ("2026-07", "made_good", "-30.00")
    ]
    for month in found["balances"]:
        told = [
            Decimal(row["amount"])
            for row in found["differences"]
            if (row["period"], row["account"]) == (month["period"], month["account"])
        ]
        assert sum(told) == Decimal(month["arisen"])


def test_a_month_that_is_not_there_is_said_on_the_page_and_the_form_keeps_it(story: Story) -> None:
    answer = story.client.get(PAGE, params={"from": "2024-01"})
    assert answer.status_code == 422
    assert "The history of uk is known from 2024-09 on" in answer.text
    assert 'name="from" value="2024-01"' in answer.text
    told = story.client.get(API, params={"to": "2027-01"})
    assert (told.status_code, told.json()["error"]) == (422, "bad_input")


def test_before_the_ledger_is_read_it_says_what_to_start(site: Site) -> None:
    with site.owner.unit_of_work(Actor("service", "test")) as work:
        if not work.config.entities():
            work.config.apply(read_configuration(REPOSITORY / "examples" / "northwind.json"))
    answer = site.person("back-testing", "controller").get("/api/v1/entities/de/backtest")
    assert answer.status_code == 404
    assert "has not been read from its ledger yet. Start the close of 2026-09" in answer.text
