"""Finds the stated lengths in a text: "12 months", "annual", "3-Jahres-Vertrag". Anchors none."""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from accounting.periods import Period, months_later
from accounting.service_text_days import start_of_term
from accounting.service_text_points import Point
from accounting.service_text_words import (
    BILLING_AFTER,
    BILLING_BEFORE,
    DAYS_OF,
    END_CUE,
    END_OF_CUE,
    FREQUENCIES,
    HAPPENS,
    NUMBER_WORD,
    NUMBER_WORDS,
    START_CUE,
    TERM_REFUSED_AFTER,
    TERM_REFUSED_BEFORE,
    TWO_MEANINGS,
    UNITS,
    WARRANTY_WITH,
)


class Kind(StrEnum):
    """How a length is stated."""

    COUNTED = "counted"
    """A number of units: "12 months"."""
    EFFORT = "effort"
    """A number of days, which is a length only beside its first day: "5 days from 2 March"."""
    FREQUENCY = "frequency"
    """A word: "annual", "monthly"."""
    BILLED = "billed"
    """A frequency of billing: "payable quarterly"."""
    NAMED = "named"
    """A unit beside its first or last day: "year ending 31 March 2027"."""


@dataclass(frozen=True, slots=True)
class Term:
    """A length in whole months or in days, and where it stands."""

    months: int
    days: int
    kind: Kind
    start: int
    end: int

    def period_from(self, start: date) -> Period:
        """The term's days from its first."""
        if self.months:
            return Period(start, months_later(start, self.months))
        return Period(start, date.fromordinal(start.toordinal() + self.days - 1))

    def period_to(self, end: date) -> Period:
        """The term's days up to its last."""
        if self.months:
            return Period(min(start_of_term(end, self.months), end), end)
        return Period(date.fromordinal(end.toordinal() - self.days + 1), end)

    def is_said_of(self, period: Period) -> bool:
        """Whether a period has this length, or is made of such lengths ("monthly" over a year)."""
        if self.period_from(period.start) == period or self.period_to(period.end) == period:
            return True
        if self.kind in {Kind.COUNTED, Kind.EFFORT}:
            return self.kind is Kind.EFFORT
        stated = self.period_from(period.start)
        if abs((stated.end - period.end).days) <= DAYS_OFF_MAX:
            return True
        longer = stated.end < period.end
        return longer and (self.months <= 3 or self._divides(period))

    def _divides(self, period: Period) -> bool:
        counts = range(2, 60 // self.months + 1)
        return any(months_later(period.start, n * self.months) == period.end for n in counts)


DAYS_OFF_MAX = 3
"""Days by which dates may miss a frequency: "quarterly", 25 March – 23 June."""
YEARS_OF_DAYS = frozenset({365, 366, 730, 731})
LENGTH_DAYS_MIN = 28
"""Days from which "days of support" are a time rather than work."""
_FLAGS = re.IGNORECASE
_COUNT = (
    rf"(?<!\w)(?:(?P<digits>\d{{1,3}})(?:[.,](?P<half>50?))?|(?P<word>{NUMBER_WORD})|(?<=for\s)an?)"
    rf"(?:\s?\((?:\d{{1,3}}|{NUMBER_WORD})\))?(?:\s|-)?"
)
_IN_MONTHS = (
    r"(?<!\w)(?:term|duration|laufzeit)\s?(?:\((?:in\s)?(?:months|monate)\)|in\s(?:months|monaten))"
    r"[\s:=]{1,3}(?P<digits>\d{1,2})(?P<half>(?!))?(?P<word>(?!))?(?!\w|[.,]\d)"
)
_COUNTED = (
    (re.compile(_IN_MONTHS, _FLAGS), 1, 0),
    *(
        (re.compile(rf"{_COUNT}(?:{unit})(?:(?<=s)(?=\w)|(?!\w))", _FLAGS), months, days)
        for unit, months, days in UNITS
    ),
)
_HALF_A_YEAR = re.compile(
    r"(?<!\w)(?:half\sa\syear|(?:ein(?:em)?\s)?halbe[sn]?\sJahr)(?!\w)", _FLAGS
)
_FREQUENT = tuple(
    (re.compile(rf"(?<!\w)(?<!\bbi[\s-])(?:{pattern})(?!\w)", _FLAGS), months)
    for pattern, months in FREQUENCIES
)
_TWO_MEANINGS = re.compile(rf"(?<!\w)(?:{TWO_MEANINGS})(?!\w)", _FLAGS)
_BESIDE = rf"(?=\s+(?:on\s)?(?:{END_CUE}|{END_OF_CUE}|{START_CUE})(?!\w))"
_BESIDE_START = rf"(?=\W+(?:{START_CUE})(?!\w))"
_NAMED = tuple(
    (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", _FLAGS), months, days)
    for pattern, months, days in (
        (rf"(?:half[-\s]year|Halbjahr){_BESIDE}", 6, 0),
        (rf"(?:year|FY|\w*Jahr){_BESIDE}|y/e|FYE|YE", 12, 0),
        (rf"(?<!\d\s)(?:per\sannum|p\.\s?a\.|pro\sJahr|per\syear){_BESIDE_START}", 12, 0),
        (rf"(?:quarter|Quartal){_BESIDE}|q/e", 3, 0),
        (rf"(?:month|Monat){_BESIDE}", 1, 0),
        (rf"fortnight{_BESIDE}", 0, 14),
        (rf"(?:week|Woche){_BESIDE}|w/e|w/c", 0, 7),
    )
)
_REFUSED_BEFORE = re.compile(rf"{TERM_REFUSED_BEFORE}$", _FLAGS)
_REFUSED_AFTER = re.compile(rf"{TERM_REFUSED_AFTER}|{WARRANTY_WITH}", _FLAGS)
_DAYS_OF = re.compile(DAYS_OF, _FLAGS)
_HAPPENS = re.compile(rf"[\s-]+{HAPPENS}", _FLAGS)
_BILLING_BEFORE = re.compile(rf"(?<!\w){BILLING_BEFORE}$", _FLAGS)
_BILLING_AFTER = re.compile(rf"[\s,-]*(?:in\s)?{BILLING_AFTER}", _FLAGS)
MONTHS_TIMES_MAX, LOOK_BACK_TIMES = 12, 10
_TIMES_BEFORE = re.compile(r"(?<![\w.,])(\d{1,2})\s?[x×*]\s?$", _FLAGS)
_TIMES_AFTER = re.compile(r"\s(?:\w+\s)?[x×*]\s?(\d{1,2})(?![\w.,])", _FLAGS)
_AND = re.compile(r"\s*(?:and|und|,|&|\+)?\s*", _FLAGS)


def find_terms(text: str, points: list[Point]) -> list[Term]:
    """The stated lengths of a text from left to right, without notice, payment and the like."""
    taken = [(p.start, p.end) for p in points if not p.bound]
    found: list[Term] = []

    def add(match: re.Match[str], months: int, days: int, kind: Kind) -> None:
        if not any(start < match.end() and match.start() < end for start, end in taken):
            taken.append((match.start(), match.end()))
            if months or days:
                found.append(Term(months, days, kind, match.start(), match.end()))

    for match in _HALF_A_YEAR.finditer(text):
        add(match, 6, 0, Kind.COUNTED)
    for pattern, months, days in _COUNTED:
        for match in pattern.finditer(text):
            count = _count(match, months)
            if _is_refused(text, match):
                count = 0
            kind = Kind.COUNTED
            if days == 1 and not _is_length(text, match, count):
                kind = Kind.EFFORT
            add(match, count if months else 0, count * days, kind)
    for match in _TWO_MEANINGS.finditer(text):
        add(match, 6, 0, Kind.FREQUENCY)
        found.append(replace(found[-1], months=24))
    for frequent, months in _FREQUENT:
        for match in frequent.finditer(text):
            happens = _HAPPENS.match(text, match.end()) is not None
            add(match, 0 if happens else months, 0, _frequency(text, match))
            times = _times(text, match)
            if 1 < times <= MONTHS_TIMES_MAX // months and found and not happens:
                found.append(replace(found[-1], months=months * times, kind=Kind.BILLED))
    for pattern, months, days in _NAMED:
        for match in pattern.finditer(text):
            add(match, months, days, Kind.NAMED)
    return _summed(text, sorted(found, key=lambda term: (term.start, term.months)))


def _count(match: re.Match[str], months: int) -> int:
    """How many months, weeks or days; 0 where the number is none of whole ones."""
    word, digits = match["word"], match["digits"]
    if not word and not digits:
        return months or 1
    count = NUMBER_WORDS[word.lower()] if word else int(digits)
    if not match["half"]:
        return count * (months or 1)
    halves = (2 * count + 1) * months
    return halves // 2 if halves % 2 == 0 else 0


def _is_refused(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    return bool(_REFUSED_BEFORE.search(before) or _REFUSED_AFTER.match(after))


def _is_length(text: str, match: re.Match[str], days: int) -> bool:
    """Whether days are a length and no effort: "365 days", "90 days of support"."""
    if days in YEARS_OF_DAYS:
        return True
    return days >= LENGTH_DAYS_MIN and _DAYS_OF.match(text, match.end()) is not None


def _times(text: str, match: re.Match[str]) -> int:
    """The 3 of "3 x monthly fee" and "monthly fee x 3", which may be months or things."""
    before = text[max(0, match.start() - LOOK_BACK_TIMES) : match.start()]
    times = _TIMES_BEFORE.search(before) or _TIMES_AFTER.match(text, match.end())
    return int(times[1]) if times else 0


def _frequency(text: str, match: re.Match[str]) -> Kind:
    before, after = text[: match.start()], text[match.end() :]
    billed = _BILLING_BEFORE.search(before) or _BILLING_AFTER.match(after)
    return Kind.BILLED if billed else Kind.FREQUENCY


def _summed(text: str, terms: list[Term]) -> list[Term]:
    """With "1 year and 6 months" as one term."""
    summed: list[Term] = []
    for term in terms:
        last = summed[-1] if summed else None
        if (
            last
            and last.kind is term.kind is Kind.COUNTED
            and last.months % 12 == 0
            and 0 < term.months < 12 <= last.months
            and _AND.fullmatch(text, last.end, term.start)
        ):
            summed[-1] = replace(last, months=last.months + term.months, end=term.end)
        else:
            summed.append(term)
    return summed
