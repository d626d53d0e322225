"""What is written as a day, a month or a part of a year, as a value: one maker for each kind.

A maker gets the match of its pattern and the document's date; None: the numbers are no such thing.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from accounting.service_text_days import (
    CENTURY,
    MONTHS_AWAY_OFFERED,
    Day,
    Fraction,
    Month,
    Part,
    Span,
    Value,
    Weeks,
    months_away,
)
from accounting.service_text_words import MONTH_NUMBER, ORDINALS

FULL_YEARS_AROUND = 60
SHORT_YEARS_BACK, SHORT_YEARS_AHEAD = 10, 20
TODAY_YEARS_AROUND, NUMBER_YEARS_AROUND = 5, 1


Maker = Callable[[re.Match[str], date], Value | None]


def _year(text: str | None, document_date: date) -> int | None:
    """The year of its text; 0 where it is too far from the document's to be meant."""
    if text is None:
        return None
    year, today = int(text), document_date.year
    if len(text) == 2:
        year += CENTURY
        return year if -SHORT_YEARS_BACK <= year - today <= SHORT_YEARS_AHEAD else 0
    return year if abs(year - today) <= FULL_YEARS_AROUND else 0


LOOK_BACK = 20
"""Characters before a match that may say what it is."""
_DESK = re.compile(r"(?<!\bfor)(?<!\bin)(?<=\w)\s$", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<!\w)(?:between|zwischen)\s(?:the\s|dem\s)?$", re.IGNORECASE)


def _group(match: re.Match[str], name: str) -> str | None:
    found = match.groupdict().get(name)
    return found or None


def make_day(match: re.Match[str], document_date: date) -> Value | None:
    """A day whose month is named, or that is written year first: "1 Apr 2026", "2026-04-01"."""
    year = _year(_group(match, "year"), document_date)
    name = match["month"].lower()
    month = MONTH_NUMBER.get(name) or int(name)
    return None if year == 0 else Day(int(match["day"]), month, year)


def make_numeric_day(match: re.Match[str], document_date: date) -> Value | None:
    """A day in figures, in either order: "01/04/2026"."""
    year = _year(match["year"], document_date)
    left, right = int(match["day"]), int(match["second"])
    possible = 1 <= left <= 31 and 1 <= right <= 31 and min(left, right) <= 12
    return Day(left, right, year, numeric=True) if year and possible else None


def make_day_span(match: re.Match[str], document_date: date) -> Value | None:
    """Days of one month: "1-31 March 2026", "14. und 15. April"."""
    year = _year(_group(match, "year"), document_date)
    first, last = int(match["day"]), int(match["last"])
    apart = _group(match, "and") is not None and first + 1 != last
    if (
        year == 0
        or not 1 <= first <= last
        or (apart and not _BETWEEN.search(match.string[: match.start()][-LOOK_BACK:]))
    ):
        return None
    name = match["month"].lower()
    month = MONTH_NUMBER.get(name) or int(name)
    return Span(Day(first, month, year), Day(last, month, year), year)


def make_month_span(match: re.Match[str], document_date: date) -> Value | None:
    """Months in figures that share a year: "01-03/2026"."""
    year = _year(match["year"], document_date)
    first, last = int(match["from"]), int(match["month"])
    apart = _group(match, "and") is not None and first + 1 != last
    if not year or apart or first >= last:
        return None
    return Span(Month(first, year), Month(last, year), year)


def make_months_of_two_years(match: re.Match[str], document_date: date) -> Value | None:
    """Months over the end of a year: "Nov–Jan 2026/27"."""
    year = _year(match["year"], document_date)
    first, last = MONTH_NUMBER[match["first"].lower()], MONTH_NUMBER[match["last"].lower()]
    follow = year is not None and int(match["next"]) % 100 == (year + 1) % 100
    if not year or not follow or first <= last:
        return None
    return Span(Month(first, year), Month(last, year + 1), year)


def make_month(match: re.Match[str], document_date: date) -> Value | None:
    """A month: "March 2026", "03/2026", "Mar-26". A far "Jun-30" may be a day."""
    year = _year(_group(match, "year"), document_date)
    name, written = match["month"].lower(), _group(match, "year") or ""
    if year == 0:
        return None
    month = Month(MONTH_NUMBER.get(name) or int(name), year)
    is_open = len(written) == 2 and name in MONTH_NUMBER and not {"'", "’"} & set(match[0])
    is_far = months_away(month, document_date) > MONTHS_AWAY_OFFERED
    return (
        replace(month, or_day=int(written)) if is_open and is_far and int(written) <= 31 else month
    )


def make_loose_month(match: re.Match[str], document_date: date) -> Value | None:
    """Of "Mar 26": the year 2026 where that is near, or else the 26th."""
    month, digits = MONTH_NUMBER[match["month"].lower()], int(match["year"])
    year = CENTURY + digits
    if abs(year - document_date.year) <= TODAY_YEARS_AROUND:
        return Month(month, year, or_day=digits if 1 <= digits <= 31 else None)
    return Day(digits, month, None) if 1 <= digits <= 31 else None


def make_part(match: re.Match[str], document_date: date) -> Value | None:
    """A year, half, quarter or fiscal month: "Q2 FY26", "2026/27", "1. Halbjahr 2026"."""
    written, following = _group(match, "year"), _group(match, "next")
    year = _year(written, document_date)
    if year == 0 or _is_far_number(match, year, document_date):
        return None
    if following and (year is None or int(following) % 100 != (year + 1) % 100):
        return None
    fiscal = True if _group(match, "fiscal") else False if _group(match, "calendar") else None
    size, number = 12, 1
    for name, months in (("quarter", 3), ("half", 6), ("period", 1)):
        if text := _group(match, name):
            size, number = months, _ordinal(text)
    if size == 12 and _group(match, "calendar") and _is_thing(match):
        return None
    if size == 12 and fiscal is None:
        fiscal = bool(following)
    return Part(size, number, year, fiscal or (True if following else fiscal), bool(following))


def _is_far_number(match: re.Match[str], year: int | None, document_date: date) -> bool:
    """Whether the two digits after a blank are rather of things: "Q3 24 vehicles"."""
    if year is None or len(match["year"]) > 2 or _group(match, "fiscal"):
        return False
    loose = match.string[match.start("year") - 1].isspace()
    return loose and abs(year - document_date.year) > NUMBER_YEARS_AROUND


def _is_thing(match: re.Match[str]) -> bool:
    """Whether a calendar is one for the wall: "Desk calendar 2026"."""
    alone = match["calendar"].lower() == "calendar"
    return alone and _DESK.search(match.string[: match.start()][-LOOK_BACK:]) is not None


def make_part_span(match: re.Match[str], document_date: date) -> Value | None:
    """Quarters or halves that share one word: "3. und 4. Quartal 2026"."""
    year = _year(match["year"], document_date)
    first, last = _ordinal(match["first"]), _ordinal(match["last"])
    apart = _group(match, "and") is not None and first + 1 != last
    months = 3 if _group(match, "quarters") else 6
    if not year or apart or not first < last <= 12 // months:
        return None
    fiscal = True if _group(match, "fiscal") else False if _group(match, "calendar") else None
    return Span(Part(months, first, year, fiscal), Part(months, last, year, fiscal), year)


def _ordinal(text: str) -> int:
    if digits := re.search(r"\d+", text):
        return int(digits[0])
    return next(ORDINALS[w] for w in re.findall(r"\w+", text.lower()) if w in ORDINALS)


def make_weeks(match: re.Match[str], document_date: date) -> Value | None:
    """Calendar weeks: "KW 12-15/2026"."""
    year = _year(_group(match, "year"), document_date)
    first, last = int(match["first"]), int(_group(match, "last") or match["first"])
    apart = _group(match, "and") is not None and first + 1 != last
    is_near = year is None or abs(year - document_date.year) <= TODAY_YEARS_AROUND
    is_possible = is_near and not apart and 1 <= first <= last <= 53
    return Weeks(first, last, year) if is_possible else None


def make_fraction(match: re.Match[str], _: date) -> Value | None:
    """Two numbers that only their company makes a date: "03/26", "1.4."."""
    first, second = match["first"], match["second"]
    padded = len(first) == len(second) == 2 or match[0].endswith(".")
    return Fraction(int(first), int(second), slash="/" in match[0], padded=padded)
