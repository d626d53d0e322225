"""Xero's payloads as documents. Pure; a document that can't be read exactly is refused whole.

Field names and shapes: Xero Accounting API 16.1, Invoices and CreditNotes.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument
from connectors.wire import decimal_of, write_json

RATE_DIGITS = 50
"""Xero states document units per base unit; the inverse keeps so many digits that rounding P·rate
to minor units can't come out otherwise for any amount of up to 18 digits."""

KNOWN = frozenset({"AUTHORISED", "PAID"})
GONE = frozenset({"VOIDED", "DELETED"})
CONTRACT_ID = re.compile(r"006[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")
_MS_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

KINDS = {
    ("Invoices", "ACCREC"): DocumentKind.INVOICE,
    ("Invoices", "ACCPAY"): DocumentKind.BILL,
    ("CreditNotes", "ACCRECCREDIT"): DocumentKind.CREDIT_NOTE,
    ("CreditNotes", "ACCPAYCREDIT"): DocumentKind.BILL_CREDIT,
}


def instant_of(text: str) -> datetime:
    """Xero's "/Date(1552521600000+0000)/" as an instant: milliseconds since 1970 in UTC."""
    found = _MS_DATE.fullmatch(text)
    if found is None:
        raise PayloadError(f"{text!r} is not a date as Xero writes it.")
    return _EPOCH + timedelta(milliseconds=int(found[1]))


def day_of(text: str) -> date:
    """The calendar day of a Xero date: midnight UTC of the organisation's own day, never shifted."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}(T00:00:00)?", text):
        return date.fromisoformat(text[:10])
    return instant_of(text).date()


def source_document(plural: str, payload: dict[str, Any], base: str) -> SourceDocument | None:
    """One invoice, bill or credit note; None for a draft, which nobody owes yet."""
    status = payload.get("Status")
    if status not in KNOWN | GONE:
        return None
    try:
        document = _document(plural, payload, base)
        modified = instant_of(payload["UpdatedDateUTC"])
    except (KeyError, TypeError, AmountError) as error:
        number = payload.get("InvoiceNumber") or payload.get("CreditNoteNumber")
        raise PayloadError(f"Xero document {number}: {error} can't be read.") from error
    return SourceDocument("xero", write_json(payload), document, modified)


def _document(plural: str, payload: dict[str, Any], base: str) -> Document:
    kind = KINDS[plural, payload["Type"]]
    currency = payload.get("CurrencyCode") or base
    credit = kind in (DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT)
    prefix = "CreditNote" if plural == "CreditNotes" else "Invoice"
    reference = (payload.get("Reference") or "").strip()
    lines = tuple(
        _line(line, payload["LineAmountTypes"], currency, negative=credit)
        for line in payload["LineItems"]
        if line.get("AccountCode") is not None and line.get("LineAmount") is not None
    )
    return Document(
        kind=kind,
        id=payload[f"{prefix}ID"],
        number=payload.get(f"{prefix}Number") or payload[f"{prefix}ID"],
        counterparty=payload["Contact"]["Name"],
        date=day_of(payload["Date"]),
        currency=currency,
        rate=None if currency == base else _rate(payload["CurrencyRate"]),
        contract=reference if CONTRACT_ID.fullmatch(reference) else None,
        voided=payload["Status"] in GONE,
        lines=lines,
    )


def _line(line: dict[str, Any], amounts: str, currency: str, *, negative: bool) -> DocumentLine:
    """LineAmount is net or gross as LineAmountTypes says; discounts are in it already."""
    amount = decimal_of(line["LineAmount"], "LineAmount")
    if amounts == "Inclusive":
        amount -= decimal_of(line.get("TaxAmount", 0), "TaxAmount")
    return DocumentLine(
        id=line["LineItemID"],
        amount=Money.parse(-amount if negative else amount, currency),
        account=line["AccountCode"],
        product=line.get("ItemCode") or None,
        text=line.get("Description") or "",
        dimensions=tuple((each["Name"], each["Option"]) for each in line.get("Tracking") or ()),
    )


def _rate(value: Any) -> Decimal:
    """Base units for one document unit, from Xero's document units for one base unit."""
    rate = decimal_of(value, "CurrencyRate")
    if rate <= 0:
        raise PayloadError(f"CurrencyRate is {rate}; it must be above zero.")
    with localcontext() as context:
        context.prec = RATE_DIGITS
        return 1 / rate
