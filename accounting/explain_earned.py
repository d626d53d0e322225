"""R(t) in words: a line's segments in turn, each with its formula and the numbers put in.

What is done of which whole is read from the method itself (methods.py), what was earned from the
segment (segments.py).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import zip_longest

from accounting.errors import ExplanationError
from accounting.explained import Term
from accounting.methods import ONE, Measure, Terms, measure_earned, method_named, transfer_date
from accounting.money import round_half_away
from accounting.periods import ONE_DAY
from accounting.segments import USAGE, Life, Segment
from accounting.written import amount, day, days, number

MONTHS = frozenset({"monthly", "whole_months", "half_month", "mid_month"})
BY_MONTH = MONTHS | {"prorated_ends"}
COUNTED = MONTHS | {"daily", "daily_360", "even_periods"}
"""Methods that count days, months or periods, even where there is but one."""
LISTED_MAX = 12
"""Reports that are listed one by one."""


def earned_terms(life: Life, at: date, currency: str) -> tuple[Term, ...]:
    """The terms of R at the end of the day, in minor units; each is rounded as the line is."""
    return tuple(_terms(life, at, currency))


def _terms(life: Life, at: date, currency: str) -> Iterator[Term]:
    before = 0
    begun = [s for s in life.segments if s.start is None or s.start <= at]
    for segment, after in zip_longest(begun, begun[1:]):
        end = after.start - ONE_DAY if after is not None and after.start is not None else at
        if segment.opening != before:
            said = amount(segment.opening, currency)
            yield Term(f"The imported schedule says {said} instead", segment.opening - before)
        before = segment.recognised(end)
        dormant = segment.start is None and not segment.amount and segment.terms.method != USAGE
        if not dormant or len(begun) == 1:
            yield Term(_words(life, segment, end, currency), before - segment.opening)


def _words(life: Life, segment: Segment, end: date, currency: str) -> str:
    earned = segment.recognised(end) - segment.opening
    text = amount(segment.amount, currency)
    since = f"From {day(segment.start)}: " if segment.start is not None else ""
    if segment.at_once:
        return f"{since}{_at_once(life, segment, text)}"
    if segment.terms.method == USAGE:
        return f"{since}{_usage(segment, end, currency)}"
    measure = measure_earned(segment.terms, end)
    progress = measure.fraction
    formula = f"{_factor(measure.done)} / {_factor(measure.whole)}"
    if measure.whole == 1 and segment.terms.method not in COUNTED:
        formula = _factor(measure.done)
    if segment.terms.method == "manual" and measure.whole != 1:
        formula = " / ".join(amount(round_half_away(Fraction(m)), currency) for m in measure)
    if segment.floor:
        progress = (progress - segment.floor) / (ONE - segment.floor)
        floor = _factor(segment.floor)
        formula = f"({formula} − {floor}) / (1 − {floor})"
    if round_half_away(segment.amount * progress) != earned:
        raise ExplanationError(
            f"{text} {currency} × {progress} is not {amount(earned, currency)}: the explanation "
            "of the segment does not hold. Report it."
        )
    is_rest = segment.start is not None and not _added(life, segment)
    what = f"what is left, {text} {currency}," if is_rest else f"{text} {currency}"
    story = _story(segment.terms, measure, end, currency)
    return f"{since}{what} {story}: {text} × {formula} = {amount(earned, currency)}"


def _added(life: Life, segment: Segment) -> bool:
    """Whether the line was added by a modification, and begins with this segment."""
    first = life.segments[0]
    return not first.amount and not segment.opening and life.segments[1:2] == (segment,)


def _factor(value: Fraction | int) -> str:
    """A number as a formula takes it."""
    text = number(value)
    return f"({text})" if "/" in text else text


def _at_once(life: Life, segment: Segment, text: str) -> str:
    if life.said is not None and segment.start == life.said[0]:
        return "what the imported schedule says was earned"
    if life.cancelled is not None and segment.start == life.cancelled:
        kept = f"; what is kept of the price is earned at once, {text}" if segment.amount else ""
        return f"the service stopped, and nothing more is earned{kept}"
    if not segment.amount:
        return "nothing more is earned: the contract no longer lists it"
    return f"nothing is left to deliver; what is left of the price is earned at once, {text}"


def _usage(segment: Segment, end: date, currency: str) -> str:
    first = segment.start
    reported = [
        f"{amount(minor, currency)} ({day(on)})"
        for on, minor in segment.terms.usage
        if on <= end and (first is None or on >= first)
    ]
    return f"usage reported by {day(end)}: {_listed(reported) or 'none'}"


def _listed(told: list[str]) -> str:
    if len(told) <= LISTED_MAX:
        return " + ".join(told)
    return f"{' + '.join(told[:LISTED_MAX])} + {len(told) - LISTED_MAX} more"


def _story(terms: Terms, measure: Measure, end: date, currency: str) -> str:
    """What the formula's numbers are."""
    method = method_named(terms.method)
    if not method.over_time:
        return _REPORTED[terms.method](terms, measure, end, currency)
    assert terms.service is not None
    over = days(terms.service.start, terms.service.end)
    done, whole, by = number(measure.done), number(measure.whole), f"by {day(end)}"
    first, last = terms.service.start, terms.service.end
    one_month = (first.year, first.month) == (last.year, last.month)
    if terms.method == "daily" or (terms.method in BY_MONTH and one_month):
        return f"over {_several(whole, 'day')} ({over}), {done} of them delivered {by}"
    if terms.method == "daily_360":
        counted = f"{_several(whole, 'day')} ({over}; every month has 30)"
        return f"over {counted}, {done} of them delivered {by}"
    if terms.method in MONTHS:
        counted = f"{_several(whole, 'month')} ({over}; {method.text})"
        return f"over {counted}, {done} of them delivered {by}"
    if terms.method == "even_periods":
        counted = f"{_several(whole, 'fiscal period')} ({over})"
        return f"over {counted}, {done} of them delivered {by}"
    return f"over {over} ({method.text}), the share {done} of it delivered {by}"


def _several(count: str, what: str) -> str:
    return f"{count} {what}" if count == "1" else f"{count} {what}s"


def _point_in_time(terms: Terms, measure: Measure, end: date, _currency: str) -> str:
    on = transfer_date(terms)
    if measure.done:
        assert on is not None
        return f"whole on transfer, {day(on)}"
    when = f"it is due on {day(on)}" if on is not None else "no delivery is known"
    return f"whole on transfer, and not transferred by {day(end)} ({when})"


def _milestones(terms: Terms, _measure: Measure, end: date, _currency: str) -> str:
    given = [f"{number(weight)} ({day(on)})" for on, weight in terms.milestones if on <= end]
    return f"by milestones delivered by {day(end)}, by their weight: {_listed(given) or 'none'}"


def _completion(terms: Terms, measure: Measure, end: date, _currency: str) -> str:
    known = [on for on, _ in terms.completions if on <= end]
    if not known:
        return f"by completion, of which none was reported by {day(end)}"
    return f"by completion, {number(measure.done * 100)} % as reported for {day(known[-1])}"


def _units(terms: Terms, measure: Measure, end: date, _currency: str) -> str:
    given = [f"{number(count)} ({day(on)})" for on, count in terms.units if on <= end]
    listed = _listed(given) or "none"
    return f"over {_several(number(measure.whole), 'unit')}, delivered by {day(end)}: {listed}"


def _manual(terms: Terms, _measure: Measure, end: date, currency: str) -> str:
    given = [
        f"{amount(minor, currency)} for {days(period.start, min(period.end, end))}"
        f"{f' of {period.days} days' if period.end > end else ''}"
        for period, minor in terms.manual
        if period.start <= end
    ]
    return f"as keyed in by period: {_listed(given) or f'nothing by {day(end)}'}"


_REPORTED: dict[str, Callable[[Terms, Measure, date, str], str]] = {
    "point_in_time": _point_in_time,
    "milestone": _milestones,
    "percent_complete": _completion,
    "units": _units,
    "manual": _manual,
}


def negated(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The same with the sign turned."""
    return tuple(Term(term.words, -term.minor) for term in terms)
