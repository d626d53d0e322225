"""What makes an open close's figures rest on what is in force no more, and what does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from controls.audit import Actor
from controls.messages import CloseRef
from store.outdated import outdated
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line, over


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    """An invoice in euros, and September's proposal for it."""
    month_end = MonthEnd(altered, configured("uk"))
    month_end.spots("GBP", {"2026-09-01": "0.80", "2026-09-30": "0.90"})
    days = over("2026-09-01", "2026-10-31")
    month_end.paper.write(invoice("INV-1", "2026-09-01", line("61.00", "EUR", **days)))
    yield month_end
    month_end.leave()


@pytest.fixture
def close(uk: MonthEnd) -> CloseRef:
    found = uk.open("2026-09")
    uk.sync(found)
    uk.calculate(found)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(found.close_id, "review", "submission", "")
    return found


def why(uk: MonthEnd) -> list[tuple[str, tuple[str, ...]]]:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        return [(each.close.entity_id, each.why) for each in outdated(work)]


def apply(uk: MonthEnd, entity: str = "uk", **changes: Any) -> None:
    """A version in which this changed against the one that the month-end began with."""
    configuration = configured("uk").model_dump(mode="json")
    (found,) = [each for each in configuration["entities"] if each["id"] == entity]
    found |= changes
    with uk.api.unit_of_work(Actor("terminal", "root")) as work:
        work.config.apply(type(uk.configuration).model_validate(configuration))


@pytest.mark.usefixtures("close")
def test_what_an_entitys_figures_rest_on_is_named(uk: MonthEnd) -> None:
    assert why(uk) == []
    approval = [{"role": "reviewer"}, {"role": "controller", "count": 2}]
    apply(uk, recognition={"method": "monthly"}, approval=approval)
    assert why(uk) == [("uk", ("approval", "recognition"))]


@pytest.mark.usefixtures("close")
def test_another_entity_and_office_hours_change_nothing(uk: MonthEnd) -> None:
    apply(uk, "us", recognition={"method": "monthly"})
    apply(uk, working_time={"from_hour": 8, "to_hour": 16}, name="Northwind UK")
    assert why(uk) == []


def test_rates_of_the_period_and_its_currencies_count_until_it_has_calculated_anew(
    uk: MonthEnd, close: CloseRef
) -> None:
    uk.spots("USD", {"2026-09-15": "1.10"})
    uk.spots("GBP", {"2026-10-01": "0.95"})
    assert why(uk) == []
    uk.spots("GBP", {"2026-09-30": "0.91"})
    assert why(uk) == [("uk", ("rates",))]
    uk.calculate(close)
    assert why(uk) == []


def test_once_the_figures_stand_they_do(uk: MonthEnd, close: CloseRef) -> None:
    uk.spots("GBP", {"2026-09-30": "0.91"})
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(close.close_id, "lock_check", "nothing", "")
    assert why(uk) == []
