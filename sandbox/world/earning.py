"""How much of a price is earned by a date, whatever happened to it meanwhile: exact fractions.

Written from the definition of the demo world; it shares nothing with the product. Amounts are
minor units; dates are inclusive on both ends.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from sandbox.world.records import Delivery, Span

ONE_DAY = timedelta(days=1)
BY_REPORT = frozenset({"milestone", "percent_complete", "units"})


def rounded(value: Fraction) -> int:
    """Half away from zero."""
    whole, rest = divmod(abs(value.numerator), value.denominator)
    if 2 * rest >= value.denominator:
        whole += 1
    return whole if value >= 0 else -whole


def months_of(service: Span) -> Iterable[tuple[date, date]]:
    """The calendar months that a service touches, cut to the service."""
    first = service.start
    while first <= service.end:
        last_of_month = first.replace(day=monthrange(first.year, first.month)[1])
        yield first, min(last_of_month, service.end)
        first = last_of_month + ONE_DAY


def fraction_earned(method: str, service: Span, at: date) -> Fraction:
    """f(t) of a method that runs by dates: 0 before the start, 1 from the end on."""
    if at < service.start:
        return Fraction(0)
    if method == "point_in_time" or at >= service.end:
        return Fraction(1)
    if method == "daily":
        return Fraction((at - service.start).days + 1, (service.end - service.start).days + 1)
    assert method == "monthly", method
    elapsed = total = Fraction(0)
    for first, last in months_of(service):
        covered = (last - first).days + 1
        weight = Fraction(covered, monthrange(first.year, first.month)[1])
        total += weight
        inside = min(max((at - first).days + 1, 0), covered)
        elapsed += weight * Fraction(inside, covered)
    return elapsed / total


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a price is earned: dates, or what was delivered of so many units or milestones."""

    method: str
    service: Span | None
    units: str = "1"
    milestones: tuple[tuple[str, int], ...] = ()
    delivered: tuple[Delivery, ...] = ()

    def fraction(self, at: date) -> Fraction:
        """f(t)."""
        come = [each for each in self.delivered if each.date <= at]
        match self.method:
            case "milestone":
                names = {each.milestone for each in come}
                return Fraction(sum(p for name, p in self.milestones if name in names), 100)
            case "percent_complete":
                latest = max(come, key=lambda each: each.date, default=None)
                return Fraction(latest.percent or 0, 100) if latest else Fraction(0)
            case "units":
                count = sum(Fraction(each.units or 0) for each in come)
                return min(count / Fraction(self.units), Fraction(1))
            case _:
                assert self.service is not None
                return fraction_earned(self.method, self.service, at)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a price, with effect from a day.

    "price", "cancel" and "full" take `amount` off it; "prospective" and "catch-up" make `amount`
    the new total, under new terms. What is earned before the day stays, but for "full" and
    "catch-up": they count as if it had always been so. After "cancel" nothing is left to earn.
    """

    day: date
    kind: Literal["price", "cancel", "full", "prospective", "catch-up"]
    amount: int
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a day on: so much is there already, so much is earned by terms (None: at once)."""

    since: date
    base: int
    rest: int
    terms: Terms | None

    def earned(self, at: date) -> int:
        if self.terms is None:
            return self.base + self.rest
        return self.base + rounded(self.rest * self.terms.fraction(at))


def _value(stretches: Sequence[Stretch], at: date) -> int:
    return next(each for each in reversed(stretches) if each.since <= at).earned(at)


def _left(terms: Terms, day: date) -> Terms | None:
    """The terms over what is left of the service from the day on; None where nothing is left."""
    if terms.method in BY_REPORT or terms.service is None:
        raise NotImplementedError("the demo world changes no price that is earned by reports")
    first = max(day, terms.service.start)
    if first > terms.service.end:
        return None
    return replace(terms, service=Span(first, terms.service.end))


def earned(price: int, terms: Terms, events: Iterable[Event], at: date) -> int:
    """R(t) of one price, with what happened to it in the order of its days."""
    total, now = price, terms
    stretches = [Stretch(date.min, 0, total, now)]
    for event in sorted(events, key=lambda each: each.day):
        before = _value(stretches, event.day - ONE_DAY)
        now = event.terms or now
        total = event.amount if event.terms else total - event.amount
        if event.kind in {"full", "catch-up"}:
            stretches = [Stretch(date.min, 0, total, now)]
            continue
        rest = None if event.kind == "cancel" else _left(now, event.day)
        stretches = [each for each in stretches if each.since < event.day]
        stretches.append(Stretch(event.day, before, total - before, rest))
    return _value(stretches, at)
