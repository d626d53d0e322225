"""What stands in a text unread and may be meant after all: years, months and dates.

A length that would start on the document's date is asked about where one of them stands there.
"""

import re
from collections.abc import Iterator
from datetime import date

from accounting.service_text_days import Month
from accounting.service_text_points import Point, is_named_so, is_numbered
from accounting.service_text_words import MONTH, MONTH_NUMBER

_YEAR = re.compile(r"(?<![\w.,/:#-])20\d\d(?![\w:%]|[.,/-]\d)")
_MONTH = re.compile(rf"(?<![\w/-])(?=[A-ZÄ])(?i:{MONTH})(?![^\W\d_])")
_DATE = re.compile(r"(?<![\w.,/:#-])\d{1,2}([./-])\d{1,2}\1(?:20)?\d\d(?![\w:%]|[.,/-]\w)")


def unread_years(text: str, points: list[Point], document_date: date) -> list[int]:
    """The years beside the document's: a name's, or meant after all."""
    found = [
        match for match in _unread(_YEAR, text, points) if not is_numbered(text, match.start())
    ]
    years = [int(match[0]) for match in found]
    return [year for year in years if abs(year - document_date.year) <= 1]


def unread_months(text: str, points: list[Point]) -> list[Month]:
    """The months without a year that are written with a capital, and are no person or firm."""
    found = _unread(_MONTH, text, points)
    return [
        Month(MONTH_NUMBER[match[0].lower()], None)
        for match in found
        if not is_named_so(text, match.start(), match.end())
    ]


def unread_date(text: str, points: list[Point]) -> str | None:
    """A date in figures that was taken for a number: "unit 15/03/26"."""
    return next((match[0] for match in _unread(_DATE, text, points)), None)


def _unread(pattern: re.Pattern[str], text: str, points: list[Point]) -> Iterator[re.Match[str]]:
    for match in pattern.finditer(text):
        if not any(p.start < match.end() and match.start() < p.end for p in points):
            yield match
