"""f(t) of the methods that go by time: a share for every day of the service period."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from tests.second_opinion.calendars import Calendar, days_between, is_month_end, month_length

TIME_METHODS = {
    "daily",
    "daily_360",
    "monthly",
    "prorated_ends",
    "even_periods",
    "whole_months",
    "half_month",
    "mid_month",
}
NONE, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
Groups = list[list[date]]


def earned_by_time(method: str, start: date, end: date, at: date, calendar: Calendar) -> Fraction:
    """The fraction earned up to and including a day, both ends of the service period inclusive."""
    if at < start:
        return NONE
    if at >= end:
        return ONE
    key = (method, start, end)
    if key not in calendar.fractions:
        calendar.fractions[key] = running_fractions(method, start, end, calendar)
    return calendar.fractions[key][(at - start).days]


def running_fractions(method: str, start: date, end: date, calendar: Calendar) -> list[Fraction]:
    """f on every day from start to end."""
    if method == "daily_360":
        whole = days_of_360(start, end)
        return [Fraction(days_of_360(start, day), whole) for day in days_between(start, end)]
    shares = shares_of_days(method, start, end, calendar)
    whole_weight = sum(shares, NONE)
    fractions: list[Fraction] = []
    running = NONE
    for share in shares:
        running += share
        fractions.append(running / whole_weight)
    return fractions


def days_of_360(start: date, end: date) -> int:
    """Days in months of 30; a month's end counts as day 30; both ends inclusive."""
    first = 30 if is_month_end(start) else min(start.day, 30)
    last = 30 if is_month_end(end) else min(end.day, 30)
    months = 12 * (end.year - start.year) + end.month - start.month
    return 30 * months + last - first + 1


def shares_of_days(method: str, start: date, end: date, calendar: Calendar) -> list[Fraction]:
    """A month's weight spread evenly over the days of the service period inside it."""
    days = days_between(start, end)
    if method == "daily":
        return [ONE for _ in days]
    groups = grouped(days, calendar if method == "even_periods" else None)
    weights = MONTH_WEIGHTS[method](groups) if len(groups) > 1 else [ONE]
    if sum(weights) == 0:
        weights[-1] = ONE
    share_of = {
        day: weight / len(group)
        for group, weight in zip(groups, weights, strict=True)
        for day in group
    }
    return [share_of[day] for day in days]


def grouped(days: list[date], calendar: Calendar | None) -> Groups:
    """The days by calendar month, or by fiscal period where a calendar is given."""
    groups: dict[object, list[date]] = {}
    for day in days:
        place = (day.year, day.month) if calendar is None else calendar.of_day(day)
        groups.setdefault(place, []).append(day)
    return list(groups.values())


def is_whole(group: list[date]) -> bool:
    return len(group) == month_length(group[0])


def monthly(groups: Groups) -> list[Fraction]:
    return [Fraction(len(group), month_length(group[0])) for group in groups]


def prorated_ends(groups: Groups) -> list[Fraction]:
    """Partial ends by days of the term; whole months share the rest evenly."""
    term = sum(len(group) for group in groups)
    partial = sum((Fraction(len(group), term) for group in groups if not is_whole(group)), NONE)
    whole = sum(1 for group in groups if is_whole(group))
    return [
        (ONE - partial) / whole if is_whole(group) else Fraction(len(group), term)
        for group in groups
    ]


def even_periods(groups: Groups) -> list[Fraction]:
    return [ONE for _ in groups]


def whole_months(groups: Groups) -> list[Fraction]:
    weights = [ONE for _ in groups]
    if not is_whole(groups[-1]):
        weights[-1] = NONE
    return weights


def half_month(groups: Groups) -> list[Fraction]:
    return [ONE if is_whole(group) else HALF for group in groups]


def mid_month(groups: Groups) -> list[Fraction]:
    weights = [ONE for _ in groups]
    if groups[0][0].day > 15:
        weights[0] = NONE
    if groups[-1][-1].day <= 15:
        weights[-1] = NONE
    return weights


MONTH_WEIGHTS: dict[str, Callable[[Groups], list[Fraction]]] = {
    "monthly": monthly,
    "prorated_ends": prorated_ends,
    "even_periods": even_periods,
    "whole_months": whole_months,
    "half_month": half_month,
    "mid_month": mid_month,
}
