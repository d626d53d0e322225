"""The German entity's cases: German words and month names, VAT of 19 %."""

from __future__ import annotations

from datetime import date

from sandbox.world.builder import Bookkeeper, Seller, year_from
from sandbox.world.records import Span
from sandbox.world.routine import HISTORY_START, instalments, month_ends
from sandbox.world.wording import month_text

D = date


def add(book: Bookkeeper, crm: Seller) -> None:
    """Write every case of the German entity."""
    contracts(book, crm)
    milestone(book, crm)
    without_contract(book)
    credits_and_oddities(book, crm)
    recharges_received(book)


def contracts(book: Bookkeeper, crm: Seller) -> None:
    """Annual prepaid with an early renewal, monthly in advance, never invoiced."""
    de = book.entity
    first = Span(D(2025, 10, 1), D(2026, 9, 30))
    deal = crm.opportunity(
        de, "Alpenblick Touristik GmbH", D(2025, 9, 22), ("PLAT", 9_600_00, first)
    )
    book.invoice(
        "Alpenblick Touristik GmbH",
        D(2025, 9, 26),
        book.line("PLAT", 9_600_00, first, show="none"),
        opportunity=deal,
        case="annual-contract",
    )
    second = Span(D(2026, 9, 15), D(2027, 9, 14))
    deal = crm.opportunity(
        de,
        "Alpenblick Touristik GmbH",
        D(2026, 8, 26),
        ("PLAT", 10_800_00, second),
        ("SUPP", 1_200_01, second),
        type_="Renewal",
        case="early-renewal",
    )
    book.invoice(
        "Alpenblick Touristik GmbH",
        D(2026, 9, 7),
        book.line("PLAT", 10_800_00, second, show="none"),
        book.line("SUPP", 1_200_01, second, show="none"),
        opportunity=deal,
        case="early-renewal",
    )
    instalments(book, crm, "Bergmann Logistik AG", year_from(D(2026, 4, 1)), 20_000_00)
    crm.opportunity(
        de,
        "Clausen Werft GmbH",
        D(2026, 6, 15),
        ("PLAT", 18_250_00, year_from(D(2026, 7, 1))),
        case="never-invoiced",
    )


def milestone(book: Bookkeeper, crm: Seller) -> None:
    """Delivered in August, invoiced in September: an accrual that reverses."""
    delivered = D(2026, 8, 18)
    deal = crm.opportunity(
        book.entity,
        "Dornbusch Verlag GmbH",
        D(2026, 7, 13),
        ("MILE", 16_666_67, Span(delivered, delivered)),
        case="milestone-1",
    )
    book.invoice(
        "Dornbusch Verlag GmbH",
        D(2026, 9, 11),
        book.line("MILE", 16_666_67, None, show="none", text="Datenmigration, erste Stufe"),
        opportunity=deal,
        case="milestone-1",
    )


def without_contract(book: Bookkeeper) -> None:
    """Dates in German text, the support plan's own term, straight to deferred revenue."""
    for on, service in (
        (D(2025, 12, 29), Span(D(2026, 1, 1), D(2026, 12, 31))),
        (D(2026, 9, 2), Span(D(2026, 9, 1), D(2027, 8, 31))),
    ):
        book.invoice(
            "Eichendorff Kliniken gGmbH",
            on,
            book.line("PLAT", 14_400_00, service),
            reference="Bestellung 2211",
            case="dates-in-text",
        )
    book.invoice(
        "Falkenstein Bau GmbH",
        D(2026, 5, 20),
        book.line("SUPP", 2_400_00, year_from(D(2026, 5, 20)), show="none"),
        case="default-term",
    )
    for on, start, price in (
        (D(2026, 6, 3), D(2026, 6, 1), 7_300_00),
        (D(2026, 9, 16), D(2026, 9, 16), 5_840_00),
    ):
        book.invoice(
            "Gerlach Optik GmbH",
            on,
            book.line("PLAT", price, year_from(start), account=book.entity.chart.deferred),
            case="straight-to-deferred",
        )
    for on in (D(2026, 2, 11), D(2026, 9, 28)):
        book.invoice(
            "Falkenstein Bau GmbH",
            on,
            book.line("TRNG", 1_250_00, Span(on, on), show="none"),
            case="point-in-time",
        )


def credits_and_oddities(book: Bookkeeper, crm: Seller) -> None:
    """Mid-term cancellation as a credit note, one invoice to be voided later, October."""
    full = Span(D(2026, 3, 1), D(2027, 2, 28))
    book.invoice("Hansekontor GmbH", D(2026, 2, 27), book.line("PLAT", 11_111_11, full))
    book.credit_note(
        "Hansekontor GmbH",
        D(2026, 8, 5),
        book.line("PLAT", 4_566_21, Span(D(2026, 10, 1), D(2027, 2, 28))),
        case="cancellation",
    )
    book.invoice(
        "Isarwerke AG",
        D(2026, 8, 12),
        book.line("PLAT", 6_600_00, year_from(D(2026, 8, 15))),
        paid=False,
        case="void-later",
    )
    book.invoice(
        "Isarwerke AG",
        D(2026, 10, 1),
        book.line("PLAT", 3_650_00, year_from(D(2026, 10, 1))),
        case="october",
    )
    term = year_from(D(2026, 11, 1))
    crm.opportunity(
        book.entity,
        "Hansekontor GmbH",
        D(2026, 10, 30),
        ("PLAT", 5_000_00, term),
        stage="Qualification",
    )


def recharges_received(book: Bookkeeper) -> None:
    """The British company's recharges, out of scope here too."""
    account = book.entity.chart.intercompany
    assert account is not None
    for end in month_ends(HISTORY_START, book.today):
        if end.month % 3 == 0:
            text = f"Management recharge {month_text(end, german=False)}"
            line = book.cost(account, 2_900_00, text, taxed=False)
            book.bill("Northwind Analytics Ltd", end, line, case="intercompany")
