"""Two points that make one range, with what only their company decides: "03/26" and "Mar 26"."""

from dataclasses import replace
from datetime import date

from accounting.service_text_days import CENTURY, Day, Fraction, Locale, Month, Value
from accounting.service_text_points import Point

SHORT_YEARS_BACK, SHORT_YEARS_AHEAD = 3, 6

Pair = tuple[Value, Value]


def as_pairs(one: Point, other: Point, today: date, locale: Locale) -> list[Pair]:
    """The ways to take two ends, the likelier first; none where they are no dates after all."""
    first, last = one.value, other.value
    if isinstance(first, Fraction) and isinstance(last, Fraction):
        return _fractions(first, last, today, locale)
    if isinstance(first, Fraction) or isinstance(last, Fraction):
        ends = [_numeric(v) if isinstance(v, Fraction) else v for v in (first, last)]
        is_dated = any(isinstance(v, Day) and v.year for v in ends)
        return [(ends[0], ends[1])] if is_dated else []
    return _months_or_days(first, last, locale)


def near_month(value: Fraction, today: date) -> Month | None:
    """The month of "4/26" beside another such, where its year is near."""
    return short_month(replace(value, padded=True), today)


def short_month(value: Fraction, today: date) -> Month | None:
    """The month of "03/26", where its year is near."""
    year = CENTURY + value.second
    is_near = -SHORT_YEARS_BACK <= year - today.year <= SHORT_YEARS_AHEAD
    is_month = value.padded and value.slash and 1 <= value.first <= 12
    return Month(value.first, year) if is_near and is_month else None


def _numeric(value: Fraction) -> Day:
    return Day(value.first, value.second, None, numeric=True)


def _fractions(first: Fraction, last: Fraction, today: date, locale: Locale) -> list[Pair]:
    if first.slash != last.slash:
        return []
    days: Pair = _numeric(first), _numeric(last)
    if not first.slash:
        by_day = Day(first.first, first.second, None), Day(last.first, last.second, None)
        return [by_day] if first.padded and last.padded else []
    one, other = near_month(first, today), near_month(last, today)
    is_month_of_days = not locale.day_first and first.first == last.first
    if one and other and not is_month_of_days:
        if locale.day_first:
            return [(one, other)]
        loose = [Month(m.month, m.year, or_day=f.second) for m, f in ((one, first), (other, last))]
        return _months_or_days(loose[0], loose[1], locale)
    return [days] if _look_like_days(first, last) else []


def _look_like_days(first: Fraction, last: Fraction) -> bool:
    """Whether two fractions can't be halves and quarters: "3/1 - 3/15", but not "1/2 - 3/4"."""
    numbers = (first.first, first.second, last.first, last.second)
    return (first.padded and last.padded) or max(numbers) > 9


def _months_or_days(first: Value, last: Value, locale: Locale) -> list[Pair]:
    """Of "Mar 26 - Feb 27": months of two years, days, or where the month comes first either."""
    loose = [isinstance(v, Month) and v.or_day is not None for v in (first, last)]
    by_day: Pair = _or_day(first), _or_day(last)
    if any(loose) and Day in {type(first), type(last)}:
        return [by_day]
    if not all(loose):
        return [(first, last)]
    if _falls(first, last):
        return [by_day]
    return [(first, last)] if locale.day_first else [(first, last), by_day]


def _or_day(value: Value) -> Value:
    if isinstance(value, Month) and value.or_day is not None:
        return Day(value.or_day, value.month, None)
    return value


def _falls(first: Value, last: Value) -> bool:
    assert isinstance(first, Month)
    assert isinstance(last, Month)
    return (last.year or 0, last.month) < (first.year or 0, first.month)
