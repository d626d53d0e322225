"""A back-test reads of a book only what changed from month to month: it reads what a whole reading does."""

from copy import deepcopy

from hypothesis import given

from accounting.backtest import as_if_never_closed
from accounting.backtest_readings import reading_of, readings_of
from accounting.periods import ONE_DAY
from scenario import parse
from tests.laws.profiles import books
from tests.strategies import scenarios


@given(scenarios())
@books(90)
def test_a_family_that_did_not_change_reads_as_it_did(data):
    """Lines, units, balances and what is held, at the end of every period."""
    scenario = parse(deepcopy(data))
    for entity in scenario.entities:
        book = as_if_never_closed(entity.book(scenario.rates))
        days = [entity.periods[0].start - ONE_DAY, *(period.end for period in entity.periods)]
        for day, found in zip(days, readings_of(book, entity.policy, days), strict=True):
            whole = reading_of(book, entity.policy, day)
            assert found.lines == whole.lines
            assert found.by_line == whole.by_line
            assert set(found.held) == set(whole.held)
