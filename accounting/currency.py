"""Functional currency: layers of billings first in first out, and what was earned at which rate.

docs/accounting.md §8. R and B run in document currency; this file says what they are worth. All
amounts are in minor units; `Fraction` where nothing is rounded yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import NamedTuple

from accounting.calendars import FiscalCalendar
from accounting.documents import Document
from accounting.errors import MissingRateError
from accounting.money import exponent
from accounting.periods import ONE_DAY
from accounting.rates import SAME, Quote, Rates
from accounting.segments import Life

STATED = "document"
"""The kind of a rate that a document states itself."""


def document_quote(document: Document, rates: Rates, functional: str) -> Quote | None:
    """The document's own rate, else the spot of its date; None where neither is known."""
    if document.currency == functional:
        return SAME
    if document.rate is not None:
        return Quote(Fraction(document.rate), STATED, document.number)
    return rates.spot_quote(document.currency, functional, document.date)


def document_rate(document: Document, rates: Rates, functional: str) -> Fraction | None:
    """What `document_quote` found, alone."""
    quote = document_quote(document, rates, functional)
    return quote.rate if quote is not None else None


@dataclass(frozen=True, slots=True)
class Conversion:
    """From minor units of a document's currency to those of the functional one."""

    source: str
    target: str
    rates: Rates
    calendar: FiscalCalendar

    @property
    def is_same(self) -> bool:
        """Whether there is nothing to convert."""
        return self.source == self.target

    def at_rate(self, minor: int | Fraction, rate: Fraction) -> Fraction:
        """Exactly, not rounded."""
        return minor * rate * Fraction(10) ** (exponent(self.target) - exponent(self.source))

    def average(self, minor: int, day: date) -> Fraction:
        """At the average rate of the day's period. Raises MissingRateError."""
        return self.at_rate(minor, self.average_quote(day).rate) if minor else Fraction(0)

    def average_quote(self, day: date) -> Quote:
        """The average rate of the day's period. Raises MissingRateError."""
        quote = self.rates.average_quote(self.source, self.target, self.calendar, day)
        if quote is None:
            raise self._missing("average or closing", day)
        return quote

    def closing(self, minor: int, day: date) -> Fraction:
        """At the closing rate of the day's period. Raises MissingRateError."""
        return self.at_rate(minor, self.closing_quote(day).rate) if minor else Fraction(0)

    def closing_quote(self, day: date) -> Quote:
        """The closing rate of the day's period. Raises MissingRateError."""
        quote = self.rates.closing_quote(self.source, self.target, self.calendar, day)
        if quote is None:
            raise self._missing("closing", day)
        return quote

    def _missing(self, kind: str, day: date) -> MissingRateError:
        name = self.calendar.name_at(day)
        return MissingRateError(
            f"There is no {kind} rate from {self.source} to {self.target} for {name}. "
            "Add the rate, or exclude the line."
        )


@dataclass(frozen=True, slots=True)
class Billing:
    """One billing of a row, signed, from its document's date on; minor units.

    `line` is the ledger line, `functional` its amount in functional currency, rounded once.
    `credits` is the ledger line that it takes back. `books_to` is the balance account's role
    where the document itself is coded straight to it. `number` is what people call the document,
    `quote` the rate that it was converted at.
    """

    date: date
    line: str
    amount: int
    functional: int
    credits: str | None = None
    books_to: str | None = None
    number: str = ""
    quote: Quote = SAME


@dataclass(slots=True)
class Layer:
    """What is left of one billing, `origin`."""

    line: str
    amount: int
    functional: Fraction
    origin: Billing

    def take(self, amount: int) -> None:
        """Make it smaller; what is left keeps its rate."""
        self.functional = self.functional * (self.amount - amount) / self.amount
        self.amount -= amount


def first_of(layers: Sequence[Layer], amount: int) -> Fraction:
    """F(x): the functional amount of the first x of the layers."""
    total, left = Fraction(0), abs(amount)
    for layer in layers:
        part = min(left, abs(layer.amount))
        if not part:
            continue
        total += layer.functional * part / abs(layer.amount)
        left -= part
    return total


class Parcel(NamedTuple):
    """A stretch of revenue as measured: by the billing that covers it, or at the rate of a day."""

    amount: int
    functional: Fraction
    covered_by: Billing | None = None
    at_rate_of: date | None = None


@dataclass(slots=True)
class Measured:
    """What was earned and billed up to a day. `parcels` are stretches of revenue as measured."""

    parcels: list[Parcel] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)

    @property
    def recognised(self) -> Fraction:
        """Σ of what was earned, at what it was measured at."""
        return sum((parcel.functional for parcel in self.parcels), Fraction(0))

    @property
    def billed(self) -> int:
        """What the layers hold, in document currency."""
        return sum(layer.amount for layer in self.layers)

    def latest(self, amount: int) -> Fraction:
        """What the latest earned is worth, as measured when it was earned."""
        total, left = Fraction(0), abs(amount)
        for parcel in reversed(self.parcels):
            if not left:
                break
            part = min(left, abs(parcel.amount))
            total += parcel.functional * part / abs(parcel.amount)
            left -= part
        return total

    def bill(self, billing: Billing, earned: int) -> None:
        """Add a layer, or take one back: `earned` is R on the day before."""
        left = billing.amount
        taken = Fraction(billing.functional)
        held = self.billed
        if held and (held > 0) != (left > 0):
            before = left
            if billing.credits is not None:
                left += self._take_unearned(billing.credits, -left, earned)
            left += self._take_from_end(-left)
            if left:
                taken = taken * left / before
        if left:
            self.layers.append(Layer(billing.line, left, taken, billing))

    def _take_unearned(self, line: str, amount: int, earned: int) -> int:
        """Take from what was not yet earned of the line's layer; how much was taken, signed."""
        start, sign = 0, 1 if amount > 0 else -1
        left = abs(amount)
        reached = max(earned * sign, 0)
        for layer in self.layers:
            size = layer.amount * sign
            if layer.line == line and left:
                part = min(left, max(size - max(reached - start, 0), 0))
                if part:
                    layer.take(part * sign)
                left -= part
            start += size
        self._drop_empty()
        return (abs(amount) - left) * sign

    def _take_from_end(self, amount: int) -> int:
        sign = 1 if amount > 0 else -1
        left = abs(amount)
        for layer in reversed(self.layers):
            part = min(left, abs(layer.amount))
            if part:
                layer.take(part * sign)
            left -= part
        self._drop_empty()
        return (abs(amount) - left) * sign

    def _drop_empty(self) -> None:
        self.layers = [layer for layer in self.layers if layer.amount]

    def give_back(self, amount: int) -> int:
        """Take back the latest earned, at most `amount` of it; how much was taken back."""
        left = amount
        while left and self.parcels:
            latest = self.parcels.pop()
            earned, functional = latest.amount, latest.functional
            part = min(left, abs(earned))
            left -= part
            if part < abs(earned):
                kept = abs(earned) - part
                sign = 1 if earned > 0 else -1
                kept_worth = functional * kept / abs(earned)
                self.parcels.append(latest._replace(amount=kept * sign, functional=kept_worth))
        return amount - left

    def earn_covered(self, start: int, end: int) -> None:
        """Revenue from R = start to R = end, away from zero, that billings cover: by layer."""
        position, low, high = 0, abs(start), abs(end)
        sign = 1 if end > 0 else -1
        for layer in self.layers:
            size = abs(layer.amount)
            part = min(high, position + size) - max(low, position)
            if part > 0:
                worth = layer.functional * part / size
                self.parcels.append(Parcel(part * sign, worth, covered_by=layer.origin))
            position += size


def measured(
    life: Life, billings: Iterable[Billing], conversion: Conversion, until: date
) -> Measured:
    """Walk the row's life up to the day, the day included. Raises MissingRateError.

    Between two turns R is monotone and the layers stand, so whole stretches are measured at
    once; only where no billing covers what is earned is it measured period by period.
    """
    by_day: dict[date, list[Billing]] = {}
    for billing in billings:
        by_day.setdefault(billing.date, []).append(billing)
    turns = sorted({*life.turns(), *by_day})
    state = Measured()
    before = 0
    for turn, after in zip_longest(turns, turns[1:]):
        if turn > until:
            break
        day_before = life.recognised(turn - ONE_DAY)
        for billing in sorted(by_day.get(turn, ()), key=lambda b: b.credits is not None):
            state.bill(billing, day_before)
        end = until if after is None else min(until, after - ONE_DAY)
        before = _stretch(state, life, conversion, turn, end, before)
    return state


def _stretch(
    state: Measured, life: Life, conversion: Conversion, start: date, end: date, before: int
) -> int:
    """Measure what is earned from `start` to `end`; R at the end."""
    after = life.recognised(end)
    if before and (before > 0) != (after > before):
        fall = min(abs(before), abs(after - before))
        state.give_back(fall)
        before += fall if after > before else -fall
    if before == after:
        return after
    billed = state.billed
    covered_to = before
    if billed and (billed > 0) == (after > 0) and abs(before) < abs(billed):
        covered_to = after if abs(after) <= abs(billed) else billed
        state.earn_covered(before, covered_to)
    day = start
    while covered_to != after:
        period_end = min(conversion.calendar.containing(day).end, end)
        reached = life.recognised(period_end)
        if (reached > 0) == (after > 0) and abs(reached) > abs(covered_to):
            earned = reached - covered_to
            worth = conversion.average(earned, day)
            state.parcels.append(Parcel(earned, worth, at_rate_of=day))
            covered_to = reached
        day = period_end + ONE_DAY
    return after
