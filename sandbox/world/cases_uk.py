"""The British entity's cases: each happens once, by name, whatever the seed."""

from __future__ import annotations

from datetime import date

from sandbox.world.builder import Bookkeeper, year_from
from sandbox.world.changes import by_progress, staged
from sandbox.world.records import Span
from sandbox.world.routine import instalments, intercompany_quarters
from sandbox.world.seller import Seller

D = date


def add(book: Bookkeeper, crm: Seller) -> None:
    """Write every case of the British entity."""
    contracts(book, crm)
    growth(book, crm)
    projects(book, crm)
    without_contract(book)
    credits_and_voids(book)
    billed_again(book, crm)
    oddities(book, crm)
    foreign_currency(book)
    intercompany_quarters(book, "Northwind Analytics GmbH", 2_500_00)
    intercompany_quarters(book, "Northwind Analytics Inc", 1_900_00)


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
        renews=deal,
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
        amends=deal,
        treatment="separate",
        effective=more.start,
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


def projects(book: Bookkeeper, crm: Seller) -> None:
    """Milestones: billed after delivery, billed a month late, billed ahead. Progress reported."""
    staged(
        book,
        crm,
        "Elmfield Council",
        D(2026, 5, 12),
        58_250_50,
        (
            ("Scoping", 30, D(2026, 6, 15)),
            ("Migration", 45, D(2026, 8, 20)),
            ("Acceptance", 25, D(2026, 11, 10)),
        ),
        (
            (D(2026, 6, 30), 17_475_15, "Data migration, scoping"),
            (D(2026, 9, 14), 26_212_73, "Data migration, second stage"),
            (D(2026, 9, 21), 14_562_62, "Data migration, acceptance ahead"),
        ),
    )
    by_progress(
        book,
        crm,
        "Thornbury Dental",
        D(2026, 6, 3),
        41_000_03,
        ((D(2026, 7, 31), 20), (D(2026, 8, 31), 45), (D(2026, 9, 30), 70)),
        ((D(2026, 6, 8), 20_500_01), (D(2026, 9, 25), 10_250_00)),
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
    """A cancellation as a credit note that stands alone; price reductions allocated to their
    invoice; a voided invoice; one to be voided later.
    """
    full = Span(D(2026, 2, 1), D(2027, 1, 31))
    book.invoice(
        "Glenrose Hotels",
        D(2026, 1, 30),
        book.line("PLAT", 12_000_00, full),
        case="dates-in-text",
    )
    book.credit_note(
        "Glenrose Hotels",
        D(2026, 7, 10),
        book.line("PLAT", 6_049_32, Span(D(2026, 8, 1), D(2027, 1, 31))),
        case="cancellation",
    )
    full = Span(D(2026, 4, 1), D(2027, 3, 31))
    book.invoice(
        "Norbury Trust",
        D(2026, 4, 2),
        book.line("PLAT", 18_000_00, full),
        paid=False,
        mark="norbury",
    )
    for on, net in ((D(2026, 7, 16), 600_01), (D(2026, 9, 16), 1_234_56)):
        book.credit_note(
            "Norbury Trust",
            on,
            book.line("PLAT", net, None, show="none", text="Fewer seats, price reduced"),
            credits_="norbury",
            effect="price",
            effective=on,
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


def billed_again(book: Bookkeeper, crm: Seller) -> None:
    """An invoice with the wrong order number: credited whole and billed anew."""
    term = year_from(D(2026, 6, 1))
    deal = crm.opportunity(
        book.entity, "Stonebridge Motors", D(2026, 5, 27), ("PLAT", 9_125_00, term)
    )
    for on, mark in ((D(2026, 6, 2), "stonebridge"), (D(2026, 7, 22), "")):
        book.invoice(
            "Stonebridge Motors",
            on,
            book.line("PLAT", 9_125_00, None, show="none"),
            opportunity=deal,
            paid=False,
            mark=mark,
            case="credit-billing",
        )
    book.credit_note(
        "Stonebridge Motors",
        D(2026, 7, 20),
        book.line("PLAT", 9_125_00, None, show="none", text="Wrong order number"),
        credits_="stonebridge",
        effect="billing",
        effective=D(2026, 7, 20),
        case="credit-billing",
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
    """Two invoices in dollars, one reduced later; CurrencyRate is dollars per pound."""
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
            mark=f"harbour-{product}",
            case="foreign-currency",
        )
    book.credit_note(
        "Harbour and Vale Inc",
        D(2026, 9, 17),
        book.line("PLAT", 1_500_00, None, show="none", text="Price reduced as agreed", taxed=False),
        currency="USD",
        rate="1.331900",
        credits_="harbour-PLAT",
        effect="price",
        effective=D(2026, 9, 17),
        case="foreign-credit",
    )
