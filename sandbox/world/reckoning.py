"""The spreadsheet's own arithmetic: what must be deferred, accrued and prepaid at a date.

Written from the definition of the demo world, with exact fractions; it shares nothing with the
product and serves as its oracle. Amounts are minor units; dates are inclusive on both ends.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sandbox.world.charts import PRODUCTS
from sandbox.world.records import Document, Line, Opportunity, Span

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Positions:
    """Balances at a date in minor units of the functional currency; a credit balance of
    deferred revenue and debit balances of accrued and prepaid are positive.
    """

    deferred: int
    accrued: int
    prepaid: int


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
    """f(t): 0 before the start, 1 from the end on."""
    if at < service.start:
        return Fraction(0)
    if method == "point_in_time" or at >= service.end:
        return Fraction(1)
    if method == "daily":
        return Fraction((at - service.start).days + 1, (service.end - service.start).days + 1)
    elapsed = total = Fraction(0)
    for first, last in months_of(service):
        covered = (last - first).days + 1
        weight = Fraction(covered, monthrange(first.year, first.month)[1])
        total += weight
        inside = min(max((at - first).days + 1, 0), covered)
        elapsed += weight * Fraction(inside, covered)
    return elapsed / total


def earned(price: int, method: str, service: Span, at: date) -> int:
    """R(t) of one price, rounded once."""
    return rounded(price * fraction_earned(method, service, at))


def functional(amount: int, document: Document) -> int:
    """An amount of a document in the entity's currency (Xero: document units per base unit)."""
    if document.rate is None:
        return amount
    return rounded(Fraction(amount) / Fraction(document.rate))


def _line_net(line: Line, document: Document, sign: int, at: date) -> tuple[int, int]:
    """(B, R) of one ledger line by itself, in the functional currency."""
    price = line.net * sign
    whole = functional(price, document)
    if line.service is None or line.method is None or price == 0:
        return 0, 0
    recognised = earned(price, line.method, line.service, at)
    return whole, rounded(Fraction(whole * recognised, price))


def _split(billed: int, recognised: int, *, negative: bool) -> tuple[int, int]:
    """N of one netting unit as (deferred or prepaid, accrued)."""
    net = billed - recognised
    if negative:
        return min(net, 0), min(-net, 0)
    return max(net, 0), max(-net, 0)


def _in_scope(document: Document, at: date) -> bool:
    return document.status in {"authorised", "paid"} and document.date <= at


def positions(
    documents: Iterable[Document], opportunities: Iterable[Opportunity], at: date
) -> Positions:
    """The positions of one entity at a date, from its documents and its opportunities."""
    known = [document for document in documents if _in_scope(document, at)]
    contracts = {
        deal.id: deal
        for deal in opportunities
        if deal.won and not deal.deleted and deal.close_date <= at
    }
    billed_on: dict[str, int] = dict.fromkeys(contracts, 0)
    deferred = accrued = prepaid = 0
    for document in known:
        if document.kind == "invoice" and document.opportunity in contracts:
            billed_on[document.opportunity] += document.net
            continue
        sign = -1 if document.kind == "credit_note" else 1
        pairs = [_line_net(line, document, sign, at) for line in document.lines]
        held, owed = _split(
            sum(billed for billed, _ in pairs),
            sum(recognised for _, recognised in pairs),
            negative=sign < 0,
        )
        if document.kind == "bill":
            prepaid += held
        else:
            deferred += held
            accrued += owed
    for key, deal in contracts.items():
        recognised = sum(
            earned(line.total, PRODUCTS[line.product].method, line.service, at)
            for line in deal.lines
            if not line.deleted
        )
        held, owed = _split(billed_on[key], recognised, negative=False)
        deferred += held
        accrued += owed
    return Positions(deferred, accrued, prepaid)
