"""What a point is there for: a start, an end, a day of delivery, or a date of the paperwork."""

import re
from enum import StrEnum

from accounting.periods import Period, months_later
from accounting.service_text_days import Day, Fraction, Month, Part, Span, Value, day_after
from accounting.service_text_points import Point
from accounting.service_text_terms import Term
from accounting.service_text_words import (
    ADMIN_CUE,
    AND_WORDS,
    DASH,
    DUE_CUE,
    END_CUE,
    END_OF_CUE,
    EVENT_CUE,
    FOR_A_DAY,
    LATER_ISSUE,
    LEAVES_OUT_AFTER,
    LEAVES_OUT_BEFORE,
    MONTH_ADMIN_CUE,
    ON_CUE,
    OPEN_END,
    PART_OF,
    PAYMENT_BEFORE,
    PRO_RATA,
    RENEWS_CUE,
    START_CUE,
    TO,
    WEEKDAY,
    YEAR_OF_TERM,
)


class Role(StrEnum):
    """What the words around a point say of it."""

    NONE = "none"
    START = "start"
    END = "end"
    RENEWS = "renews"
    DELIVERY = "delivery"
    PAPERWORK = "paperwork"


_FLAGS = re.IGNORECASE
_WEEKDAY = rf"(?:(?:{WEEKDAY})\b\.?,?\s*)?"
_CLOCK = (
    r"(?:(?:\d{1,2}(?:[:.]\d\d\s?(?:[ap]m|h|hrs|uhr)?|\s?(?:[ap]m|uhr))|noon|midnight)"
    r"[\s,]\s?(?:on\s|am\s)?)?"
)
_TAIL = (
    r"[\s:(\[=]*(?:(?:on|am|the|dem|den|zum|of|im|mit|in|date|datum|anfang|each|term|contract"
    r"|agreement|launch|go-?live|kick-?off|activation|installation)\b[\s:]*)*"
    rf"[\s:(\[]*{_CLOCK}{_WEEKDAY}$"
)
_CUES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(rf"(?<!\w)(?:{EVENT_CUE})\svom{_TAIL}", _FLAGS), Role.DELIVERY),
    (re.compile(rf"(?<!\w)(?:{RENEWS_CUE}){_TAIL}", _FLAGS), Role.RENEWS),
    (re.compile(rf"(?<!\w)(?:{ADMIN_CUE}){_TAIL}", _FLAGS), Role.PAPERWORK),
    (re.compile(rf"(?<!\w)(?:{START_CUE}){_TAIL}", _FLAGS), Role.START),
    (re.compile(rf"(?<!\w)(?:{END_CUE}|{END_OF_CUE}){_TAIL}", _FLAGS), Role.END),
    (re.compile(rf"(?<!\w)(?:{ON_CUE}|(?:{EVENT_CUE}),?){_TAIL}", _FLAGS), Role.DELIVERY),
)
_MONTH_ADMIN = re.compile(rf"(?<!\w){MONTH_ADMIN_CUE}\s*$", _FLAGS)
_AFTER: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(OPEN_END, _FLAGS), Role.START),
    (re.compile(r"\s*[)\]]?\s*(?:onwards?|forward|an\b)", _FLAGS), Role.START),
    (re.compile(r"\s*[)\]]?\s*start(?:ing)?\b(?!\s?(?:date|:))", _FLAGS), Role.START),
    (re.compile(r"\s*[)\]]?\s*(?:expiry|expiration|end\s?date)\b", _FLAGS), Role.END),
)
_ISSUE = re.compile(LATER_ISSUE, _FLAGS)
_FOR_A_DAY = re.compile(rf"(?<!\w)(?:{FOR_A_DAY})\s{_WEEKDAY}$", _FLAGS)
_OF = r"(?:\s(?:of|in|for|für|des|im|von|the|month))*[-\s:]*$"
_OF_THE = re.compile(r"\s(?:of|des|im|von)\s(?:the\s)?", _FLAGS)
MONTHS_OF_A_HALF, MONTHS_OF_A_YEAR = 6, 12
_PART_OF = re.compile(rf"(?<!\w){PART_OF}{_OF}", _FLAGS)
_PRO_RATA = re.compile(rf"(?<!\w){PRO_RATA}{_OF}", _FLAGS)
_PRO_RATED = re.compile(rf"[\s,(–-]{{1,3}}{PRO_RATA}", _FLAGS)
_LEAVES_OUT = re.compile(rf"(?<!\w){LEAVES_OUT_BEFORE}\s(?:the\s|den\s)?$", _FLAGS)
_LEFT_OUT = re.compile(LEAVES_OUT_AFTER, _FLAGS)
_YEAR_OF_TERM = re.compile(YEAR_OF_TERM, _FLAGS)
_PAYMENT = re.compile(PAYMENT_BEFORE, _FLAGS)
_DUE = re.compile(rf"(?<!\w){DUE_CUE}{_TAIL}", _FLAGS)
_RENEWED = re.compile(r"\brenew|verlänger", _FLAGS)
_GOES_ON = re.compile(r"\s(?:an\b|onwards?|forward)", _FLAGS)
_RENEWAL = re.compile(r"renewal\s*$", _FLAGS)
_ENDS_A_TERM = re.compile(rf"(?<!\w)(?:to|end(?:ing|ed)){_TAIL}", _FLAGS)
_AND = re.compile(rf"\W*{AND_WORDS}\s+(?:on\s|am\s|the\s)?{_WEEKDAY}|\s*[,/]\s*{_WEEKDAY}", _FLAGS)
_LIST = re.compile(rf"\s*(?:/|,|,?\s*{AND_WORDS})\s*", _FLAGS)
_BETWEEN = re.compile(rf"(?<!\w)(?:between|zwischen)\W*(?:the\s|dem\s)?{_WEEKDAY}$", _FLAGS)
_EITHER_TO = rf"(?:{TO}|(?:{END_CUE}))"
_RANGE = re.compile(
    rf"(?:\s?\([^()\d]{{1,20}}\))?\W{{0,3}}(?:incl(?:usive|\.)?\W*)?(?:{AND_WORDS}\s)?(?:valid\s|gültig\s|jeweils\s)?"
    rf"{_EITHER_TO}(?:[\s:]*(?:{_EITHER_TO}|on|am|the|dem|zum|of|des|including))*"
    rf"\W{{0,3}}{_CLOCK}{_WEEKDAY}",
    _FLAGS,
)
_DASH = re.compile(rf"\s*{DASH}\s*")


class Company:
    """A text with its points and terms: what stands between and before them.

    `points` may get the value that only their company decides ("Mar 26"); their places stay.
    """

    def __init__(self, text: str, points: list[Point], terms: list[Term]) -> None:
        self.text = text
        self.points = points
        self.terms = terms
        self.roles: list[Role] = []
        for index in range(len(points)):
            self.roles.append(self._role(index))

    def before(self, index: int) -> str:
        """The text between the point before and this one."""
        start = self.points[index - 1].end if index else 0
        return self.text[start : self.points[index].start]

    def gap(self, index: int) -> str:
        """The text from a point to the next, without the terms in it."""
        start, end = self.points[index].end, self.points[index + 1].start
        gap = self.text[start:end]
        for term in reversed(self.terms):
            if start <= term.start and term.end <= end and not _is_cue(self.text, term):
                gap = gap[: term.start - start] + gap[term.end - start :]
        return gap

    def _role(self, index: int) -> Role:
        point, before = self.points[index], self.before(index)
        if not isinstance(point.value, Day):
            is_issue = _ISSUE.match(self.text, point.end)
            if isinstance(point.value, Month) and (is_issue or _MONTH_ADMIN.search(before)):
                return Role.PAPERWORK
            if isinstance(point.value, Span):
                return Role.NONE
        found = next((role for cue, role in _CUES if cue.search(before)), Role.NONE)
        if found is Role.PAPERWORK and self.is_due(index) and _RENEWED.search(self.text):
            found = Role.RENEWS
        is_day = isinstance(point.value, Day)
        if is_day and found is Role.NONE and not self.terms and _FOR_A_DAY.search(before):
            found = Role.DELIVERY
        if not isinstance(point.value, Day):
            is_year = isinstance(point.value, Part) and point.value.months == 12
            may_be_day = isinstance(point.value, Fraction) or (
                isinstance(point.value, Month) and point.value.or_day is not None
            )
            if found is Role.PAPERWORK or (found is Role.DELIVERY and not may_be_day):
                found = Role.NONE
            if is_year and _RENEWAL.search(before):
                found = Role.NONE
        if found is Role.NONE or (found is Role.PAPERWORK and _GOES_ON.match(self.text, point.end)):
            after = self.text[point.end :]
            found = next((role for cue, role in _AFTER if cue.match(after)), found)
        if found is Role.NONE and index and _AND.fullmatch(before):
            previous = self.roles[index - 1]
            found = previous if isinstance(point.value, Day | Fraction) else Role.NONE
        return found

    def is_issue(self, index: int) -> bool:
        """Whether a month is a magazine's: "March/April edition"."""
        return _ISSUE.match(self.text, self.points[index].end) is not None

    def is_part(self, index: int, *, alone: bool) -> bool:
        """Whether only some days of a month or quarter are meant, without saying which."""
        before, value = self.before(index), self.points[index].value
        if not isinstance(value, Month | Part):
            return False
        if index and self.is_half_of_next(index - 1):
            return True
        if alone and _PRO_RATED.match(self.text, self.points[index].end):
            return True
        return bool(_PART_OF.search(before) or (alone and _PRO_RATA.search(before)))

    def is_half_of_next(self, index: int) -> bool:
        """Whether a half is one of the month after it: "second half of April"."""
        value = self.points[index].value
        if index + 1 == len(self.points) or not isinstance(self.points[index + 1].value, Month):
            return False
        is_half = isinstance(value, Part) and value.months == MONTHS_OF_A_HALF
        return is_half and _OF_THE.fullmatch(self.before(index + 1)) is not None

    def leaves_out(self, index: int) -> bool:
        """Whether a point is said to be no part of the service: "2026 excluding August"."""
        before, end = self.before(index), self.points[index].end
        return bool(_LEAVES_OUT.search(before) or _LEFT_OUT.match(self.text, end))

    def follows_in_list(self, index: int) -> bool:
        """Whether only a comma or an "and" parts a point from the one before."""
        return _AND.fullmatch(self.before(index)) is not None

    def billed_year(self, period: Period) -> tuple[Period, ...]:
        """The one year of a longer period that the text names: "3 years from 1 April, year 1"."""
        named = _YEAR_OF_TERM.search(self.text)
        if named is None or months_later(period.start, MONTHS_OF_A_YEAR) >= period.end:
            return ()
        before = MONTHS_OF_A_YEAR * (int(named["number"] or 1) - 1)
        start = day_after(months_later(period.start, before)) if before else period.start
        year = Period(start, months_later(start, MONTHS_OF_A_YEAR))
        return (year,) if year.end <= period.end else ()

    def is_payment(self, index: int) -> bool:
        """Whether a day is one by which something is paid."""
        return _PAYMENT.search(self.before(index)) is not None

    def is_due(self, index: int) -> bool:
        """Whether a day is said to be one on which something other than a payment is due."""
        return _DUE.search(self.before(index)) is not None

    def is_turned_range(self, index: int) -> bool:
        """Whether a point is an end and the next a start: "to 31 December, starting 1 March"."""
        if index + 1 >= len(self.points) or self.is_range(index + 1):
            return False
        return self.roles[index : index + 2] == [Role.END, Role.START]

    def is_range(self, index: int) -> bool:
        """Whether a point and the next are the two ends of one range."""
        if index + 1 >= len(self.points):
            return False
        first, last = self.points[index], self.points[index + 1]
        if isinstance(first.value, Span) or isinstance(last.value, Span):
            return False
        kinds = (Day, Month, Fraction)
        if isinstance(first.value, kinds) != isinstance(last.value, kinds):
            return False
        gap = self.gap(index)
        if gap.strip() == "/":
            days = isinstance(first.value, Day) and isinstance(last.value, Day)
            if not days or self.roles[index] is Role.DELIVERY:
                return False
            written = self.text[first.start : first.end]
            return "/" not in written or written[:4].isdigit()
        if self.roles[index] is Role.START and self.roles[index + 1] is Role.END:
            return True
        if _BETWEEN.search(self.before(index)) and _AND.fullmatch(gap):
            return True
        return _RANGE.fullmatch(gap) is not None

    def is_dashed(self, index: int) -> bool:
        """Whether only a dash parts a point from the next."""
        return _DASH.fullmatch(self.gap(index)) is not None

    def list_from(self, index: int) -> int:
        """The last point of a list of months or quarters: "January, February and March 2026"."""
        last = index
        while last + 1 < len(self.points):
            one, other = self.points[last].value, self.points[last + 1].value
            if not _are_alike(one, other) or not _LIST.fullmatch(self.gap(last)):
                break
            last += 1
        return last

    def ends_a_term(self, index: int) -> bool:
        """Whether a frequency before it counts back from this end: "annual fee to 31 March"."""
        return _ENDS_A_TERM.search(self.before(index)) is not None


def _is_cue(text: str, term: Term) -> bool:
    return text[term.start : term.end].lower() in {"y/e", "fye", "ye", "w/e", "q/e", "w/c"}


def _are_alike(one: Value, other: Value) -> bool:
    """Whether two spans can follow each other in a list: two months, two quarters."""
    if isinstance(one, Part) and isinstance(other, Part):
        return one.months == other.months
    return isinstance(one, Month) and isinstance(other, Month)
