"""Gives stated lengths their days: beside a start or an end, or from the document's date."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property

from accounting.periods import Period
from accounting.service_text_days import (
    MONTHS_AWAY,
    MONTHS_AWAY_OFFERED,
    Day,
    Fraction,
    Locale,
    Month,
    Value,
    days_between,
    is_in_other_order,
    is_over_five_years,
    months_away,
    ways,
)
from accounting.service_text_pairs import near_month
from accounting.service_text_ranges import (
    CERTAIN,
    MONTHS_OF_A_YEAR,
    OPEN,
    OTHER_ORDER,
    SPANNED,
    Found,
    Match,
)
from accounting.service_text_roles import Company, Role
from accounting.service_text_terms import Kind, Term
from accounting.service_text_unread import unread_date, unread_months, unread_years
from accounting.service_text_words import FURTHER, NOT_CONTRADICTED, NOT_FROM_NOW, UNNAMED_START

BESIDE_A_DATE = Decimal("0.85")
CONTRADICTED = Decimal("0.50")
FROM_THE_DOCUMENT = Decimal("0.60")
NEAR = 30
"""Characters between a length and the day that it is beside."""

_PART_OF_TERM = re.compile(NOT_CONTRADICTED, re.IGNORECASE)
_STRENGTH = {
    kind: strength
    for strength, kind in enumerate(
        (Kind.COUNTED, Kind.NAMED, Kind.FREQUENCY, Kind.BILLED, Kind.EFFORT)
    )
}
"""Which of two lengths beside one day is meant: "w/c 6 April for 2 weeks", "3 days w/e 10 April"."""
_FURTHER = re.compile(FURTHER, re.IGNORECASE)
_NOT_FROM_NOW = re.compile(NOT_FROM_NOW, re.IGNORECASE)
_UNNAMED = re.compile(UNNAMED_START, re.IGNORECASE)
_FOR = re.compile(r"\W*(?:for|für|über)\W*(?:an?\s(?:period|term)\sof\s)?", re.IGNORECASE)


def anchor_terms(company: Company, found: Found, document_date: date, locale: Locale) -> None:
    """Adds the periods of stated lengths and single days, and the faults of what is left."""
    _Anchor(company, found, document_date, locale).run()


class _Anchor:
    def __init__(self, company: Company, found: Found, today: date, locale: Locale) -> None:
        self.company = company
        self.found = found
        self.today = today
        self.locale = locale
        self.spans = tuple(found.matches)
        self.used: set[int] = set()

    def run(self) -> None:
        """Terms beside their day, then the others, then single days, then what stays unusable."""
        company = self.company
        beside = sorted(company.terms, key=lambda term: _STRENGTH[term.kind])
        rest = [term for term in beside if not self._beside(term)]
        rest = [term for term in rest if term.kind is not Kind.NAMED and not self._confirms(term)]
        is_dated = bool(self.spans or self.found.matches)
        if not is_dated or self._left(Role.START):
            for term in rest:
                is_billed = term.kind is Kind.BILLED and (is_dated or self._is_counted)
                if term.kind is not Kind.EFFORT and not is_billed:
                    self._undated(term)
        if self.spans:
            self._contradicted(rest)
        self._single_days()
        self._faults()

    def _left(self, role: Role) -> list[int]:
        return [i for i in self.found.left if self.company.roles[i] is role]

    def _beside(self, term: Term) -> bool:
        """A term directly beside a start, an end, or before "for": "12 months from D"."""
        for index in self.found.left:
            point, role = self.company.points[index], self.company.roles[index]
            is_weak = term.kind in {Kind.NAMED, Kind.EFFORT} and index in self.used
            if is_weak or (term.kind is Kind.BILLED and self._is_counted):
                continue
            before = 0 <= point.start - term.end <= NEAR
            after = 0 <= term.start - point.end <= NEAR
            said_for = after and _FOR.fullmatch(self.company.text, point.end, term.start)
            if role is Role.START and (before or (after and term.kind is not Kind.NAMED)):
                for at in self._listed(index):
                    self._from(term, at, SPANNED)
                return True
            if role in {Role.NONE, Role.DELIVERY} and said_for:
                return self._from(term, index, SPANNED)
            if role is Role.END and before and self._counts_back(term, index):
                for at in self._listed(index):
                    self._to(term, at)
                return True
        return False

    def _listed(self, index: int) -> list[int]:
        """A day and those that follow it in a list: "w/e 5 June, 12 June"."""
        listed = [index]
        while listed[-1] + 1 in self.found.left and self.company.follows_in_list(listed[-1] + 1):
            listed.append(listed[-1] + 1)
        return listed

    def _counts_back(self, term: Term, index: int) -> bool:
        if _FURTHER.search(self.company.text[max(0, term.start - NEAR) : term.start]):
            return False
        if term.kind in {Kind.COUNTED, Kind.EFFORT, Kind.NAMED}:
            return True
        return term.kind is Kind.FREQUENCY and self.company.ends_a_term(index)

    @property
    def _is_counted(self) -> bool:
        return any(term.kind is Kind.COUNTED for term in self.company.terms)

    def _days(self, index: int) -> list[tuple[date, date]]:
        """The first and last day of a point, of "Mar 26" month first the day's and the month's."""
        value = self.company.points[index].value
        values: list[Value] = [value]
        if isinstance(value, Month) and value.or_day:
            away = months_away(value, self.today)
            by_day = Day(value.or_day, value.month, None)
            if away > MONTHS_AWAY or not self.locale.day_first:
                values = [by_day, value] if away <= MONTHS_AWAY_OFFERED else [by_day]
        return self._days_of(values)

    def _days_of(self, values: Sequence[Value]) -> list[tuple[date, date]]:
        return [
            days
            for value in values
            for way in ways((value,), self.locale)
            for days in days_between(value, value, self.today, way, self.locale)
        ]

    def _from(self, term: Term, index: int, confidence: Decimal) -> bool:
        starts = [days[0] for days in self._days(index)]
        periods = [term.period_from(start) for start in starts]
        periods += [year for period in periods for year in self.company.billed_year(period)]
        return self._add(term, index, periods, "term_from", confidence)

    def _to(self, term: Term, index: int) -> bool:
        periods = [term.period_to(days[1]) for days in self._days(index)]
        return self._add(term, index, periods, "term_to", BESIDE_A_DATE)

    def _add(
        self, term: Term, index: int, periods: list[Period], rule: str, confidence: Decimal
    ) -> bool:
        point = self.company.points[index]
        self.used.add(index)
        if is_in_other_order((point.value,), self.locale):
            confidence = OTHER_ORDER
        start, end = min(point.start, term.start), max(point.end, term.end)
        if not periods:
            text = self.company.text[point.start : point.end]
            self.found.faults.append(f"“{text}” names a day that does not exist.")
        self._match(periods, rule, start, end, confidence)
        return True

    def _match(
        self,
        periods: list[Period],
        rule: str,
        start: int,
        end: int,
        confidence: Decimal,
        *,
        bare: bool = False,
    ) -> None:
        text = self.company.text[start:end]
        long = [period for period in periods if is_over_five_years(period)]
        if long:
            self.found.faults.append(
                f"“{text}” is longer than five years ({long[0].start} – {long[0].end})."
            )
        elif periods:
            distinct = tuple(dict.fromkeys(periods))
            sure = confidence if len(distinct) == 1 else OPEN
            self.found.matches.append(Match(distinct, rule, start, end, sure, bare))

    def _confirms(self, term: Term) -> bool:
        matches = self.found.matches
        return any(term.is_said_of(period) for match in matches for period in match.periods)

    def _undated(self, term: Term) -> None:
        """A term with no day beside it: the nearest start, an end, a lone date, the document."""
        starts, ends = self._left(Role.START), self._left(Role.END)
        free = [i for i in self._left(Role.NONE) if isinstance(self.company.points[i].value, Day)]
        renews = self._left(Role.RENEWS)
        if starts:
            self._from(term, min(starts, key=lambda i: self._distance(term, i)), BESIDE_A_DATE)
        elif ends:
            index = min(ends, key=lambda i: self._distance(term, i))
            if self._counts_back(term, index):
                self._to(term, index)
        elif renews:
            for days in self._days(renews[0]):
                before = term.period_to(Period(*days).day_before)
                self._add(term, renews[0], [before, term.period_from(days[0])], "renewal", OPEN)
        elif free or self._left(Role.DELIVERY):
            for index in free or self._left(Role.DELIVERY):
                self._from(term, index, BESIDE_A_DATE)
        elif event := _UNNAMED.match(self.company.text, term.end):
            said = self.company.text[term.start : event.end()]
            self.found.faults.append(f"“{said}” starts on a day that is not named.")
        elif self.found.open:
            self.found.faults.append(self.found.open[0])
        elif elsewhere := self._starts_elsewhere:
            said = self.company.text[term.start : term.end]
            self.found.faults.append(
                f"“{said}” does not start with this document: “{elsewhere[0]}”."
            )
        elif number := self._unread_date:
            self.found.faults.append(f"“{number}” may be a date or a number; give the days.")
        else:
            periods = [term.period_from(self.today), *self._offered_instead(term)]
            self._match(periods, "term_from_document", term.start, term.end, FROM_THE_DOCUMENT)

    def _offered_instead(self, term: Term) -> list[Period]:
        """What may be meant in place of the document's date: a later day, the year of a name.

        No order or offer is dated after the document, and what is paid then starts with it.
        """
        company = self.company
        paperwork = [i for i, role in enumerate(company.roles) if role is Role.PAPERWORK]
        later = [i for i in paperwork if isinstance(company.points[i].value, Day | Month)]
        days = [day for i in later if not company.is_payment(i) for day, _ in self._days(i)]
        periods = [term.period_from(day) for day in days if day > self.today]
        halves = [point.value for point in company.points if isinstance(point.value, Fraction)]
        months = [near_month(half, self.today) for half in halves if half.slash]
        near = [m for m in months if m and months_away(m, self.today) <= MONTHS_OF_A_YEAR]
        periods += [term.period_from(date(month.year or 0, month.month, 1)) for month in near]
        periods += [term.period_from(first) for first, _ in self._days_of(self._unread_months)]
        if term.months == MONTHS_OF_A_YEAR:
            years = self._unread_years
            periods += [Period(date(year, 1, 1), date(year, 12, 31)) for year in years]
        return periods

    @cached_property
    def _starts_elsewhere(self) -> re.Match[str] | None:
        return _NOT_FROM_NOW.search(self.company.text)

    @cached_property
    def _unread_date(self) -> str | None:
        return unread_date(self.company.text, self.company.points)

    @cached_property
    def _unread_months(self) -> list[Month]:
        return unread_months(self.company.text, self.company.points)

    @cached_property
    def _unread_years(self) -> list[int]:
        return unread_years(self.company.text, self.company.points, self.today)

    def _distance(self, term: Term, index: int) -> int:
        point = self.company.points[index]
        return max(point.start - term.end, term.start - point.end)

    def _contradicted(self, terms: list[Term]) -> None:
        """Offers a stated length beside the range that contradicts it, unless it says why."""
        said = [t for t in self.company.terms if t.kind is not Kind.EFFORT]
        exact = any(
            t.period_from(p.start) == p for t in said for m in self.spans for p in m.periods
        )
        if exact or _PART_OF_TERM.search(self.company.text) or self._left(Role.START):
            return
        for term in terms:
            if term.kind in {Kind.EFFORT, Kind.BILLED}:
                continue
            near = min(self.spans, key=lambda m: max(m.start - term.end, term.start - m.end))
            periods = [term.period_from(period.start) for period in near.periods]
            periods = [period for period in periods if not is_over_five_years(period)]
            start, end = min(near.start, term.start), max(near.end, term.end)
            self._match(periods, "term_against_range", start, end, CONTRADICTED, bare=near.bare)

    def _single_days(self) -> None:
        for index in self._left(Role.DELIVERY):
            point = self.company.points[index]
            if not isinstance(point.value, Day):
                continue
            if index in self.used and any(
                m.rule == "term_from" and m.confidence == SPANNED for m in self.found.matches
            ):
                continue
            confidence = CERTAIN if point.value.year else BESIDE_A_DATE
            if is_in_other_order((point.value,), self.locale):
                confidence = OTHER_ORDER
            periods = [Period(*days) for days in self._days(index)]
            self._match(periods, "day", point.start, point.end, confidence)

    def _faults(self) -> None:
        if self.found.matches or self.found.faults:
            return
        self.found.faults += self.found.open[:1]
        for role, says in ((Role.END, "end"), (Role.START, "start")):
            other = {"end": "start", "start": "end"}[says]
            for index in self._left(role)[:1]:
                point = self.company.points[index]
                text = self.company.text[point.start : point.end]
                self.found.faults.append(
                    f"“{text}” is only the {says} of the service; its {other} is not named."
                )
                return
