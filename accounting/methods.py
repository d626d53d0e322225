"""The registry of f(t): the exact fraction earned, by method. Rounding happens in recognition.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounting.errors import PolicyError
from accounting.periods import Period, month_end

ONE = Fraction(1)
NONE = Fraction(0)


def daily(service: Period, at: date) -> Fraction:
    """Inclusive days elapsed ÷ inclusive days of the service period; a leap day is a day."""
    return Fraction((at - service.start).days + 1, service.days)


def _month_weight(service: Period, month: Period) -> Fraction:
    """A whole month weighs 1, a partial one its covered days ÷ its days."""
    covered = Period(max(service.start, month.start), min(service.end, month.end))
    return Fraction(covered.days, month.days)


def _weight(service: Period, at: date) -> Fraction:
    """The weights of the service period's months up to and including a day within it."""
    first = Period(service.start.replace(day=1), month_end(service.start))
    last = Period(at.replace(day=1), month_end(at))
    if first == last:
        return _month_weight(Period(service.start, at), first)
    between = (last.start.year - first.start.year) * 12 + last.start.month - first.start.month - 1
    return _month_weight(service, first) + between + _month_weight(Period(last.start, at), last)


def monthly(service: Period, at: date) -> Fraction:
    """Weight elapsed ÷ total weight; a month's weight is earned evenly over its service days."""
    return _weight(service, at) / _weight(service, service.end)


def point_in_time(service: Period, at: date) -> Fraction:
    """Everything at the start: the date of transfer."""
    return ONE if at >= service.start else NONE


@dataclass(frozen=True, slots=True)
class Method:
    """A way to earn: its function between start and end, whether an end is needed, its text."""

    name: str
    fraction: Callable[[Period, date], Fraction]
    needs_end: bool
    text: str


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("daily", daily, needs_end=True, text="evenly over the days of service"),
        Method("monthly", monthly, needs_end=True, text="evenly over months, part months by days"),
        Method("point_in_time", point_in_time, needs_end=False, text="whole, on transfer"),
    )
}


def method_named(name: str) -> Method:
    """The method of this name. Raises PolicyError for any other."""
    try:
        return METHODS[name]
    except KeyError:
        raise PolicyError(
            f"There is no recognition method {name!r}; there are {', '.join(METHODS)}."
        ) from None


def fraction_earned(method: str, service: Period, at: date) -> Fraction:
    """f(t): 0 before the start, 1 from the end on, exact in between (docs/accounting.md §3)."""
    if at < service.start:
        return NONE
    if at >= service.end:
        return ONE
    return method_named(method).fraction(service, at)
