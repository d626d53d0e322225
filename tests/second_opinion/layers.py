"""Layers of billings, first in first out, and what was earned at which rate (§8)."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.second_opinion.calendars import Calendar, days_between
from tests.second_opinion.lines import Billing, Line
from tests.second_opinion.money import converted, rounded
from tests.second_opinion.rates import MissingRateError, Rates

ONE_DAY = timedelta(days=1)


@dataclass
class Layer:
    """What is left of one billing; its rate never changes."""

    amount: Fraction
    functional: Fraction
    origin: str

    def cut(self, amount: Fraction) -> None:
        kept = (self.amount - amount) / self.amount
        self.functional *= kept
        self.amount -= amount


@dataclass(frozen=True)
class Stretch:
    """An amount earned, at what it was measured at."""

    amount: Fraction
    functional: Fraction


def total_of(layers: list[Layer]) -> Fraction:
    return sum((layer.amount for layer in layers), Fraction(0))


def clipped(amount: Fraction, layers: list[Layer]) -> Fraction:
    """As much of an amount earned as the layers cover."""
    whole = total_of(layers)
    if whole >= 0:
        return min(max(amount, Fraction(0)), whole)
    return max(min(amount, Fraction(0)), whole)


def first_of(layers: list[Layer], amount: Fraction) -> Fraction:
    """F(x): the functional amount of the first x of the layers."""
    rest = clipped(amount, layers)
    functional = Fraction(0)
    for layer in layers:
        taken = min(abs(rest), abs(layer.amount))
        if taken == 0:
            break
        functional += layer.functional * taken / abs(layer.amount)
        rest -= taken if layer.amount > 0 else -taken
    return functional


def take_from_end(layers: list[Layer], amount: Fraction) -> Fraction:
    """Shorten the layers from the end; answers what they could not give."""
    while amount and layers and (layers[-1].amount > 0) == (amount > 0):
        last = layers[-1]
        if abs(last.amount) <= abs(amount):
            amount -= last.amount
            layers.pop()
        else:
            last.cut(amount)
            amount = Fraction(0)
    return amount


def add_billing(layers: list[Layer], billing: Billing, earned_before: int) -> None:
    """A billing is a layer at the end; a credit or a discount takes from what is there."""
    assert billing.functional is not None
    if billing.amount == 0:
        return
    rest = Fraction(-billing.amount)
    if billing.is_credit:
        rest = take_unearned(layers, billing.origin, rest, Fraction(earned_before))
    rest = take_from_end(layers, rest)
    if rest:
        functional = Fraction(billing.functional) * -rest / billing.amount
        layers.append(Layer(-rest, functional, billing.origin))


def take_unearned(layers: list[Layer], origin: str, amount: Fraction, earned: Fraction) -> Fraction:
    """First from what was not yet earned of the layer of the line that is credited."""
    place = Fraction(0)
    covered = clipped(earned, layers)
    for layer in layers:
        start, place = place, place + layer.amount
        if layer.origin != origin or (layer.amount > 0) != (amount > 0):
            continue
        done = min(max(abs(covered) - abs(start), Fraction(0)), abs(layer.amount))
        taken = min(abs(layer.amount) - done, abs(amount))
        if taken == 0:
            continue
        signed = taken if amount > 0 else -taken
        layer.cut(signed)
        amount -= signed
        break
    layers[:] = [layer for layer in layers if layer.amount]
    return amount


class Measured:
    """A line followed day by day: its layers, and what was earned in which order."""

    def __init__(self, line: Line, rates: Rates, calendar: Calendar, home: str) -> None:
        self.line = line
        self.rates = rates
        self.calendar = calendar
        self.home = home
        self.layers: list[Layer] = []
        self.stack: list[Stretch] = []
        self.billed_functional = 0
        self.earned_functional: dict[date, int] = {}

    def follow(self, last: date) -> None:
        """Every day from before the first event up to the last day."""
        first = min(first_day(self.line), last)
        earlier = self.line.recognised(first - ONE_DAY)
        assert earlier == 0, (self.line.key, first)
        for day in days_between(first, last):
            earned_before = self.line.recognised(day - ONE_DAY)
            for billing in billings_of(self.line, day):
                if billing.functional is None:
                    raise MissingRateError(billing.waits_for)
                add_billing(self.layers, billing, earned_before)
                self.billed_functional += billing.functional
            earned = self.line.recognised(day)
            if earned != earned_before:
                self.move(Fraction(earned_before), Fraction(earned), day)
            self.earned_functional[day] = rounded(self.earned_in_all())

    def earned_in_all(self) -> Fraction:
        return sum((stretch.functional for stretch in self.stack), Fraction(0))

    def move(self, before: Fraction, after: Fraction, day: date) -> None:
        if before and (after > 0) != (before > 0):
            self.take_back(before)
            before = Fraction(0)
        if abs(after) < abs(before):
            self.take_back(before - after)
        elif after != before:
            self.earn(before, after, day)

    def earn(self, before: Fraction, after: Fraction, day: date) -> None:
        """What a billing covers at its rate, then the rest at the average of the period."""
        low, high = clipped(before, self.layers), clipped(after, self.layers)
        covered = high - low
        if covered:
            functional = first_of(self.layers, high) - first_of(self.layers, low)
            self.stack.append(Stretch(covered, functional))
        rest = after - before - covered
        if rest:
            period = self.calendar.of_day(day)
            rate = self.rates.average(self.line.currency, self.home, period)
            if rate is None:
                raise MissingRateError(self.line.key)
            self.stack.append(Stretch(rest, self.at_rate(rest, rate)))

    def at_rate(self, amount: Fraction, rate: Fraction) -> Fraction:
        return amount * converted(1, rate, self.line.currency, self.home)

    def take_back(self, amount: Fraction) -> None:
        """The latest earned first, at what it was measured at."""
        while amount:
            last = self.stack.pop()
            if abs(last.amount) <= abs(amount):
                amount -= last.amount
                continue
            kept = last.amount - amount
            self.stack.append(Stretch(kept, last.functional * kept / last.amount))
            amount = Fraction(0)

    def latest(self, amount: Fraction) -> Fraction:
        """What the latest earned was measured at."""
        functional = Fraction(0)
        for stretch in reversed(self.stack):
            taken = min(abs(stretch.amount), abs(amount))
            if taken == 0:
                break
            functional += stretch.functional * taken / abs(stretch.amount)
            amount -= taken if amount > 0 else -taken
        return functional


def billings_of(line: Line, day: date) -> list[Billing]:
    """In a day billings come before credits."""
    found = [billing for billing in line.billings if billing.date == day]
    return sorted(found, key=lambda billing: billing.order)


def first_day(line: Line) -> date:
    """No day before it has earned or billed anything."""
    days = {line.document_date} | line.touched
    days |= {report.date for report in (*line.deliveries, *line.usage)}
    days = {day for day in days if day.year > 2}
    return min(days)
