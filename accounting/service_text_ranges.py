"""Makes periods of points: ranges, lists and single spans. Knows no stated lengths."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from accounting.periods import Period
from accounting.service_text_days import (
    CENTURY,
    MONTHS_AWAY,
    Day,
    Fraction,
    Locale,
    Month,
    Part,
    Span,
    Value,
    Weeks,
    days_between,
    is_in_other_order,
    is_over_five_years,
    months_away,
    ways,
)
from accounting.service_text_pairs import Pair, as_pairs, short_month
from accounting.service_text_roles import Company, Role
from accounting.service_text_words import AND_WORDS, COUNTED_PAYMENT, MONTH_CUE, SERVICE_NOUN

CERTAIN = Decimal("1.00")
SPANNED = Decimal("0.95")
YEAR_OF_OTHER_END = Decimal("0.90")
NEAREST = Decimal("0.80")
OTHER_ORDER = Decimal("0.70")
OPEN = Decimal("0.50")
MONTHS_OF_A_YEAR = 12
CUED_MONTHS_AWAY = 24

_CUED = re.compile(rf"(?<!\w){MONTH_CUE}\W*$", re.IGNORECASE)
_HEADLESS = re.compile(
    rf"(?<![\w.,])\d{{1,2}}\.?\s?(?:{AND_WORDS}\s?|/\s?\d{{1,2}}\.?\s)$", re.IGNORECASE
)
_SERVED = re.compile(rf"(?<!\w)(?!{COUNTED_PAYMENT})\w*?{SERVICE_NOUN}\w*[\s:,(]*$", re.IGNORECASE)


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
    """All that was read: matches, the points left over, and what can't be used.

    `open`: what can't be used of a year or quarter by itself, which counts if nothing else is said.
    """

    matches: list[Match] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def find_ranges(company: Company, document_date: date, locale: Locale) -> Found:
    """The ranges, lists and spans of a text; single days and cued starts and ends are left."""
    found, index = Found(), 0
    for at, point in enumerate(company.points):
        if company.leaves_out(at):
            text = company.text[point.start : point.end]
            found.faults.append(f"“{text}” is left out of the service; give its days.")
    reader = _Reader(company, document_date, locale, found)
    while index < len(company.points):
        listed = company.list_from(index)
        if listed > index and company.is_issue(listed):
            index = listed + 1
        elif listed > index and company.roles[index] in {Role.NONE, Role.PAPERWORK}:
            reader.read_list(index, listed)
            index = listed + 1
        elif reader.read_two(index):
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

    def read_two(self, index: int) -> bool:
        """Reads a point and the next where they are the two ends of a range, in either order."""
        if _is_pair(self.company, index) and self.read_range(index):
            return True
        return self.company.is_turned_range(index) and self.read_turned(index)

    def read_range(self, index: int) -> bool:
        """Reads the range of a point and the next; False where they are no dates after all."""
        one, other = self.company.points[index], self.company.points[index + 1]
        pairs = as_pairs(one, other, self.today, self.locale)
        if pairs and any(self.company.is_part(at, alone=False) for at in (index, index + 1)):
            self._part_only(one.start, other.end)
        elif pairs:
            self._add(pairs, _rule_of_range(pairs[0]), one.start, other.end)
        return bool(pairs)

    def read_turned(self, index: int) -> bool:
        """Reads an end that stands before its start; False where they are no such two."""
        end, start = self.company.points[index], self.company.points[index + 1]
        pair = start.value, end.value
        read = [
            days
            for way in ways(pair, self.locale)
            for days in days_between(*pair, self.today, way, self.locale)
        ]
        if not read or any(last < first for first, last in read):
            return False
        self._add([pair], _rule_of_range(pair), end.start, start.end)
        return True

    def read_list(self, first: int, last: int) -> None:
        """Reads a list: one period where each follows the one before, else each on its own."""
        points = self.company.points[first : last + 1]
        years = [p.value.year for p in points if p.value.year is not None]
        start, end = points[0].value, points[-1].value
        size = sum(p.value.months if isinstance(p.value, Part) else 1 for p in points)
        faults = len(self.found.faults)
        self._add([(start, end)], "list", points[0].start, points[-1].end)
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
            self._add([(value, value)], _rule(value), point.start, point.end)

    def read_single(self, index: int) -> None:
        """Reads a span that stands alone; days, starts and ends wait for the stated lengths."""
        point, role = self.company.points[index], self.company.roles[index]
        if self.company.is_half_of_next(index):
            return
        value = point.value
        if isinstance(value, Fraction):
            if self.company.is_range(index) or (index and self.company.is_range(index - 1)):
                return
            day_or_month = self._lone_day(index, value) or self._lone_month(index, value)
            lone = day_or_month or self._lone_years(index, value)
            if lone is None:
                return
            value, role = lone, role if day_or_month else Role.NONE
        if isinstance(value, Month) and value.or_day and role is Role.DELIVERY:
            value = Day(value.or_day, value.month, None)
        if isinstance(value, Month) and value.or_day and role is Role.NONE:
            is_far = months_away(value, self.today) > MONTHS_AWAY
            value = Day(value.or_day, value.month, None) if is_far else value
        self.company.points[index] = replace(point, value=value)
        if point.bound and not isinstance(point.value, Fraction):
            return
        if isinstance(value, Day) or role in {Role.START, Role.END, Role.RENEWS}:
            self.found.left.append(index)
        elif role is not Role.PAPERWORK:
            if headless := _HEADLESS.search(self.company.before(index)):
                text = self.company.text[point.start - len(headless[0]) : point.end]
                self.found.faults.append(f"“{text.strip()}” names more than can be read.")
            elif self.company.is_part(index, alone=True):
                self._part_only(point.start, point.end)
            else:
                pairs: list[Pair] = [(value, value)]
                if isinstance(value, Month) and value.or_day and not self.locale.day_first:
                    day = Day(value.or_day, value.month, None)
                    pairs.append((day, day))
                self._add(pairs, _rule(value), point.start, point.end, bare=point.bare)

    def _part_only(self, start: int, end: int) -> None:
        text = self.company.text[start:end]
        self.found.open.append(f"Only a part of “{text}” is meant; its days are not named.")

    def _lone_day(self, index: int, value: Fraction) -> Day | Month | None:
        """The day of "12 Monate ab 1.4." or "starting 4/1", which without a word is a number."""
        if self.company.roles[index] not in {Role.START, Role.END, Role.DELIVERY}:
            return None
        month = short_month(value, self.today)
        if month is not None:
            return month if self.locale.day_first else replace(month, or_day=value.second)
        day = Day(value.first, value.second, None, numeric=value.slash)
        dated = days_between(day, day, self.today, ways((day,), self.locale)[0], self.locale)
        point = self.company.points[index]
        is_written_so = value.slash or self.company.text[point.end - 1] == "."
        return day if dated and is_written_so else None

    def _lone_years(self, index: int, value: Fraction) -> Part | None:
        """The fiscal year of "dues 26/27"."""
        year = CENTURY + value.first
        follow = (
            value.slash and value.second == value.first + 1 and abs(year - self.today.year) <= 2
        )
        is_annual = any(term.months == MONTHS_OF_A_YEAR for term in self.company.terms)
        is_cued = is_annual or _SERVED.search(self.company.before(index))
        return Part(12, 1, year, fiscal=True, straddles=True) if follow and is_cued else None

    def _lone_month(self, index: int, value: Fraction) -> Month | None:
        """The month of "Miete 03/26", which without a word for it is a number."""
        before = self.company.before(index)
        month = short_month(value, self.today)
        if month is None or month.year is None:
            return None
        away = months_away(month, self.today)
        if _CUED.search(before):
            return month if away <= CUED_MONTHS_AWAY else None
        is_served = self.locale.day_first and _SERVED.search(before)
        return month if is_served and away <= MONTHS_AWAY else None

    def _add(
        self,
        pairs: list[Pair],
        rule: str,
        start: int,
        end: int,
        *,
        bare: bool = False,
    ) -> None:
        """Adds the periods from the first value to the last; a fault where there is none."""
        text = self.company.text[start:end]
        periods: list[Period] = []
        faults: list[str] = []
        for pair, way in [(ends, way) for ends in pairs for way in ways(ends, self.locale)]:
            read = days_between(*pair, self.today, way, self.locale)
            faults += [] if read else [_impossible(text, pair)]
            for first, last in read:
                if last < first:
                    faults.append(
                        f"“{text}” would start on {first} and end on {last}, before it starts."
                    )
                elif is_over_five_years(period := Period(first, last)):
                    faults.append(f"“{text}” is longer than five years ({first} – {last}).")
                elif period not in periods:
                    periods += [period, *self.company.billed_year(period)]
        if not periods:
            (self.found.open if bare else self.found.faults).extend(faults[:1])
            return
        confidence = OPEN if len(periods) > 1 else self._confidence(pairs[0])
        self.found.matches.append(Match(tuple(periods), rule, start, end, confidence, bare))

    def _confidence(self, pair: tuple[Value, Value]) -> Decimal:
        if is_in_other_order(pair, self.locale):
            return OTHER_ORDER
        years = [value.year is not None for value in pair]
        if not all(years):
            return YEAR_OF_OTHER_END if any(years) else NEAREST
        return CERTAIN if all(isinstance(v, Day | Span) for v in pair) else SPANNED


def _rule_of_range(pair: tuple[Value, Value]) -> str:
    if isinstance(pair[0], Part | Weeks):
        return "part_range"
    return "date_range" if Day in map(type, pair) else "month_range"


def _impossible(text: str, pair: tuple[Value, Value]) -> str:
    if any(isinstance(value, Part) and value.straddles for value in pair):
        return f"“{text}” spans two calendar years, but the entity's fiscal year starts in January."
    return f"“{text}” names a day that does not exist."


def _rule(value: Value) -> str:
    match value:
        case Span(first=Month()):
            return "month_range"
        case Span(first=Part()):
            return "part_range"
        case Span():
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
