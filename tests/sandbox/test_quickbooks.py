"""python-quickbooks, unmodified, against the QuickBooks server."""

import json
from decimal import Decimal

import pytest
import requests
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import (
    Account,
    Bill,
    CompanyInfo,
    CreditMemo,
    Customer,
    Invoice,
    Item,
    JournalEntry,
    Payment,
    Preferences,
)
from quickbooks.objects.department import Department
from quickbooks.objects.purchaseorder import PurchaseOrder
from quickbooks.objects.trackingclass import Class
from quickbooks.objects.vendorcredit import VendorCredit


def entry(number, *lines, day="2026-09-30", **more):
    return json.dumps(
        {
            "TxnDate": day,
            "DocNumber": number,
            "PrivateNote": "Release",
            "Line": [
                {
                    "Amount": float(amount),
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": {
                        "PostingType": side,
                        "AccountRef": {"value": account},
                    },
                }
                for side, account, amount in lines
            ],
            **more,
        }
    )


def release(number, **more):
    return entry(number, ("Debit", "92", "1000.01"), ("Credit", "79", "1000.01"), **more)


def post(us, body, request_id=None):
    return us.create_object("JournalEntry", body, request_id=request_id)["JournalEntry"]


def refused(us, body):
    with pytest.raises(QuickbooksException) as error:
        post(us, body)
    return error.value.error_code, error.value.detail


def test_every_entity_is_read_in_pages_and_counted(sandbox, us):
    kinds = (
        (Invoice, "invoice"),
        (CreditMemo, "credit_note"),
        (Bill, "bill"),
        (PurchaseOrder, "order"),
    )
    for entity, kind in kinds:
        seen, start = [], 1
        while page := entity.where(
            "TxnDate >= '2025-01-01'", order_by="Id", start_position=start, max_results=7, qb=us
        ):
            seen += page
            start += len(page)
        known = sandbox.get("/documents", entity="us", kind=kind)
        assert len({each.Id for each in seen}) == len(seen) == len(known)
        assert entity.count(qb=us) == len(known)
    assert len(Account.all(qb=us)) == 14
    assert {each.Name for each in Item.all(qb=us)} == {
        "PLAT",
        "SUPP",
        "ONBD",
        "TRNG",
        "USGE",
        "MILE",
        "DAYS",
        "PROJ",
    }
    for entity in (Customer, Class, Department):
        assert entity.all(qb=us)
    assert VendorCredit.all(qb=us) == []
    assert CompanyInfo.get(1, qb=us).CompanyName == "Northwind Analytics Inc"


def test_an_invoice_carries_opportunity_item_and_service_date(sandbox, us):
    (known,) = sandbox.get("/documents", entity="us", case="annual-contract")
    invoice = Invoice.get(known["id"], qb=us)
    assert invoice.CustomField[0].Name == "Opportunity"
    assert invoice.CustomField[0].StringValue == known["opportunity"]
    assert invoice.TotalAmt == Decimal("24000.00")
    dated = sandbox.get("/documents", entity="us", case="service-date")[0]
    line = Invoice.get(dated["id"], qb=us).Line[0]
    assert line.SalesItemLineDetail.ItemRef.name == "SUPP"
    assert line.SalesItemLineDetail.ServiceDate == "2026-02-10"


def test_what_belongs_together_is_linked(sandbox, us):
    """A credit memo to its invoice, a bill and its purchase order to each other, a payment."""
    for known in sandbox.get("/documents", entity="us", kind="credit_note"):
        memo = CreditMemo.get(known["id"], qb=us)
        assert memo.RemainingCredit == 0
        assert memo.LinkedTxn == [{"TxnId": known["credits"], "TxnType": "Invoice"}]
    ordered = sandbox.get("/documents", entity="us", case="hosting-order")
    billed = sandbox.get("/documents", entity="us", case="hosting-arrears")
    assert {each["order"] for each in billed} == {each["id"] for each in ordered[:-1]}
    bill, order = (Bill.get(billed[0]["id"], qb=us), PurchaseOrder.get(ordered[0]["id"], qb=us))
    assert [(e.TxnId, e.TxnType) for e in bill.LinkedTxn] == [(order.Id, "PurchaseOrder")]
    assert [(e.TxnId, e.TxnType) for e in order.LinkedTxn] == [(bill.Id, "Bill")]
    assert (order.POStatus, PurchaseOrder.get(ordered[-1]["id"], qb=us).POStatus) == (
        "Closed",
        "Open",
    )
    payment = Payment.all(qb=us, max_results=1)[0]
    paid = Invoice.get(payment.Line[0].LinkedTxn[0].TxnId, qb=us)
    assert (paid.TotalAmt, paid.Balance) == (payment.TotalAmt, 0)


def test_a_foreign_invoice_says_what_one_of_its_units_is_at_home(sandbox, us):
    (known,) = sandbox.get("/documents", entity="us", case="foreign-currency")
    invoice = Invoice.get(known["id"], qb=us)
    assert (invoice.CurrencyRef.value, invoice.ExchangeRate) == ("CAD", Decimal("0.731250"))
    assert (invoice.TotalAmt, invoice.HomeTotalAmt) == (Decimal("20000.00"), Decimal("14625.00"))


def test_a_voided_invoice_is_all_zeros(sandbox, us):
    (known,) = sandbox.get("/documents", entity="us", case="voided")
    invoice = Invoice.get(known["id"], qb=us)
    assert (invoice.TotalAmt, invoice.PrivateNote) == (Decimal("0.00"), "Voided")


def test_a_journal_is_posted_once_per_requestid_and_found_by_number(sandbox, us):
    body = release("T2609-0001-aaaaaaaa")
    first = post(us, body, "r-1")
    again = post(us, body, "r-1")
    assert first == again
    found = JournalEntry.where("DocNumber = 'T2609-0001-aaaaaaaa'", qb=us)
    assert [each.Id for each in found] == [first["Id"]]
    assert [line.Amount for line in found[0].Line] == [Decimal("1000.01")] * 2
    (seen,) = sandbox.get("/journals", entity="us", reference="T2609-0001-aaaaaaaa")
    assert [(line["account"], line["debit"], line["credit"]) for line in seen["lines"]] == [
        ("92", "1000.01", "0.00"),
        ("79", "0.00", "1000.01"),
    ]


def test_a_duplicate_number_names_the_first_entry(us):
    first = post(us, release("T2609-0002-bbbbbbbb"))
    code, detail = refused(us, release("T2609-0002-bbbbbbbb"))
    assert code == 6140
    assert f"TxnId={first['Id']}" in detail


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (entry("a", ("Debit", "92", "2"), ("Credit", "79", "1")), 6000, "not equal"),
        (entry("b" * 22, ("Debit", "92", "1"), ("Credit", "79", "1")), 6000, "at most 21"),
        (entry("c", ("Debit", "84", "1"), ("Credit", "79", "1")), 6000, "choose a customer"),
        (entry("d", ("Debit", "79", "1"), ("Credit", "33", "1")), 6000, "choose a vendor"),
        (entry("e", ("Debit", "999", "1"), ("Credit", "79", "1")), 2500, "999"),
        (entry("f"), 2020, "Line"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused_with_the_vendors_code(us, body, code, words):
    found, detail = refused(us, body)
    assert found == code
    assert words in detail


def test_the_closing_date_is_inclusive_and_shows_in_the_preferences(sandbox, us):
    assert not Preferences.get(qb=us).AccountingInfoPrefs.BookCloseDate
    sandbox.post("/lock-date", entity="us", date="2026-09-30")
    assert Preferences.get(qb=us).AccountingInfoPrefs.BookCloseDate == "2026-09-30"
    code, detail = refused(us, release("T2609-0003-cccccccc"))
    assert code == 6210
    assert "through through" in detail
    assert post(us, release("T2610-0001-cccccccc", day="2026-10-01"))["Id"]


def test_an_inactive_account_is_refused_and_hidden_from_the_list(sandbox, us):
    sandbox.post("/accounts", entity="us", account="87", archived=True)
    body = entry("T2609-0004-dddddddd", ("Debit", "87", "1"), ("Credit", "79", "1"))
    assert refused(us, body)[0] == 610
    assert "87" not in {each.Id for each in Account.all(qb=us)}
    assert "87" in {each.Id for each in Account.where("Active IN (true, false)", qb=us)}
    sandbox.post("/accounts", entity="us", account="87", archived=False)
    assert post(us, body)["Id"]


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", 4001),
        ("SELECT * FROM Invoice STARTPOSITION 0", 4001),
        ("SELECT * FROM Invoice WHERE Id = '1' OR Id = '2'", 4000),
    ],
)
def test_a_query_that_the_language_lacks_is_refused(us, sentence, code):
    with pytest.raises(QuickbooksException) as error:
        us.query(sentence)
    assert error.value.error_code == code


def test_a_query_may_come_by_get_and_may_find_nothing(sandbox, us):
    answer = requests.get(
        f"{sandbox.urls['quickbooks']}/v3/company/{us.company_id}/query",
        params={"query": "select * from Invoice where DocNumber = 'none'"},
        headers={"Authorization": f"Bearer {us.auth_client.access_token}"},
        timeout=5,
    )
    assert answer.json()["QueryResponse"] == {}
    assert answer.headers["intuit_tid"]


def test_the_trial_balance_balances_at_the_adoption_date(us):
    report = us.get_report("TrialBalance", {"start_date": "2026-01-01", "end_date": "2026-08-31"})
    *rows, total = report["Rows"]["Row"]
    debits = sum(Decimal(row["ColData"][1]["value"] or "0") for row in rows)
    credits_ = sum(Decimal(row["ColData"][2]["value"] or "0") for row in rows)
    assert debits == credits_ == Decimal(total["Summary"]["ColData"][1]["value"])


def test_refresh_tokens_rotate_and_the_one_before_still_gives_the_newest(sandbox):
    known = sandbox.connections["quickbooks-us"]

    def refresh(token):
        return requests.post(
            sandbox.urls["quickbooks"] + "/oauth2/v1/tokens/bearer",
            data={"grant_type": "refresh_token", "refresh_token": token},
            auth=(known["client_id"], known["client_secret"]),
            timeout=5,
        )

    newest = refresh(known["refresh_token"]).json()["refresh_token"]
    rotated = refresh(newest).json()["refresh_token"]
    assert rotated != newest
    assert refresh(newest).json()["refresh_token"] == rotated
    dead = refresh("never-issued")
    assert (dead.status_code, dead.json()) == (400, {"error": "invalid_grant"})
