"""Schedules by arrays are R(t) of each line, month by month (docs/accounting.md §§3, 10)."""

from datetime import date

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from accounting.calendars import CALENDAR_MONTHS
from accounting.currency import Conversion
from accounting.periods import month_end
from accounting.recognition import RevenueLine
from accounting.segments import Life
from accounting.vectorised import Subledger
from accounting.vectorised_compile import compiled
from accounting.vectorised_schedule import schedule, waterfall
from tests.laws.bulk_lines import AMOUNTS, DAYS, RATES, billings, line, over_time
from tests.laws.profiles import books

HOME = Conversion("USD", "USD", RATES, CALENDAR_MONTHS)


@st.composite
def home_lines(draw: st.DrawFn) -> list[RevenueLine]:
    """Lines over time, each in one piece, of any method; some of them alike."""
    terms = draw(st.lists(over_time(CALENDAR_MONTHS), min_size=1, max_size=3))
    lines = []
    for number in range(draw(st.integers(1, 8))):
        life = Life.of(draw(AMOUNTS), draw(st.sampled_from(terms)))
        billed = draw(billings(life.total, home=True))
        lines.append(line(f"L{number}", life, billed, HOME, remeasured=True))
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
