"""The American entity's cases. QuickBooks lines may carry a ServiceDate: a start, no end."""

from __future__ import annotations

from datetime import date

from sandbox.world.builder import Bookkeeper, year_from
from sandbox.world.changes import Change, amended, days_sold, staged
from sandbox.world.records import Span
from sandbox.world.routine import instalments, recharges_received
from sandbox.world.seller import Seller

D = date


def add(book: Bookkeeper, crm: Seller) -> None:
    """Write every case of the American entity."""
    contracts(book, crm)
    bundles(book, crm)
    projects(book, crm)
    without_contract(book)
    credits_given(book, crm)
    oddities(book, crm)
    recharges_received(book, 2_600_00)


def contracts(book: Bookkeeper, crm: Seller) -> None:
    """Annual prepaid, late and early renewal, monthly in advance, never invoiced."""
    us = book.entity
    first = Span(D(2025, 9, 1), D(2026, 8, 31))
    deal = crm.opportunity(us, "Aspen Freight", D(2025, 8, 19), ("PLAT", 24_000_00, first))
    book.invoice(
        "Aspen Freight",
        D(2025, 8, 28),
        book.line("PLAT", 24_000_00, first, show="none"),
        opportunity=deal,
        case="annual-contract",
    )
    second = Span(D(2026, 9, 8), D(2027, 9, 7))
    deal = crm.opportunity(
        us,
        "Aspen Freight",
        D(2026, 9, 3),
        ("PLAT", 25_200_00, second),
        type_="Renewal",
        renews=deal,
        case="late-renewal",
    )
    book.invoice(
        "Aspen Freight",
        D(2026, 9, 9),
        book.line("PLAT", 25_200_00, second, show="none"),
        opportunity=deal,
        case="late-renewal",
    )
    first = Span(D(2025, 10, 1), D(2026, 9, 30))
    deal = crm.opportunity(us, "Tidewater Press", D(2025, 9, 17), ("PLAT", 7_300_00, first))
    book.invoice(
        "Tidewater Press",
        D(2025, 10, 2),
        book.line("PLAT", 7_300_00, first, show="none"),
        opportunity=deal,
    )
    second = Span(D(2026, 9, 10), D(2027, 9, 9))
    deal = crm.opportunity(
        us,
        "Tidewater Press",
        D(2026, 8, 20),
        ("PLAT", 8_030_00, second),
        type_="Renewal",
        renews=deal,
        case="early-renewal",
    )
    book.invoice(
        "Tidewater Press",
        D(2026, 9, 11),
        book.line("PLAT", 8_030_00, second, show="none"),
        opportunity=deal,
        case="early-renewal",
    )
    instalments(book, crm, "Boulder Clinics", year_from(D(2026, 2, 1)), 100_000_00)
    crm.opportunity(
        us,
        "Cascade Solar",
        D(2026, 6, 23),
        ("PLAT", 48_000_00, year_from(D(2026, 7, 1))),
        case="never-invoiced",
    )


def bundles(book: Bookkeeper, crm: Seller) -> None:
    """Three products in one deal, and an expansion to the same end in September."""
    us = book.entity
    bundle = Span(D(2026, 3, 20), D(2027, 3, 19))
    deal = crm.opportunity(
        us,
        "Dakota Grain",
        D(2026, 3, 17),
        ("PLAT", 33_333_33, bundle),
        ("SUPP", 4_999_99, bundle),
        ("ONBD", 3_000_00, Span(D(2026, 4, 8), D(2026, 4, 8))),
        case="bundle",
    )
    book.invoice(
        "Dakota Grain",
        D(2026, 3, 20),
        book.line("PLAT", 33_333_33, bundle, show="none"),
        book.line("SUPP", 4_999_99, bundle, show="none"),
        book.line("ONBD", 3_000_00, None, show="none"),
        opportunity=deal,
        case="bundle",
    )
    more = Span(D(2026, 9, 14), D(2027, 3, 19))
    deal = crm.opportunity(
        us,
        "Dakota Grain",
        D(2026, 9, 11),
        ("PLAT", 6_000_00, more),
        type_="Existing Customer - Upgrade",
        amends=deal,
        treatment="separate",
        effective=more.start,
        case="expansion",
    )
    book.invoice(
        "Dakota Grain",
        D(2026, 9, 14),
        book.line("PLAT", 6_000_00, more, show="none"),
        opportunity=deal,
        case="expansion",
    )


def projects(book: Bookkeeper, crm: Seller) -> None:
    """Milestones: delivered in August and billed in September, and the other way about. Days."""
    staged(
        book,
        crm,
        "Everglade Resorts",
        D(2026, 6, 2),
        43_650_75,
        (("Stage 1", 70, D(2026, 8, 27)), ("Stage 2", 30, D(2026, 10, 28))),
        (
            (D(2026, 8, 12), 13_095_22, "Warehouse build, last stage ahead"),
            (D(2026, 9, 10), 30_555_53, "Warehouse build, first stage"),
        ),
    )
    days_sold(
        book,
        crm,
        "Sawtooth Outfitters",
        D(2026, 7, 2),
        31_500_00,
        "21.0",
        ((D(2026, 7, 22), "3.0"), (D(2026, 8, 19), "4.5"), (D(2026, 9, 16), "5.0")),
    )


def without_contract(book: Bookkeeper) -> None:
    """Dates in the text, or a ServiceDate that the product's term completes."""
    for on, service in (
        (D(2025, 6, 12), Span(D(2025, 6, 15), D(2026, 6, 14))),
        (D(2026, 6, 10), Span(D(2026, 6, 15), D(2027, 6, 14))),
        (D(2026, 9, 1), Span(D(2026, 9, 1), D(2027, 8, 31))),
    ):
        book.invoice(
            "Flint Hardware",
            on,
            book.line("PLAT", 12_000_00, service),
            paid=on != D(2026, 6, 10),
            mark=f"flint-{on}",
            case="dates-in-text",
        )
    for on, start in ((D(2026, 1, 21), D(2026, 2, 10)), (D(2026, 9, 18), D(2026, 9, 15))):
        book.invoice(
            "Gulf Marine",
            on,
            book.line("SUPP", 4_800_01, year_from(start), show="service_date"),
            case="service-date",
        )
    for on in (D(2025, 12, 4), D(2026, 8, 19), D(2026, 9, 23)):
        book.invoice(
            "Hickory Foods",
            on,
            book.line("TRNG", 2_150_00, Span(on, on), show="service_date"),
            book.line("ONBD", 100_01, Span(on, on), show="none"),
            case="point-in-time",
        )


def credits_given(book: Bookkeeper, crm: Seller) -> None:
    """Cancellation (the CRM says when), a contraction as an amendment, price and full credits."""
    us = book.entity
    full = Span(D(2026, 5, 1), D(2027, 4, 30))
    deal = crm.opportunity(
        us,
        "Iron Range Steel",
        D(2026, 4, 24),
        ("PLAT", 21_900_00, full),
        cancelled_on=D(2026, 9, 1),
        case="cancellation",
    )
    book.invoice(
        "Iron Range Steel",
        D(2026, 5, 1),
        book.line("PLAT", 21_900_00, full, show="none"),
        opportunity=deal,
        paid=False,
        mark="iron-range",
    )
    book.credit_note(
        "Iron Range Steel",
        D(2026, 8, 14),
        book.line("PLAT", 14_520_00, None, show="none", text="Subscription cancelled"),
        credits_="iron-range",
        effect="cancel",
        effective=D(2026, 9, 1),
        case="cancellation",
    )
    amended(
        book,
        crm,
        "Juniper Hotels",
        (D(2026, 1, 14), 15_000_00, Span(D(2026, 1, 16), D(2027, 1, 15))),
        Change(D(2026, 9, 18), D(2026, 9, 21), 14_012_35, "prospective"),
        ((D(2026, 1, 14), "PLAT", 7_500_00), (D(2026, 10, 1), "PLAT", 6_512_35)),
        "contraction",
    )
    book.credit_note(
        "Flint Hardware",
        D(2026, 9, 21),
        book.line("PLAT", 987_65, None, show="none", text="Price reduced as agreed"),
        credits_="flint-2026-06-10",
        effect="price",
        effective=D(2026, 9, 21),
        case="credit-price",
    )
    start = D(2026, 10, 1)
    book.invoice(
        "Lakeshore Bank",
        D(2026, 8, 20),
        book.line("SUPP", 3_600_00, year_from(start), show="service_date"),
        paid=False,
        mark="lakeshore",
        case="credit-full",
    )
    book.credit_note(
        "Lakeshore Bank",
        D(2026, 9, 10),
        book.line("SUPP", 3_600_00, None, show="none", text="Ordered by mistake"),
        credits_="lakeshore",
        effect="full",
        effective=D(2026, 9, 10),
        case="credit-full",
    )


def oddities(book: Bookkeeper, crm: Seller) -> None:
    """An invoice in foreign currency, a voided one, one to be voided later, October."""
    us = book.entity
    book.invoice(
        "Maple Ridge Foods",
        D(2026, 5, 12),
        book.line("PLAT", 20_000_00, year_from(D(2026, 5, 15))),
        currency="CAD",
        exchange="0.731250",
        paid=False,
        case="foreign-currency",
    )
    book.invoice(
        "Kodiak Outdoor",
        D(2026, 7, 9),
        book.line("PLAT", 9_600_00, year_from(D(2026, 7, 1))),
        status="voided",
        voided_on=D(2026, 7, 22),
        case="voided",
    )
    book.invoice(
        "Lakeshore Bank",
        D(2026, 8, 11),
        book.line("PLAT", 8_400_00, year_from(D(2026, 8, 1))),
        paid=False,
        case="void-later",
    )
    book.invoice(
        "Hickory Foods",
        D(2026, 10, 1),
        book.line("TRNG", 1_900_00, Span(D(2026, 10, 1), D(2026, 10, 1)), show="service_date"),
        case="october",
    )
    term = year_from(D(2027, 1, 1))
    crm.opportunity(
        us, "Lakeshore Bank", D(2026, 12, 11), ("PLAT", 18_000_00, term), stage="Proposal"
    )
    crm.opportunity(us, "Gulf Marine", D(2026, 4, 3), ("PLAT", 7_700_00, term), stage="Closed Lost")
