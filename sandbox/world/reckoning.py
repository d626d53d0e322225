"""The spreadsheet's own arithmetic: what must be deferred, accrued and prepaid at a date.

Written from the definition of the demo world, with exact fractions; it shares nothing with the
product and serves as its oracle. Amounts are minor units. It knows what each credit note does from
the record itself; the product has to read it. Contracts are in the entity's own currency here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sandbox.world.charts import PRODUCTS
from sandbox.world.earning import Event, Terms, earned, rounded
from sandbox.world.records import (
    Delivery,
    Document,
    Line,
    Opportunity,
    OpportunityLine,
    UsageReport,
)

Reports = Sequence[UsageReport | Delivery]


@dataclass(frozen=True, slots=True)
class Positions:
    """Balances at a date in minor units of the functional currency; credit balances of deferred
    revenue and accrued expenses and debit balances of accrued and prepaid are positive.
    """

    deferred: int
    accrued: int
    prepaid: int
    accrued_expenses: int


@dataclass(slots=True)
class _Sums:
    deferred: int = 0
    accrued: int = 0
    prepaid: int = 0
    accrued_expenses: int = 0

    def sale(self, net: int, *, negative: bool = False) -> None:
        """N = billed − earned of one unit; a unit that is all negative keeps its sign."""
        self.deferred += min(net, 0) if negative else max(net, 0)
        self.accrued += min(-net, 0) if negative else max(-net, 0)

    def cost(self, net: int) -> None:
        self.prepaid += max(net, 0)
        self.accrued_expenses += max(-net, 0)


def functional(amount: int, document: Document) -> int:
    """An amount of a document in the entity's currency."""
    if document.exchange is not None:
        return rounded(amount * Fraction(document.exchange))
    if document.rate is None:
        return amount
    return rounded(Fraction(amount) / Fraction(document.rate))


@dataclass(slots=True)
class _Deal:
    """A contract with what amends it; billings are net of credits, `credits` change its price."""

    signed: Opportunity
    amendments: list[Opportunity] = field(default_factory=list)
    billed: int = 0
    credits: list[Document] = field(default_factory=list)


def _event(credit: Document) -> Event | None:
    """What a credit note does to the price that it credits; None where it only unbills."""
    assert credit.effective is not None
    match credit.effect:
        case "price" | "cancel" | "full":
            return Event(credit.effective, credit.effect, credit.net)
        case _:
            return None


def _terms(line: OpportunityLine, of: str, reports: Reports, at: date) -> Terms:
    come = (each for each in reports if isinstance(each, Delivery) and not each.deleted)
    return Terms(
        PRODUCTS[line.product].method,
        line.service,
        line.units,
        line.milestones,
        tuple(each for each in come if each.line == of and each.date <= at),
    )


def _deal_earned(deal: _Deal, reports: Reports, at: date) -> int:
    """R of a contract: each line by itself, with the amendments and the credits that touch it."""
    credited = [event for credit in deal.credits if (event := _event(credit))]
    first = {line.id: (line, line.total) for line in deal.signed.lines if not line.deleted}
    changes: dict[str, list[Event]] = {key: list(credited) for key in first}
    if credited and len(first) > 1:
        raise NotImplementedError("the demo world credits contracts of one line only")
    for amendment in deal.amendments:
        kind = amendment.treatment
        day = amendment.effective or amendment.close_date
        assert kind in {"prospective", "catch-up"}
        if kind == "catch-up" and day > at:
            continue
        for line in amendment.lines:
            key = line.original or line.id
            if key not in first:
                first[key] = (line, line.total)
                changes[key] = []
                continue
            terms = _terms(line, key, reports, at)
            changes[key].append(Event(day, kind, line.total, terms))
    total = 0
    for key, (line, price) in first.items():
        if PRODUCTS[line.product].method == "usage":
            total += _used(key, reports, at)
        else:
            total += earned(price, _terms(line, key, reports, at), changes[key], at)
    return total


def _used(line: str, reports: Reports, at: date) -> int:
    return sum(
        each.amount
        for each in reports
        if isinstance(each, UsageReport)
        and not each.deleted
        and each.line == line
        and each.date <= at
    )


def _line_net(line: Line, document: Document, credited: Iterable[Document], at: date) -> int:
    """B − R of one ledger line by itself with the credits against it, in functional currency.

    What a credit leaves of a line keeps the line's own rate.
    """
    price = line.net
    if line.service is None or line.method is None or price == 0:
        return 0
    events = [event for credit in credited if (event := _event(credit))]
    recognised = earned(price, Terms(line.method, line.service), events, at)
    billed = price - sum(credit.net for credit in credited)
    whole = functional(price, document)
    return rounded(Fraction(whole * billed, price)) - rounded(Fraction(whole * recognised, price))


def _order_net(order: Document, bills: Iterable[Document], at: date) -> int:
    """B − R of an order with its bills: at its estimate until it is billed, then at the bills."""
    (line,) = order.lines
    assert line.service is not None
    billed = [bill.net for bill in bills]
    cost = sum(billed) if billed else line.net
    return sum(billed) - earned(cost, Terms("daily", line.service), (), at)


def _in_scope(document: Document, at: date) -> bool:
    return document.status in {"authorised", "paid"} and document.date <= at


def _deals(
    opportunities: Iterable[Opportunity], at: date
) -> tuple[dict[str, _Deal], dict[str, str]]:
    """The contracts known at a date by id; and the first contract of each that amends one."""
    known = [
        deal for deal in opportunities if deal.won and not deal.deleted and deal.close_date <= at
    ]
    amending = [deal for deal in known if deal.amends and deal.treatment != "separate"]
    roots = {deal.id: str(deal.amends) for deal in amending}
    deals = {deal.id: _Deal(deal) for deal in known if deal.id not in roots}
    for deal in amending:
        deals[roots[deal.id]].amendments.append(deal)
    return deals, roots


def positions(
    documents: Iterable[Document],
    opportunities: Iterable[Opportunity],
    reports: Reports,
    at: date,
) -> Positions:
    """The positions of one entity at a date, from its documents and what the CRM knows."""
    known = [document for document in documents if _in_scope(document, at)]
    ids = {document.id: document for document in known}
    deals, roots = _deals(opportunities, at)
    against: dict[str, list[Document]] = {}
    bills: dict[str, list[Document]] = {}
    for document in known:
        if document.credits in ids:
            against.setdefault(str(document.credits), []).append(document)
        if document.order in ids:
            bills.setdefault(str(document.order), []).append(document)
    sums = _Sums()
    for document in known:
        credited = against.get(document.id, [])
        deal = deals.get(roots.get(document.opportunity or "", document.opportunity or ""))
        if document.credits in ids or document.order in ids:
            continue
        if document.kind == "order":
            sums.cost(_order_net(document, bills.get(document.id, []), at))
        elif document.kind == "bill":
            sums.cost(sum(_line_net(line, document, (), at) for line in document.lines))
        elif document.kind == "credit_note":
            net = sum(_line_net(line, document, (), at) for line in document.lines)
            sums.sale(-net, negative=True)
        elif deal is not None:
            deal.billed += document.net - sum(credit.net for credit in credited)
            deal.credits.extend(credited)
        else:
            sums.sale(sum(_line_net(line, document, credited, at) for line in document.lines))
    for each in deals.values():
        sums.sale(each.billed - _deal_earned(each, reports, at))
    return Positions(sums.deferred, sums.accrued, sums.prepaid, sums.accrued_expenses)
