"""Service dates from a line's text: exactly one range of two unambiguous dates, or nothing."""

import re
from datetime import date

from accounting.periods import Period

MONTHS = (
    ("january", "januar", "jan"),
    ("february", "februar", "feb"),
    ("march", "märz", "mar", "mär"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dezember", "dec", "dez"),
)
MONTH_NUMBER = {name: number for number, names in enumerate(MONTHS, 1) for name in names}

_NAMED = r"\d{1,2}\.?\s+[A-Za-zä]{3,9}\.?\s+\d{4}"
_ISO = r"\d{4}-\d{2}-\d{2}"
_DAY = rf"(?:{_ISO}|{_NAMED})"
_RANGE = re.compile(rf"(?<!\d)({_DAY})\s*(?:–|—|-|to|until|bis)\s*({_DAY})(?!\d)", re.IGNORECASE)


def _day(text: str) -> date | None:
    try:
        if re.fullmatch(_ISO, text):
            return date.fromisoformat(text)
        day, month, year = text.replace(".", " ").split()
        return date(int(year), MONTH_NUMBER[month.lower()], int(day))
    except (ValueError, KeyError):
        return None


def service_period_in(text: str) -> Period | None:
    """The one range that the text holds, both ends inclusive.

    None where there is none, more than one, an impossible date, or an end before its start:
    a person is asked then, nothing is guessed.
    """
    ranges = _RANGE.findall(text)
    if len(ranges) != 1:
        return None
    start, end = _day(ranges[0][0]), _day(ranges[0][1])
    if start is None or end is None or end < start:
        return None
    return Period(start, end)
