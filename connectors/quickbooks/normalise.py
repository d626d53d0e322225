"""QuickBooks' payloads as documents. Pure; a document that can't be read exactly is refused whole.

Field names and shapes: QuickBooks Online API v3, Invoice, CreditMemo, Bill, VendorCredit,
PurchaseOrder, Payment. A purchase order is an expense that is known before its bill, one for each
account on it; its service dates stand in its lines' text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine, Payment
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument, SourcePayment
from connectors.wire import decimal_of, instant, write_json

ENTITIES = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "CreditMemo",
    DocumentKind.EXPENSE: "PurchaseOrder",
    DocumentKind.BILL: "Bill",
    DocumentKind.BILL_CREDIT: "VendorCredit",
}
NOT_REVENUE = frozenset({"SubTotalLineDetail", "DescriptionOnly"})
"""Lines that repeat or explain others: they carry no amount of their own."""
OPPORTUNITY_FIELD = "Opportunity"


def source_documents(
    kind: DocumentKind, payload: dict[str, Any], home: str, items: Mapping[str, dict[str, Any]]
) -> Iterator[SourceDocument]:
    """One document; of a purchase order one for each account. `items` gives each item's name and
    accounts by its Id.
    """
    entity = ENTITIES[kind]
    try:
        document = _document(kind, payload, home, items)
        modified = instant(payload["MetaData"]["LastUpdatedTime"])
        found = list(_expenses(document)) if kind is DocumentKind.EXPENSE else [document]
    except (KeyError, TypeError, ValueError, AmountError) as error:
        raise PayloadError(
            f"QuickBooks {entity} {payload.get('DocNumber') or payload.get('Id')}: "
            f"{error} can't be read."
        ) from error
    for each in found:
        yield SourceDocument("quickbooks", write_json(payload), each, modified)


def _expenses(order: Document) -> Iterator[Document]:
    """What is ordered on each account. An order counts from the day that it is dated."""
    by_account: dict[str, list[DocumentLine]] = {}
    for line in order.lines:
        if line.account is not None:
            by_account.setdefault(line.account, []).append(line)
    for account, lines in by_account.items():
        whole = replace(
            lines[0],
            id="",
            amount=Money.sum((line.amount for line in lines), order.currency),
            text="; ".join(line.text for line in lines if line.text),
        )
        yield replace(order, id=f"{order.id}:{account}", lines=(whole,))


def _linked(payload: dict[str, Any], kind: str) -> str | None:
    """The one transaction of the kind that this one is linked to; None of none, or of several."""
    found = {
        str(each["TxnId"])
        for each in payload.get("LinkedTxn") or ()
        if each.get("TxnType") == kind and each.get("TxnId")
    }
    return found.pop() if len(found) == 1 else None


def _credited(kind: DocumentKind, payload: dict[str, Any]) -> str | None:
    """The document that a credit memo or vendor credit says it credits."""
    if kind is DocumentKind.CREDIT_NOTE:
        named = (payload.get("InvoiceRef") or {}).get("value")
        return _linked(payload, "Invoice") or (str(named) if named else None)
    if kind is DocumentKind.BILL_CREDIT:
        bill = _linked(payload, "Bill")
        return f"{ENTITIES[DocumentKind.BILL]}-{bill}" if bill else None
    return None


def _ordered(payload: dict[str, Any], line: dict[str, Any]) -> str | None:
    """The purchase order that a line of a bill is for: linked on the line, or on the bill."""
    order = _linked(line, "PurchaseOrder") or _linked(payload, "PurchaseOrder")
    return f"{ENTITIES[DocumentKind.EXPENSE]}-{order}" if order else None


def _closed_unbilled(payload: dict[str, Any]) -> bool:
    """Our reading: an order that is closed without a bill was given up."""
    linked = payload.get("LinkedTxn") or ()
    return payload.get("POStatus") == "Closed" and not any(
        each.get("TxnType") == "Bill" for each in linked
    )


def source_payments(payload: dict[str, Any], home: str) -> Iterator[SourcePayment]:
    """A payment, once for each invoice that it pays."""
    try:
        currency = payload.get("CurrencyRef", {}).get("value") or home
        modified = instant(payload["MetaData"]["LastUpdatedTime"])
        found = [
            Payment(
                id=f"Payment-{payload['Id']}/{linked['TxnId']}",
                against=str(linked["TxnId"]),
                date=date.fromisoformat(payload["TxnDate"]),
                amount=Money.parse(decimal_of(line["Amount"], "Amount"), currency),
            )
            for line in payload.get("Line") or ()
            for linked in line.get("LinkedTxn") or ()
            if linked.get("TxnType") == "Invoice"
        ]
    except (KeyError, TypeError, ValueError, AmountError) as error:
        raise PayloadError(
            f"QuickBooks payment {payload.get('Id')}: {error} can't be read."
        ) from error
    for payment in found:
        yield SourcePayment("quickbooks", write_json(payload), payment, modified)


def _document(
    kind: DocumentKind, payload: dict[str, Any], home: str, items: Mapping[str, dict[str, Any]]
) -> Document:
    currency = payload.get("CurrencyRef", {}).get("value") or home
    negative = kind in (DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT)
    party = payload["VendorRef"] if kind.is_cost else payload["CustomerRef"]
    voided = (payload.get("PrivateNote") or "").startswith("Voided") and not decimal_of(
        payload.get("TotalAmt", 0), "TotalAmt"
    )
    if kind is DocumentKind.EXPENSE:
        voided = _closed_unbilled(payload)
    lines = [
        _line(line, currency, items, negative=negative, order=_ordered(payload, line))
        for line in payload["Line"]
        if line.get("DetailType") not in NOT_REVENUE
    ]
    return Document(
        kind=kind,
        id=payload["Id"] if kind is DocumentKind.INVOICE else f"{ENTITIES[kind]}-{payload['Id']}",
        number=payload.get("DocNumber") or payload["Id"],
        counterparty=party.get("name") or party["value"],
        date=date.fromisoformat(payload["TxnDate"]),
        currency=currency,
        rate=None if currency == home else decimal_of(payload["ExchangeRate"], "ExchangeRate"),
        contract=_opportunity(payload),
        credits=_credited(kind, payload),
        voided=voided,
        lines=tuple(lines),
    )


def _opportunity(payload: dict[str, Any]) -> str | None:
    for field in payload.get("CustomField") or ():
        if field.get("Name") == OPPORTUNITY_FIELD and field.get("StringValue"):
            return str(field["StringValue"]).strip()
    return None


def _line(
    line: dict[str, Any],
    currency: str,
    items: Mapping[str, dict[str, Any]],
    *,
    negative: bool,
    order: str | None,
) -> DocumentLine:
    amount = Money.parse(decimal_of(line["Amount"], "Amount"), currency)
    kind = line["DetailType"]
    detail = line.get(kind) or {}
    dimensions = tuple(
        (name, detail[ref].get("name") or detail[ref]["value"])
        for name, ref in (("Class", "ClassRef"), ("Department", "DepartmentRef"))
        if detail.get(ref)
    )
    product = account = None
    if kind == "SalesItemLineDetail":
        item = items.get(detail.get("ItemRef", {}).get("value", ""), {})
        product = item.get("Name")
        account = (detail.get("ItemAccountRef") or item.get("IncomeAccountRef") or {}).get("value")
    elif kind == "ItemBasedExpenseLineDetail":
        item = items.get(detail.get("ItemRef", {}).get("value", ""), {})
        product = item.get("Name")
        account = (item.get("ExpenseAccountRef") or {}).get("value")
    elif kind == "AccountBasedExpenseLineDetail":
        account = detail["AccountRef"]["value"]
    else:
        raise PayloadError(
            f"A line of kind {kind} can't be recognised; replace it by item or account lines."
        )
    start = detail.get("ServiceDate")
    return DocumentLine(
        id=str(line["Id"]),
        amount=-amount if negative else amount,
        account=account,
        product=product,
        text=line.get("Description") or "",
        service_start=date.fromisoformat(start) if start else None,
        dimensions=dimensions,
        expense=f"{order}:{account}" if order and account else None,
    )
