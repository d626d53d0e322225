"""What documents say of each other: credits, orders and their bills, payments. Payloads alone."""

from decimal import Decimal
from typing import Any

import pytest

from accounting.documents import Document, DocumentKind
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.quickbooks.normalise import source_documents, source_payments
from connectors.xero.normalise import source_document, source_payment
from connectors.xero.orders import expenses_of, with_orders

STAMP = "/Date(1788220800000+0000)/"


def xero(plural: str, type_: str, **fields: Any) -> dict[str, Any]:
    prefix = "CreditNote" if plural == "CreditNotes" else "Invoice"
    return {
        "Type": type_,
        f"{prefix}ID": "the-id",
        f"{prefix}Number": "N-1",
        "Contact": {"Name": "Host"},
        "Date": STAMP,
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": "GBP",
        "UpdatedDateUTC": STAMP,
        "LineItems": [xero_line()],
        **fields,
    }


def xero_line(
    amount: str = "100.00", account: str = "460", text: str = "Hosting"
) -> dict[str, Any]:
    return {
        "LineItemID": "line",
        "Description": text,
        "LineAmount": Decimal(amount),
        "AccountCode": account,
    }


def order(**fields: Any) -> dict[str, Any]:
    return {
        "PurchaseOrderID": "order",
        "PurchaseOrderNumber": "PO-7",
        "Contact": {"Name": "Host"},
        "Date": STAMP,
        "Status": "AUTHORISED",
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": "GBP",
        "UpdatedDateUTC": STAMP,
        "LineItems": [xero_line()],
        **fields,
    }


def allocated(invoice: str, *, deleted: bool = False) -> dict[str, Any]:
    return {"Invoice": {"InvoiceID": invoice}, "Amount": Decimal(1), "IsDeleted": deleted}


@pytest.mark.parametrize(
    ("allocations", "credited"),
    [
        ([], None),
        ([allocated("A")], "A"),
        ([allocated("A"), allocated("A")], "A"),
        ([allocated("B", deleted=True), allocated("A")], "A"),
        ([allocated("A"), allocated("B")], None),
    ],
)
def test_xeros_credit_note_credits_the_one_document_that_it_is_allocated_to(
    allocations: list[dict[str, Any]], credited: str | None
) -> None:
    for type_ in ("ACCRECCREDIT", "ACCPAYCREDIT"):
        payload = xero("CreditNotes", type_, Allocations=allocations)
        found = source_document("CreditNotes", payload, "GBP")
        assert found is not None
        assert found.document.credits == credited


def test_xeros_order_is_an_expense_for_each_account_once_it_is_approved() -> None:
    lines = [xero_line("10.00"), xero_line("5.50", text="Backup"), xero_line("3.00", "433")]
    found = [each.document for each in expenses_of(order(LineItems=lines), "GBP")]
    assert [(d.id, d.number, d.lines[0].amount.text(), d.lines[0].text) for d in found] == [
        ("order:460", "PO-7", "15.50", "Hosting; Backup"),
        ("order:433", "PO-7", "3.00", "Hosting"),
    ]
    assert {document.kind for document in found} == {DocumentKind.EXPENSE}
    assert {document.line_key(document.lines[0]) for document in found} == {
        "order:460",
        "order:433",
    }
    for status, told in (
        ("DRAFT", []),
        ("SUBMITTED", []),
        ("BILLED", [False]),
        ("DELETED", [True]),
    ):
        assert [e.document.voided for e in expenses_of(order(Status=status), "GBP")] == told


def test_xeros_order_that_cannot_be_read_is_refused_by_its_number() -> None:
    for missing in ("PurchaseOrderID", "LineItems", "UpdatedDateUTC"):
        payload = {key: value for key, value in order().items() if key != missing}
        with pytest.raises(PayloadError, match="purchase order PO-7"):
            list(expenses_of(payload, "GBP"))


@pytest.mark.parametrize(
    ("number", "text", "expense"),
    [
        ("PO-7", "Hosting", "order:460"),
        ("N-1", "Hosting (PO-7)", "order:460"),
        ("N-1", "Hosting for PO-7, July.", "order:460"),
        ("N-1", "Hosting (PO-70)", None),
        ("N-1", "Hosting", None),
    ],
)
def test_xeros_bill_names_its_order_by_number(number: str, text: str, expense: str | None) -> None:
    payload = xero("Invoices", "ACCPAY", InvoiceNumber=number, LineItems=[xero_line(text=text)])
    bill = source_document("Invoices", payload, "GBP")
    assert bill is not None
    assert with_orders(bill, {"PO-7": "order"}).document.lines[0].expense == expense


@pytest.mark.parametrize(
    ("what", "sign"),
    [("Invoice", 1), ("CreditNote", -1), ("Overpayment", -1), ("Prepayment", -1)],
)
def test_xeros_payment_on_anything_but_an_invoice_is_a_refund(what: str, sign: int) -> None:
    payload = {
        "PaymentID": "P",
        "Date": STAMP,
        "Amount": Decimal("12.00"),
        "UpdatedDateUTC": STAMP,
        "Status": "AUTHORISED",
        what: {f"{what}ID": "paid", "CurrencyCode": "USD"},
    }
    found = source_payment(payload, "GBP")
    assert found is not None
    assert (found.payment.against, found.payment.amount) == ("paid", Money(sign * 12_00, "USD"))
    assert not found.deleted
    gone = source_payment({**payload, "Status": "DELETED"}, "GBP")
    assert gone is not None
    assert gone.deleted
    assert source_payment({k: v for k, v in payload.items() if k != what}, "GBP") is None
    with pytest.raises(PayloadError, match="payment P"):
        source_payment({k: v for k, v in payload.items() if k != "Amount"}, "GBP")


ITEMS = {"11": {"Name": "HOST", "ExpenseAccountRef": {"value": "58"}}}


def quickbooks(**fields: Any) -> dict[str, Any]:
    return {
        "Id": "5",
        "DocNumber": "D-5",
        "TxnDate": "2026-09-01",
        "MetaData": {"LastUpdatedTime": "2026-09-01T08:00:00-07:00"},
        "CustomerRef": {"value": "1", "name": "Customer"},
        "VendorRef": {"value": "2", "name": "Host"},
        "TotalAmt": Decimal("100.00"),
        "Line": [cost_line()],
        **fields,
    }


def cost_line(account: str = "58", **fields: Any) -> dict[str, Any]:
    return {
        "Id": "1",
        "Amount": Decimal("100.00"),
        "Description": "Hosting",
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
        **fields,
    }


def linked(kind: str, *ids: str) -> list[dict[str, str]]:
    return [{"TxnId": each, "TxnType": kind} for each in ids]


def one(kind: DocumentKind, payload: dict[str, Any]) -> Document:
    (found,) = source_documents(kind, payload, "USD", ITEMS)
    return found.document


@pytest.mark.parametrize(
    ("fields", "credited"),
    [
        ({}, None),
        ({"LinkedTxn": linked("Invoice", "9")}, "9"),
        ({"LinkedTxn": linked("Payment", "9")}, None),
        ({"LinkedTxn": linked("Invoice", "9", "10")}, None),
        ({"InvoiceRef": {"value": "9"}}, "9"),
    ],
)
def test_quickbooks_credit_memo_credits_the_one_invoice_that_it_is_linked_to(
    fields: dict[str, Any], credited: str | None
) -> None:
    assert one(DocumentKind.CREDIT_NOTE, quickbooks(Line=[], **fields)).credits == credited


def test_quickbooks_vendor_credit_credits_a_bill_by_our_name_for_it() -> None:
    found = one(DocumentKind.BILL_CREDIT, quickbooks(LinkedTxn=linked("Bill", "9")))
    assert found.credits == "Bill-9"


def test_quickbooks_order_is_an_expense_for_each_account_and_its_bill_is_linked() -> None:
    by_item = {
        "Id": "2",
        "Amount": Decimal("7.00"),
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}},
    }
    payload = quickbooks(POStatus="Open", Line=[cost_line(), by_item, cost_line("57", Id="3")])
    found = list(source_documents(DocumentKind.EXPENSE, payload, "USD", ITEMS))
    assert [(e.document.id, e.document.lines[0].amount.text()) for e in found] == [
        ("PurchaseOrder-5:58", "107.00"),
        ("PurchaseOrder-5:57", "100.00"),
    ]
    order = linked("PurchaseOrder", "5")
    for fields in ({"LinkedTxn": order}, {"Line": [cost_line(LinkedTxn=order)]}):
        bill = one(DocumentKind.BILL, quickbooks(**fields))
        assert bill.lines[0].expense == "PurchaseOrder-5:58"
    assert one(DocumentKind.BILL, quickbooks()).lines[0].expense is None


def test_quickbooks_order_that_is_closed_without_a_bill_was_given_up() -> None:
    for fields, given_up in (
        ({"POStatus": "Open"}, False),
        ({"POStatus": "Closed", "LinkedTxn": linked("Bill", "9")}, False),
        ({"POStatus": "Closed"}, True),
    ):
        assert one(DocumentKind.EXPENSE, quickbooks(**fields)).voided is given_up


def test_quickbooks_payment_is_told_for_each_invoice_that_it_pays() -> None:
    lines = [
        {"Amount": Decimal("60.00"), "LinkedTxn": linked("Invoice", "8")},
        {"Amount": Decimal("40.00"), "LinkedTxn": linked("Invoice", "9")},
        {"Amount": Decimal("1.00"), "LinkedTxn": linked("CreditMemo", "7")},
    ]
    found = [each.payment for each in source_payments(quickbooks(Line=lines), "USD")]
    assert [(p.id, p.against, p.amount.text()) for p in found] == [
        ("Payment-5/8", "8", "60.00"),
        ("Payment-5/9", "9", "40.00"),
    ]
    with pytest.raises(PayloadError, match="payment 5"):
        list(source_payments(quickbooks(TxnDate=None, Line=lines), "USD"))
