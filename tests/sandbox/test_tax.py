"""The tax reports: reckoned from documents and journals, moved by a journal's line that is taxed."""

from datetime import date
from decimal import Decimal

import pytest
from xero_python.accounting import LineAmountTypes, ManualJournal, ManualJournalLine, ManualJournals
from xero_python.exceptions import AccountingBadRequestException

from tests.sandbox.tax import quickbooks_summary, xero_returns
from tests.sandbox.test_quickbooks import entry, post

SEPTEMBER, DAYS = "30 September 2026", ("2026-09-01", "2026-09-30")


def taxed(amount_types, tax_type=None):
    lines = [
        ManualJournalLine(line_amount=Decimal(amount), account_code=code, tax_type=tax_type)
        for code, amount in (("850", "100.00"), ("200", "-100.00"))
    ]
    return ManualJournals(
        manual_journals=[
            ManualJournal(
                narration="By hand",
                date=date(2026, 9, 30),
                status="POSTED",
                line_amount_types=amount_types,
                journal_lines=lines,
            )
        ]
    )


def moved(before, after):
    """What a report shows more than before, by type: net and tax."""
    nothing = ("0.00", "0.00")
    return {
        type_: tuple(
            str(Decimal(now) - Decimal(then))
            for now, then in zip(after[type_], before.get(type_, nothing), strict=True)
        )
        for type_ in after
        if after[type_] != before.get(type_, nothing)
    }


def test_a_return_holds_what_the_months_documents_say(sandbox, uk):
    found = xero_returns(*uk)
    assert [*found][:2] == ["31 October 2026", SEPTEMBER]
    documents = [
        each
        for each in sandbox.get("/documents", entity="uk", kind="invoice")
        if DAYS[0] <= each["date"] <= DAYS[1] and each["status"] != "voided"
    ]
    net, tax = map(Decimal, found[SEPTEMBER]["OUTPUT2"])
    assert 0 < net < sum(Decimal(each["net"]) for each in documents)  # recharges are not taxed
    assert tax == round(net * 20 / 100, 2)
    assert Decimal(found[SEPTEMBER]["INPUT2"][1]) < 0


@pytest.mark.parametrize(
    ("tax_type", "shows"),
    [
        ("NONE", {}),
        (None, {"OUTPUT2": ("100.00", "20.00")}),  # the revenue account's own
        ("ZERORATEDOUTPUT", {"ZERORATEDOUTPUT": ("0.00", "0.00")}),  # both lines: nothing in sum
    ],
)
def test_a_journal_whose_amounts_are_taxed_moves_the_return_by_its_lines(
    sandbox, uk, tax_type, shows
):
    api, tenant = uk
    before = xero_returns(*uk)[SEPTEMBER]
    api.create_manual_journals(tenant, taxed(LineAmountTypes.EXCLUSIVE, tax_type))
    assert moved(before, xero_returns(*uk)[SEPTEMBER]) == {
        type_: amounts for type_, amounts in shows.items() if amounts != ("0.00", "0.00")
    }


def test_a_journal_without_tax_moves_nothing_whatever_its_accounts_usually_bear(sandbox, uk):
    api, tenant = uk
    before = xero_returns(*uk)
    api.create_manual_journals(tenant, taxed(LineAmountTypes.NOTAX))
    assert xero_returns(*uk) == before


def test_an_unknown_return_is_not_found(sandbox, uk):
    api, tenant = uk
    with pytest.raises(Exception) as error:
        api.get_report_from_id(tenant, "00000000-0000-0000-0000-000000000000")
    assert error.value.http_resp.status == 404
    assert not isinstance(error.value, AccountingBadRequestException)


def test_quickbooks_counts_a_line_of_a_journal_by_the_code_that_it_names(sandbox, us):
    before = quickbooks_summary(us, *DAYS)
    assert Decimal(before["NON"][0]) > 0
    body = entry("By hand", ("Debit", "92", "100.00"), ("Credit", "79", "100.00"))
    post(us, body)
    assert quickbooks_summary(us, *DAYS) == before
    assert '"Credit"' in body
    coded = body.replace('"Credit"', '"Credit","TaxCodeRef":{"value":"TAX"},"TaxAmount":8.25')
    made = post(us, coded.replace("By hand", "By hand, taxed"))
    assert made["Line"][1]["JournalEntryLineDetail"]["TaxAmount"] == Decimal("8.25")
    assert moved(before, quickbooks_summary(us, *DAYS)) == {"TAX": ("100.00", "8.25")}
