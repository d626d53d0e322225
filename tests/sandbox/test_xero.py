"""xero-python, unmodified, against the Xero server."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import requests
from xero_python.accounting import LineAmountTypes, ManualJournal, ManualJournalLine, ManualJournals
from xero_python.exceptions import AccountingBadRequestException

from tests.sandbox.wiring import xero


def journals(narration, *lines, day=date(2026, 9, 30), status="POSTED", **more):
    return ManualJournals(
        manual_journals=[
            ManualJournal(
                narration=narration,
                date=day,
                status=status,
                line_amount_types=LineAmountTypes.NOTAX,
                journal_lines=[
                    ManualJournalLine(
                        line_amount=Decimal(amount), account_code=code, description="Release"
                    )
                    for code, amount in lines
                ],
                **more,
            )
        ]
    )


def release(narration, **more):
    return journals(narration, ("850", "1000.01"), ("200", "-1000.01"), **more)


def refused(uk, body, **more):
    api, tenant = uk
    with pytest.raises(AccountingBadRequestException) as error:
        api.create_manual_journals(tenant, body, **more)
    (element,) = json.loads(error.value.http_resp.data)["Elements"]
    return " ".join(each["Message"] for each in element["ValidationErrors"])


def test_paged_invoices_are_all_there_with_their_lines_and_unpaged_ones_have_none(sandbox, uk):
    api, tenant = uk
    seen, page = [], 1
    while True:
        answer = api.get_invoices(tenant, page=page, page_size=40)
        seen += answer.invoices
        if page >= answer.pagination.page_count:
            break
        page += 1
    assert len({each.invoice_id for each in seen}) == len(seen) == answer.pagination.item_count
    assert all(each.line_items for each in seen)
    assert isinstance(seen[0].line_items[0].line_amount, Decimal)
    assert not any(each.line_items for each in api.get_invoices(tenant).invoices)
    known = sandbox.get("/documents", entity="uk")
    assert len(seen) == sum(each["kind"] in {"invoice", "bill"} for each in known)


def test_credit_notes_tell_what_they_are_allocated_to_and_invoices_what_is_left(sandbox, uk):
    api, tenant = uk
    notes = {
        each.credit_note_id: each for each in api.get_credit_notes(tenant, page=1).credit_notes
    }
    known = sandbox.get("/documents", entity="uk", kind="credit_note")
    assert {key: [e.invoice.invoice_id for e in n.allocations] for key, n in notes.items()} == {
        each["id"]: [each["credits"]] if each["credits"] else [] for each in known
    }
    alone = sandbox.get("/documents", entity="uk", case="cancellation")[0]["id"]
    assert {key for key, note in notes.items() if note.remaining_credit} == {alone}
    (rebilled, _again) = sandbox.get("/documents", entity="uk", case="credit-billing")[::2]
    (invoice,) = api.get_invoice(tenant, rebilled["id"]).invoices
    assert (invoice.amount_due, invoice.amount_credited) == (0, invoice.total)
    assert [each.credit_note_number for each in invoice.credit_notes] == ["CN-0003"]


def test_purchase_orders_are_billed_once_a_bill_names_them(sandbox, uk):
    api, tenant = uk
    orders = api.get_purchase_orders(tenant, page=1, page_size=1000).purchase_orders
    assert {each.purchase_order_number: each.status for each in orders} == {
        each["number"]: "AUTHORISED"
        if each["case"] == "hosting-unbilled" or each["date"] == "2026-10-01"
        else "BILLED"
        for each in sandbox.get("/documents", entity="uk", kind="order")
    }
    since = datetime(2026, 10, 1, tzinfo=UTC)
    (latest,) = api.get_purchase_orders(tenant, if_modified_since=since).purchase_orders
    bills = sandbox.get("/documents", entity="uk", case="hosting-arrears")
    assert bills[-1]["lines"][0]["description"].endswith("(PO-0020)")
    assert latest.purchase_order_number == "PO-0021"


def test_payments_name_what_they_pay(sandbox, uk):
    api, tenant = uk
    found = api.get_payments(tenant, page=1, page_size=1000).payments
    paid = {each.invoice.invoice_id: each for each in found}
    assert len(paid) == len(found) > 50
    known = {e["id"]: e for e in sandbox.get("/documents", entity="uk") if e["status"] == "paid"}
    assert paid.keys() == known.keys()
    assert {each.payment_type for each in found} == {"ACCRECPAYMENT", "ACCPAYPAYMENT"}


def test_an_invoice_names_its_opportunity_in_the_reference(sandbox, uk):
    api, tenant = uk
    (known,) = sandbox.get("/documents", entity="uk", case="annual-contract")
    (invoice,) = api.get_invoice(tenant, known["id"]).invoices
    assert invoice.reference == known["opportunity"]
    assert len(invoice.reference) == 18
    assert invoice.sub_total == Decimal("12000.00")
    assert invoice.total == Decimal("14400.00")


def test_filters_by_status_where_order_and_time_of_change(uk):
    api, tenant = uk
    voided = api.get_invoices(tenant, page=1, statuses=["VOIDED"]).invoices
    assert [each.status for each in voided] == ["VOIDED"] * len(voided) != []
    late = api.get_invoices(
        tenant,
        page=1,
        page_size=1000,
        where='Type=="ACCREC" AND Date>=DateTime(2026,10,01)',
        order="Date DESC",
    ).invoices
    assert {each.type for each in late} == {"ACCREC"}
    assert all(each._date >= date(2026, 10, 1) for each in late)
    since = datetime(2026, 9, 1, tzinfo=UTC)
    changed = api.get_invoices(tenant, page=1, page_size=1000, if_modified_since=since).invoices
    assert changed
    assert all(each.updated_date_utc >= since for each in changed)


def test_if_modified_since_is_read_in_the_rfc_1123_form_too(sandbox, uk):
    api, tenant = uk
    token = api.api_client.configuration.oauth2_token.access_token
    rows = requests.get(
        sandbox.urls["xero"] + "/api.xro/2.0/Invoices?page=1&pageSize=1000",
        headers={
            "Authorization": f"Bearer {token}",
            "If-Modified-Since": "Tue, 01 Sep 2026 00:00:00 GMT",
        },
        timeout=5,
    ).json()["Invoices"]
    since = datetime(2026, 9, 1, tzinfo=UTC)
    same = api.get_invoices(tenant, page=1, page_size=1000, if_modified_since=since).invoices
    assert len(rows) == len(same)


def test_a_posted_journal_is_found_by_its_narration_and_moves_the_trial_balance(sandbox, uk):
    api, tenant = uk

    def deferred():
        report = api.get_report_trial_balance(tenant, date="2026-09-30").reports[0]
        for section in report.rows:
            for row in section.rows or []:
                if row.cells[0].value == "Deferred revenue (850)":
                    return Decimal(row.cells[4].value or "0") - Decimal(row.cells[3].value or "0")
        return Decimal(0)

    before = deferred()
    made = api.create_manual_journals(
        tenant, release("T2609-0001-aaaaaaaa Release"), idempotency_key="k-1"
    ).manual_journals[0]
    assert deferred() == before - Decimal("1000.01")
    found = api.get_manual_journals(
        tenant, page=1, where='Narration=="T2609-0001-aaaaaaaa Release"'
    ).manual_journals
    assert [each.manual_journal_id for each in found] == [made.manual_journal_id]
    assert [line.line_amount for line in found[0].journal_lines] == [
        Decimal("1000.01"),
        Decimal("-1000.01"),
    ]
    (seen,) = sandbox.get("/journals", entity="uk", reference="T2609-0001-aaaaaaaa")
    assert seen["date"] == "2026-09-30"
    assert [(line["account"], line["debit"], line["credit"]) for line in seen["lines"]] == [
        ("850", "1000.01", "0.00"),
        ("200", "0.00", "1000.01"),
    ]


def test_the_same_key_gives_the_same_journal_and_another_body_under_it_is_refused(sandbox, uk):
    api, tenant = uk
    body = release("T2609-0002-bbbbbbbb Release")
    first = api.create_manual_journals(tenant, body, idempotency_key="k-2").manual_journals[0]
    again = api.create_manual_journals(tenant, body, idempotency_key="k-2").manual_journals[0]
    assert first.manual_journal_id == again.manual_journal_id
    assert len(sandbox.get("/journals", entity="uk", reference="T2609-0002")) == 1
    with pytest.raises(AccountingBadRequestException) as error:
        api.create_manual_journals(tenant, release("another"), idempotency_key="k-2")
    assert "Idempotency Key: k-2 is used with a different request." in str(
        error.value.http_resp.data
    )


def test_an_error_answer_is_kept_under_its_key(sandbox, uk):
    body = release("T2609-0003-cccccccc Release")
    sandbox.post("/lock-date", entity="uk", date="2026-09-30")
    assert "currently set at 30-Sep-2026" in refused(uk, body, idempotency_key="k-3")
    sandbox.post("/lock-date", entity="uk", date=None)
    assert "currently set at 30-Sep-2026" in refused(uk, body, idempotency_key="k-3")
    api, tenant = uk
    assert api.create_manual_journals(tenant, body, idempotency_key="k-3b").manual_journals


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            (("850", "100.00"), ("200", "-10.00")),
            "The total debits (100.00) must equal total credits (-10.00)",
        ),
        ((("850", "100.00"),), "at least two journal lines"),
        (
            (("610", "1.00"), ("200", "-1.00")),
            "Account code '610' is not a valid code for this document.",
        ),
        (
            (("090", "1.00"), ("200", "-1.00")),
            "Account code '090' is not a valid code for this document.",
        ),
        (
            (("999", "1.00"), ("200", "-1.00")),
            "Account code '999' is not a valid code for this document.",
        ),
    ],
)
def test_a_journal_that_breaks_a_rule_is_refused_in_xeros_words(uk, lines, words):
    assert words in refused(uk, journals("refused", *lines))


def test_an_archived_account_is_refused_until_it_is_brought_back(sandbox, uk):
    sandbox.post("/accounts", entity="uk", account="630", archived=True)
    body = journals("archived", ("630", "5.00"), ("200", "-5.00"))
    assert "Account code '630' has been archived" in refused(uk, body)
    sandbox.post("/accounts", entity="uk", account="630", archived=False)
    api, tenant = uk
    assert api.create_manual_journals(tenant, body).manual_journals


def test_the_lock_date_shows_on_the_organisation_and_lets_drafts_pass(sandbox, uk):
    api, tenant = uk
    assert api.get_organisations(tenant).organisations[0].period_lock_date is None
    sandbox.post("/lock-date", entity="uk", date="2026-09-30")
    assert api.get_organisations(tenant).organisations[0].period_lock_date == date(2026, 9, 30)
    assert "period lock date" in refused(uk, release("locked"))
    draft = api.create_manual_journals(tenant, release("draft", status="DRAFT")).manual_journals[0]
    assert draft.status == "DRAFT"
    october = release("open", day=date(2026, 10, 1))
    assert api.create_manual_journals(tenant, october).manual_journals[0].status == "POSTED"


def test_without_summarised_errors_each_journal_answers_for_itself(sandbox, uk):
    api, tenant = uk
    both = release("good one")
    both.manual_journals += journals("bad", ("850", "1"), ("200", "-2")).manual_journals
    made = api.create_manual_journals(tenant, both, summarize_errors=False).manual_journals
    assert [each.status_attribute_string for each in made] == ["OK", "ERROR"]
    assert len(sandbox.get("/journals", entity="uk", reference="good one")) == 1


def test_the_two_organisations_do_not_see_each_other(sandbox, uk):
    german, tenant = xero(sandbox, "xero-de")
    assert german.get_organisations(tenant).organisations[0].base_currency.value == "EUR"
    _, other = uk
    with pytest.raises(Exception, match="403"):
        german.get_organisations(other)


def test_a_person_voids_an_invoice_and_the_next_sync_sees_it(sandbox, uk):
    api, tenant = uk
    (known,) = sandbox.get("/documents", entity="uk", case="void-later")
    since = datetime.now(tz=UTC)
    before = Decimal(sandbox.get("/positions", entity="uk", date="2026-08-31")["deferred"])
    sandbox.post("/documents/void", entity="uk", id=known["id"])
    changed = api.get_invoices(
        tenant, page=1, if_modified_since=since.replace(microsecond=0)
    ).invoices
    assert [(each.invoice_id, each.status) for each in changed] == [(known["id"], "VOIDED")]
    after = Decimal(sandbox.get("/positions", entity="uk", date="2026-08-31")["deferred"])
    assert before - after == Decimal("6588.49")


def test_an_edit_behind_our_back_shows_when_the_journal_is_read_again(sandbox, uk):
    api, tenant = uk
    made = api.create_manual_journals(tenant, release("T2609-0020-edited")).manual_journals[0]
    sandbox.post("/journals/edit", entity="uk", id=made.manual_journal_id, line=1, amount="999.99")
    (seen,) = api.get_manual_journal(tenant, made.manual_journal_id).manual_journals
    assert [line.line_amount for line in seen.journal_lines] == [
        Decimal("1000.01"),
        Decimal("-999.99"),
    ]
    assert seen.updated_date_utc > made.updated_date_utc


def test_a_posted_journal_may_be_changed_by_post_but_not_in_a_locked_period(sandbox, uk):
    api, tenant = uk
    made = api.create_manual_journals(tenant, release("T2609-0021-first")).manual_journals[0]
    change = release("T2609-0021-second", manual_journal_id=made.manual_journal_id)
    api.update_or_create_manual_journals(tenant, change)
    assert [
        each["id"] for each in sandbox.get("/journals", entity="uk", reference="T2609-0021")
    ] == [made.manual_journal_id]
    sandbox.post("/lock-date", entity="uk", date="2026-09-30")
    with pytest.raises(AccountingBadRequestException):
        api.update_or_create_manual_journals(tenant, change)
