"""Xero's payloads as documents. Pure; a document that can't be read exactly is refused whole.

Field names and shapes: Xero Accounting API 16.1, Invoices, CreditNotes and Payments.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine, Payment
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument, SourcePayment
from connectors.record_ids import full_id
from connectors.wire import decimal_of, write_json

RATE_DIGITS = 50
"""Xero states document units per base unit; the inverse keeps so many digits that rounding P·rate
to minor units can't come out otherwise for any amount of up to 18 digits."""

KNOWN = frozenset({"AUTHORISED", "PAID"})
GONE = frozenset({"VOIDED", "DELETED"})
CASH = frozenset({"ARPREPAYMENT", "AROVERPAYMENT", "APPREPAYMENT", "APOVERPAYMENT"})
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
    """One invoice, bill or credit note; None for a draft, which nobody owes yet, and for what was
    paid before or too much: cash alone.
    """
    status = payload.get("Status")
    if status not in KNOWN | GONE or payload.get("Type") in CASH:
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
        line_of(line, payload["LineAmountTypes"], currency, negative=credit)
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
        rate=None if currency == base else rate_of(payload["CurrencyRate"]),
        contract=full_id(reference) if CONTRACT_ID.fullmatch(reference) else None,
        credits=_credited(payload) if credit else None,
        voided=payload["Status"] in GONE,
        lines=lines,
    )


def _credited(payload: dict[str, Any]) -> str | None:
    """The one document that a credit note is allocated to; None where it is none, or several."""
    allocated = {
        each["Invoice"]["InvoiceID"]
        for each in payload.get("Allocations") or ()
        if not each.get("IsDeleted") and each.get("Invoice")
    }
    return allocated.pop() if len(allocated) == 1 else None


def source_payment(payload: dict[str, Any], base: str) -> SourcePayment | None:
    """A payment in the currency of what it pays; None for one of an account, or of nothing.

    Our reading: what is paid on a credit note, prepayment or overpayment goes back to whom it came
    from: a refund, negative. A payment on a bill stands positive, too.
    """
    refund = False
    for name in ("Invoice", "CreditNote", "Prepayment", "Overpayment"):
        paid = payload.get(name)
        if paid and paid.get(f"{name}ID"):
            refund = name != "Invoice"
            break
    else:
        return None
    try:
        amount = Money.parse(
            decimal_of(payload["Amount"], "Amount"), paid.get("CurrencyCode") or base
        )
        payment = Payment(
            id=payload["PaymentID"],
            against=paid[f"{name}ID"],
            date=day_of(payload["Date"]),
            amount=-amount if refund else amount,
        )
        modified = instant_of(payload["UpdatedDateUTC"])
    except (KeyError, TypeError, AmountError) as error:
        raise PayloadError(
            f"Xero payment {payload.get('PaymentID')}: {error} can't be read."
        ) from error
    deleted = payload.get("Status") == "DELETED"
    return SourcePayment("xero", write_json(payload), payment, modified, deleted)


def line_of(line: dict[str, Any], amounts: str, currency: str, *, negative: bool) -> DocumentLine:
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


def rate_of(value: Any) -> Decimal:
    """Base units for one document unit, from Xero's document units for one base unit."""
    rate = decimal_of(value, "CurrencyRate")
    if rate <= 0:
        raise PayloadError(f"CurrencyRate is {rate}; it must be above zero.")
    with localcontext() as context:
        context.prec = RATE_DIGITS
        return 1 / rate
