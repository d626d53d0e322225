"""Schedules by arrays are R(t) of each line, month by month (docs/accounting.md §§3, 10)."""

from datetime import date
from itertools import cycle

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from accounting.calendars import CALENDAR_MONTHS
from accounting.currency import Billing, Conversion
from accounting.methods import Terms
from accounting.periods import Period, month_end
from accounting.recognition import RevenueLine
from accounting.segments import Life
from accounting.vectorised import Subledger
from accounting.vectorised_compile import compiled
from accounting.vectorised_schedule import CELLS, months, schedule, waterfall
from tests.laws.bulk_lines import AMOUNTS, CALENDARS, DAYS, RATES, billings, line, over_time
from tests.laws.profiles import books
from tests.strategies_entities import TIME_METHODS

MANY = 4_000
"""Lines of three years: more figures than are reckoned at a time."""


@st.composite
def home_lines(draw: st.DrawFn) -> list[RevenueLine]:
    """Lines over time, each in one piece, of any method; some of them alike."""
    calendar = draw(CALENDARS)
    home = Conversion("USD", "USD", RATES, calendar)
    terms = draw(st.lists(over_time(calendar), min_size=1, max_size=3))
    lines = []
    for number in range(draw(st.integers(1, 8))):
        life = Life.of(draw(AMOUNTS), draw(st.sampled_from(terms)))
        billed = draw(billings(life.total, home=True))
        lines.append(line(f"L{number}", life, billed, home, remeasured=True))
    return lines


@given(home_lines(), st.lists(DAYS, min_size=1, max_size=5, unique=True), st.data())
@books(300)
def test_a_waterfall_sums_what_is_earned_by_each_day(lines, days, data):
    days, columns = sorted(days), compiled(lines)
    assume(not columns.apart.any())
    groups = data.draw(st.lists(st.integers(0, 2), min_size=len(lines), max_size=len(lines)))
    found = waterfall(Subledger(columns).earning, days, np.array(groups), 3)
    for column, day in enumerate(days):
        for group in range(3):
            own = [each for each, of in zip(lines, groups, strict=True) if of == group]
            assert found[group, column] == sum(each.life.recognised(day) for each in own)


@given(home_lines())
@books(90)
def test_a_schedule_has_each_month_of_each_line(lines):
    """Cumulative, the month's own, and what is billed ahead; the months sum to P."""
    columns = compiled(lines)
    assume(not columns.apart.any())
    found = schedule(Subledger(columns).earning, columns.billings)
    rows = zip(
        found.line.tolist(),
        found.month.tolist(),
        found.recognised.tolist(),
        found.reached.tolist(),
        found.ahead.tolist(),
        strict=True,
    )
    sums = [0] * len(lines)
    for number, month, recognised, reached, ahead in rows:
        day = month_end(date((month - 1) // 12, (month - 1) % 12 + 1, 1))
        of = lines[number]
        assert reached == of.life.recognised(day)
        sums[number] += recognised
        assert sums[number] == reached
        assert ahead == sum(each.amount for each in of.billings if each.date <= day) - reached
    assert sums == [of.life.total for of in lines]


def test_a_schedule_of_many_lines_is_what_is_earned_by_each_month_end():
    """Lines of two lengths in turn, of each method over time, so many that they are not all
    reckoned at once; each in its place.
    """
    home = Conversion("USD", "USD", RATES, CALENDAR_MONTHS)
    lines = []
    for number, method in zip(range(MANY), cycle(TIME_METHODS[::-1] + ["daily"] * 9), strict=False):
        first = date(2024, 1 + number % 12, 1 + number % 28)
        service = Period(first, date(first.year + 1 + number % 3, first.month, 28))
        amount = (number * 7_919 + 1) * (-1 if number % 33 == 0 else 1)
        billed = tuple(
            Billing(date(first.year + year, first.month, 28), "L", amount // 3, amount // 3)
            for year in range(number % 4)
        )
        life = Life.of(amount, Terms(method, service, CALENDAR_MONTHS, known_start=first))
        lines.append(line(f"L{number}", life, billed, home, remeasured=True))
    columns = compiled(lines)
    subledger = Subledger(columns)
    found = schedule(subledger.earning, columns.billings)
    assert found.line.size > CELLS
    assert found.line.size == months(subledger.earning).sum()
    for month in np.unique(found.month).tolist():
        day = month_end(date((month - 1) // 12, (month - 1) % 12 + 1, 1))
        rows = np.flatnonzero(found.month == month)
        of = found.line[rows]
        reached, billed = (
            each[of] for each in (subledger.recognised(day), columns.billings.upto(day, MANY)[0])
        )
        assert (found.reached[rows] == reached).all()
        assert (found.ahead[rows] == billed - reached).all()
    begin = np.flatnonzero(np.diff(found.line, prepend=-1))
    assert np.unique(found.line[begin]).size == begin.size == MANY
    moved = np.diff(found.reached, prepend=0)
    moved[begin] = found.reached[begin]
    assert (found.recognised == moved).all()


def test_of_no_lines_there_is_no_schedule():
    columns = compiled([])
    earning = Subledger(columns).earning
    assert not schedule(earning, columns.billings).line.size
    assert waterfall(earning, [], np.zeros(0, np.int64), 1).shape == (1, 0)
