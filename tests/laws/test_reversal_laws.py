"""Turning posted journals round changes no balance and no result: what was right is posted anew."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from accounting.book import Book, Calculation, Journal, JournalKind, PostedJournal
from accounting.engine import calculate, carried_forward
from accounting.periods import ONE_DAY, Period
from accounting.reversal import NEVER
from scenario import ScenarioEntity, parse
from tests.laws.profiles import books
from tests.strategies import scenarios
from tests.strategies_draft import Data

Moves = Counter[tuple[str, object, date]]


def closes_of(entity: ScenarioEntity, data: Data) -> tuple[Book, Period, list[Journal]]:
    """The book after all closes but the last one, its period, and what was posted so far."""
    book = entity.book(parse(deepcopy(data)).rates)
    posted: list[Journal] = []
    for period in entity.periods[:-1]:
        opened = (book.last_closed or book.adopted_on) + ONE_DAY
        found = calculate(book, entity.policy, Period(opened, period.end))
        posted += found.journals
        book = carried_forward(book, found)
    opened = (book.last_closed or book.adopted_on) + ONE_DAY
    return book, Period(opened, entity.periods[-1].end), posted


def wished(journals: Iterable[Journal], more: st.DataObject) -> tuple[PostedJournal, ...]:
    """Some of the journals, to be turned round; none where none may be."""
    able = [journal for journal in journals if journal.kind not in NEVER]
    if not able:
        return ()
    chosen = more.draw(st.sets(st.integers(0, len(able) - 1), min_size=1))
    return tuple(PostedJournal(f"T-{place}", able[place]) for place in sorted(chosen))


def moves(found: Calculation, until: date) -> Moves:
    """What the journals move by account and dimensions, debit positive; by day after `until`."""
    sums: Moves = Counter()
    for journal in found.journals:
        for line in journal.lines:
            key = (line.account, line.dimensions, max(journal.date, until))
            sums[key] += line.debit.minor - line.credit.minor
    return Counter({key: minor for key, minor in sums.items() if minor})


@given(scenarios(), st.data())
@books(200)
def test_what_earlier_periods_posted_is_turned_round_without_a_trace_in_the_balances(data, more):
    for entity in parse(deepcopy(data)).entities:
        book, period, posted = closes_of(entity, data)
        to_reverse = wished(posted, more)
        plain = calculate(book, entity.policy, period)
        found = calculate(replace(book, to_reverse=to_reverse), entity.policy, period)
        reversals = [each for each in found.journals if each.kind is JournalKind.REVERSAL]
        assert [each.reverses for each in reversals] == [each.reference for each in to_reverse]
        assert all(period.start <= each.date for each in reversals)
        assert (found.positions, found.closing) == (plain.positions, plain.closing)
        assert moves(found, period.end) == moves(plain, period.end)
        once = carried_forward(replace(book, to_reverse=to_reverse), found)
        assert calculate(once, entity.policy, period).journals == ()


@given(scenarios(), st.data())
@books(200)
def test_what_the_period_itself_posted_is_turned_round_and_posted_anew(data, more):
    for entity in parse(deepcopy(data)).entities:
        book, period, _posted = closes_of(entity, data)
        first = calculate(book, entity.policy, period)
        to_reverse = wished(first.journals, more)
        once = carried_forward(book, first)
        again = calculate(replace(once, to_reverse=to_reverse), entity.policy, period)
        assert not moves(again, period.end)
        days = {each.reference: each.journal.date for each in to_reverse}
        reversals = {each.reverses: each.date for each in again.journals if each.reverses}
        assert reversals == days
