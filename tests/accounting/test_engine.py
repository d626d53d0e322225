"""The engine's door: figures that an accountant can check by hand."""

from dataclasses import replace
from datetime import date

from accounting.book import AdoptionChoice, AdoptionResolution, JournalKind
from accounting.documents import DocumentKind, Override
from accounting.engine import calculate, carried_forward
from accounting.exceptions import ExceptionCode
from accounting.periods import Period
from accounting.policy import Role
from tests.builders import POLICY, T0, balances, contract, first_book, invoice, line, usd

SEPTEMBER = Period.month("2026-09")
YEAR = {"service_start": date(2026, 9, 1), "service_end": date(2027, 8, 31)}


def amounts(calculation, kind):
    (journal,) = [j for j in calculation.journals if j.kind is kind]
    return [(row.account, row.debit.text(), row.credit.text()) for row in journal.lines]


def test_a_years_invoice_of_september_defers_335_of_365_days():
    found = calculate(
        first_book(invoice("INV-1", "2026-09-10", line("365.00", **YEAR))), POLICY, SEPTEMBER
    )
    assert amounts(found, JournalKind.DEFERRAL) == [
        ("REV", "335.00", "0.00"),
        ("DEF", "0.00", "335.00"),
    ]
    assert found.closing[Role.DEFERRED_REVENUE] == usd("335.00")


def test_what_stood_in_the_books_at_adoption_is_released_and_never_posted_again():
    text = {"text": "Plan 1 Mar 2026 – 28 Feb 2027", "product": "SUPP"}
    book = first_book(
        invoice("INV-0", "2026-03-10", line("120.00", **text)), held=balances(deferred="60.00")
    )
    found = calculate(book, POLICY, SEPTEMBER)
    assert [j.kind for j in found.journals] == [JournalKind.RELEASE]
    assert amounts(found, JournalKind.RELEASE) == [
        ("DEF", "10.00", "0.00"),
        ("REV", "0.00", "10.00"),
    ]
    assert not found.exceptions


def test_an_adoption_difference_blocks_until_it_is_accepted_at_exactly_its_figure():
    documents = invoice(
        "INV-0", "2026-03-10", line("120.00", text="1 Mar 2026 – 28 Feb 2027", product="SUPP")
    )
    book = first_book(documents, held=balances(deferred="72.34"))
    found = calculate(book, POLICY, SEPTEMBER)
    assert [(e.code, e.subject, e.amount) for e in found.exceptions] == [
        (ExceptionCode.ADOPTION_DIFFERENCE, "deferred_revenue", "-12.34")
    ]
    accepted = AdoptionResolution(
        Role.DEFERRED_REVENUE, AdoptionChoice.ACCEPT, usd("-12.34"), "old rounding"
    )
    assert book.adoption is not None
    answered = replace(book, adoption=replace(book.adoption, resolutions=(accepted,)))
    cleared = calculate(answered, POLICY, SEPTEMBER)
    assert not cleared.exceptions
    assert cleared.reconciling == {Role.DEFERRED_REVENUE: usd("-12.34")}
    stale = replace(accepted, difference=usd("-12.00"))
    again = replace(book, adoption=replace(book.adoption, resolutions=(stale,)))
    assert len(calculate(again, POLICY, SEPTEMBER).exceptions) == 1


def test_an_adoption_difference_that_is_posted_brings_the_ledger_to_the_positions():
    posted = AdoptionResolution(
        Role.DEFERRED_REVENUE, AdoptionChoice.POST, usd("-12.34"), "write off", account="960"
    )
    book = first_book(held=balances(deferred="12.34"))
    assert book.adoption is not None
    found = calculate(
        replace(book, adoption=replace(book.adoption, resolutions=(posted,))), POLICY, SEPTEMBER
    )
    assert amounts(found, JournalKind.ADOPTION) == [
        ("DEF", "12.34", "0.00"),
        ("960", "0.00", "12.34"),
    ]


def test_a_won_opportunity_accrues_and_its_invoice_turns_the_accrual_into_a_deferral():
    deal = contract(
        "006A", "2026-06-10", line("1200.00", product="SUPP", account=None,
        service_start=date(2026, 7, 1), service_end=date(2027, 6, 30)),
    )  # fmt: skip
    book = first_book(deal, held=balances(accrued="200.00"))
    found = calculate(book, POLICY, SEPTEMBER)
    assert amounts(found, JournalKind.ACCRUAL) == [
        ("ACC", "100.00", "0.00"),
        ("REV", "0.00", "100.00"),
    ]
    bill = invoice("INV-1", "2026-09-15", line("1200.00", product="SUPP"), contract="006A")
    billed = calculate(first_book(deal, bill, held=balances(accrued="200.00")), POLICY, SEPTEMBER)
    assert amounts(billed, JournalKind.ACCRUAL_REVERSAL) == [
        ("REV", "200.00", "0.00"), ("ACC", "0.00", "200.00")
    ]  # fmt: skip
    assert amounts(billed, JournalKind.DEFERRAL) == [
        ("REV", "900.00", "0.00"),
        ("DEF", "0.00", "900.00"),
    ]


def test_a_line_without_dates_asks_a_person_and_their_dates_settle_it():
    book = first_book(invoice("INV-9", "2026-09-10", line("365.00", text="as agreed")))
    found = calculate(book, POLICY, SEPTEMBER)
    assert [(e.code, e.subject) for e in found.exceptions] == [
        (ExceptionCode.NO_SERVICE_PERIOD, "INV-9/1")
    ]
    assert not found.journals
    said = Override("INV-9/1", "per order form", date(2026, 9, 1), date(2027, 8, 31))
    settled = calculate(replace(book, overrides=(said,)), POLICY, SEPTEMBER)
    assert not settled.exceptions
    assert settled.closing[Role.DEFERRED_REVENUE] == usd("335.00")


def test_a_line_coded_straight_to_deferred_revenue_is_not_deferred_twice():
    book = first_book(invoice("INV-1", "2026-09-10", line("365.00", account="DEF", **YEAR)))
    found = calculate(book, POLICY, SEPTEMBER)
    assert [j.kind for j in found.journals] == [JournalKind.RELEASE]
    assert amounts(found, JournalKind.RELEASE) == [
        ("DEF", "30.00", "0.00"),
        ("REV", "0.00", "30.00"),
    ]


def test_a_late_invoice_is_caught_up_in_the_open_period_and_shown_apart():
    late = invoice(
        "INV-7", "2026-09-20",
        line("120.00", product="SUPP", service_start=date(2026, 7, 1), service_end=date(2026, 12, 31)),
    )  # fmt: skip
    (position,) = calculate(first_book(late), POLICY, SEPTEMBER).positions
    assert (position.own.text(), position.catch_up.text()) == ("20.00", "40.00")


def test_closing_twice_with_unchanged_input_proposes_nothing():
    documents = (
        invoice("INV-0", "2026-03-10", line("100.01", text="1 Mar 2026 – 28 Feb 2027", product="SUPP")),
        invoice("INV-1", "2026-09-10", line("33333.33", **YEAR)),
        contract("006A", "2026-06-10", line("777.77", account=None, service_start=date(2026, 7, 1),
                                            service_end=date(2027, 6, 29))),
    )  # fmt: skip
    first = first_book(*documents)
    again = carried_forward(first, calculate(first, POLICY, SEPTEMBER))
    assert calculate(again, POLICY, SEPTEMBER).journals == ()


def test_voiding_everything_brings_every_balance_back_to_nothing():
    sold = invoice("INV-1", "2026-09-10", line("365.00", **YEAR))
    first = first_book(sold)
    closed = carried_forward(first, calculate(first, POLICY, SEPTEMBER))
    gone = replace(sold, voided=True, version=2, known_on=date(2026, 10, 1))
    book = replace(closed, documents=(sold, gone))
    october = calculate(book, POLICY, Period.month("2026-10"))
    assert set(october.closing.values()) == {usd("0.00")}
    assert amounts(october, JournalKind.RELEASE) == [
        ("DEF", "335.00", "0.00"),
        ("REV", "0.00", "335.00"),
    ]
    (position,) = october.positions
    assert position.catch_up == usd("-30.00")


def test_a_stand_alone_credit_note_holds_a_negative_deferral():
    note = invoice("CN-1", "2026-09-01", line("-365.00", **YEAR), kind=DocumentKind.CREDIT_NOTE)
    found = calculate(first_book(note), POLICY, SEPTEMBER)
    assert found.closing[Role.DEFERRED_REVENUE] == usd("-335.00")
    assert found.closing[Role.ACCRUED_REVENUE] == usd("0.00")


def test_documents_of_october_are_not_known_to_september():
    assert not calculate(
        first_book(invoice("INV-1", "2026-10-01", line("365.00", **YEAR))), POLICY, SEPTEMBER
    ).journals
    assert SEPTEMBER.start > T0
