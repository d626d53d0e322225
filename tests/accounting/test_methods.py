"""Every method's f(t) by hand, at the days where its rule turns (docs/accounting.md §3). 2026."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from accounting.methods import Terms, fraction_earned
from accounting.periods import Period


def day(text: str) -> date:
    """`15 3` is 15 March 2026."""
    number, month = map(int, text.split())
    return date(2026, month, number)


def earned(method: str, start: str, end: str, at: str, **measures: Any) -> Fraction:
    return fraction_earned(Terms(method, Period(day(start), day(end)), **measures), day(at))


@pytest.mark.parametrize(
    ("method", "start", "end", "at", "share"),
    [
        ("daily", "1 1", "31 12", "1 1", "1/365"),
        ("daily", "1 1", "31 12", "31 3", "90/365"),
        ("daily_360", "1 1", "31 12", "28 2", "60/360"),  # a month's end counts as its thirtieth
        ("daily_360", "1 1", "31 12", "30 1", "30/360"),
        ("daily_360", "1 1", "31 12", "31 1", "30/360"),
        ("daily_360", "16 1", "15 3", "31 1", "15/60"),
        ("whole_months", "16 1", "15 4", "31 1", "1/3"),
        ("whole_months", "16 1", "15 4", "23 1", "8/48"),  # 8 of the 16 days of the first of three
        ("whole_months", "16 1", "30 4", "31 3", "3/4"),
        ("whole_months", "16 1", "29 4", "31 3", "1"),
        ("half_month", "1 1", "31 3", "31 1", "1/3"),
        ("half_month", "2 1", "31 3", "31 1", "1/5"),
        ("half_month", "2 1", "30 3", "31 1", "1/4"),
        ("half_month", "2 1", "30 3", "15 3", "7/8"),  # half of the last half
        ("mid_month", "15 1", "31 3", "31 1", "1/3"),
        ("mid_month", "16 1", "31 3", "31 1", "0"),
        ("mid_month", "16 1", "31 3", "28 2", "1/2"),
        ("mid_month", "1 1", "15 3", "31 1", "1/2"),
        ("mid_month", "1 1", "15 3", "28 2", "1"),
        ("mid_month", "1 1", "16 3", "28 2", "2/3"),
        ("mid_month", "1 1", "16 3", "8 3", "5/6"),
        ("mid_month", "20 1", "10 2", "31 1", "0"),  # both weigh nothing: the last weighs one
        ("mid_month", "20 1", "10 2", "5 2", "1/2"),
        ("mid_month", "20 1", "24 1", "21 1", "2/5"),
        ("prorated_ends", "11 1", "20 1", "15 1", "1/2"),
        ("prorated_ends", "17 1", "16 4", "24 1", "8/90"),
        ("prorated_ends", "17 1", "16 4", "31 1", "15/90"),
        ("prorated_ends", "17 1", "16 4", "14 2", "119/360"),  # 15/90 + ½ · ½ · 59/90
        ("prorated_ends", "17 1", "16 4", "28 2", "89/180"),
        ("prorated_ends", "17 1", "16 4", "8 4", "82/90"),
        ("prorated_ends", "1 1", "16 3", "31 1", "59/150"),
        ("prorated_ends", "1 1", "16 3", "15 1", "59/310"),  # 15 of 31 days of half of 59/75
        ("prorated_ends", "1 1", "16 3", "8 3", "67/75"),
        ("prorated_ends", "17 1", "31 3", "28 2", "89/148"),
        ("prorated_ends", "17 1", "31 3", "30 3", "4529/4588"),  # 89/148 + 59/148 · 30/31
        ("even_periods", "15 1", "14 3", "15 1", "1/51"),  # one of 17 days of one of three
        ("even_periods", "15 1", "14 3", "31 1", "1/3"),
        ("even_periods", "15 1", "14 3", "1 2", "29/84"),
        ("even_periods", "15 1", "14 3", "7 3", "5/6"),
    ],
)
def test_a_method_over_time_earns_by_its_rule(method, start, end, at, share):
    assert earned(method, start, end, at) == Fraction(share)


def test_the_months_of_a_part_term_weigh_their_days():
    """16 January to 15 April: 16/31 + 1 + 1 + 15/30 months."""
    whole = Fraction(16, 31) + 2 + Fraction(1, 2)
    assert earned("monthly", "16 1", "15 4", "31 1") == Fraction(16, 31) / whole
    assert earned("monthly", "16 1", "15 4", "14 2") == (Fraction(16, 31) + Fraction(1, 2)) / whole
    assert earned("monthly", "16 1", "15 4", "5 4") == (whole - Fraction(10, 30)) / whole


def test_a_delivery_transfers_not_before_the_start_that_is_known():
    terms = {"deliveries": (day("20 1"), day("4 1"))}
    assert earned("point_in_time", "1 1", "31 1", "3 1", **terms) == 0
    assert earned("point_in_time", "1 1", "31 1", "4 1", **terms) == 1
    late = terms | {"known_start": day("10 1")}
    assert earned("point_in_time", "10 1", "31 1", "9 1", **late) == 0
    assert earned("point_in_time", "10 1", "31 1", "10 1", **late) == 1
    assert earned("point_in_time", "10 1", "31 1", "10 1") == 1


def test_what_was_keyed_in_is_earned_over_the_days_of_its_periods():
    months = {
        "manual": (
            (Period(day("1 1"), day("31 1")), 3100),
            (Period(day("1 2"), day("28 2")), 2800),
        )
    }
    for at, amount in (("1 1", 100), ("10 1", 1000), ("31 1", 3100), ("14 2", 4500), ("1 3", 5900)):
        assert earned("manual", "1 1", "28 2", at, **months) == Fraction(amount, 5900)
    assert earned("manual", "1 1", "28 2", "1 3") == 0


def test_reports_count_from_their_day_on():
    half = Fraction(1, 2)
    steps = ((day("5 1"), half), (day("5 2"), half))
    assert [earned("milestone", "1 1", "2 1", at, milestones=steps) for at in ("4 1", "5 1")] == [
        0,
        half,
    ]
    done = ((day("5 1"), Fraction(3, 10)), (day("5 2"), Fraction(1, 5)))
    assert earned("percent_complete", "1 1", "2 1", "4 2", completions=done) == Fraction(3, 10)
    assert earned("percent_complete", "1 1", "2 1", "5 2", completions=done) == Fraction(1, 5)
    given = {
        "units": ((day("5 1"), Fraction(3)), (day("5 2"), Fraction(9))),
        "units_contracted": Fraction(10),
    }
    assert [earned("units", "1 1", "2 1", at, **given) for at in ("5 1", "5 2")] == [
        Fraction(3, 10),
        1,
    ]
    assert earned("units", "1 1", "2 1", "5 2", units=given["units"]) == 0
