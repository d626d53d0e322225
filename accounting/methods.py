"""The registry of f(t): the exact fraction earned, by method. Rounding happens in segments.py.

A method answers how much of which whole is earned, such as 30 of 365 days. f(t) is their quotient,
and whoever explains a figure reads the two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar
from accounting.errors import PolicyError
from accounting.periods import ONE_DAY, Period, month_end

ONE = Fraction(1)
NONE = Fraction(0)
HALF = Fraction(1, 2)


class Measure(NamedTuple):
    """How much of the whole is earned, not reduced: 30 of 365 days, 5½ of 12 months, 0.4 of 1."""

    done: Fraction | int
    whole: Fraction | int

    @property
    def fraction(self) -> Fraction:
        """f(t)."""
        return Fraction(self.done, self.whole)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a method needs to know of a line: when, and what was reported.

    `service` may be missing for methods that need no dates. `deliveries` are the days on which
    something was handed over, `milestones` delivered weights, `completions` reported shares of
    the whole, `units` delivered quantities of `units_contracted`, `usage` reported amounts in
    minor units, `manual` amounts keyed in by period. Each in the order of its dates.
    """

    method: str
    service: Period | None
    calendar: FiscalCalendar = CALENDAR_MONTHS
    known_start: date | None = None
    deliveries: tuple[date, ...] = ()
    milestones: tuple[tuple[date, Fraction], ...] = ()
    completions: tuple[tuple[date, Fraction], ...] = ()
    units_contracted: Fraction | None = None
    units: tuple[tuple[date, Fraction], ...] = ()
    usage: tuple[tuple[date, int], ...] = ()
    manual: tuple[tuple[Period, int], ...] = ()

    def over(self, service: Period) -> "Terms":
        """The same over other days."""
        return replace(self, service=service)

    def turns(self) -> Iterator[date]:
        """The days from which what is earned may jump or change its direction."""
        if self.service is not None:
            yield self.service.start
        yield from self.deliveries
        for reported in (self.milestones, self.completions, self.units, self.usage):
            yield from (day for day, _ in reported)
        for period, _ in self.manual:
            yield period.start
            yield period.end + ONE_DAY


def _elapsed(service: Period, at: date) -> Measure:
    return Measure((at - service.start).days + 1, service.days)


def _days(service: Period, at: date) -> Fraction:
    return _elapsed(service, at).fraction


def daily(terms: Terms, at: date) -> Measure:
    """Inclusive days elapsed of the inclusive days of the service period; a leap day is a day."""
    return _elapsed(_service(terms), at)


def _day_360(day: date) -> int:
    in_month = 30 if day == month_end(day) else day.day
    return (day.year * 12 + day.month) * 30 + in_month


def daily_360(terms: Terms, at: date) -> Measure:
    """30/360: a whole month has 30 days, a month's end counts as day 30, both ends inclusive."""
    service = _service(terms)
    before = _day_360(service.start) - 1
    return Measure(_day_360(at) - before, _day_360(service.end) - before)


Ends = Callable[[Period], tuple[Fraction, Fraction]]
"""The weights of the first and the last month of a service period of several months."""


def _index(day: date) -> int:
    return day.year * 12 + day.month


def _by_months(terms: Terms, at: date, ends: Ends) -> Measure:
    """A method by weights of months: whole months between weigh 1, a month's weight is earned
    evenly over the service days inside it. One month alone weighs 1; where all weigh 0 the last
    one weighs 1.
    """
    service = _service(terms)
    first, last, now = _index(service.start), _index(service.end), _index(at)
    if first == last:
        return _elapsed(service, at)
    opening, closing = ends(service)
    between = last - first - 1
    if not opening + between + closing:
        closing = ONE
    total = opening + between + closing
    if now == first:
        head = Period(service.start, month_end(service.start))
        return Measure(opening * _days(head, at), total)
    if now < last:
        return Measure(opening + now - first - 1 + Fraction(at.day, month_end(at).day), total)
    return Measure(opening + between + closing * Fraction(at.day, service.end.day), total)


def _covered(service: Period) -> tuple[Fraction, Fraction]:
    start, end = service.start, service.end
    days = month_end(start).day
    return Fraction(days - start.day + 1, days), Fraction(end.day, month_end(end).day)


def _whole(service: Period) -> tuple[Fraction, Fraction]:
    return ONE, ONE if service.end == month_end(service.end) else NONE


def _halves(service: Period) -> tuple[Fraction, Fraction]:
    return (
        ONE if service.start.day == 1 else HALF,
        ONE if service.end == month_end(service.end) else HALF,
    )


def _mid_month(service: Period) -> tuple[Fraction, Fraction]:
    return ONE if service.start.day <= 15 else NONE, ONE if service.end.day > 15 else NONE


def prorated_ends(terms: Terms, at: date) -> Measure:
    """A first or last partial month by term days (d/N); whole months share the rest evenly."""
    service = _service(terms)
    first, last, now = _index(service.start), _index(service.end), _index(at)
    if first == last:
        return _elapsed(service, at)
    head = Period(service.start, month_end(service.start))
    tail_days = service.end.day
    opening = NONE if service.start.day == 1 else Fraction(head.days, service.days)
    whole_end = service.end == month_end(service.end)
    closing = NONE if whole_end else Fraction(tail_days, service.days)
    whole = last - first - 1 + (service.start.day == 1) + whole_end
    share = (ONE - opening - closing) / whole if whole else NONE
    if now == first:
        return Measure((opening or share) * _days(head, at), ONE)
    before = (opening or share) + (now - first - 1) * share
    if now < last:
        return Measure(before + share * Fraction(at.day, month_end(at).day), ONE)
    return Measure(before + (closing or share) * Fraction(at.day, tail_days), ONE)


def even_periods(terms: Terms, at: date) -> Measure:
    """Every fiscal period touched weighs 1, however few days it has."""
    service = _service(terms)
    touched, elapsed, day = 0, NONE, service.start
    while day <= service.end:
        period = terms.calendar.containing(day)
        inside = Period(day, min(period.end, service.end))
        if inside.end <= at:
            elapsed += 1
        elif inside.start <= at:
            elapsed += _days(inside, at)
        touched += 1
        day = date.fromordinal(inside.end.toordinal() + 1)
    return Measure(elapsed, touched)


def transfer_date(terms: Terms) -> date | None:
    """When a point in time comes: the first delivery, not before a start that is given; without a
    delivery the start; None while neither is known.
    """
    if terms.deliveries:
        first = min(terms.deliveries)
        return max(first, terms.known_start) if terms.known_start else first
    return terms.service.start if terms.service else None


def point_in_time(terms: Terms, at: date) -> Measure:
    """Nothing before the date of transfer, everything from it on."""
    day = transfer_date(terms)
    return Measure(ONE if day is not None and at >= day else NONE, ONE)


def milestone(terms: Terms, at: date) -> Measure:
    """Σ of the weights of the milestones delivered by then, of 1."""
    return Measure(sum((weight for day, weight in terms.milestones if day <= at), NONE), ONE)


def percent_complete(terms: Terms, at: date) -> Measure:
    """The latest completion reported by then, of 1."""
    known = [share for day, share in terms.completions if day <= at]
    return Measure(known[-1] if known else NONE, ONE)


def units(terms: Terms, at: date) -> Measure:
    """Units delivered of the units contracted, at most all of them."""
    contracted = terms.units_contracted
    if not contracted:
        return Measure(NONE, ONE)
    delivered = sum((count for day, count in terms.units if day <= at), NONE)
    return Measure(contracted if delivered / contracted > ONE else delivered, contracted)


def keyed_in(terms: Terms, at: date) -> Fraction:
    """The amount in minor units that a preparer keyed in up to then, evenly over each period."""
    total = NONE
    for period, amount in terms.manual:
        if at >= period.end:
            total += amount
        elif at >= period.start:
            total += amount * _days(period, at)
    return total


def manual(terms: Terms, at: date) -> Measure:
    """What was keyed in up to then, of all that was keyed in; minor units."""
    whole = sum(amount for _, amount in terms.manual)
    return Measure(keyed_in(terms, at), whole) if whole else Measure(NONE, ONE)


def usage(terms: Terms, at: date) -> Measure:
    """Usage has no fraction: R is what was reported (segments.py)."""
    raise NotImplementedError("usage is measured in amounts, not in fractions")


def _service(terms: Terms) -> Period:
    assert terms.service is not None
    return terms.service


@dataclass(frozen=True, slots=True)
class Method:
    """A way to earn. `over_time` methods run from start to end; the rest go by what is reported.

    `needs_end`: without both dates the line is an exception. `text` is for the page.
    """

    name: str
    measure: Callable[[Terms, date], Measure]
    text: str
    over_time: bool = True
    needs_end: bool = True


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("daily", daily, "evenly over the days of service"),
        Method("daily_360", daily_360, "by months of 30 days"),
        Method("monthly", partial(_by_months, ends=_covered), "evenly over months, part months by days"),
        Method("prorated_ends", prorated_ends, "ends by term days, whole months evenly"),
        Method("even_periods", even_periods, "evenly over the fiscal periods touched"),
        Method("whole_months", partial(_by_months, ends=_whole), "the start month whole, a part end month not"),
        Method("half_month", partial(_by_months, ends=_halves), "a part month counts half"),
        Method("mid_month", partial(_by_months, ends=_mid_month), "a start or end by the 15th or after it"),
        Method("point_in_time", point_in_time, "whole, on transfer", over_time=False, needs_end=False),
        Method("milestone", milestone, "by milestones delivered", over_time=False, needs_end=False),
        Method("percent_complete", percent_complete, "by completion", over_time=False, needs_end=False),
        Method("units", units, "by units delivered", over_time=False, needs_end=False),
        Method("usage", usage, "as used", over_time=False, needs_end=False),
        Method("manual", manual, "as keyed in", over_time=False, needs_end=False),
    )
}  # fmt: skip


def method_named(name: str) -> Method:
    """The method of this name. Raises PolicyError for any other."""
    try:
        return METHODS[name]
    except KeyError:
        raise PolicyError(
            f"There is no recognition method {name!r}; there are {', '.join(METHODS)}."
        ) from None


def fraction_earned(terms: Terms, at: date) -> Fraction:
    """f(t): for methods over time 0 before the start and 1 from the end on (docs/accounting.md §3)."""
    method = method_named(terms.method)
    if method.over_time:
        service = _service(terms)
        if at < service.start:
            return NONE
        if at >= service.end:
            return ONE
    return method.measure(terms, at).fraction


def measure_earned(terms: Terms, at: date) -> Measure:
    """What f(t) is the quotient of; before the start nothing, from the end on the whole."""
    method = method_named(terms.method)
    if not method.over_time:
        return method.measure(terms, at)
    service = _service(terms)
    measure = method.measure(terms, max(min(at, service.end), service.start))
    return measure._replace(done=0) if at < service.start else measure
