"""Neutral records as Xero's JSON (Xero Accounting API: Invoices, CreditNotes, Accounts …)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sandbox.books import Ledger
from sandbox.wire import literal, number
from sandbox.world.records import Account, Contact, Document, Journal, Line

NAMESPACE = uuid.UUID("0c5b8f0e-9c0f-4f57-8f0b-2f2b2a7b1d11")
CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "EQUITY": "EQUITY",
    "REVENUE": "REVENUE",
    "EXPENSE": "EXPENSE",
}
STATUSES = {"draft": "DRAFT", "authorised": "AUTHORISED", "paid": "PAID", "voided": "VOIDED"}
SHORT_CODE = {"uk": "!nw4Uk", "de": "!nw7De"}
UNTAXED_ACCOUNTS = frozenset({"260", "495"})
"""Recharges within the group and exchange differences."""
TRACKING = {"Region": ("North", "South"), "Line of business": ("Platform", "Services")}


def key(org: str, *parts: str) -> str:
    """A stable GUID for something of an organisation that has no record of its own."""
    return str(uuid.uuid5(NAMESPACE, "/".join((org, *parts))))


def tenant_id(org: str) -> str:
    return key(org, "tenant")


def account_id(org: str, code: str) -> str:
    return key(org, "account", code)


def day_stamp(day: date) -> str:
    """/Date(ms+0000)/ at midnight UTC of a calendar date."""
    moment = datetime.combine(day, time(), tzinfo=UTC)
    return f"/Date({int(moment.timestamp()) * 1000}+0000)/"


def moment_stamp(milliseconds: int) -> str:
    return f"/Date({milliseconds}+0000)/"


def iso(day: date) -> str:
    return f"{day}T00:00:00"


def tax_type(org: str, direction: str) -> str:
    """Xero's name of the usual rate: of a British company's "OUTPUT" OUTPUT2."""
    return f"{direction}2" if org.startswith("uk") else direction


def usual_tax_type(org: str, each: Account) -> str:
    """What a line takes from its account where it names no tax type."""
    direction = {"REVENUE": "OUTPUT", "EXPENSE": "INPUT"}.get(each.type)
    if direction is None or each.code in UNTAXED_ACCOUNTS:
        return "NONE"
    return tax_type(org, direction)


def account(org: str, each: Account) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "AccountID": account_id(org, each.code),
        "Code": each.code,
        "Name": each.name,
        "Status": "ACTIVE" if each.active else "ARCHIVED",
        "Type": each.type,
        "TaxType": usual_tax_type(org, each),
        "Class": CLASSES[each.type],
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": False,
        "ReportingCode": "",
        "HasAttachments": False,
        "UpdatedDateUTC": moment_stamp(each.modified),
        "AddToWatchlist": False,
    }
    if each.type == "BANK":
        shown |= {"BankAccountNumber": "20000000123456", "BankAccountType": "BANK"}
    if each.system:
        shown["SystemAccount"] = each.system
    return shown


def organisation(ledger: Ledger) -> dict[str, Any]:
    entity = ledger.entity
    shown: dict[str, Any] = {
        "Name": entity.name,
        "LegalName": entity.name,
        "PaysTax": True,
        "Version": "UK" if entity.original == "uk" else "GLOBAL",
        "OrganisationType": "COMPANY",
        "BaseCurrency": entity.currency,
        "CountryCode": entity.country,
        "IsDemoCompany": False,
        "OrganisationStatus": "ACTIVE",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "SalesTaxBasis": "ACCRUALS",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": day_stamp(date(2025, 2, 28)),
        "OrganisationEntityType": "COMPANY",
        "Timezone": "GMTSTANDARDTIME" if entity.original == "uk" else "WEUROPESTANDARDTIME",
        "ShortCode": SHORT_CODE[entity.original],
        "OrganisationID": tenant_id(entity.key),
        "Edition": "BUSINESS",
        "Class": "PREMIUM",
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    if ledger.lock_date:
        shown["PeriodLockDate"] = day_stamp(ledger.lock_date)
    return shown


def tracking_categories(org: str) -> list[dict[str, Any]]:
    return [
        {
            "Name": name,
            "Status": "ACTIVE",
            "TrackingCategoryID": key(org, "tracking", name),
            "Options": [
                {
                    "TrackingOptionID": key(org, "tracking", name, option),
                    "Name": option,
                    "Status": "ACTIVE",
                }
                for option in options
            ],
        }
        for name, options in TRACKING.items()
    ]


def line_item(org: str, line: Line, *, sale: bool) -> dict[str, Any]:
    direction = "OUTPUT" if sale else "INPUT"
    shown: dict[str, Any] = {
        "LineItemID": line.id,
        "Description": line.description,
        "Quantity": literal("1.0000"),
        "UnitAmount": number(line.net),
        "TaxType": tax_type(org, direction) if line.tax else "NONE",
        "TaxAmount": number(line.tax),
        "LineAmount": number(line.net),
        "AccountCode": line.account,
        "AccountID": account_id(org, line.account),
        "Tracking": [],
    }
    if line.item:
        shown["ItemCode"] = line.item
        shown["Item"] = {"ItemID": key(org, "item", line.item), "Code": line.item}
    return shown


def contact(each: Contact) -> dict[str, Any]:
    """A contact as a document shows it."""
    return {
        "ContactID": each.id,
        "Name": each.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


@dataclass(frozen=True, slots=True)
class Related:
    """Who is who, and which documents stand in each other: credit notes with the invoices that
    they are allocated to, orders with their bills.
    """

    contacts: dict[str, Contact]
    documents: dict[str, Document]
    credits: dict[str, list[Document]] = field(default_factory=dict)
    billed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, contacts: dict[str, Contact], documents: Iterable[Document]) -> Related:
        all_ = {each.id: each for each in documents}
        allocated: dict[str, list[Document]] = {}
        for each in all_.values():
            if each.credits and each.status != "voided":
                allocated.setdefault(each.credits, []).append(each)
        billed = frozenset(
            each.order for each in all_.values() if each.order and each.status != "voided"
        )
        return cls(contacts, all_, allocated, billed)


def document(org: str, each: Document, related: Related, *, lines: bool = True) -> dict[str, Any]:
    """An invoice, bill or credit note.

    Our reading: a voided document keeps its lines and totals and owes nothing; a credit note that
    is allocated whole is PAID. An unpaged list leaves LineItems empty.
    """
    contacts = related.contacts
    total = each.total
    paid = total if each.status == "paid" else 0
    credited = sum(note.total for note in related.credits.get(each.id, ()))
    due = 0 if each.status in {"paid", "voided"} else total - credited
    shown: dict[str, Any] = {
        "Contact": contact(contacts[each.contact]),
        "DateString": iso(each.date),
        "Date": day_stamp(each.date),
        "DueDateString": iso(each.due),
        "DueDate": day_stamp(each.due),
        "Status": STATUSES[each.status],
        "LineAmountTypes": "Exclusive" if any(line.tax for line in each.lines) else "NoTax",
        "LineItems": [line_item(org, line, sale=each.kind != "bill") for line in each.lines]
        if lines
        else [],
        "SubTotal": number(each.net),
        "TotalTax": number(total - each.net),
        "Total": number(total),
        "UpdatedDateUTC": moment_stamp(each.modified),
        "CurrencyCode": each.currency,
        "CurrencyRate": literal(each.rate or "1.000000"),
        "HasAttachments": False,
        "HasErrors": False,
    }
    if each.kind == "credit_note":
        return shown | {
            "Type": "ACCRECCREDIT",
            "CreditNoteID": each.id,
            "CreditNoteNumber": each.number,
            "Reference": each.reference or "",
            **_allocated(org, each, related, due),
        }
    shown |= {
        "Type": "ACCPAY" if each.kind == "bill" else "ACCREC",
        "InvoiceID": each.id,
        "InvoiceNumber": each.number,
        "AmountDue": number(due),
        "AmountPaid": number(paid),
        "AmountCredited": number(credited),
        "IsDiscounted": False,
        "Payments": [],
        "CreditNotes": [_applied(note) for note in related.credits.get(each.id, ())],
        "Prepayments": [],
        "Overpayments": [],
    }
    if each.kind == "invoice":
        shown["Reference"] = each.reference or ""
    if each.paid_on:
        shown["FullyPaidOnDate"] = day_stamp(each.paid_on)
        shown["Payments"] = [
            {
                "PaymentID": payment_id(org, each),
                "Date": day_stamp(each.paid_on),
                "Amount": number(paid),
                "HasAccount": False,
                "HasValidationErrors": False,
            }
        ]
    return shown


def _applied(note: Document) -> dict[str, Any]:
    """A credit note as the invoice that it is allocated to shows it."""
    return {
        "CreditNoteID": note.id,
        "CreditNoteNumber": note.number,
        "Date": day_stamp(note.date),
        "Total": number(note.total),
        "AppliedAmount": number(note.total),
    }


def _allocated(org: str, each: Document, related: Related, due: int) -> dict[str, Any]:
    """What of a credit note is allocated, and to which invoice."""
    invoice = related.documents.get(each.credits or "")
    if invoice is None or each.status == "voided":
        return {"RemainingCredit": number(due), "Allocations": []}
    return {
        "Status": "PAID",
        "FullyPaidOnDate": day_stamp(each.date),
        "RemainingCredit": number(0),
        "AppliedAmount": number(each.total),
        "Allocations": [
            {
                "AllocationID": key(org, "allocation", each.id),
                "Amount": number(each.total),
                "Date": day_stamp(each.date),
                "Invoice": {"InvoiceID": invoice.id, "InvoiceNumber": invoice.number},
                "IsDeleted": False,
            }
        ],
    }


def purchase_order(org: str, each: Document, related: Related) -> dict[str, Any]:
    """A purchase order. Our reading: one that was copied to a bill is BILLED."""
    total = each.total
    status = "BILLED" if each.id in related.billed else "AUTHORISED"
    return {
        "PurchaseOrderID": each.id,
        "PurchaseOrderNumber": each.number,
        "Type": "PURCHASEORDER",
        "Contact": contact(related.contacts[each.contact]),
        "DateString": iso(each.date),
        "Date": day_stamp(each.date),
        "Status": "DELETED" if each.status == "voided" else status,
        "Reference": each.reference or "",
        "LineAmountTypes": "Exclusive" if any(line.tax for line in each.lines) else "NoTax",
        "LineItems": [line_item(org, line, sale=False) for line in each.lines],
        "SubTotal": number(each.net),
        "TotalTax": number(total - each.net),
        "Total": number(total),
        "UpdatedDateUTC": moment_stamp(each.modified),
        "CurrencyCode": each.currency,
        "CurrencyRate": literal(each.rate or "1.000000"),
        "HasAttachments": False,
        "HasErrors": False,
        "IsDiscounted": False,
    }


def payment_id(org: str, each: Document) -> str:
    return key(org, "payment", each.id)


def payment(org: str, each: Document) -> dict[str, Any]:
    """The payment of a document that was paid."""
    assert each.paid_on is not None
    return {
        "PaymentID": payment_id(org, each),
        "Date": day_stamp(each.paid_on),
        "Amount": number(each.total),
        "BankAmount": number(each.total),
        "CurrencyRate": literal(each.rate or "1.000000"),
        "PaymentType": "ACCPAYPAYMENT" if each.kind == "bill" else "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "IsReconciled": True,
        "HasAccount": False,
        "HasValidationErrors": False,
        "UpdatedDateUTC": moment_stamp(each.modified),
        "Invoice": {
            "InvoiceID": each.id,
            "InvoiceNumber": each.number,
            "Type": "ACCPAY" if each.kind == "bill" else "ACCREC",
            "CurrencyCode": each.currency,
        },
    }


def journal(org: str, each: Journal, *, lines: bool = True) -> dict[str, Any]:
    """A manual journal; an unpaged list leaves JournalLines empty."""
    shown: dict[str, Any] = {
        "Date": day_stamp(each.date),
        "Status": each.status.upper(),
        "LineAmountTypes": "NoTax",
        "UpdatedDateUTC": moment_stamp(each.modified),
        "ManualJournalID": each.id,
        "Narration": each.narration,
        "JournalLines": [],
        "ShowOnCashBasisReports": each.extra.get("ShowOnCashBasisReports", True),
        "HasAttachments": False,
    }
    for name in ("LineAmountTypes", "Url"):
        if name in each.extra:
            shown[name] = each.extra[name]
    if lines:
        shown["JournalLines"] = [
            {
                "Description": line.description or "",
                "TaxType": line.extra.get("TaxType", "NONE"),
                "TaxAmount": number(0),
                "LineAmount": number(line.amount),
                "AccountCode": line.account,
                "Tracking": line.extra.get("Tracking", []),
                "AccountID": account_id(org, line.account),
                "IsBlank": False,
            }
            for line in each.lines
        ]
    return shown
