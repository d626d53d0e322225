"""Makes periods of points: ranges, lists and single spans. Knows no stated lengths."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from accounting.periods import Period
from accounting.service_text_days import (
    CENTURY,
    Day,
    DaySpan,
    Fraction,
    Locale,
    Month,
    Part,
    Value,
    Weeks,
    days_between,
    is_in_other_order,
    is_over_five_years,
    ways,
)
from accounting.service_text_points import Point
from accounting.service_text_roles import Company, Role
from accounting.service_text_words import MONTH_CUE

CERTAIN = Decimal("1.00")
SPANNED = Decimal("0.95")
YEAR_OF_OTHER_END = Decimal("0.90")
NEAREST = Decimal("0.80")
OTHER_ORDER = Decimal("0.70")
OPEN = Decimal("0.50")
SHORT_YEARS_BACK, SHORT_YEARS_AHEAD = 3, 6


@dataclass(frozen=True, slots=True)
class Match:
    """What one place in a text says: its periods (several: it is open which), rule, confidence."""

    periods: tuple[Period, ...]
    rule: str
    start: int
    end: int
    confidence: Decimal
    bare: bool = False


@dataclass(slots=True)
class Found:
    """All that was read: matches, the points left over, and what can't be used."""

    matches: list[Match] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def find_ranges(company: Company, document_date: date, locale: Locale) -> Found:
    """The ranges, lists and spans of a text; single days and cued starts and ends are left."""
    found, index = Found(), 0
    reader = _Reader(company, document_date, locale, found)
    while index < len(company.points):
        listed = company.list_from(index)
        if listed > index and company.roles[index] in {Role.NONE, Role.PAPERWORK}:
            reader.read_list(index, listed)
            index = listed + 1
        elif _is_pair(company, index) and reader.read_range(index):
            index += 2
        else:
            reader.read_single(index)
            index += 1
    return found


def _is_pair(company: Company, index: int) -> bool:
    """Whether a point and the next are a range, and the next and its next no better one."""
    if not company.is_range(index):
        return False
    if not company.is_range(index + 1):
        return True
    first, second, third = (p.value for p in company.points[index : index + 3])
    differs = type(first) is not type(second) and type(second) is type(third)
    return company.roles[index] is not Role.PAPERWORK and not (differs and company.is_dashed(index))


class _Reader:
    def __init__(self, company: Company, today: date, locale: Locale, found: Found) -> None:
        self.company = company
        self.today = today
        self.locale = locale
        self.found = found

    def read_range(self, index: int) -> bool:
        """Reads the range of a point and the next; False where they are no dates after all."""
        one, other = self.company.points[index], self.company.points[index + 1]
        pair = _as_pair(one, other, self.today)
        if pair is None:
            return False
        rule = "date_range" if Day in map(type, pair) else "month_range"
        if isinstance(pair[0], Part | Weeks):
            rule = "part_range"
        self._add(pair, rule, one.start, other.end, bare=False)
        return True

    def read_list(self, first: int, last: int) -> None:
        """Reads a list: one period where each follows the one before, else each on its own."""
        points = self.company.points[first : last + 1]
        years = [p.value.year for p in points if p.value.year is not None]
        start, end = points[0].value, points[-1].value
        size = sum(p.value.months if isinstance(p.value, Part) else 1 for p in points)
        faults = len(self.found.faults)
        self._add((start, end), "list", points[0].start, points[-1].end, bare=False)
        if len(self.found.faults) > faults:
            return
        added = self.found.matches[-1]
        if all(_months(period) == size for period in added.periods):
            return
        self.found.matches.pop()
        for point in points:
            value = point.value
            if value.year is None and years and isinstance(value, Month | Part):
                value = replace(value, year=years[-1])
            self._add((value, value), _rule(value), point.start, point.end, bare=False)

    def read_single(self, index: int) -> None:
        """Reads a span that stands alone; days, starts and ends wait for the stated lengths."""
        point, role = self.company.points[index], self.company.roles[index]
        value = point.value
        if isinstance(value, Fraction):
            month = self._lone_month(index, value)
            if month is None:
                return
            value = month
        if isinstance(value, Month) and value.or_day and role in {Role.START, Role.DELIVERY}:
            by_day = not self.locale.day_first or role is Role.DELIVERY
            value = Day(value.or_day, value.month, None) if by_day else value
        self.company.points[index] = replace(point, value=value)
        if point.bound and not isinstance(point.value, Fraction):
            return
        if isinstance(value, Day) or role in {Role.START, Role.END, Role.RENEWS}:
            self.found.left.append(index)
        elif role is not Role.PAPERWORK:
            self._add((value, value), _rule(value), point.start, point.end, bare=point.bare)

    def _lone_month(self, index: int, value: Fraction) -> Month | None:
        """The month of "Miete 03/26", which without a word for it is a number."""
        cued = re.search(rf"(?<!\w){MONTH_CUE}\W*$", self.company.before(index), re.IGNORECASE)
        month = _short_month(value, self.today)
        return month if cued and month and abs((month.year or 0) - self.today.year) <= 2 else None

    def _add(
        self, pair: tuple[Value, Value], rule: str, start: int, end: int, *, bare: bool
    ) -> None:
        """Adds the periods from the first value to the last; a fault where there is none."""
        text = self.company.text[start:end]
        periods: list[Period] = []
        faults: list[str] = []
        for way in ways(pair, self.locale):
            days = days_between(*pair, self.today, way, self.locale)
            if days is None:
                faults.append(_impossible(text, pair))
            elif days[1] < days[0]:
                faults.append(
                    f"“{text}” would start on {days[0]} and end on {days[1]}, before it starts."
                )
            elif is_over_five_years(period := Period(*days)):
                faults.append(f"“{text}” is longer than five years ({days[0]} – {days[1]}).")
            elif period not in periods:
                periods.append(period)
        if not periods:
            self.found.faults += [] if bare else faults[:1]
            return
        confidence = OPEN if len(periods) > 1 else self._confidence(pair)
        self.found.matches.append(Match(tuple(periods), rule, start, end, confidence, bare))

    def _confidence(self, pair: tuple[Value, Value]) -> Decimal:
        if is_in_other_order(pair, self.locale):
            return OTHER_ORDER
        years = [value.year is not None for value in pair]
        if not all(years):
            return YEAR_OF_OTHER_END if any(years) else NEAREST
        return CERTAIN if all(isinstance(v, Day | DaySpan) for v in pair) else SPANNED


def _impossible(text: str, pair: tuple[Value, Value]) -> str:
    if any(isinstance(value, Part) and value.straddles for value in pair):
        return f"“{text}” spans two calendar years, but the entity's fiscal year starts in January."
    return f"“{text}” names a day that does not exist."


def _rule(value: Value) -> str:
    match value:
        case DaySpan():
            return "day_range"
        case Part():
            name = {1: "month", 3: "quarter", 6: "half", 12: "year"}[value.months]
            return f"fiscal_{name}" if value.fiscal else name
        case Weeks():
            return "weeks"
        case _:
            return "month"


def _months(period: Period) -> int:
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def _as_pair(one: Point, other: Point, today: date) -> tuple[Value, Value] | None:
    """The two ends with what only their company decides: "03/26" and "Mar 26"."""
    first, last = one.value, other.value
    if isinstance(first, Fraction) and isinstance(last, Fraction):
        return _fractions(first, last, today)
    if isinstance(first, Fraction) or isinstance(last, Fraction):
        pair = tuple(
            Day(v.first, v.second, None, numeric=True) if isinstance(v, Fraction) else v
            for v in (first, last)
        )
        return (pair[0], pair[1]) if any(isinstance(v, Day) and v.year for v in pair) else None
    loose = [isinstance(v, Month) and v.or_day is not None for v in (first, last)]
    if any(loose) and (Day in (type(first), type(last)) or (all(loose) and _falls(first, last))):
        first, last = _or_day(first), _or_day(last)
    return first, last


def _or_day(value: Value) -> Value:
    if isinstance(value, Month) and value.or_day is not None:
        return Day(value.or_day, value.month, None)
    return value


def _falls(first: Value, last: Value) -> bool:
    assert isinstance(first, Month)
    assert isinstance(last, Month)
    return (last.year or 0, last.month) < (first.year or 0, first.month)


def _fractions(first: Fraction, last: Fraction, today: date) -> tuple[Value, Value] | None:
    if not (first.padded and last.padded):
        return None
    if first.slash and last.slash:
        months = _short_month(first, today), _short_month(last, today)
        return (months[0], months[1]) if months[0] and months[1] else None
    if first.slash or last.slash:
        return None
    pair = tuple(Day(v.first, v.second, None) for v in (first, last))
    return pair[0], pair[1]


def _short_month(value: Fraction, today: date) -> Month | None:
    year = CENTURY + value.second
    near = -SHORT_YEARS_BACK <= year - today.year <= SHORT_YEARS_AHEAD
    return (
        Month(value.first, year)
        if value.padded and value.slash and near and (1 <= value.first <= 12)
        else None
    )
