"""A service period out of the text of an invoice line, English and German (docs §4).

A text is cleaned of what was pasted with it (service_text_plain) and searched for points of time and
stated lengths (_points, _terms), these are combined (_ranges, _anchors), and what differs is
offered. Nothing is guessed: no period, or more than one, goes to a person. A text is read on its
own: products and contracts are not known here.

Rules, as a reading names them: date_range, day_range, month_range, part_range (quarters, years,
weeks), list ("January and February"), month, quarter, half, year and their fiscal_ kin, weeks,
day, term_from and term_to (a length and its first or last day), term_from_document, renewal, and
term_against_range (a length that contradicts the dates beside it).
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounting.periods import Period
from accounting.service_text_anchors import anchor_terms
from accounting.service_text_days import Locale
from accounting.service_text_plain import PlainText, plain_text
from accounting.service_text_points import find_points
from accounting.service_text_ranges import CERTAIN, Match, find_ranges
from accounting.service_text_roles import Company
from accounting.service_text_terms import find_terms

__all__ = ["Locale", "Reading", "read_service_text", "unusable"]

TEXT_LENGTH_MAX = 4000
"""Characters that are read of a text; Xero and QuickBooks allow 4,000."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text: the period, the rule, the matched span, a confidence from 0 to 1."""

    period: Period
    rule: str
    span: tuple[int, int]
    confidence: Decimal


def read_service_text(text: str, document_date: date, locale: Locale) -> tuple[Reading, ...]:
    """None: nothing usable. One: the period. Several, of different periods: the readings offered.

    A length without a day of its own starts on the document's date; a month or quarter without
    a year is the one nearest to it.
    """
    return _read(text, document_date, locale)[0]


def unusable(text: str, document_date: date, locale: Locale) -> str | None:
    """Why the period that a text speaks of can't be used, in plain English; None where it can.

    Only one end or a part of a month is named, days are left out, it ends before it starts or is
    longer than five years, or its start is not this document's date and not named either. None
    as well where the text speaks of no period.
    """
    return _read(text, document_date, locale)[1]


def _read(text: str, document_date: date, locale: Locale) -> tuple[tuple[Reading, ...], str | None]:
    plain = plain_text(text[:TEXT_LENGTH_MAX])
    points = find_points(plain.text, document_date)
    company = Company(plain.text, points, find_terms(plain.text, points))
    found = find_ranges(company, document_date, locale)
    anchor_terms(company, found, document_date, locale)
    if found.faults:
        return (), found.faults[0]
    dated = [match for match in found.matches if not match.bare]
    return _distinct(_narrowed(dated or found.matches), plain), None


def _narrowed(matches: list[Match]) -> list[Match]:
    """Where a place leaves open which period it means, and another names one of them, that one."""
    named = {match.periods[0] for match in matches if len(match.periods) == 1}
    narrowed = []
    for match in matches:
        agreed = tuple(period for period in match.periods if period in named)
        if len(match.periods) > 1 and len(agreed) == 1:
            narrowed.append(replace(match, periods=agreed, confidence=CERTAIN))
        else:
            narrowed.append(match)
    return narrowed


def _distinct(matches: list[Match], plain: PlainText) -> tuple[Reading, ...]:
    """The surest reading of each period, the surest first, then in the order of the text."""
    readings = [
        Reading(period, match.rule, plain.place(match.start, match.end), match.confidence)
        for match in matches
        for period in match.periods
    ]
    readings.sort(key=lambda reading: (-reading.confidence, reading.span))
    best: dict[Period, Reading] = {}
    for reading in readings:
        best.setdefault(reading.period, reading)
    return tuple(best.values())
