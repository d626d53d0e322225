"""Neutral records as QuickBooks' JSON (Intuit's Finance.xsd)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sandbox.books import Ledger
from sandbox.quickbooks.faults import PACIFIC
from sandbox.wire import literal, number
from sandbox.world.builder import stamp
from sandbox.world.charts import PRODUCTS, revenue_account
from sandbox.world.reckoning import functional
from sandbox.world.records import Account, Contact, Document, Journal

Row = dict[str, Any]
ITEM_IDS = {code: str(place) for place, code in enumerate(PRODUCTS, start=11)}
CLASSES = {"1": "Platform", "2": "Services"}
DEPARTMENTS = {"1": "East", "2": "West"}
CLASSIFICATIONS = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Accounts Payable": "Liability",
    "Other Current Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Expense": "Expense",
}
NAMES = {"CAD": "Canadian Dollar"}
DOLLARS = {"value": "USD", "name": "United States Dollar"}
BEGINNING = stamp(date(2025, 2, 28), 0)


def moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).astimezone(PACIFIC).isoformat()


def meta(modified: int, created: int | None = None) -> Row:
    return {
        "CreateTime": moment(min(created or modified, modified)),
        "LastUpdatedTime": moment(modified),
    }


def frame(key: str, modified: int, *, sync: int = 0, created: int | None = None) -> Row:
    """What every entity begins with."""
    return {
        "domain": "QBO",
        "sparse": False,
        "Id": key,
        "SyncToken": str(sync),
        "MetaData": meta(modified, created),
    }


def account(each: Account, balance: int) -> Row:
    """An account; deactivated it is named "(deleted)"."""
    class_ = CLASSIFICATIONS[each.type]
    sign = 1 if class_ in {"Asset", "Expense"} else -1
    name = each.name if each.active else f"{each.name} (deleted)"
    return frame(each.code, each.modified) | {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": each.active,
        "Classification": class_,
        "AccountType": each.type,
        "AcctNum": each.number,
        "CurrentBalance": number(balance * sign if each.active else 0),
        "CurrentBalanceWithSubAccounts": number(balance * sign if each.active else 0),
        "CurrencyRef": DOLLARS,
    }


def items(ledger: Ledger) -> list[Row]:
    names = {each.code: each.name for each in ledger.accounts()}
    rows = []
    for code, product in PRODUCTS.items():
        income = revenue_account(ledger.entity, code)
        rows.append(
            frame(ITEM_IDS[code], BEGINNING)
            | {
                "Name": code,
                "Sku": code,
                "Description": product.name,
                "Active": True,
                "FullyQualifiedName": code,
                "Taxable": False,
                "UnitPrice": number(0),
                "Type": "Service",
                "IncomeAccountRef": {"value": income, "name": names[income]},
                "TrackQtyOnHand": False,
            }
        )
    return rows


def named(rows: dict[str, str]) -> list[Row]:
    """Classes or departments."""
    return [
        frame(key, BEGINNING)
        | {"Name": name, "SubClass": False, "FullyQualifiedName": name, "Active": True}
        for key, name in rows.items()
    ]


def contact(each: Contact) -> Row:
    return frame(each.id, each.modified) | {
        "DisplayName": each.name,
        "CompanyName": each.name,
        "FullyQualifiedName": each.name,
        "PrintOnCheckName": each.name,
        "Active": True,
        "Taxable": False,
        "CurrencyRef": DOLLARS,
    }


def currency(each: Document) -> Row:
    """The document's currency; in a foreign one the home units for one of its units, too."""
    if each.currency == "USD":
        return {"CurrencyRef": DOLLARS}
    assert each.exchange is not None
    return {
        "CurrencyRef": {"value": each.currency, "name": NAMES[each.currency]},
        "ExchangeRate": literal(each.exchange),
        "HomeTotalAmt": number(0 if each.status == "voided" else functional(each.net, each)),
    }


def linked(key: str | None, kind: str) -> list[Row]:
    """LinkedTxn. Our reading: a credit memo names the invoice that it was applied to here, and
    where there is no such entry it stands alone.
    """
    return [{"TxnId": key, "TxnType": kind}] if key else []


def sale(each: Document, contacts: dict[str, Contact], credited: int = 0) -> Row:
    """An Invoice or CreditMemo; a voided one is all zeros with a note that says so. `credited` is
    what credit memos took off what is still to be paid.
    """
    voided = each.status == "voided"
    lines: list[Row] = []
    for place, line in enumerate(each.lines, start=1):
        amount = 0 if voided else line.net
        detail: Row = {
            "UnitPrice": number(amount),
            "Qty": 1,
            "TaxCodeRef": {"value": "NON"},
        }
        if line.item:
            detail["ItemRef"] = {"value": ITEM_IDS[line.item], "name": line.item}
            detail["ItemAccountRef"] = {"value": line.account}
        if line.service_date:
            detail["ServiceDate"] = str(line.service_date)
        lines.append(
            {
                "Id": line.id,
                "LineNum": place,
                "Description": line.description,
                "Amount": number(amount),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": detail,
            }
        )
    total = 0 if voided else each.net
    lines.append(
        {"Amount": number(total), "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    )
    opportunity: Row = {"DefinitionId": "1", "Name": "Opportunity", "Type": "StringType"}
    if each.opportunity:
        opportunity["StringValue"] = each.opportunity
    shown = frame(each.id, each.modified, created=stamp(each.date, 0)) | {
        "CustomField": [opportunity],
        "DocNumber": each.number,
        "TxnDate": str(each.date),
        **currency(each),
        "LinkedTxn": linked(each.credits, "Invoice"),
        "Line": lines,
        "TxnTaxDetail": {"TotalTax": literal("0")},
        "CustomerRef": {"value": each.contact, "name": contacts[each.contact].name},
        "TotalAmt": number(total),
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NeedToPrint",
        "EmailStatus": "NotSet",
        "Balance": number(0 if each.status in {"paid", "voided"} else total - credited),
    }
    if voided:
        shown["PrivateNote"] = "Voided"
    if each.kind == "credit_note":
        return shown | {"RemainingCredit": number(0 if each.credits else total)}
    return shown | {"DueDate": str(each.due)}


def bill(ledger: Ledger, each: Document, contacts: dict[str, Contact]) -> Row:
    names = {account.code: account.name for account in ledger.accounts()}
    voided = each.status == "voided"
    total = 0 if voided else each.net
    shown = frame(each.id, each.modified, created=stamp(each.date, 0)) | {
        "DocNumber": each.number,
        "TxnDate": str(each.date),
        "DueDate": str(each.due),
        **currency(each),
        "LinkedTxn": linked(each.order, "PurchaseOrder"),
        "Line": _expense_lines(each, names),
        "VendorRef": {"value": each.contact, "name": contacts[each.contact].name},
        "APAccountRef": {"value": ledger.entity.chart.payable, "name": "Accounts Payable"},
        "TotalAmt": number(total),
        "Balance": number(0 if each.status in {"paid", "voided"} else total),
    }
    if voided:
        shown["PrivateNote"] = "Voided"
    return shown


def _expense_lines(each: Document, names: dict[str, str]) -> list[Row]:
    voided = each.status == "voided"
    return [
        {
            "Id": line.id,
            "LineNum": place,
            "Description": line.description,
            "Amount": number(0 if voided else line.net),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {
                "AccountRef": {"value": line.account, "name": names[line.account]},
                "BillableStatus": "NotBillable",
                "TaxCodeRef": {"value": "NON"},
            },
        }
        for place, line in enumerate(each.lines, start=1)
    ]


def purchase_order(
    ledger: Ledger, each: Document, contacts: dict[str, Contact], bill_id: str | None
) -> Row:
    """A PurchaseOrder, which posts nothing. Our reading: it is Closed once a bill is linked."""
    names = {account.code: account.name for account in ledger.accounts()}
    return frame(each.id, each.modified, created=stamp(each.date, 0)) | {
        "DocNumber": each.number,
        "TxnDate": str(each.date),
        **currency(each),
        "LinkedTxn": linked(bill_id, "Bill"),
        "Line": _expense_lines(each, names),
        "VendorRef": {"value": each.contact, "name": contacts[each.contact].name},
        "APAccountRef": {"value": ledger.entity.chart.payable, "name": "Accounts Payable"},
        "POStatus": "Closed" if bill_id or each.status == "voided" else "Open",
        "TotalAmt": number(each.net),
    }


def payment(each: Document, contacts: dict[str, Contact]) -> Row:
    """The Payment of an invoice that was paid."""
    return frame(f"9{each.id}", each.modified) | {
        "TxnDate": str(each.paid_on),
        **currency(each),
        "CustomerRef": {"value": each.contact, "name": contacts[each.contact].name},
        "TotalAmt": number(each.total),
        "UnappliedAmt": number(0),
        "ProcessPayment": False,
        "Line": [{"Amount": number(each.total), "LinkedTxn": linked(each.id, "Invoice")}],
    }


def journal(ledger: Ledger, each: Journal) -> Row:
    """A JournalEntry; line ids begin at "0"."""
    names = {account.code: account.name for account in ledger.accounts()}
    lines = []
    for place, line in enumerate(each.lines):
        detail = {
            "PostingType": "Debit" if line.amount >= 0 else "Credit",
            "AccountRef": {"value": line.account, "name": names.get(line.account, "")},
            **line.extra,
        }
        if "TaxAmount" in detail:
            detail["TaxAmount"] = literal(detail["TaxAmount"])
        shown: Row = {"Id": str(place), "Amount": number(abs(line.amount))}
        if line.description is not None:
            shown["Description"] = line.description
        lines.append(
            shown | {"DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
        )
    row = frame(each.id, each.modified, sync=each.sync) | {
        "Adjustment": bool(each.extra.get("Adjustment", False)),
        "TxnDate": str(each.date),
        "CurrencyRef": DOLLARS,
        "Line": lines,
        "TxnTaxDetail": {},
        "TotalAmt": number(0),
    }
    if each.number is not None:
        row["DocNumber"] = each.number
    if each.narration:
        row["PrivateNote"] = each.narration
    return row


def preferences(ledger: Ledger) -> Row:
    """BookCloseDate is there only while one is set."""
    accounting: Row = {
        "UseAccountNumbers": True,
        "TrackDepartments": True,
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": True,
        "FirstMonthOfFiscalYear": "January",
        "TaxYearMonth": "January",
        "CustomerTerminology": "Customers",
    }
    if ledger.lock_date:
        accounting["BookCloseDate"] = str(ledger.lock_date)
    return frame("1", BEGINNING) | {
        "AccountingInfoPrefs": accounting,
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True},
        "SalesFormsPrefs": {"AllowServiceDate": True, "CustomTxnNumbers": True},
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {"NameValue": []},
    }


def company(ledger: Ledger) -> Row:
    return frame("1", BEGINNING) | {
        "CompanyName": ledger.entity.name,
        "LegalName": ledger.entity.name,
        "Country": "US",
        "FiscalYearStartMonth": "January",
        "CompanyStartDate": "2025-02-28",
        "SupportedLanguages": "en",
        "DefaultTimeZone": ledger.entity.timezone,
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Advanced"}],
    }
