"""A revenue line and its functions of time: R(t) recognised and B(t) billed to date, what is ahead."""

from calendar import isleap
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounting.book import Dimensions
from accounting.currency import Billing, Conversion, Measured, first_of, measured
from accounting.errors import MissingRateError
from accounting.money import Money, round_half_away
from accounting.segments import Life
from accounting.service_period import BY_DEFAULT, Chosen
from accounting.service_text import Reading


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """The unit of recognition: a ledger line, or an obligation with the lines that bill it.

    `life` is R(t) in document currency, `conversion` goes from there to functional currency.
    `account` is the result account, of revenue or expense. Dates are None where nothing says
    them. `remeasured` says that what is earned beyond the billings stands at the closing rate.
    """

    key: str
    unit: str
    document: str
    document_hash: str
    counterparty: str
    label: str
    product: str | None
    is_cost: bool
    method: str
    service_start: date | None
    service_end: date | None
    dates_from: str
    life: Life
    billings: tuple[Billing, ...]
    conversion: Conversion
    account: str
    dimensions: Dimensions
    remeasured: bool = True
    chosen: Chosen = BY_DEFAULT
    text: str = ""
    readings: tuple[Reading, ...] = ()
    listed: int = 0
    credited: int = 0

    @property
    def price(self) -> Money:
        """P in document currency; of usage what was reported is P."""
        return Money(self.life.total, self.conversion.source)


@dataclass(frozen=True, slots=True)
class Standing:
    """A line at the end of a day, in minor units: first document currency, then functional.

    `ahead` is deferred − accrued of the line alone. `in_a_year` is what would still be ahead a
    year on if nothing more were billed; None where that takes a rate that is not known.
    """

    recognised: int
    billed: int
    recognised_functional: int
    billed_functional: int
    ahead: int
    in_a_year: int | None

    @property
    def is_negative(self) -> bool:
        """Nothing of it is positive (docs/accounting.md §5)."""
        return self.recognised <= 0 and self.billed <= 0


def a_year_on(day: date) -> date:
    """The same day of the next year; from a month's last day to that month's last day."""
    if day.month == 2 and day.day >= 28:
        after = day.replace(year=day.year + 1, day=28)
        is_last = (day.day == 29) or not isleap(day.year)
        return after.replace(day=29) if is_last and isleap(after.year) else after
    return day.replace(year=day.year + 1)


def standing(line: RevenueLine, at: date) -> Standing:
    """The line at the end of the day. Raises MissingRateError where a rate that it needs is not
    known.
    """
    recognised, later = line.life.recognised(at), line.life.recognised(a_year_on(at))
    known = [billing for billing in line.billings if billing.date <= at]
    billed = sum(billing.amount for billing in known)
    billed_functional = sum(billing.functional for billing in known)
    if line.conversion.is_same:
        return Standing(
            recognised, billed, recognised, billed_functional, billed - recognised, billed - later
        )
    state = measured(line.life, line.billings, line.conversion, at)
    in_a_year: int | None = None
    with suppress(MissingRateError):
        in_a_year = ahead_of(line, state, later, at, remeasured=True).total
    return Standing(
        recognised=recognised,
        billed=billed,
        recognised_functional=round_half_away(state.recognised),
        billed_functional=billed_functional,
        ahead=ahead_of(line, state, recognised, at, remeasured=line.remeasured).total,
        in_a_year=in_a_year,
    )


def recognised_functional(line: RevenueLine, at: date) -> int:
    """R(t) in functional currency: what was measured, rounded once (docs/accounting.md §8)."""
    if line.conversion.is_same:
        return line.life.recognised(at)
    return round_half_away(measured(line.life, line.billings, line.conversion, at).recognised)


class AheadBy(StrEnum):
    """How what is ahead of a foreign line is valued (docs/accounting.md §8)."""

    LAYERS = "layers"
    """All that is earned is billed: the layers' worth, less that of the first earned of them."""
    CLOSING_RATE = "closing_rate"
    """More is earned than billed: the difference at the closing rate."""
    OPPOSITE = "opposite"
    """Earned one way and billed the other: the one less the other."""
    AS_EARNED = "as_earned"
    """More is earned than billed: the latest earned, as it was measured."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How it is valued, and the parts that sum to it, each rounded once, in minor units."""

    by: AheadBy
    parts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Deferred − accrued."""
        return sum(self.parts)


def ahead_of(
    line: RevenueLine, state: Measured, recognised: int, at: date, *, remeasured: bool
) -> Ahead:
    """Deferred − accrued in functional currency, with R as given and the layers as they stand."""
    billed = state.billed
    if recognised * billed >= 0 and abs(recognised) <= abs(billed):
        whole, earned = first_of(state.layers, billed), first_of(state.layers, recognised)
        return Ahead(AheadBy.LAYERS, (round_half_away(whole), -round_half_away(earned)))
    if remeasured:
        worth = line.conversion.closing(recognised - billed, at)
        return Ahead(AheadBy.CLOSING_RATE, (-round_half_away(worth),))
    if recognised * billed < 0:
        # Earned one way and billed the other: neither covers any of the other.
        whole = first_of(state.layers, billed)
        return Ahead(AheadBy.OPPOSITE, (round_half_away(whole), -round_half_away(state.recognised)))
    return Ahead(AheadBy.AS_EARNED, (-round_half_away(state.latest(recognised - billed)),))
