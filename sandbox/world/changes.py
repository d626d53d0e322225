"""What happens to contracts after they were signed, and what is delivered rather than passed.

An amending opportunity lists the amended contract anew: each line that goes on names the line that
it restates, with a new total over its whole life (this org's own custom fields).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sandbox.world.builder import Bookkeeper
from sandbox.world.records import Span, Treatment
from sandbox.world.seller import Item, Seller, Sold

Billed = tuple[date, str, int]
"""Day, product, net amount."""


@dataclass(frozen=True, slots=True)
class Change:
    """An amendment: when it was signed, from when it holds, the platform's new total over the
    whole life, and what is added.
    """

    signed: date
    effective: date
    total: int
    treatment: Treatment
    added: tuple[Item, ...] = ()


def amended(
    book: Bookkeeper,
    crm: Seller,
    customer: str,
    signed: tuple[date, int, Span],
    change: Change,
    billed: Iterable[Billed],
    case: str,
) -> None:
    """A platform contract that an amendment restates; `billed` are its invoices' only lines."""
    won, price, term = signed
    deal = crm.opportunity(book.entity, customer, won, ("PLAT", price, term), case=case)
    grows = change.total > price
    crm.opportunity(
        book.entity,
        customer,
        change.signed,
        Sold("PLAT", change.total, term, original=crm.line(deal, "PLAT")),
        *change.added,
        type_=f"Existing Customer - {'Upgrade' if grows else 'Downgrade'}",
        amends=deal,
        treatment=change.treatment,
        effective=change.effective,
        case=case,
    )
    for on, product, net in billed:
        book.invoice(
            customer, on, book.line(product, net, None, show="none"), opportunity=deal, case=case
        )


def staged(
    book: Bookkeeper,
    crm: Seller,
    customer: str,
    won: date,
    price: int,
    stages: Iterable[tuple[str, int, date]],
    billed: Iterable[tuple[date, int, str]],
) -> None:
    """A project by milestones: name, percent of the price, day of delivery; day, net, text billed."""
    stages = tuple(stages)
    deal = crm.opportunity(
        book.entity,
        customer,
        won,
        Sold("MILE", price, milestones=tuple((name, percent) for name, percent, _ in stages)),
        case="milestone",
    )
    for name, _, on in stages:
        crm.delivered(deal, "MILE", on, milestone=name)
    for on, net, text in billed:
        book.invoice(
            customer,
            on,
            book.line("MILE", net, None, show="none", text=text),
            opportunity=deal,
            case="milestone",
        )


def by_progress(
    book: Bookkeeper,
    crm: Seller,
    customer: str,
    won: date,
    price: int,
    reported: Iterable[tuple[date, int]],
    billed: Iterable[tuple[date, int]],
) -> None:
    """A project by completion: percents reported, invoices."""
    deal = crm.opportunity(book.entity, customer, won, Sold("PROJ", price), case="percent-complete")
    for on, percent in reported:
        crm.delivered(deal, "PROJ", on, percent=percent)
    for on, net in billed:
        book.invoice(
            customer,
            on,
            book.line("PROJ", net, None, show="none"),
            opportunity=deal,
            case="percent-complete",
        )


def days_sold(
    book: Bookkeeper,
    crm: Seller,
    customer: str,
    won: date,
    price: int,
    units: str,
    delivered: Iterable[tuple[date, str]],
) -> None:
    """A number of consulting days, paid for ahead, delivered as they are called off."""
    deal = crm.opportunity(
        book.entity, customer, won, Sold("DAYS", price, units=units), case="units"
    )
    for on, count in delivered:
        crm.delivered(deal, "DAYS", on, units=count)
    book.invoice(
        customer,
        won,
        book.line("DAYS", price, None, show="none"),
        opportunity=deal,
        case="units",
    )
