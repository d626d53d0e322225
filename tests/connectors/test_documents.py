"""Reading Xero and QuickBooks: every document once, to the penny, and what changed since."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import requests

from accounting.documents import Document, DocumentKind
from accounting.money import Money
from connectors.errors import LedgerUnavailableError
from connectors.ledger import Ledger
from connectors.quickbooks import QuickBooksLedger
from tests.connectors.doors import BOOKS, MemoryVault, calls, documents, literally, of_kind
from tests.sandbox.wiring import Sandbox

every_ledger = pytest.mark.parametrize("entity", BOOKS)
PAGE = 7


def own_id(document: Document) -> str:
    """The vendor's id of a document."""
    return own_id_of(document.id) or ""


def own_id_of(reference: str | None) -> str | None:
    """The vendor's own id: QuickBooks' kinds share their numbers, so ours name the kind; an
    expense names the account of its order, too.
    """
    if reference is None:
        return None
    order = reference.partition(":")[0]
    return order.rpartition("-")[2] if order[0].isupper() else order


def as_shown(document: Document) -> dict[str, Any]:
    """The document in the words of the sandbox's control port: credit notes stand positive there."""
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    return {
        "id": own_id(document),
        "kind": "order" if document.kind is DocumentKind.EXPENSE else document.kind.value,
        "number": document.number,
        "date": document.date.isoformat(),
        "currency": document.currency,
        "voided": document.voided,
        "opportunity": document.contract,
        "credits": own_id_of(document.credits),
        "order": own_id_of(document.lines[0].expense),
        "lines": [
            (line.text, line.account, Money(sign * line.amount.minor, line.amount.currency).text())
            for line in document.lines
        ],
    }


def told_by_sandbox(sandbox: Sandbox, entity: str) -> Iterator[dict[str, Any]]:
    """Every document but drafts; QuickBooks shows the lines of a void one as nothing."""
    for known in sandbox.get("/documents", entity=entity):
        voided = known["status"] == "voided"
        zero = voided and BOOKS[entity].vendor == "quickbooks"
        if known["status"] != "draft":
            yield {
                **{key: known[key] for key in ("id", "kind", "number", "date", "currency")},
                "voided": voided,
                "opportunity": known["opportunity"],
                "credits": known["credits"],
                "order": known["order"],
                "lines": [
                    (line["description"], line["account"], "0.00" if zero else line["net"])
                    for line in known["lines"]
                ],
            }


@every_ledger
def test_every_document_is_read_once_over_many_pages_to_the_penny(
    entity: str, ledger: Ledger, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"connectors.{ledger.vendor}.client.PAGE_SIZE", PAGE)
    before = calls(sandbox, ledger.vendor)
    found = [as_shown(each.document) for each in documents(ledger)]
    assert sorted(found, key=lambda each: each["id"]) == sorted(
        told_by_sandbox(sandbox, entity), key=lambda each: each["id"]
    )
    assert len(found) > 60
    assert calls(sandbox, ledger.vendor) - before > len(found) // PAGE


@pytest.mark.parametrize("entity", ["us"])
def test_a_row_that_slipped_between_two_pages_of_quickbooks_is_missed_not_lost(
    entity: str, ledger: QuickBooksLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages go by offset: a row deleted meanwhile moves the rest up. The count tells."""
    monkeypatch.setattr("connectors.quickbooks.client.PAGE_SIZE", PAGE)
    last = max(int(own_id(each.document)) for each in of_kind(ledger, DocumentKind.INVOICE))
    whole = ledger._query

    def slipping(kind: str, select: str) -> list[dict[str, Any]]:
        return [row for row in whole(kind, select) if row["Id"] != str(last)]

    monkeypatch.setattr(ledger, "_query", slipping)
    with pytest.raises(LedgerUnavailableError, match="rows moved while they were read"):
        of_kind(ledger, DocumentKind.INVOICE)


@every_ledger
def test_the_oldest_change_comes_first(entity: str, ledger: Ledger) -> None:
    for name in ledger.lists():
        times = [found.modified for found in ledger.documents(name, None)]
        assert times == sorted(times)
        assert all(time.tzinfo is UTC for time in times)


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        ("uk", DocumentKind.INVOICE),
        ("uk", DocumentKind.CREDIT_NOTE),
        ("de", DocumentKind.BILL),
        ("us", DocumentKind.INVOICE),
        ("us", DocumentKind.CREDIT_NOTE),
        ("de", DocumentKind.EXPENSE),
    ],
)
def test_since_reads_what_changed_and_a_void_comes_as_voided(
    entity: str, kind: DocumentKind, ledger: Ledger, sandbox: Sandbox
) -> None:
    everything = of_kind(ledger, kind)
    newest = max(each.modified for each in everything)
    alive = next(each.document for each in everything if not each.document.voided)
    assert [each.modified for each in of_kind(ledger, kind, newest)] == [newest]
    assert of_kind(ledger, kind, newest + timedelta(seconds=1)) == []

    sandbox.post("/documents/void", entity=entity, id=own_id(alive))
    (changed,) = of_kind(ledger, kind, newest + timedelta(seconds=1))
    assert changed.document.id == alive.id
    assert changed.document.voided
    assert changed.modified > newest
    assert len(of_kind(ledger, kind)) == len(everything)


@every_ledger
def test_since_is_an_instant_whatever_its_time_zone(entity: str, ledger: Ledger) -> None:
    everything = of_kind(ledger, DocumentKind.INVOICE)
    since = everything[len(everything) // 2].modified
    wanted = [each.document.id for each in everything if each.modified >= since]
    assert 0 < len(wanted) < len(everything)
    for zone in (UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-7))):
        found = of_kind(ledger, DocumentKind.INVOICE, since.astimezone(zone))
        assert [each.document.id for each in found] == wanted


@every_ledger
def test_the_raw_text_holds_the_vendors_own_digits(
    entity: str, ledger: Ledger, sandbox: Sandbox, vault: MemoryVault
) -> None:
    """100.10 is kept as 100.10, neither 100.1 nor a float's idea of it."""
    books = BOOKS[entity]
    found = next(
        each
        for each in of_kind(ledger, DocumentKind.INVOICE)
        if any(line.amount.minor % 10 == 0 for line in each.document.lines)
    )
    fields, token = sandbox.connections[books.connection], vault.stored[books.connection]
    headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
    if books.vendor == "xero":
        url = f"{fields['base_url']}/api.xro/2.0/Invoices/{found.document.id}"
        headers["Xero-Tenant-Id"] = fields["tenant_id"]
        said = literally(requests.get(url, headers=headers, timeout=5).content)["Invoices"][0]
    else:
        url = f"{fields['base_url']}/v3/company/{fields['realm_id']}/invoice/{found.document.id}"
        said = literally(requests.get(url, headers=headers, timeout=5).content)["Invoice"]
    assert literally(found.raw) == said
    assert any(
        f":{line.amount.text()}," in found.raw or f":{line.amount.text()}}}" in found.raw
        for line in found.document.lines
    )


@every_ledger
def test_a_foreign_invoice_keeps_its_currency_and_what_one_of_its_units_is_at_home(
    entity: str, ledger: Ledger
) -> None:
    """Xero says how many dollars a pound was, the inverse; QuickBooks what a dollar was."""
    foreign = [e for e in of_kind(ledger, DocumentKind.INVOICE) if e.document.rate]
    currencies = {"uk": "USD", "de": "CHF", "us": "CAD"}
    assert {each.document.currency for each in foreign} == {currencies[entity]}
    for each in foreign:
        rate = each.document.rate
        assert rate is not None
        raw = literally(each.raw)
        if entity == "us":
            assert rate == Decimal(raw["ExchangeRate"])
        else:
            said = Decimal(raw["CurrencyRate"])
            assert abs(Fraction(rate) * Fraction(said) - 1) < Fraction(1, 10**48)
            assert rate != said


@every_ledger
def test_an_order_is_an_expense_and_its_bill_names_it(
    entity: str, ledger: Ledger, sandbox: Sandbox
) -> None:
    expenses = {e.document.id: e.document for e in of_kind(ledger, DocumentKind.EXPENSE)}
    bills = [each.document for each in of_kind(ledger, DocumentKind.BILL)]
    billed = {line.expense: bill for bill in bills for line in bill.lines if line.expense}
    assert billed.keys() < expenses.keys()
    for name, bill in billed.items():
        (order,) = expenses[name].lines
        assert (order.id, expenses[name].line_key(order)) == ("", name)
        assert order.account == bill.lines[0].account
        assert expenses[name].date < bill.date
    open_ = {expenses[name].date for name in expenses.keys() - billed.keys()}
    assert sorted(open_) == [date(2026, 7, 13), date(2026, 10, 1)]


@every_ledger
def test_payments_say_what_was_paid_when_and_nothing_of_drafts(
    entity: str, ledger: Ledger, sandbox: Sandbox
) -> None:
    found = list(ledger.payments(None))
    assert [each.modified for each in found] == sorted(each.modified for each in found)
    kinds = {"invoice"} if entity == "us" else {"invoice", "bill"}
    invoices = {
        each.document.id: each.document
        for kind in (DocumentKind.INVOICE, DocumentKind.BILL)
        for each in of_kind(ledger, kind)
    }
    paid = {
        known["id"]
        for known in sandbox.get("/documents", entity=entity)
        if known["status"] == "paid" and known["kind"] in kinds
    }
    assert {each.payment.against for each in found} == paid
    for each in found:
        invoice = invoices[each.payment.against]
        net = Money.sum((line.amount for line in invoice.lines), invoice.currency)
        assert each.payment.amount.minor >= net.minor > 0
        assert each.payment.date > invoice.date
        assert not each.deleted
    newest = found[-1].modified
    assert list(ledger.payments(newest + timedelta(seconds=1))) == []
    assert [each.payment.id for each in ledger.payments(newest)] == [
        each.payment.id for each in found if each.modified >= newest.replace(microsecond=0)
    ]


@every_ledger
def test_lock_dates_are_read_fresh(entity: str, ledger: Ledger, sandbox: Sandbox) -> None:
    assert ledger.lock_dates().latest is None
    for day in (date(2026, 8, 31), date(2026, 9, 30), date(2025, 12, 31)):
        sandbox.post("/lock-date", entity=entity, date=day.isoformat())
        assert ledger.lock_dates().latest == day
    # Xero exempts its advisers from this one; QuickBooks exempts nobody.
    assert (ledger.lock_dates().period is None) == (ledger.vendor == "quickbooks")


@every_ledger
@pytest.mark.parametrize("at", [date(2026, 8, 31), date(2025, 12, 31)])
def test_balances_are_the_ledgers_own_with_debits_positive(
    entity: str, at: date, ledger: Ledger, sandbox: Sandbox
) -> None:
    books = BOOKS[entity]
    found = {each.account: each.balance_minor for each in ledger.balances(at)}
    ledger_says = sandbox.get("/positions", entity=entity, date=at.isoformat())["ledger"]
    accrued, prepaid, owed = ("630", "620", "840") if books.vendor == "xero" else ("87", "86", "93")
    for account, side, name in (
        (books.deferred, -1, "deferred"),
        (accrued, 1, "accrued"),
        (prepaid, 1, "prepaid"),
        (owed, -1, "accrued_expenses"),
    ):
        said = Money.parse(ledger_says[name], books.currency)
        assert Money(side * found.get(account, 0), books.currency) == said
    assert found[books.deferred] < 0 < found[prepaid]
    assert sum(found.values()) == 0
    assert 0 not in found.values()
