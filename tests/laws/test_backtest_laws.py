"""A back-test reads of a book only what changed from month to month: it reads what a whole reading does."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from accounting.backtest import as_if_never_closed
from accounting.backtest_causes import SUPPOSED, Causes
from accounting.backtest_readings import less, reading_of, readings_of
from accounting.documents import Override
from accounting.methods import method_named
from accounting.periods import ONE_DAY, Period
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


@given(scenarios(), st.sampled_from([-31, -1, 1, 15, 365]))
@books(60)
def test_other_days_have_the_effect_that_the_whole_book_has_by_these_days(data, later):
    """Also of a line reckoned by itself: netting, currency and rounding as any reading has them."""
    scenario = parse(deepcopy(data))
    for entity in scenario.entities:
        book, policy = as_if_never_closed(entity.book(scenario.rates)), entity.policy
        months = list(entity.periods[:2])
        days = [months[0].day_before, *(month.end for month in months)]
        readings = readings_of(book, policy, days)
        causes = Causes(book, policy, months, readings)
        for line in readings[-1].lines.values():
            if line.service_start is None or line.service_end is None:
                continue
            if not method_named(line.method).over_time:
                continue
            end = max(line.service_start, line.service_end + timedelta(days=later))
            other = Period(line.service_start, end)
            said = Override(
                line=line.key, reason="", id=SUPPOSED, service_start=other.start, service_end=end
            )
            wrong = reading_of(
                replace(book, overrides=(*book.overrides, said)), policy, months[-1].end
            )
            if set(wrong.held) == set(readings[-1].held):
                found = causes.over(line, other)(len(months) - 1)
                assert found == less(wrong.totals(), readings[-1].totals())
