"""The position of a line at a date: what a close freezes."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.second_opinion.calendars import Period, year_on
from tests.second_opinion.entity import Entity
from tests.second_opinion.layers import Measured, first_of
from tests.second_opinion.lines import Line
from tests.second_opinion.money import rounded
from tests.second_opinion.rates import MissingRateError

BALANCE_ACCOUNTS = {
    "revenue": ("deferred_revenue", "accrued_revenue"),
    "cost": ("prepayments", "accrued_expenses"),
}


@dataclass(frozen=True)
class Record:
    """A line at a close, in functional minor units unless said."""

    key: str
    side: str
    unit: str
    contract: str | None
    document_recognised: int = 0
    document_billed: int = 0
    recognised: int = 0
    recognised_before: int = 0
    billed: int = 0
    balance: int = 0
    non_current: int | None = 0
    coded: tuple[int, int] = (0, 0)
    start: date | None = None
    end: date | None = None
    dates_from: str | None = None

    @property
    def is_negative(self) -> bool:
        """Nothing is positive as it stands."""
        return self.document_recognised <= 0 and self.document_billed <= 0

    @property
    def shown(self) -> tuple[int, int]:
        """Deferred and accrued (prepaid and accrued expense) of the line alone."""
        return two_sides(self.balance, negative=self.is_negative)


def two_sides(balance: int, *, negative: bool) -> tuple[int, int]:
    """N as deferred and accrued; the sign is turned where nothing is positive."""
    if negative:
        return min(balance, 0), min(-balance, 0)
    return max(balance, 0), max(-balance, 0)


def record_of(entity: Entity, line: Line, period: Period, at: date, before: date) -> Record:
    """The line at a date, as known now; `before` is the end of the last closed period."""
    earned, billed = line.recognised(at), line.billed(at)
    common = {
        "key": line.key,
        "side": line.side,
        "unit": line.unit,
        "contract": line.contract,
        "start": line.terms.dates.start,
        "end": line.terms.dates.end,
        "dates_from": line.terms.dates.source,
    }
    later = line.recognised(year_on(at))
    if line.currency == entity.currency:
        return Record(
            **common,  # type: ignore[arg-type]
            document_recognised=earned,
            document_billed=billed,
            recognised=earned,
            recognised_before=line.recognised(before),
            billed=billed,
            balance=billed - earned,
            non_current=billed - later,
            coded=coded(line, at),
        )
    measured = Measured(line, entity.rates, entity.calendar, entity.currency)
    measured.follow(at)
    return Record(
        **common,  # type: ignore[arg-type]
        document_recognised=earned,
        document_billed=billed,
        recognised=measured.earned_functional[at],
        recognised_before=measured.earned_functional.get(before, 0),
        billed=measured.billed_functional,
        balance=balance_of(entity, measured, period, earned, billed),
        non_current=difference(entity, measured, period, later, billed),
        coded=coded(line, at),
    )


def coded(line: Line, at: date) -> tuple[int, int]:
    """What the documents themselves have put on the two balance accounts."""
    first, second = BALANCE_ACCOUNTS[line.side]
    on_first = on_second = 0
    for billing in line.billings:
        if billing.date > at or billing.functional is None:
            continue
        on_first += billing.functional if billing.account == first else 0
        on_second -= billing.functional if billing.account == second else 0
    return on_first, on_second


def ahead(earned: int, billed: int) -> bool:
    """Whether the billings cover what is earned."""
    if earned == 0 or billed == 0 or (earned > 0) == (billed > 0):
        return abs(earned) <= abs(billed)
    return False


def balance_of(entity: Entity, measured: Measured, period: Period, earned: int, billed: int) -> int:
    """Deferred less accrued: layers for the one, the closing rate for the other."""
    remeasured = entity.policy.get("remeasure_accrued", True)
    if ahead(earned, billed) or remeasured:
        found = difference(entity, measured, period, earned, billed)
        if found is None:
            raise MissingRateError(measured.line.key)
        return found
    if (earned > 0) == (billed > 0) or billed == 0:
        return -rounded(measured.latest(Fraction(earned - billed)))
    every = first_of(measured.layers, Fraction(billed))
    return rounded(every) - rounded(measured.earned_in_all())


def difference(
    entity: Entity, measured: Measured, period: Period, earned: int, billed: int
) -> int | None:
    """B less an R in functional units; what is earned beyond B at the closing rate."""
    if ahead(earned, billed):
        layers = measured.layers
        return rounded(first_of(layers, Fraction(billed))) - rounded(
            first_of(layers, Fraction(earned))
        )
    rate = entity.rates.closing(measured.line.currency, entity.currency, period)
    if rate is None:
        return None
    return -rounded(measured.at_rate(Fraction(earned - billed), rate))
