"""Small books for tests: each builder shows the one fact that matters."""

from datetime import date
from typing import Any

from accounting.book import Adoption, Book
from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.money import Money
from accounting.policy import AccountMap, RecognitionPolicy, Role, Rule

T0 = date(2026, 8, 31)
POLICY = RecognitionPolicy(
    version="test",
    functional_currency="USD",
    method="daily",
    accounts=AccountMap(
        deferred_revenue="DEF",
        accrued_revenue="ACC",
        prepayments="PRE",
        revenue=("REV",),
        expense=("EXP",),
    ),
    rules=(Rule("monthly", product="SUPP"), Rule("point_in_time", product="ONBD")),
)


def usd(text: str) -> Money:
    return Money.parse(text, "USD")


def line(amount: str, **given: Any) -> DocumentLine:
    return DocumentLine(
        **{"id": "1", "amount": usd(amount), "account": "REV", "product": "PLAT", **given}
    )


def invoice(number: str, day: str, *lines: DocumentLine, **given: Any) -> Document:
    return Document(
        **{
            "kind": DocumentKind.INVOICE,
            "id": number,
            "number": number,
            "counterparty": "Acme",
            "date": date.fromisoformat(day),
            "currency": "USD",
            "lines": lines,
            **given,
        }
    )


def contract(number: str, day: str, *lines: DocumentLine, **given: Any) -> Document:
    return invoice(number, day, *lines, kind=DocumentKind.CONTRACT, **given)


def balances(
    deferred: str = "0.00", accrued: str = "0.00", prepaid: str = "0.00"
) -> dict[Role, Money]:
    return {
        Role.DEFERRED_REVENUE: usd(deferred),
        Role.ACCRUED_REVENUE: usd(accrued),
        Role.PREPAYMENTS: usd(prepaid),
    }


def first_book(*documents: Document, held: dict[Role, Money] | None = None, **given: Any) -> Book:
    return Book(
        functional_currency="USD",
        adopted_on=T0,
        documents=documents,
        adoption=Adoption(T0, held or balances()),
        last_closed=T0,
        **given,
    )
