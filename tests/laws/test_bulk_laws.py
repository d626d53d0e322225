"""Law 10: the path by arrays and the one-line path agree to the minor unit (docs/accounting.md §10)."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting import engine
from accounting.book import Calculation
from accounting.bulk import FEW, AtOnce, calculate
from accounting.calendars import CALENDAR_MONTHS
from accounting.currency import Billing, Conversion
from accounting.documents import DocumentLine
from accounting.errors import MissingRateError
from accounting.methods import Terms
from accounting.money import Money, round_half_away
from accounting.periods import ONE_DAY, Period
from accounting.rates import Rates, Spot
from accounting.recognition import RevenueLine, recognised_functional, standing
from accounting.segments import Life
from accounting.vectorised import Figures, Subledger
from accounting.vectorised_arithmetic import ints, ratio
from accounting.vectorised_compile import compiled
from scenario import Scenario, parse
from scenario.schema import read_data
from tests.builders import POLICY, T0, first_book, invoice
from tests.laws.bulk_lines import AMOUNTS, DAYS, RATES, line, over_time, revenue_lines
from tests.laws.profiles import books
from tests.strategies import scenarios
from tests.strategies_draft import after

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.json"))
HOME = Conversion("USD", "USD", RATES, CALENDAR_MONTHS)
BY_ARRAYS = 0
"""However few lines."""


def assert_both_close_alike(scenario: Scenario) -> None:
    for entity in scenario.entities:
        book = entity.book(scenario.rates)
        for period in entity.periods:
            opened = (book.last_closed or book.adopted_on) + ONE_DAY
            asked = book, entity.policy, Period(opened, period.end)
            one, bulk = engine.calculate(*asked), engine.calculate(*asked, AtOnce(BY_ARRAYS))
            for field in fields(Calculation):
                assert getattr(bulk, field.name) == getattr(one, field.name), field.name
            book = engine.carried_forward(book, one)


@given(scenarios())
@books(150)
def test_any_book_closes_alike(data):
    assert_both_close_alike(parse(deepcopy(data)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_published_examples_close_alike(example):
    assert_both_close_alike(parse(read_data(example)))


def told(figures: Figures, place: int) -> tuple[int | None, ...]:
    """What `Standing` holds."""
    known = bool(figures.year_known[place])
    return (
        int(figures.recognised[place]),
        int(figures.billed[place]),
        int(figures.recognised_functional[place]),
        int(figures.billed_functional[place]),
        int(figures.ahead[place]),
        int(figures.in_a_year[place]) if known else None,
    )


def by_one(of: RevenueLine, day: date) -> tuple[int | None, ...] | None:
    try:
        found = standing(of, day)
    except MissingRateError:
        return None
    return (
        found.recognised,
        found.billed,
        found.recognised_functional,
        found.billed_functional,
        found.ahead,
        found.in_a_year,
    )


def assert_told_alike(lines: Sequence[RevenueLine], days: Sequence[date]) -> None:
    subledger = Subledger(compiled(lines))
    for day in days:
        figures = subledger.standing(day)
        earned, known = subledger.recognised_functional(day)
        for place, each in enumerate(lines):
            if figures.told[place]:
                assert told(figures, place) == by_one(each, day), (each, day)
            if known[place]:
                assert earned[place] == recognised_functional(each, day), (each, day)


@given(revenue_lines(), st.lists(DAYS, min_size=1, max_size=6))
@books(600)
def test_what_the_arrays_tell_of_a_line_is_what_it_says_of_itself(lines, days):
    """Of any size up to 10¹⁸, over a century, billed ahead, behind, in parts, credited, changed."""
    assert_told_alike(lines, days)


@given(st.lists(st.tuples(over_time(CALENDAR_MONTHS), AMOUNTS), min_size=1, max_size=6), DAYS)
@books(300)
def test_the_arrays_tell_every_line_at_home_of_every_method_over_time(drawn, day):
    lines = [
        line(f"L{n}", Life.of(amount, terms), (), HOME, remeasured=True)
        for n, (terms, amount) in enumerate(drawn)
    ]
    columns = compiled(lines)
    assert not columns.apart.any()
    assert Subledger(columns).standing(day).told.all()
    assert_told_alike(lines, [day])


YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
MONTH_ENDS = [date(2026, month, 1) - ONE_DAY for month in range(2, 13)] + [YEAR.end]
COURSES = {
    "billed whole before": ([("2025-12-15", 120_000)], True),
    "billed by the quarter, ahead": (
        [("2026-01-01", 30_000), ("2026-04-01", 31_000), ("2026-07-01", 59_000)],
        True,
    ),
    "not billed": ([], True),
    "billed once, having earned": ([("2026-05-12", 120_000)], True),
    "billed twice, having earned": ([("2026-03-12", 60_000), ("2026-05-12", 60_000)], False),
    "billed in part": ([("2026-01-01", 50_000)], False),
    "billed by the quarter, behind": ([("2026-04-01", 30_000), ("2026-07-01", 30_000)], False),
}


@pytest.mark.parametrize("remeasured", [True, False])
@pytest.mark.parametrize("course", COURSES)
def test_the_courses_of_a_foreign_line(course, remeasured):
    """The common ones the arrays tell on every day, the others as far as they can."""
    billed, common = COURSES[course]
    conversion = Conversion("EUR", "USD", RATES, CALENDAR_MONTHS)
    billings = tuple(
        Billing(date.fromisoformat(day), "L", amount, round_half_away(amount * Fraction(rate)))
        for (day, amount), rate in zip(billed, ["1.1", "1.2345679", "0.98"], strict=False)
    )
    life = Life.of(120_000, Terms("daily", YEAR))
    lines = [line("L", life, billings, conversion, remeasured=remeasured)]
    assert_told_alike(lines, MONTH_ENDS)
    subledger = Subledger(compiled(lines))
    assert all(subledger.standing(day).told.all() for day in MONTH_ENDS) == common


@given(
    st.lists(
        st.tuples(AMOUNTS, st.integers(0, 2**31), st.integers(1, 2**31)), min_size=1, max_size=8
    )
)
@books(600)
def test_a_ratio_is_rounded_as_money_is(rows):
    """Halves away from zero, whatever the size; those forced, too."""
    rows = [(amount, min(n, d), d) for amount, n, d in rows]
    rows += [(amount | 1, d, 2 * d) for amount, _, d in rows]  # an odd amount halved: exact halves
    found = ratio(*(ints(column) for column in zip(*rows, strict=True)))
    for (amount, n, d), figure in zip(rows, found.tolist(), strict=True):
        exact = Fraction(amount) * n / d
        assert abs(figure) == (2 * abs(exact) + 1) // 2
        assert figure == 0 or (figure > 0) == (amount > 0)


def test_a_half_is_earned_away_from_zero_at_any_size():
    """Half of an odd amount, on the first of two days."""
    service = Period(date(2026, 1, 31), date(2026, 2, 1))
    sizes = [1, 3, 10**9 + 1, 10**18 + 1]
    lines = [
        line(f"L{n}", Life.of(amount, Terms("daily", service)), (), HOME, remeasured=True)
        for n, amount in enumerate([*sizes, *(-size for size in sizes)])
    ]
    earned = Subledger(compiled(lines)).recognised(service.start).tolist()
    assert earned == [*((s + 1) // 2 for s in sizes), *(-(s + 1) // 2 for s in sizes)]


def test_amounts_beyond_the_arrays_are_left_to_the_one_line_path():
    service = Period(date(2026, 1, 1), date(2026, 12, 31))
    lines = [
        line(f"L{n}", Life.of(amount, Terms("daily", service)), (), HOME, remeasured=True)
        for n, amount in enumerate([2**60, -(2**70), 5])
    ]
    assert compiled(lines).apart.tolist() == [True, True, False]


@pytest.mark.parametrize("lines", [FEW // 10, FEW + 1])
def test_the_door_answers_what_the_reference_does(lines):
    """A book of few lines, and one that is long enough for arrays."""
    rates = Rates.of(
        [Spot("EUR", "USD", after(T0, -day), Decimal(10_000 + day) / 9_000) for day in range(400)],
        [],
    )
    documents = [
        invoice(
            f"I{number}",
            after(T0, -(number % 390)).isoformat(),
            DocumentLine(
                id="1",
                account="REV",
                amount=Money(1_000 + 37 * number, currency),
                service_start=after(T0, number % 40 - 20),
                service_end=after(T0, 40 + number % 500),
            ),
            currency=currency,
        )
        for number, currency in zip(range(lines), cycle(("USD", "EUR")))
    ]
    book = first_book(*documents, rates=rates)
    policy = replace(POLICY, accounts=replace(POLICY.accounts, fx_gain_loss="FX"))
    period = Period.month("2026-09")
    found = calculate(book, policy, period)
    assert len(found.positions) == lines
    assert found == engine.calculate(book, policy, period)
