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
from accounting.vectorised_arithmetic import sums
from accounting.vectorised_compile import compiled
from accounting.vectorised_schedule import CELLS, months, schedule, waterfall
from tests.laws.bulk_lines import AMOUNTS, CALENDARS, DAYS, RATES, WEEKS, billings, line, over_time
from tests.laws.profiles import books
from tests.strategies_entities import TIME_METHODS

HOME = Conversion("USD", "USD", RATES, CALENDAR_MONTHS)
MANY = 10_000


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
@books(36)
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


def many_lines() -> list[RevenueLine]:
    """Of one year and of three, of each method over time, credits among them, billed yearly."""
    lines = []
    for number, method in zip(range(MANY), cycle([*TIME_METHODS, *["daily"] * 8]), strict=False):
        first = date(2024, 1 + number % 12, 1 + number % 28)
        years = 1 if number % 5 == 0 else 3
        service = Period(first, date(first.year + years, first.month, 28))
        amount = (number * 7_919 + 1) * (-1 if number % 33 == 0 else 1)
        billed = tuple(
            Billing(date(first.year + year, first.month, 28), "L", amount // 3, amount // 3)
            for year in range(number % 4)
        )
        life = Life.of(amount, Terms(method, service, CALENDAR_MONTHS, known_start=first))
        lines.append(line(f"L{number}", life, billed, HOME, remeasured=True))
    return lines


def test_many_lines_are_scheduled_as_each_is_earned_by_every_month_end():
    """So many that they are not all reckoned at once; each in its place, whatever stood there."""
    columns = compiled(many_lines())
    subledger = Subledger(columns)
    found = schedule(subledger.earning, columns.billings)
    found = schedule(subledger.earning, columns.billings, into=found)
    assert found.line.size == months(subledger.earning).sum()
    assert (months(subledger.earning) == 37).sum() * 37 > 2 * CELLS
    ends = [month_end(date(2024 + n // 12, n % 12 + 1, 1)) for n in range(48)]
    groups = np.arange(MANY) % 7
    fall = waterfall(subledger.earning, ends, groups, 7)
    for column, day in enumerate(ends):
        rows = np.flatnonzero(found.month == day.year * 12 + day.month)
        reached = subledger.recognised(day)
        billed, _ = columns.billings.upto(day, MANY)
        assert (found.reached[rows] == reached[found.line[rows]]).all()
        assert (found.ahead[rows] == (billed - reached)[found.line[rows]]).all()
        assert (fall[:, column] == sums(reached, groups, 7)).all()
    begin = np.flatnonzero(np.diff(found.line, prepend=-1))
    assert np.unique(found.line[begin]).size == begin.size == MANY
    moved = np.diff(found.reached, prepend=0)
    moved[begin] = found.reached[begin]
    assert (found.recognised == moved).all()


def test_a_month_may_end_after_the_fiscal_period_that_the_line_ends_in():
    """Fiscal 2025 begins on 30 June 2024: its eighth period ends on 22 February."""
    service = Period(date(2025, 1, 5), date(2025, 2, 14))
    life = Life.of(1_000, Terms("even_periods", service, WEEKS, known_start=service.start))
    home = Conversion("USD", "USD", RATES, WEEKS)
    columns = compiled([line("L", life, (), home, remeasured=True)])
    found = schedule(Subledger(columns).earning, columns.billings)
    assert found.reached.tolist() == [life.recognised(date(2025, 1, 31)), 1_000]


def test_a_waterfall_keeps_what_ended_with_a_fiscal_period_beside_lines_that_go_on():
    ends = [date(2025, 2, 28), date(2025, 6, 20)]
    lives = [
        Life.of(1_000, Terms("even_periods", Period(date(2025, 1, 5), end), CALENDAR_MONTHS))
        for end in ends
    ]
    lines = [line(f"L{n}", life, (), HOME, remeasured=True) for n, life in enumerate(lives)]
    days = [date(2024, 12, 31), date(2025, 3, 31), date(2025, 5, 31)]
    found = waterfall(Subledger(compiled(lines)).earning, days, np.arange(2), 2)
    assert found.tolist() == [[life.recognised(day) for day in days] for life in lives]


def test_of_no_lines_there_is_no_schedule():
    columns = compiled([])
    earning = Subledger(columns).earning
    assert not schedule(earning, columns.billings).line.size
    assert waterfall(earning, [], np.zeros(0, np.int64), 1).shape == (1, 0)
