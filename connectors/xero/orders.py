"""Xero's purchase orders as expenses that are known before their bills. Pure.

Field names and shapes: Xero Accounting API 16.1, PurchaseOrders. An order of several accounts is
an expense for each of them; its service dates stand in its lines' text. Our reading: a bill is for
the order whose number it has itself (where Xero puts it when an order is copied to a bill), or
whose number stands in a line's text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument
from connectors.wire import write_json
from connectors.xero.normalise import day_of, instant_of, line_of, rate_of

KNOWN = frozenset({"AUTHORISED", "BILLED"})
GONE = frozenset({"DELETED"})
_WORD = re.compile(r"[\w./-]+")


def expense_id(order: str, account: str) -> str:
    """The id of what an order orders on an account."""
    return f"{order}:{account}"


def expenses_of(payload: dict[str, Any], base: str) -> Iterator[SourceDocument]:
    """One expense for each account of an order; none of a draft, or one not yet approved."""
    if payload.get("Status") not in KNOWN | GONE:
        return
    try:
        modified = instant_of(payload["UpdatedDateUTC"])
        for document in _expenses(payload, base):
            yield SourceDocument("xero", write_json(payload), document, modified)
    except (KeyError, TypeError, AmountError) as error:
        number = payload.get("PurchaseOrderNumber")
        raise PayloadError(f"Xero purchase order {number}: {error} can't be read.") from error


def _expenses(payload: dict[str, Any], base: str) -> Iterator[Document]:
    currency = payload.get("CurrencyCode") or base
    by_account: dict[str, list[DocumentLine]] = {}
    for line in payload["LineItems"]:
        if line.get("AccountCode") is not None and line.get("LineAmount") is not None:
            read = line_of(line, payload["LineAmountTypes"], currency, negative=False)
            by_account.setdefault(line["AccountCode"], []).append(read)
    for account, lines in by_account.items():
        yield Document(
            kind=DocumentKind.EXPENSE,
            id=expense_id(payload["PurchaseOrderID"], account),
            number=payload.get("PurchaseOrderNumber") or payload["PurchaseOrderID"],
            counterparty=payload["Contact"]["Name"],
            date=day_of(payload["Date"]),
            currency=currency,
            rate=None if currency == base else rate_of(payload["CurrencyRate"]),
            voided=payload["Status"] in GONE,
            lines=(
                replace(
                    lines[0],
                    id="",
                    amount=Money.sum((line.amount for line in lines), currency),
                    text="; ".join(line.text for line in lines if line.text),
                ),
            ),
        )


def with_orders(bill: SourceDocument, orders: Mapping[str, str]) -> SourceDocument:
    """The bill, each line with the expense that it bills. `orders` are orders' ids by number."""
    document = bill.document
    lines = tuple(_billing(line, document.number, orders) for line in document.lines)
    return replace(bill, document=replace(document, lines=lines))


def _billing(line: DocumentLine, number: str, orders: Mapping[str, str]) -> DocumentLine:
    named = (word.strip(".") for word in _WORD.findall(line.text))
    order = next((orders[name] for name in (number, *named) if name in orders), None)
    if order is None or line.account is None:
        return line
    return replace(line, expense=expense_id(order, line.account))
