"""Finds the points of time in a text: days, months, quarters, years. Combines none of them."""

import re
from dataclasses import dataclass
from datetime import date

from accounting.service_text_days import Day, Month, Part, Span, Value
from accounting.service_text_makers import Maker
from accounting.service_text_patterns import BARE, BOUND, LOOSE, NUMERIC, PATTERNS
from accounting.service_text_words import (
    AND_WORDS,
    FIRM_AFTER,
    FREQUENCIES,
    GOES_WITH_A_YEAR,
    HAPPENS,
    MONTH,
    MONTH_CUE,
    NAME_BEFORE,
    NAMES_TOO,
    NUMBERED,
    REFERENCE,
    SERVICE_NOUN,
    TO,
    VERSION_WORD,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A value and where it stands.

    `bare`: a month or quarter without a year, or a year alone. `bound`: a date only in a range.
    """

    value: Value
    start: int
    end: int
    bare: bool = False
    bound: bool = False


LOOK_BACK = 80
"""Characters before a point that may say what it is."""
YEARS_BACK, YEARS_AHEAD = 2, 5
"""A year by itself that is farther from the document's is a product's: "SQL Server 2019"."""
_FLAGS = re.IGNORECASE
_COMPILED: tuple[tuple[re.Pattern[str], Maker, str], ...] = tuple(
    (re.compile(pattern, _FLAGS), maker, manner) for pattern, maker, manner in PATTERNS
)
_AFTER_REFERENCE = re.compile(rf"{REFERENCE}$", _FLAGS)
_AFTER_NUMBERED = re.compile(rf"{NUMBERED}$", _FLAGS)
_AFTER_MONTH = re.compile(rf"(?<![^\W\d_])(?:{MONTH})\.?[\s-]*$", _FLAGS)
_YEAR_OF_MONTH = re.compile(rf"(?<![^\W\d_])(?<!\d-)(?:{MONTH})\.?(?:[-/]|\s?['’])$", _FLAGS)
_HALF_JOINED = re.compile(rf"\d\d?-(?:{MONTH})\.?(?![\w-])", _FLAGS)
_AFTER_DAY_MONTH = re.compile(
    rf"(?<!\d)\d\d?(?:st|nd|rd|th)?\.?\s?-?(?:of\s)?(?:{MONTH})\.?\s*[-/]\s*$", _FLAGS
)
_GOES_ON = re.compile(rf"\s*{TO}\s*\d", _FLAGS)
_FULL = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]20\d\d|20\d\d[./-]\d\d)(?!\d)"
_IS_FULL_RANGE = re.compile(rf"{_FULL}\s*{TO}\s*{_FULL}", _FLAGS)
"""Two full dates are no number of a unit, a version or a reference."""
_LAST_WORD = re.compile(r"([^\W\d_][\w'’&./-]*|&)\s*$")
_NEXT_WORD = re.compile(r"\s*([^\W\d_][\w'’-]*)")
_SERVICE = re.compile(SERVICE_NOUN, _FLAGS)
_MONTH_CUE = re.compile(rf"{MONTH_CUE}$", _FLAGS)
_NAME_BEFORE = re.compile(NAME_BEFORE, _FLAGS)
_FIRM_AFTER = re.compile(rf"\W*(?:\w+\W+){{0,3}}?{FIRM_AFTER}|\s*(?:&|and|und)\s+[A-ZÄÖÜ]")
_LOWER_CASE = re.compile(
    rf"erst|zweit|dritt|viert|first|second|third|fourth|q[1-4]|h[12]|quarter|qtr|half|(?:{MONTH})(?<=\w{{4}})"
)
_IS_COUNT = re.compile(r"\d\.?\s?[QH]", _FLAGS)
_TO_PART = r"(?:(?:the\s)?(?:end\sof|ende)\s(?:des\s|the\s)?)?"
_JOIN = re.compile(rf"\s*(?:{TO}\s*{_TO_PART}|/|,|{AND_WORDS})\s*", _FLAGS)
_TO_MONTH = re.compile(rf"\s*{TO}\s*(?:{MONTH})(?![^\W\d_])", _FLAGS)
_TO = re.compile(rf"\s*{TO}\s*{_TO_PART}", _FLAGS)
_GOES_WITH_A_YEAR = re.compile(GOES_WITH_A_YEAR, _FLAGS)
_VERSION = re.compile(VERSION_WORD, _FLAGS)
_MODEL = re.compile(r"[QH]\d", _FLAGS)
_OF_A_PART = re.compile(r"(?<!\w)(?:quarter|half|month|week|quartal|monat|woche)\s$", _FLAGS)
_ANNUAL = re.compile(
    rf"(?<!\w)(?:{'|'.join(pattern for pattern, months in FREQUENCIES if months == 12)})"
    rf"(?![\s-]+{HAPPENS})(?:[\s-]+{SERVICE_NOUN}[\w-]*){{0,3}}[\s:]*$",
    _FLAGS,
)
_YEAR_CUE = re.compile(
    rf"(?:^|[-–—:,(;]|\b(?:for|für|in|im|during|annual|yearly"
    rf"|{SERVICE_NOUN}\w*))\s*$",
    _FLAGS,
)


def find_points(text: str, document_date: date) -> list[Point]:
    """The points of a text from left to right; none overlaps another."""
    found: list[Point] = []
    for pattern, maker, manner in _COMPILED:
        position = 0
        while match := pattern.search(text, position):
            position = match.start() + 1
            if any(p.start < match.end() and match.start() < p.end for p in found):
                continue
            if not _is_refused(text, match, manner) and (value := maker(match, document_date)):
                if _is_after_month(text, match.start(), value):
                    continue
                bare, bound = manner == BARE, manner == BOUND
                found.append(Point(value, match.start(), match.end(), bare, bound))
                position = match.end()
    found.sort(key=lambda point: point.start)
    free = _unglued(text, found)
    return [
        point
        for index, point in enumerate(free)
        if not point.bare or _stands_free(text, index, free, document_date)
    ]


def _is_refused(text: str, match: re.Match[str], manner: str) -> bool:
    """Whether a number of something else stands there: an order's, a room's, a standard's."""
    before = text[max(0, match.start() - LOOK_BACK) : match.start()]
    if not match[0][0].isdigit():
        return "-" in match[0] and _AFTER_REFERENCE.search(before) is not None
    if reference := _AFTER_REFERENCE.search(before):
        if match[0].upper().isupper():
            return ":" not in reference[0] and not _GOES_ON.match(text, match.end())
        return _IS_FULL_RANGE.match(text, match.start()) is None
    loose = manner in {BOUND, LOOSE} or (
        manner == NUMERIC and len(re.findall(r"\d+", match[0])) == 2
    )
    after_number = _AFTER_NUMBERED.search(before) is not None
    return loose and after_number and not _GOES_ON.match(text, match.end())


def _is_after_month(text: str, start: int, value: Value) -> bool:
    """Whether a month before it has the number: the 15 of "Mar 15 - Apr 14" is no day of April.

    That of "10 Mar - 9 Apr" has its own day.
    """
    before = text[max(0, start - LOOK_BACK) : start]
    if isinstance(value, Day) and text[start].isdigit():
        half_joined = _HALF_JOINED.match(text, start) and _AFTER_MONTH.search(before)
        if half_joined or _YEAR_OF_MONTH.search(before):
            return not _AFTER_DAY_MONTH.search(before)
    is_day = isinstance(value, Day) and value.year is None and text[start].isdigit()
    if is_day and _AFTER_DAY_MONTH.search(before):
        return False
    return (is_day or isinstance(value, Span)) and _AFTER_MONTH.search(before) is not None


def _unglued(text: str, points: list[Point]) -> list[Point]:
    """Without what is part of a longer name or number: "INV-2026-03", "2026-01-4711"."""
    while True:
        starts, ends = {p.start for p in points}, {p.end for p in points}
        free = [p for p in points if not _is_glued(text, p, starts, ends)]
        if len(free) == len(points):
            return free
        points = free


def _is_glued(text: str, point: Point, starts: set[int], ends: set[int]) -> bool:
    start, end = point.start, point.end
    left, right = text[max(0, start - 2) : start], text[end : end + 2]
    numeric = text[start].isdigit()
    if left and (left[-1] == "_" or (numeric and left[-1].isalnum())):
        return start not in ends
    if right and (right[0] == "_" or (text[end - 1].isdigit() and right[0].isalnum())):
        return end not in starts
    if len(left) == 2 and start - 1 not in ends:
        letter, digit = left[0].isalpha(), left[0].isdigit()
        if left[1] in "-/#" and (digit or (letter and (numeric or point.bare))):
            return True
        if left[1] in ":." and digit and numeric:
            return True
    if len(right) == 2 and end + 1 not in starts and right[0] in "-/.:":
        goes_on = right[0] == "-" and right[1].isalpha() and not _SERVICE.match(text, end + 1)
        is_code = point.bare or (numeric and "-" in text[start:end])
        return right[1].isdigit() or (is_code and goes_on)
    return False


def _stands_free(text: str, index: int, points: list[Point], document_date: date) -> bool:
    """Whether a bare month, quarter or year can be meant as such, and is no name or verb."""
    point = points[index]
    if any(_touches(text, *points[at : at + 2]) for at in (index - 1, index) if at >= 0):
        return True
    if isinstance(point.value, Part) and point.value.months == 12:
        away = (point.value.year or 0) - document_date.year
        return -YEARS_BACK <= away <= YEARS_AHEAD and _is_year(text, point)
    onward = _TO_MONTH.match(text, point.end)
    if onward and not any(other.start < onward.end() for other in points[index + 1 :]):
        return False
    name, after = text[point.start : point.end].rstrip("."), text[point.end :]
    before = text[max(0, point.start - LOOK_BACK) : point.start]
    last, following = _LAST_WORD.search(before), _next_word(after)
    word = last[1] if last else ""
    named_too = name.lower() in NAMES_TOO
    if name[0].islower() and (named_too or not _LOWER_CASE.match(name)):
        return False
    if _IS_COUNT.fullmatch(name) or _AFTER_REFERENCE.search(before):
        return False
    if _NAME_BEFORE.fullmatch(word) or _FIRM_AFTER.match(after):
        return False
    is_cued = _MONTH_CUE.search(word) is not None
    if following and not _SERVICE.match(following) and (following[0].isupper() or named_too):
        return is_cued and following.lower() in {"and", "und", "only", "nur"}
    is_name = word[:1].isupper() and not word.isupper() and not _SERVICE.match(word)
    is_model = _MODEL.fullmatch(name) is not None
    return is_cued or not (is_name and (named_too or is_model))


def _touches(text: str, one: Point, other: Point | None = None) -> bool:
    """Whether only a word of range or list parts a point from the next."""
    if other is None:
        return False
    if type(one.value) is type(other.value):
        return _JOIN.fullmatch(text, one.end, other.start) is not None
    is_mixed = {type(one.value), type(other.value)} == {Day, Month}
    return is_mixed and _TO.fullmatch(text, one.end, other.start) is not None


def _is_year(text: str, point: Point) -> bool:
    """Annual licence 2026, but neither Server 2022 nor AutoCAD 2026 plan."""
    before, after = text[: point.start], text[point.end :]
    word = _next_word(after)
    free = not word or _SERVICE.match(word) is not None or _GOES_WITH_A_YEAR.fullmatch(word)
    if _OF_A_PART.search(before):
        return False
    if _ANNUAL.search(before) and not _VERSION.fullmatch(word):
        return True
    return bool(free) and _YEAR_CUE.search(before) is not None


def is_numbered(text: str, start: int) -> bool:
    """Whether what stands there is the number of a room, an article, a version."""
    return _AFTER_REFERENCE.search(text[:start]) is not None


def is_named_so(text: str, start: int, end: int) -> bool:
    """Whether a month's word is the name of a person or a firm: "by April Smith", "May Ltd"."""
    last = _LAST_WORD.search(text[:start])
    named = last is not None and _NAME_BEFORE.fullmatch(last[1]) is not None
    return named or _FIRM_AFTER.match(text, end) is not None


def _next_word(after: str) -> str:
    following = _NEXT_WORD.match(after)
    return following[1] if following else ""
