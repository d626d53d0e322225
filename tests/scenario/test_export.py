"""A live book as a file: closed again it gives the same figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounting.book import Adoption, Book
from accounting.documents import Document, DocumentKind, DocumentLine, Override
from accounting.money import Money
from accounting.policy import AccountMap, RecognitionPolicy, Rule
from accounting.rates import Rates, Spot
from scenario.check import check
from scenario.export import ClosedBook, ExportError, exported
from scenario.run import closed
from scenario.schema import Scenario, parse

ACCOUNTS = AccountMap(
    "850", "630", "620", ("200", "210"), ("433",), (("PLAT", "200"),), "840", "495"
)
POLICY = RecognitionPolicy(
    "v1", "GBP", "daily", ACCOUNTS, rules=(Rule("point_in_time", product="SETUP"),)
)


def gbp(text: str) -> Money:
    return Money.parse(text, "GBP")


def year(line_id: str, amount: str, account: str = "200", product: str = "PLAT") -> DocumentLine:
    return DocumentLine(
        id=line_id,
        amount=gbp(amount),
        account=account,
        product=product,
        service_start=date(2026, 9, 1),
        service_end=date(2027, 8, 31),
    )


def invoice(name: str, *lines: DocumentLine, **more: Any) -> Document:
    day = more.pop("day", date(2026, 9, 2))
    return Document(DocumentKind.INVOICE, name, name, "Albion", day, "GBP", lines, **more)


def book(*documents: Document, **more: Any) -> Book:
    return Book("GBP", date(2026, 8, 31), documents, adoption=Adoption(date(2026, 8, 31)), **more)


def written(of: Book, *periods: str) -> dict[str, Any]:
    """The book's file, with what its own close of the periods gave as expectation."""
    blank = exported(of, POLICY, ClosedBook("uk", "Northwind", {}))
    again = parse({**blank, "close": list(periods)})
    positions = {period.name: period.calculations["uk"].positions for period in closed(again)}
    return exported(of, POLICY, ClosedBook("uk", "Northwind", positions))


def test_an_exported_book_closes_again_to_the_figures_that_were_frozen() -> None:
    data = written(
        book(
            invoice("INV-1", year("1", "3650.00"), year("2", "99.00", product="SETUP")),
            invoice("INV-2", year("1", "730.00", account="850")),
            overrides=(Override("INV-2/1", "as agreed", service_start=date(2026, 9, 16)),),
        ),
        "2026-09",
        "2026-10",
    )
    assert data["expect"]["2026-09"]["uk"]["recognised"] == "430.29"
    assert check(data) == ()


def test_accounts_become_roles_and_lines_of_other_accounts_stay_away() -> None:
    data = written(
        book(invoice("INV-1", year("1", "10.00", "850"), year("2", "5.00", "999"))), "2026-09"
    )
    (document,) = data["documents"]
    assert [(line["id"], line["account"]) for line in document["lines"]] == [
        ("1", "deferred_revenue")
    ]


def test_a_version_that_is_void_becomes_a_void() -> None:
    first = invoice("INV-1", year("1", "3650.00"))
    gone = invoice(
        "INV-1", year("1", "3650.00"), version=2, voided=True, known_on=date(2026, 10, 5)
    )
    data = written(book(first, gone), "2026-09", "2026-10")
    assert [document["kind"] for document in data["documents"]] == ["invoice", "void"]
    assert data["expect"]["2026-10"]["uk"]["recognised"] == "-300.00"
    assert check(data) == ()


def test_a_rate_that_only_its_inverse_can_write_is_written_that_way_round() -> None:
    turned = Rates.of([Spot("GBP", "CHF", date(2026, 9, 1), Decimal("0.9467"))], [])
    inverse = Rates({("CHF", "GBP"): ((date(2026, 9, 1), 1 / turned.spots["GBP", "CHF"][0][1]),)})
    data = written(book(invoice("INV-1", year("1", "10.00")), rates=inverse), "2026-09")
    assert data["rates"] == [{"from": "GBP", "to": "CHF", "rate": "0.9467", "date": "2026-09-01"}]


def test_a_credit_line_with_the_sign_of_an_invoice_is_refused_by_name() -> None:
    note = Document(
        DocumentKind.CREDIT_NOTE, "CN-1", "CN-1", "Albion", date(2026, 9, 3), "GBP",
        (DocumentLine(id="1", amount=gbp("20.00"), account="200"),),
    )  # fmt: skip
    with pytest.raises(ExportError, match="CN-1/1 of credit CN-1 has the sign of an invoice"):
        exported(book(note), POLICY, ClosedBook("uk", "Northwind", {}))


def test_the_file_is_a_scenario() -> None:
    assert isinstance(
        parse(written(book(invoice("INV-1", year("1", "1.00"))), "2026-09")), Scenario
    )
