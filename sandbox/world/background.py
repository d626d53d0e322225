"""Ordinary customers, drawn from the seed: the cases above stand out against them."""

from __future__ import annotations

from datetime import date, timedelta

from sandbox.world.builder import Bookkeeper, year_from
from sandbox.world.records import Span
from sandbox.world.routine import costs, instalments, usage
from sandbox.world.seller import Seller

NAMES = {
    "uk": ["Ravensworth Legal", "Saltaire Textiles", "Tamar Shipping", "Upland Farms"],
    "us": ["Mesa Robotics", "Nantucket Labs", "Ozark Timber", "Prairie Health", "Quarry Software"],
    "de": ["Jansen Pumpen GmbH", "Krause Medizintechnik GmbH", "Lindner Feinkost KG"],
}
USERS = {"uk": "Dunmore Energy", "us": "Redwood Utilities", "de": "Morgenthau Energie AG"}
BEHIND = {"uk": "Rookwood Papers", "us": "Sandhill Dairies", "de": "Niederhof Chemie GmbH"}
"""Customers who are billed when the month is over."""
SUPPLIERS = {
    "uk": ("Thames Mutual", "Cloudgate Hosting", "Spinningfields Estates"),
    "us": ("Liberty Prairie Insurance", "Cloudgate Hosting", None),
    "de": ("Rheinische Versicherung", "Cloudgate Hosting", "Speicherstadt Immobilien"),
}
PRICES = (480_000, 1_200_000, 1_000_01, 2_499_99, 360_000, 777_777, 1_995_00)


def add(book: Bookkeeper, crm: Seller) -> None:
    """Customers with yearly subscriptions, in arrears and by usage, and the suppliers' bills."""
    key = book.entity.original
    for name in NAMES[key]:
        start = date(2025, 3, 1) + timedelta(days=book.rng.randrange(330))
        years(book, crm, name, start)
    instalments(book, crm, BEHIND[key], year_from(date(2026, 3, 1)), 17_520_01, arrears=True)
    usage(book, crm, USERS[key], date(2026, 1, 1))
    insurer, host, landlord = SUPPLIERS[key]
    costs(book, insurer=insurer, host=host, landlord=landlord)


def years(book: Bookkeeper, crm: Seller, customer: str, start: date) -> None:
    """A subscription by contract, renewed each year at another price until today."""
    if start.day > 28:
        start = start.replace(day=28)
    service = year_from(start)
    kind, before = "New Customer", None
    while service.start <= book.today:
        price = book.rng.choice(PRICES)
        won = service.start - timedelta(days=book.rng.randrange(3, 25))
        lines: list[tuple[str, int, Span]] = [("PLAT", price, service)]
        if book.rng.random() < 0.5:
            lines.append(("SUPP", price // 7, service))
        if kind == "New Customer" and book.rng.random() < 0.5:
            kick_off = service.start + timedelta(days=book.rng.randrange(30))
            lines.append(("ONBD", 150_000, Span(kick_off, kick_off)))
        deal = crm.opportunity(book.entity, customer, won, *lines, type_=kind, renews=before)
        billed = max(won, service.start - timedelta(days=book.rng.randrange(-20, 15)))
        book.invoice(
            customer,
            max(billed, date(2025, 3, 1)),
            *(book.line(product, net, None, show="none") for product, net, _ in lines),
            opportunity=deal,
        )
        service = year_from(service.end + timedelta(days=1))
        kind, before = "Renewal", deal
