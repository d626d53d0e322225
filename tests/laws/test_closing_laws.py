"""Laws 2, 5 and 8: how a book is cut into closes changes no total (docs/accounting.md §10)."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from accounting.book import Book
from accounting.engine import calculate, carried_forward
from accounting.exceptions import ONLY_TELL
from accounting.periods import ONE_DAY, Period
from scenario import ScenarioEntity, parse
from tests.laws.figures import at_the_end, closed, entities, every_close, number, standing
from tests.laws.profiles import books
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data, after, iso
from tests.strategies_entities import first_day

TELLING = {code.value for code in ONLY_TELL} | {"adoption_difference", "refund_without_credit_note"}


def holds_nothing(found: dict[str, Any]) -> bool:
    """Whether no exception keeps figures as they were."""
    return all(each["code"] in TELLING for each in found["exceptions"])


def closes_of(entity: ScenarioEntity, data: Data) -> tuple[Book, Period]:
    """The book after all closes but the last one, and the last one's period."""
    book = entity.book(parse(deepcopy(data)).rates)
    for period in entity.periods[:-1]:
        opened = (book.last_closed or book.adopted_on) + ONE_DAY
        book = carried_forward(book, calculate(book, entity.policy, Period(opened, period.end)))
    opened = (book.last_closed or book.adopted_on) + ONE_DAY
    return book, Period(opened, entity.periods[-1].end)


@given(scenarios())
@books(120)
def test_closing_a_period_again_proposes_nothing(data):
    """Law 5: closing a period twice with unchanged input proposes nothing."""
    for entity in parse(deepcopy(data)).entities:
        book, period = closes_of(entity, data)
        once = carried_forward(book, calculate(book, entity.policy, period))
        again = calculate(once, entity.policy, period)
        assert again.journals == ()
        assert not any(row.recognised or row.billed or row.fx for row in again.positions)
        assert again.opening == again.closing


@given(scenarios(without={Idea.GROUP}))
@books(150)
def test_what_stands_at_the_end_does_not_depend_on_the_closes_before(data):
    """Law 8: balances after any sequence of closes equal a from-scratch computation."""
    at_once = {**deepcopy(data), "close": data["close"][-1:]}
    found = entities(closed(at_once), data["close"][-1])
    assume(all(holds_nothing(each) for each in found.values()))
    adoptions = [entity.get("adoption", {}) for entity in data["entities"]]
    assume(all("date" in each for each in adoptions if "recognised_to_date" in each))
    assert at_the_end(data) == {name: standing(each) for name, each in found.items()}


@st.composite
def tables(draw: st.DrawFn, first: date, last: date) -> list[list[str]]:
    """The days from first to last cut into periods."""
    cuts = draw(st.sets(st.integers(0, (last - first).days - 1), max_size=5))
    ends = [*(after(first, cut) for cut in sorted(cuts)), last]
    starts = [first, *(after(end, 1) for end in ends[:-1])]
    return [
        [f"T{place:02d}", iso(start), iso(end)]
        for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


CALENDAR_BOUND = ('"even_periods"', '"manual"', '"single_period": true')
"""What measures by the entity's own periods."""


def knows_periods(data: Data) -> bool:
    """Whether something in the book is measured by the entity's own periods."""
    return any(word in json.dumps(data) for word in CALENDAR_BOUND)


BY_MONTHS = scenarios(without={Idea.CALENDARS, Idea.FOREIGN, Idea.GROUP, Idea.ADOPTION})


@given(BY_MONTHS, st.data())
@books(120)
def test_time_cut_into_other_periods_earns_and_bills_the_same(data, more):
    """Law 2: splitting time differently never changes a total."""
    assume(not knows_periods(data))
    months = closed(data)
    assume(all(holds_nothing(found) for _, found in every_close(months)))
    entity = data["entities"][0]
    first = first_day(entity, data["close"][0])
    last = after(first_day(entity, _next(data["close"][-1])), -1)
    table = more.draw(tables(first, last))
    cut = deepcopy(data)
    cut["entities"][0]["fiscal_calendar"] = table
    cut["close"] = [name for name, _, _ in table]
    otherwise = closed(cut)
    assume(all(holds_nothing(found) for _, found in every_close(otherwise)))
    for name in ("recognised", "billed", "expense"):
        assert sum(number(found, name) for _, found in every_close(otherwise)) == sum(
            number(found, name) for _, found in every_close(months)
        )
    ((_, by_table),) = entities(otherwise, cut["close"][-1]).items()
    ((_, by_month),) = entities(months, data["close"][-1]).items()
    assert standing(by_table) == standing(by_month)


def _next(month: str) -> str:
    year, number_of = map(int, month.split("-"))
    return f"{year + number_of // 12}-{number_of % 12 + 1:02d}"
