"""The German entity's cases: German words and month names, VAT of 19 %."""

from __future__ import annotations

from datetime import date

from sandbox.world.builder import Bookkeeper, year_from
from sandbox.world.changes import Change, amended, by_progress, staged
from sandbox.world.records import Span
from sandbox.world.routine import instalments, recharges_received
from sandbox.world.seller import Seller

D = date


def add(book: Bookkeeper, crm: Seller) -> None:
    """Write every case of the German entity."""
    contracts(book, crm)
    projects(book, crm)
    amendments(book, crm)
    without_contract(book)
    credits_given(book)
    oddities(book, crm)
    recharges_received(book, 2_900_00)


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
        renews=deal,
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


def projects(book: Bookkeeper, crm: Seller) -> None:
    """A milestone delivered in August, invoiced in September; a project by progress."""
    staged(
        book,
        crm,
        "Dornbusch Verlag GmbH",
        D(2026, 7, 13),
        27_777_79,
        (("Erste Stufe", 60, D(2026, 8, 18)), ("Zweite Stufe", 40, D(2026, 11, 20))),
        ((D(2026, 9, 11), 16_666_67, "Datenmigration, erste Stufe"),),
    )
    by_progress(
        book,
        crm,
        "Ostermann Bau AG",
        D(2026, 5, 4),
        36_000_01,
        ((D(2026, 6, 30), 25), (D(2026, 8, 31), 50), (D(2026, 9, 30), 60)),
        ((D(2026, 5, 8), 18_000_00),),
    )


def amendments(book: Bookkeeper, crm: Seller) -> None:
    """An expansion over what is left, and a contraction taken as if it had always been so."""
    term = year_from(D(2026, 3, 1))
    added = Span(D(2026, 7, 1), term.end)
    amended(
        book,
        crm,
        "Quirin Textil GmbH",
        (D(2026, 2, 24), 12_000_00, term),
        Change(D(2026, 6, 24), added.start, 14_000_00, "prospective", (("SUPP", 800_01, added),)),
        (
            (D(2026, 3, 2), "PLAT", 12_000_00),
            (D(2026, 7, 3), "PLAT", 2_000_00),
            (D(2026, 7, 3), "SUPP", 800_01),
        ),
        "expansion",
    )
    amended(
        book,
        crm,
        "Uhlmann Druck GmbH",
        (D(2026, 1, 27), 9_000_00, year_from(D(2026, 2, 1))),
        Change(D(2026, 9, 10), D(2026, 9, 10), 8_100_00, "catch-up"),
        ((D(2026, 2, 3), "PLAT", 4_500_00), (D(2026, 10, 2), "PLAT", 3_600_00)),
        "contraction",
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


def credits_given(book: Bookkeeper) -> None:
    """Mid-term cancellation whose credit note says from when; a reduction of the price."""
    full = Span(D(2026, 3, 1), D(2027, 2, 28))
    book.invoice(
        "Hansekontor GmbH",
        D(2026, 2, 27),
        book.line("PLAT", 11_111_11, full),
        paid=False,
        mark="hansekontor",
        case="dates-in-text",
    )
    left = Span(D(2026, 10, 1), D(2027, 2, 28))
    book.credit_note(
        "Hansekontor GmbH",
        D(2026, 8, 5),
        book.line("PLAT", 4_566_21, left, text="Kündigung"),
        credits_="hansekontor",
        effect="cancel",
        effective=left.start,
        case="cancellation",
    )
    book.invoice(
        "Voss Kartonagen KG",
        D(2026, 4, 1),
        book.line("PLAT", 8_000_00, year_from(D(2026, 4, 1))),
        paid=False,
        mark="voss",
    )
    book.credit_note(
        "Voss Kartonagen KG",
        D(2026, 7, 20),
        book.line("PLAT", 500_01, None, show="none", text="Preisnachlass"),
        credits_="voss",
        effect="price",
        effective=D(2026, 7, 20),
        case="credit-price",
    )


def oddities(book: Bookkeeper, crm: Seller) -> None:
    """Foreign currency, a voided invoice, one to be voided later, October."""
    book.invoice(
        "Helvetia Praezision AG",
        D(2026, 6, 1),
        book.line("PLAT", 12_400_00, year_from(D(2026, 6, 1)), taxed=False),
        currency="CHF",
        rate="0.938700",
        paid=False,
        case="foreign-currency",
    )
    book.invoice(
        "Isarwerke AG",
        D(2026, 7, 8),
        book.line("PLAT", 3_300_00, year_from(D(2026, 7, 1))),
        status="voided",
        voided_on=D(2026, 7, 21),
        case="voided",
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
