"""How days, months, quarters and years are written: the patterns in the order of their trial."""

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
from accounting.service_text_words import (
    AND_WORDS,
    CALENDAR,
    FISCAL,
    HALF,
    MONTH,
    MONTH_NUMBER,
    NOT_A_YEAR,
    ORDINALS,
    PARTS,
    QUARTER,
    TO,
    WEEKDAY,
)

FULL_YEARS_AROUND = 60
SHORT_YEARS_BACK, SHORT_YEARS_AHEAD = 10, 20
TODAY_YEARS_AROUND, NUMBER_YEARS_AROUND = 5, 1


Maker = Callable[[re.Match[str], date], Value | None]

_NO_LETTER = r"(?![^\W\d_])"
_MON = rf"(?<![^\W\d_])(?P<month>{MONTH}){_NO_LETTER}\.?"
_DAY = r"(?<!\w)(?<!\b\d[/.])(?<!\b\d\d[/.])(?<!\d:)(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d)"
_LAST = r"(?P<last>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?!\d)"
_YEAR4 = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_NO_COUNT = rf"(?![\s-]*{NOT_A_YEAR})"
_YEAR2 = (
    rf"(?P<year>(?<!\s)\d\d|\d\d{_NO_COUNT})"
    r"(?!\d|(?:st|nd|rd|th)\b|[.,:/]\d|\s*%|\s*,\s*(?:19|20)\d\d"
    rf"|\.?\s?(?:of\s)?(?:{MONTH}){_NO_LETTER})"
)
_TIME = (
    r"(?:(?:T|,?\s+(?:at\s)?)\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?"
    r"(?:\s?(?:[ap]m\b|Z\b|UTC|GMT|Uhr|[+-]\d\d:?\d\d))?|,?\s+(?:um\s)?\d{1,2}\sUhr"
    r"|\s?\(\d{1,2}:\d\d(?:\s?(?:[ap]m|Uhr))?\))?"
)
_FULL_YEAR = (
    rf"(?P<year>(?:19|20)\d\d|(?:(?:(?<!\s)|(?<=(?:FY|GJ)\s))\d\d|\d\d{_NO_COUNT})"
    rf"(?!\.?\s?(?:{MONTH}){_NO_LETTER}))(?!\d|[.,:]\d|\s*%)"
)
_TWO_YEARS = r"(?P<year>(?:19|20)\d\d|\d\d)\s?[/–-]\s?(?P<next>(?:20)?\d\d)(?!\d|[.,:/-]\d)"
_KIND = rf"(?:(?P<fiscal>{FISCAL})|(?P<calendar>{CALENDAR}))"
_PART = rf"(?:(?P<quarter>{QUARTER})|(?P<half>{HALF}))"
_JOIN = r"(?:(?<=\d[QH])|[\s,/'’–-]+(?:of\s|in\s|des\s|im\s|the\s)*|(?=FY|CY))['’]?"


def _year(text: str | None, document_date: date) -> int | None:
    """The year of its text; 0 where it is too far from the document's to be meant."""
    if text is None:
        return None
    year, today = int(text), document_date.year
    if len(text) == 2:
        year += CENTURY
        return year if -SHORT_YEARS_BACK <= year - today <= SHORT_YEARS_AHEAD else 0
    return year if abs(year - today) <= FULL_YEARS_AROUND else 0


_DESK = re.compile(r"(?<!\bfor)(?<!\bin)(?<=\w)\s$", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<!\w)(?:between|zwischen)\s(?:the\s|dem\s)?$", re.IGNORECASE)


def _group(match: re.Match[str], name: str) -> str | None:
    found = match.groupdict().get(name)
    return found or None


def _day(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(_group(match, "year"), document_date)
    name = match["month"].lower()
    month = MONTH_NUMBER.get(name) or int(name)
    return None if year == 0 else Day(int(match["day"]), month, year)


def _numeric_day(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(match["year"], document_date)
    left, right = int(match["day"]), int(match["second"])
    possible = 1 <= left <= 31 and 1 <= right <= 31 and min(left, right) <= 12
    return Day(left, right, year, numeric=True) if year and possible else None


def _day_span(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(_group(match, "year"), document_date)
    first, last = int(match["day"]), int(match["last"])
    apart = _group(match, "and") is not None and first + 1 != last
    if (
        year == 0
        or not 1 <= first <= last
        or (apart and not _BETWEEN.search(match.string[: match.start()]))
    ):
        return None
    name = match["month"].lower()
    month = MONTH_NUMBER.get(name) or int(name)
    return Span(Day(first, month, year), Day(last, month, year), year)


def _month_span(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(match["year"], document_date)
    first, last = int(match["from"]), int(match["month"])
    apart = _group(match, "and") is not None and first + 1 != last
    if not year or apart or first >= last:
        return None
    return Span(Month(first, year), Month(last, year), year)


def _months_of_two_years(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(match["year"], document_date)
    first, last = MONTH_NUMBER[match["first"].lower()], MONTH_NUMBER[match["last"].lower()]
    follow = year is not None and int(match["next"]) % 100 == (year + 1) % 100
    if not year or not follow or first <= last:
        return None
    return Span(Month(first, year), Month(last, year + 1), year)


def _month(match: re.Match[str], document_date: date) -> Value | None:
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


def _loose_month(match: re.Match[str], document_date: date) -> Value | None:
    """Of "Mar 26": the year 2026 where that is near, or else the 26th."""
    month, digits = MONTH_NUMBER[match["month"].lower()], int(match["year"])
    year = CENTURY + digits
    if abs(year - document_date.year) <= TODAY_YEARS_AROUND:
        return Month(month, year, or_day=digits if 1 <= digits <= 31 else None)
    return Day(digits, month, None) if 1 <= digits <= 31 else None


def _part(match: re.Match[str], document_date: date) -> Value | None:
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
    return alone and _DESK.search(match.string, 0, match.start()) is not None


def _part_span(match: re.Match[str], document_date: date) -> Value | None:
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


def _weeks(match: re.Match[str], document_date: date) -> Value | None:
    year = _year(_group(match, "year"), document_date)
    first, last = int(match["first"]), int(_group(match, "last") or match["first"])
    apart = _group(match, "and") is not None and first + 1 != last
    is_near = year is None or abs(year - document_date.year) <= TODAY_YEARS_AROUND
    is_possible = is_near and not apart and 1 <= first <= last <= 53
    return Weeks(first, last, year) if is_possible else None


def _fraction(match: re.Match[str], _: date) -> Value | None:
    first, second = match["first"], match["second"]
    padded = len(first) == len(second) == 2 or match[0].endswith(".")
    return Fraction(int(first), int(second), slash="/" in match[0], padded=padded)


_DM_MONTH = rf"{_DAY}\.?(?:\s*(?:of\s|(?<=st|nd|rd|th),)?\s*|[-/.]){_MON}"
_AFTER_MONTH = r"(?:,?\s+|[-/.]|\s?(?=['’])|(?=\d))['’]?"
_SPAN = (
    rf"{_DAY}\.?\s*(?:{TO}|(?P<and>{AND_WORDS}|/))\s*(?:the\s|den\s|dem\s)?"
    rf"(?:(?:{WEEKDAY})\.?,?\s)?{_LAST}\.?"
)
_SPAN_MD = rf"{_MON}\s+{_DAY}\s*(?:{TO}|(?P<and>{AND_WORDS}))\s*{_LAST}"
_DM_SPAN = rf"{_SPAN}[\s-]*(?:of\s)?{_MON}"
_NOT_ON = rf"(?!\d|\.?\s?(?:of\s)?(?:{MONTH}){_NO_LETTER}|[.,/:-]\d|,?\s*\d{{4}}|\s*{NOT_A_YEAR})"
_NUMBER_MONTH = r"(?P<month>0?[1-9]|1[0-2])"
_PARTS_JOIN = rf"(?:(?P<and>{AND_WORDS})|{TO}|/)"
_OF_ANOTHER_KIND = r"(?<!school )(?<!academic )(?<!tax )(?<!crop )(?<!season )"
_KW = r"(?:KW|Kalenderwochen?)"
_TO_WEEK = rf"\s?(?:[-–]|bis|to|(?P<and>{AND_WORDS}))\s?(?:(?:KW|CW|weeks?)\s?)?(?P<last>\d\d?)"
_HALVES = r"(?:(?<![\d./-])|(?<=[/.]\d-)|(?<=/\d\d-)|(?<=\.-))(?P<first>\d{1,2})"

PLAIN, BARE, BOUND, NUMERIC, LOOSE = "", "bare", "bound", "numeric", "loose"
PATTERNS: tuple[tuple[str, Maker, str], ...] = (
    (
        (
            rf"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<s>[-/.]){_NUMBER_MONTH}(?P=s)"
            rf"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d){_TIME}"
        ),
        _day,
        NUMERIC,
    ),
    (r"(?<!\w)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\w)", _day, BOUND),
    (rf"{_DM_SPAN}{_AFTER_MONTH}{_YEAR4}", _day_span, PLAIN),
    (rf"{_SPAN_MD}\s*,?\s*{_YEAR4}", _day_span, PLAIN),
    (
        (
            rf"(?<![\d.])(?<!\d:)(?P<day>\d\d?)\.\s*(?:{TO}|(?P<and>{AND_WORDS}))\s*(?P<last>\d\d?)\.\s?"
            rf"{_NUMBER_MONTH}\.\s?{_FULL_YEAR}"
        ),
        _day_span,
        NUMERIC,
    ),
    (
        rf"(?<![\d./-])(?<!\d:)(?P<day>\d\d?)\s?[-–]\s?(?P<last>\d\d?)/{_NUMBER_MONTH}/{_FULL_YEAR}",
        _day_span,
        NUMERIC,
    ),
    (rf"{_DM_MONTH}{_AFTER_MONTH}{_YEAR4}{_TIME}", _day, PLAIN),
    (rf"{_MON}(?:\s+|-)?{_DAY}(?:\s*,\s*|\s+|-|/){_YEAR4}{_TIME}", _day, PLAIN),
    (
        (
            r"(?<!\d)(?P<day>\d\d?)(?P<s>[./-])\s?(?P<second>\d\d?)(?P=s)\s?"
            rf"(?P<year>(?:19|20)\d\d|\d\d)(?!\d|[.,:]\d|\s*%){_TIME}"
        ),
        _numeric_day,
        NUMERIC,
    ),
    (rf"{_DM_SPAN}{_AFTER_MONTH}{_YEAR2}", _day_span, PLAIN),
    (rf"{_DM_MONTH}{_AFTER_MONTH}{_YEAR2}", _day, PLAIN),
    (rf"{_MON}\s+{_DAY}(?:\s*,\s*['’]?|\s*['’]|(?<=st|nd|rd|th)\s){_YEAR2}", _day, PLAIN),
    *(
        (
            (
                rf"(?<!\w)(?:Period|P|M|Month|Monat|Periode)\s?(?P<period>0?[1-9]|1[0-2])[\s,/-]*"
                rf"(?P<fiscal>{FISCAL})\s?[-'’]?{year}"
            ),
            _part,
            PLAIN,
        )
        for year in (_TWO_YEARS, _FULL_YEAR)
    ),
    *(
        (
            rf"(?<!\w){parts.replace('JOIN', _PARTS_JOIN)}{_JOIN}(?:{_KIND}\s?[-'’]?)?{_FULL_YEAR}",
            _part_span,
            PLAIN,
        )
        for parts in PARTS
    ),
    *(
        (pattern.replace("YEAR", year), _part, PLAIN)
        for pattern in (
            rf"(?<!\w){_KIND}[\s-]*{_PART}{_JOIN}YEAR",
            rf"(?<!\w){_PART}{_JOIN}{_KIND}\s?[-'’]?YEAR",
            rf"(?<!\w){_PART}{_JOIN}YEAR",
            rf"(?<!\w){_KIND}\s?[-'’]?YEAR[\s/,'’-]*{_PART}(?!\w)",
            rf"(?<!\w){_KIND}\s?[-'’]?(?:of\s)?YEAR",
        )
        for year in (_TWO_YEARS, _FULL_YEAR)
    ),
    (rf"(?<![\w.,/:-]){_TWO_YEARS}[\s/,'’-]*{_PART}(?!\w)", _part, PLAIN),
    *((rf"(?<!\w){year}\s{_KIND}(?!\w)", _part, PLAIN) for year in (_TWO_YEARS, _YEAR4)),
    *(
        (rf"(?<!\w){_OF_ANOTHER_KIND}(?:year|jahr(?:es)?)\s{year}", _part, PLAIN)
        for year in (_TWO_YEARS, _YEAR4)
    ),
    (
        (
            rf"(?<![^\W\d_])(?P<first>{MONTH})\.?\s*{TO}\s*(?P<last>{MONTH})\.?"
            rf"[\s,]+(?:FY\s?)?{_TWO_YEARS}"
        ),
        _months_of_two_years,
        PLAIN,
    ),
    (rf"{_MON}[\s,./'’-]*(?:of\s)?{_YEAR4}", _month, PLAIN),
    (rf"(?<!\w){_YEAR4}[\s/,'’-]*{_PART}(?!\w)", _part, PLAIN),
    (
        (
            rf"(?<!\w)(?:CW|(?:calendar\s)?weeks?|{_KW})\s?(?P<first>\d\d?)"
            rf"(?:{_TO_WEEK.replace(AND_WORDS, f'{AND_WORDS}|/')})?[\s,/-]*{_YEAR4}"
        ),
        _weeks,
        PLAIN,
    ),
    (rf"(?<!\w){_YEAR4}-?W(?P<first>\d\d)(?!\w)", _weeks, PLAIN),
    (
        (
            rf"(?<!\w){_KW}\s?(?P<first>\d\d?)(?:{_TO_WEEK})?(?:/(?P<year>\d\d))?"
            r"(?!\w|\s?(?:und|and|&|\+|,)\s?(?:KW\s?)?\d)"
        ),
        _weeks,
        PLAIN,
    ),
    (
        (
            r"(?<!\w)(?P<first>\d\d?)\.(?:\s?(?:[-–]|bis)\s?(?P<last>\d\d?)\.)?\s?"
            rf"{_KW}(?:[\s,/]*{_YEAR4})?(?!\w)"
        ),
        _weeks,
        PLAIN,
    ),
    (
        (
            rf"(?<![\d./-])(?P<from>0?[1-9]|1[0-2])\.?\s?(?:[-–]|(?P<and>{AND_WORDS}))\s?"
            rf"(?P<month>0?[1-9]|1[0-2])[/.]{_YEAR4}"
            r"(?![/.,-]\d)"
        ),
        _month_span,
        LOOSE,
    ),
    (
        r"(?<![\d./-])(?P<from>0[1-9]|1[0-2])[-–](?P<month>0[1-9]|1[0-2])/(?P<year>\d\d)(?![/.,-]?\d)",
        _month_span,
        LOOSE,
    ),
    (
        (
            rf"(?:(?<![\d./-])|(?<=[/.]20\d\d-)){_NUMBER_MONTH}\s?[/.-]\s?{_YEAR4}"
            rf"(?![/.,-]\d(?!\d?[/.]20\d\d))"
        ),
        _month,
        NUMERIC,
    ),
    (
        (
            r"(?:(?<![\d./-])|(?<=20\d\d[/.]\d\d-))(?P<year>20\d\d)[-/.](?P<month>0[1-9]|1[0-2])"
            r"(?!\d|[.,/]\d|-\d(?!\d{3}[/.]\d\d))"
        ),
        _month,
        NUMERIC,
    ),
    (rf"{_DM_SPAN}{_NOT_ON}", _day_span, PLAIN),
    (rf"{_SPAN_MD}{_NOT_ON}", _day_span, PLAIN),
    (_DM_MONTH, _day, PLAIN),
    (rf"{_MON}(?:[-/]|\s?['’]|)['’]?{_YEAR2}", _month, PLAIN),
    (rf"{_MON}\s+{_YEAR2}", _loose_month, PLAIN),
    (rf"{_MON}(?:\s+|-){_DAY}(?![.,:]\d|[\s-]*{NOT_A_YEAR})", _day, PLAIN),
    (rf"{_HALVES}\.(?P<second>\d\d?)\.(?!\d)", _fraction, BOUND),
    (rf"{_HALVES}[/.](?P<second>\d\d?)(?![\d/]|[.,]\d|\s?{NOT_A_YEAR})", _fraction, BOUND),
    (_MON, _month, BARE),
    (rf"(?<!\w){_PART}(?!\w|\s\d\d(?!\d){_NO_COUNT})", _part, BARE),
    (rf"(?<![\w.,/:-]){_TWO_YEARS}(?![\w%])", _part, BARE),
    (rf"(?<![\w.,/:-]){_YEAR4}(?![\w%]|[.,:/-]\d)", _part, BARE),
)
"""Pattern, maker of its value, manner. An earlier pattern takes its text from the later ones."""
