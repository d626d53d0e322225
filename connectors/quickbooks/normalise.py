"""QuickBooks' payloads as documents. Pure; a document that can't be read exactly is refused whole.

Field names and shapes: QuickBooks Online API v3, Invoice, CreditMemo, Bill, VendorCredit.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument
from connectors.wire import decimal_of, instant, write_json

ENTITIES = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.CREDIT_NOTE: "CreditMemo",
    DocumentKind.BILL: "Bill",
    DocumentKind.BILL_CREDIT: "VendorCredit",
}
NOT_REVENUE = frozenset({"SubTotalLineDetail", "DescriptionOnly"})
"""Lines that repeat or explain others: they carry no amount of their own."""
OPPORTUNITY_FIELD = "Opportunity"


def source_document(
    kind: DocumentKind, payload: dict[str, Any], home: str, items: Mapping[str, dict[str, Any]]
) -> SourceDocument:
    """One document. `items` gives each item's name and income account by its Id."""
    entity = ENTITIES[kind]
    try:
        document = _document(kind, payload, home, items)
        modified = instant(payload["MetaData"]["LastUpdatedTime"])
    except (KeyError, TypeError, ValueError, AmountError) as error:
        raise PayloadError(
            f"QuickBooks {entity} {payload.get('DocNumber') or payload.get('Id')}: "
            f"{error} can't be read."
        ) from error
    return SourceDocument("quickbooks", write_json(payload), document, modified)


def _document(
    kind: DocumentKind, payload: dict[str, Any], home: str, items: Mapping[str, dict[str, Any]]
) -> Document:
    currency = payload.get("CurrencyRef", {}).get("value") or home
    negative = kind in (DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT)
    party = payload["VendorRef"] if kind.is_cost else payload["CustomerRef"]
    voided = (payload.get("PrivateNote") or "").startswith("Voided") and not decimal_of(
        payload.get("TotalAmt", 0), "TotalAmt"
    )
    lines = [
        _line(line, currency, items, negative=negative)
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
        voided=voided,
        lines=tuple(lines),
    )


def _opportunity(payload: dict[str, Any]) -> str | None:
    for field in payload.get("CustomField") or ():
        if field.get("Name") == OPPORTUNITY_FIELD and field.get("StringValue"):
            return str(field["StringValue"]).strip()
    return None


def _line(
    line: dict[str, Any], currency: str, items: Mapping[str, dict[str, Any]], *, negative: bool
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
    )
