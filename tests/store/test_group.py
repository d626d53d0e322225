"""The group's figures: from each entity's newest proposal, translated, what is its own left out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from controls.configuration import parse_configuration
from store.errors import NotFoundError
from store.group import GroupFigures
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line, over

TWO_MONTHS = over("2026-09-01", "2026-10-31")


@pytest.fixture
def pair(altered: Database) -> Iterator[tuple[MonthEnd, MonthEnd]]:
    """uk in pounds, us in dollars with a calendar of weeks; the group reports in pounds."""
    data: Any = configured("uk").model_dump(mode="json")
    american = configured("us").model_dump(mode="json")["entities"][1]
    weeks = {
        "pattern": "4-4-5",
        "first_day": "2026-09-01",
        "years": [{"name": "FY27", "weeks": 52}],
    }
    data["entities"][1] = {**american, "fiscal_calendar": weeks, "intercompany": ["Sister"]}
    configuration = parse_configuration(data)
    uk, us = MonthEnd(altered, configuration), MonthEnd(altered, configuration, "us")
    yield uk, us
    uk.leave()
    us.leave()


def figures(uk: MonthEnd, period: str = "2026-09") -> GroupFigures:
    with uk.api.unit_of_work(WORKER_ACTOR) as work:
        return work.group.figures(uk.configuration, period)


def pounds(found: GroupFigures, *names: str) -> list[str]:
    return [found.result.figures[name].text() for name in names]


def test_the_groups_figures_are_the_entities_translated(pair: tuple[MonthEnd, MonthEnd]) -> None:
    uk, us = pair
    uk.spots("USD", dict.fromkeys(["2026-08-31", "2026-09-01", "2026-09-28"], "1.2"))
    uk.spots("GBP", {"2026-08-31": "0.90", "2026-09-01": "0.84", "2026-09-28": "0.96"})
    sold = invoice("INV-1", "2026-09-01", line("61.00", **TWO_MONTHS))
    uk.paper.write(sold)
    uk.close("2026-09")
    found = figures(uk)
    assert found.missing == ("us", "de")
    assert pounds(found, "recognised", "deferred", "billed") == ["30.00", "31.00", "61.00"]

    dollars = replace(sold, currency="USD", lines=(line("610.00", "USD", **TWO_MONTHS),))
    us.paper.write(dollars, replace(dollars, id="INV-2", number="INV-2", counterparty="Sister"))
    ref = us.open("FY27-P01")
    us.sync(ref)
    us.calculate(ref)
    found = figures(uk)
    # 28 days at the average of 0.70 and 0.80, 330 dollars deferred at 0.80; the sister is left out.
    assert pounds(found, "recognised", "deferred") == ["240.00", "295.00"]
    assert pounds(found, "translation_adjustment") == ["-16.50"]
    assert set(found.closes) == {"uk", "us"}
    assert figures(uk, "FY27-P01").result == found.result


def test_a_missing_rate_leaves_the_figures_out_and_says_so(pair: tuple[MonthEnd, MonthEnd]) -> None:
    uk, us = pair
    us.paper.write(invoice("INV-1", "2026-09-01", line("610.00", "USD", **TWO_MONTHS)))
    ref = us.open("FY27-P01")
    us.sync(ref)
    us.calculate(ref)
    found = figures(uk)
    assert found.result.figures == {}
    (problem,) = found.result.exceptions
    assert (problem.code, problem.subject) == ("missing_rate", "us")


def test_a_period_that_no_calendar_has_is_not_found(pair: tuple[MonthEnd, MonthEnd]) -> None:
    with pytest.raises(NotFoundError, match="No entity's calendar"):
        figures(pair[0], "FY99-P01")
    assert figures(pair[0], "2030-01").result.figures == {}
