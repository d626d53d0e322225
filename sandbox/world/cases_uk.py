"""The British entity's cases: each happens once, by name, whatever the seed."""

from __future__ import annotations

from datetime import date

from sandbox.world.builder import Bookkeeper, Seller, year_from
from sandbox.world.records import Span
from sandbox.world.routine import instalments, intercompany_quarters

D = date


def add(book: Bookkeeper, crm: Seller) -> None:
    """Write every case of the British entity."""
    contracts(book, crm)
    growth(book, crm)
    milestones(book, crm)
    without_contract(book)
    credits_and_voids(book)
    oddities(book, crm)
    foreign_currency(book)
    intercompany_quarters(book, "Northwind Analytics GmbH", 2_500_00)


def contracts(book: Bookkeeper, crm: Seller) -> None:
    """Annual prepaid with an early renewal, and monthly in advance."""
    uk = book.entity
    first = Span(D(2025, 11, 1), D(2026, 10, 31))
    deal = crm.opportunity(
        uk, "Albion Retail", D(2025, 10, 20), ("PLAT", 12_000_00, first), case="annual"
    )
    book.invoice(
        "Albion Retail",
        D(2025, 10, 28),
        book.line("PLAT", 12_000_00, first, show="none"),
        opportunity=deal,
        case="annual-contract",
    )
    early = Span(D(2026, 10, 1), D(2027, 9, 30))
    deal = crm.opportunity(
        uk,
        "Albion Retail",
        D(2026, 9, 8),
        ("PLAT", 12_600_00, early),
        type_="Renewal",
        case="early-renewal",
    )
    book.invoice(
        "Albion Retail",
        D(2026, 9, 15),
        book.line("PLAT", 12_600_00, early, show="none"),
        opportunity=deal,
        case="early-renewal",
    )
    instalments(book, crm, "Cobalt Studios", year_from(D(2026, 1, 1)), 33_333_33)


def growth(book: Bookkeeper, crm: Seller) -> None:
    """An expansion to the same end, a deal never invoiced, a bundle of four products."""
    uk = book.entity
    base = Span(D(2026, 3, 15), D(2027, 3, 14))
    deal = crm.opportunity(uk, "Fenwick Labs", D(2026, 3, 12), ("PLAT", 24_000_00, base))
    book.invoice(
        "Fenwick Labs",
        D(2026, 3, 16),
        book.line("PLAT", 24_000_00, base, show="none"),
        opportunity=deal,
    )
    more = Span(D(2026, 7, 1), D(2027, 3, 14))
    deal = crm.opportunity(
        uk,
        "Fenwick Labs",
        D(2026, 6, 29),
        ("PLAT", 5_432_10, more),
        type_="Existing Customer - Upgrade",
        case="expansion",
    )
    book.invoice(
        "Fenwick Labs",
        D(2026, 7, 2),
        book.line("PLAT", 5_432_10, more, show="none"),
        opportunity=deal,
        case="expansion",
    )
    crm.opportunity(
        uk,
        "Larkspur Insurance",
        D(2026, 6, 18),
        ("PLAT", 36_000_00, year_from(D(2026, 7, 1))),
        case="never-invoiced",
    )
    bundle = year_from(D(2026, 9, 1))
    deal = crm.opportunity(
        uk,
        "Oakhaven Group",
        D(2026, 9, 1),
        ("PLAT", 27_000_00, bundle),
        ("SUPP", 3_650_00, bundle),
        ("ONBD", 2_500_00, Span(D(2026, 9, 22), D(2026, 9, 22))),
        ("TRNG", 1_800_00, Span(D(2026, 10, 14), D(2026, 10, 14))),
        case="bundle",
    )
    book.invoice(
        "Oakhaven Group",
        D(2026, 9, 2),
        book.line("PLAT", 27_000_00, bundle, show="none"),
        book.line("SUPP", 3_650_00, bundle, show="none"),
        book.line("ONBD", 2_500_00, None, show="none"),
        book.line("TRNG", 1_800_00, None, show="none"),
        opportunity=deal,
        case="bundle",
    )


def milestones(book: Bookkeeper, crm: Seller) -> None:
    """Delivered then billed soon, delivered then billed after the month, billed before delivery."""
    for number, (won, delivered, billed, price) in enumerate(
        (
            (D(2026, 5, 12), D(2026, 6, 15), D(2026, 6, 30), 18_000_00),
            (D(2026, 7, 6), D(2026, 8, 20), D(2026, 9, 14), 24_500_00),
            (D(2026, 9, 4), D(2026, 11, 10), D(2026, 9, 21), 15_750_50),
        ),
        start=1,
    ):
        deal = crm.opportunity(
            book.entity,
            "Elmfield Council",
            won,
            ("MILE", price, Span(delivered, delivered)),
            type_="Existing Customer - Upgrade",
            case=f"milestone-{number}",
        )
        book.invoice(
            "Elmfield Council",
            billed,
            book.line("MILE", price, None, show="none", text=f"Data migration, milestone {number}"),
            opportunity=deal,
            case=f"milestone-{number}",
        )


def without_contract(book: Bookkeeper) -> None:
    """Invoices that no opportunity explains: dates in the text, or the product's own term."""
    for on, service in (
        (D(2025, 3, 3), Span(D(2025, 3, 1), D(2026, 2, 28))),
        (D(2026, 2, 18), Span(D(2026, 3, 1), D(2027, 2, 28))),
    ):
        book.invoice(
            "Brightwater Foods",
            on,
            book.line("PLAT", 9_999_99, service),
            reference="PO 4711",
            case="dates-in-text",
        )
    book.invoice(
        "Pennine Water",
        D(2026, 6, 12),
        book.line("SUPP", 3_000_00, year_from(D(2026, 6, 12)), show="none"),
        reference="PO 88-20",
        case="default-term",
    )
    for on in (D(2025, 11, 20), D(2026, 4, 22), D(2026, 9, 24)):
        book.invoice(
            "Quillfeather Press",
            on,
            book.line("TRNG", 1_450_00, Span(on, on), show="none", text="Training day, two people"),
            case="point-in-time",
        )


def credits_and_voids(book: Bookkeeper) -> None:
    """Cancellation and contraction as credit notes; a voided invoice; one to be voided later."""
    full = Span(D(2026, 2, 1), D(2027, 1, 31))
    book.invoice("Glenrose Hotels", D(2026, 1, 30), book.line("PLAT", 12_000_00, full))
    book.credit_note(
        "Glenrose Hotels",
        D(2026, 7, 10),
        book.line("PLAT", 6_049_32, Span(D(2026, 8, 1), D(2027, 1, 31))),
        case="cancellation",
    )
    full = Span(D(2026, 4, 1), D(2027, 3, 31))
    book.invoice("Norbury Trust", D(2026, 4, 2), book.line("PLAT", 18_000_00, full))
    book.credit_note(
        "Norbury Trust",
        D(2026, 9, 16),
        book.line("PLAT", 1_234_56, Span(D(2026, 9, 16), D(2027, 3, 31))),
        case="contraction",
    )
    book.invoice(
        "Ivybridge Media",
        D(2026, 7, 7),
        book.line("PLAT", 4_800_00, year_from(D(2026, 7, 1))),
        status="voided",
        voided_on=D(2026, 7, 20),
        case="voided",
    )
    book.invoice(
        "Jurassic Outfitters",
        D(2026, 8, 3),
        book.line("PLAT", 7_200_00, year_from(D(2026, 8, 1))),
        paid=False,
        case="void-later",
    )


def oddities(book: Bookkeeper, crm: Seller) -> None:
    """No dates at all, coded straight to deferred revenue, a draft, deals that are not won."""
    book.invoice(
        "Kestrel Logistics",
        D(2026, 9, 10),
        book.line("PLAT", 6_000_00, None, show="none", text="Platform subscription as agreed"),
        paid=False,
        case="no-dates",
    )
    for on, start, price in (
        (D(2026, 5, 4), D(2026, 5, 4), 10_950_00),
        (D(2026, 9, 3), D(2026, 9, 1), 8_030_00),
    ):
        book.invoice(
            "Merriwell Schools",
            on,
            book.line("PLAT", price, year_from(start), account=book.entity.chart.deferred),
            case="straight-to-deferred",
        )
    book.invoice(
        "Pennine Water",
        D(2026, 9, 29),
        book.line("PLAT", 5_000_00, year_from(D(2026, 10, 1))),
        status="draft",
        case="draft",
    )
    book.invoice(
        "Brightwater Foods",
        D(2026, 10, 2),
        book.line("TRNG", 2_400_00, Span(D(2026, 10, 2), D(2026, 10, 2)), show="none"),
        case="october",
    )
    term = year_from(D(2026, 12, 1))
    uk = book.entity
    crm.opportunity(
        uk, "Quillfeather Press", D(2026, 11, 20), ("PLAT", 8_000_00, term), stage="Negotiation"
    )
    crm.opportunity(
        uk, "Kestrel Logistics", D(2026, 5, 20), ("PLAT", 9_500_00, term), stage="Closed Lost"
    )
    crm.opportunity(
        uk, "Ivybridge Media", D(2026, 7, 1), ("PLAT", 4_800_00, term), deleted=True, case="deleted"
    )


def foreign_currency(book: Bookkeeper) -> None:
    """Two invoices in dollars; CurrencyRate is dollars per pound."""
    for on, product, price, rate in (
        (D(2026, 4, 1), "PLAT", 15_000_00, "1.284500"),
        (D(2026, 9, 1), "SUPP", 3_333_33, "1.312700"),
    ):
        book.invoice(
            "Harbour and Vale Inc",
            on,
            book.line(product, price, year_from(on), taxed=False),
            currency="USD",
            rate=rate,
            paid=False,
            case="foreign-currency",
        )
