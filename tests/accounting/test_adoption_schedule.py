"""Each row of an adoption schedule to its line, with R0; or refused by name."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounting.adoption_schedule import imported, match
from accounting.book import Adoption, Book
from accounting.documents import Document, DocumentKind, Override, Treatment
from accounting.engine import calculate
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import Role
from accounting.rates import Rates, Spot
from accounting.schedule_rows import Matched, Naming, Refusal, RowResult, Schedule, ScheduleRow
from tests.builders import POLICY, T0, balances, contract, first_book, invoice, line, usd

YEAR = {"service_start": date(2026, 7, 1), "service_end": date(2027, 6, 30)}
"""62 of its 365 days are over at the end of August 2026."""


def row(document: str, line: str = "", number: int = 2, **given: str) -> ScheduleRow:
    amounts: dict[str, Any] = {
        name: Decimal(given[name]) for name in ("recognised", "deferred") if name in given
    }
    return ScheduleRow(number, document, line, currency=given.get("currency", ""), **amounts)


def matched(book: Book, *rows: ScheduleRow, **by: Naming) -> Matched:
    return match(Schedule(rows, **by), book, POLICY)


def only(book: Book, asked: ScheduleRow, **by: Naming) -> RowResult:
    (result,) = matched(book, asked, **by).rows
    return result


def refused(book: Book, asked: ScheduleRow, **by: Naming) -> tuple[Refusal, str]:
    found = matched(book, asked, **by)
    assert (found.recognised, found.totals) == ({}, ())
    (result,) = found.rows
    assert result.fault is not None, result
    return result.fault.refusal, result.fault.message


ONE = first_book(invoice("INV-1", "2026-07-01", line("3650.00", **YEAR)))
TWO = first_book(
    invoice("INV-2", "2026-07-01", line("3650.00", id="a", **YEAR), line("730.00", id="b", **YEAR))
)


def test_a_row_is_matched_and_its_figure_stands_beside_the_computed_one() -> None:
    result = only(ONE, row("INV-1", "1", recognised="600.00", currency="USD"))
    assert (result.line, result.fault) == ("INV-1/1", None)
    assert (result.recognised, result.computed) == (usd("600.00"), usd("620.00"))
    assert result.difference == usd("-20.00")


@pytest.mark.parametrize("name", ["", "1", "INV-1/1"])
def test_a_line_is_called_by_id_position_or_key_or_not_at_all_where_it_is_alone(name: str) -> None:
    assert only(ONE, row("INV-1", name, recognised="600.00")).line == "INV-1/1"


@pytest.mark.parametrize(("name", "key"), [("a", "INV-2/a"), ("2", "INV-2/b"), ("02", "INV-2/b")])
def test_one_of_several_lines_is_called_by_id_or_position(name: str, key: str) -> None:
    assert only(TWO, row("INV-2", name, recognised="1.00")).line == key


def test_what_was_deferred_says_what_was_recognised() -> None:
    result = only(ONE, row("INV-1", deferred="3050.00"))
    assert result.recognised == usd("600.00")


def test_of_two_amounts_that_agree_either_counts() -> None:
    agree = row("INV-1", recognised="600.00", deferred="3050.00")
    assert only(ONE, agree).recognised == usd("600.00")
    code, told = refused(ONE, row("INV-1", recognised="600.00", deferred="3050.01"))
    assert code is Refusal.AMOUNTS_CONTRADICT
    assert "3,650.00 USD" in told


def test_a_stand_alone_credit_note_is_a_row_of_its_own() -> None:
    credit = invoice("CN-1", "2026-07-01", line("-365.00", **YEAR), kind=DocumentKind.CREDIT_NOTE)
    result = only(first_book(credit), row("CN-1", deferred="-300.00"))
    assert (result.recognised, result.computed) == (usd("-65.00"), usd("-62.00"))
    assert refused(first_book(credit), row("CN-1", recognised="1.00"))[0] is Refusal.BEYOND_PRICE


def test_a_bill_says_what_is_prepaid() -> None:
    bill = invoice(
        "B-1", "2026-07-01", line("365.00", account="EXP", **YEAR), kind=DocumentKind.BILL
    )
    found = matched(first_book(bill), row("B-1", deferred="300.00"))
    assert found.rows[0].recognised == usd("65.00")
    prepaid = next(total for total in found.totals if total.role is Role.PREPAYMENTS)
    assert prepaid.positions == usd("300.00")


SIGNED = replace(
    contract("OPP-1", "2026-06-20", line("3650.00", id="seats", account=None, **YEAR)),
    number="Acme 2026",
)
BILLING = invoice("INV-3", "2026-07-01", line("3650.00", product="PLAT", **YEAR), contract="OPP-1")


def test_an_obligation_is_named_by_its_contract_and_its_billing_counts_for_deferred() -> None:
    book = first_book(SIGNED, BILLING)
    for name in ("OPP-1", "Acme 2026"):
        result = only(book, row(name, "seats", deferred="3000.00"))
        assert (result.line, result.recognised) == ("OPP-1/seats", usd("650.00"))


def test_a_line_that_bills_an_obligation_is_refused_with_the_one_to_name() -> None:
    code, told = refused(first_book(SIGNED, BILLING), row("INV-3", "1", recognised="1.00"))
    assert code is Refusal.BILLS_ANOTHER
    assert "bills OPP-1/seats" in told
    assert "document Acme 2026, line seats" in told


def test_an_obligation_may_be_named_by_the_contract_that_restates_it() -> None:
    more = contract(
        "OPP-2", "2026-08-01", line("4000.00", id="seats", account=None, **YEAR),
        modifies="OPP-1", treatment=Treatment.PROSPECTIVE, effective=date(2026, 8, 1),
    )  # fmt: skip
    assert only(first_book(SIGNED, more), row("OPP-2", "seats", recognised="5")).line == (
        "OPP-1/seats"
    )


LATE = invoice("INV-9", "2026-09-01", line("100.00", **YEAR))
VOID = invoice("INV-8", "2026-07-01", line("100.00", **YEAR), voided=True)
TOLD_LATE = invoice("INV-7", "2026-07-01", line("100.00", **YEAR), known_on=date(2026, 9, 3))
ELSEWHERE = invoice("INV-6", "2026-07-01", line("100.00", account="TAX", **YEAR))
NO_DATES = invoice("INV-5", "2026-07-01", line("100.00", text="Plan"))
SAME = tuple(
    replace(invoice(id_, "2026-07-01", line("100.00", **YEAR)), number=number)
    for id_, number in (("id-1", "4711"), ("4711", "4712"))
)
BOOK = first_book(*ONE.documents, *TWO.documents, LATE, VOID, TOLD_LATE, ELSEWHERE, NO_DATES, *SAME)


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (row("", recognised="1"), Refusal.NO_DOCUMENT, "names no document"),
        (row("INV-0", recognised="1"), Refusal.UNKNOWN_DOCUMENT, "'INV-0'"),
        (row("inv-1", recognised="1"), Refusal.UNKNOWN_DOCUMENT, "'inv-1'"),
        (row("4711", recognised="1"), Refusal.SEVERAL_DOCUMENTS, "invoice with id id-1"),
        (row("INV-9", recognised="1"), Refusal.AFTER_ADOPTION, "dated 2026-09-01"),
        (row("INV-8", recognised="1"), Refusal.VOID, "INV-8 is void"),
        (row("INV-7", recognised="1"), Refusal.NOT_KNOWN_AT_ADOPTION, "known on 2026-09-03"),
        (row("INV-6", recognised="1"), Refusal.OUT_OF_SCOPE, "account, TAX"),
        (row("INV-5", recognised="1"), Refusal.HELD, "Nothing says over which days"),
        (row("INV-1", "2", recognised="1"), Refusal.LINE_NOT_FOUND, "There are 1: 1 (PLAT)"),
        (row("INV-2", recognised="1"), Refusal.LINE_NOT_CLEAR, "2 lines: say which"),
        (row("INV-1"), Refusal.NO_AMOUNT, "neither"),
        (row("INV-1", recognised="1.005"), Refusal.WRONG_DECIMALS, "more decimals than USD"),
        (row("INV-1", deferred="1.005"), Refusal.WRONG_DECIMALS, "more decimals than USD"),
        (row("INV-1", recognised="1", currency="EUR"), Refusal.CURRENCY_DIFFERS, "in USD"),
        (row("INV-1", recognised="3650.01"), Refusal.BEYOND_PRICE, "price is 3,650.00 USD"),
        (row("INV-1", recognised="-0.01"), Refusal.BEYOND_PRICE, "-0.01 USD would be"),
        (row("INV-1", deferred="3650.01"), Refusal.BEYOND_PRICE, "-0.01 USD would be"),
    ],
)
def test_a_row_that_can_not_count_is_refused_by_name(
    asked: ScheduleRow, code: Refusal, told: str
) -> None:
    found = refused(BOOK, asked)
    assert found[0] is code
    assert told in found[1]


def test_a_column_of_ids_or_numbers_tells_two_documents_apart() -> None:
    asked = row("4711", recognised="1")
    assert only(BOOK, asked, documents_by=Naming.NUMBER).line == "id-1/1"
    assert only(BOOK, asked, documents_by=Naming.ID).line == "4711/1"


def test_a_column_of_ids_or_positions_tells_two_lines_apart() -> None:
    crossed = invoice(
        "INV-4", "2026-07-01", line("1.00", id="2", **YEAR), line("1.00", id="3", **YEAR)
    )
    asked, book = row("INV-4", "2", recognised="0"), first_book(crossed)
    assert refused(book, asked)[0] is Refusal.LINE_NOT_CLEAR
    assert only(book, asked, lines_by=Naming.ID).line == "INV-4/2"
    assert only(book, asked, lines_by=Naming.NUMBER).line == "INV-4/3"


def test_rows_of_the_same_line_are_all_refused() -> None:
    twice = (row("INV-1", number=2, recognised="1"), row("INV-1", "1", number=7, recognised="1"))
    found = matched(ONE, *twice)
    assert [r.fault and (r.fault.refusal, r.fault.message[:23]) for r in found.rows] == [
        (Refusal.DUPLICATE, "INV-1/1 is in row 7, to"),
        (Refusal.DUPLICATE, "INV-1/1 is in row 2, to"),
    ]


def test_a_credit_line_and_an_excluded_one_have_no_figure_of_their_own() -> None:
    credit = invoice(
        "CN-2", "2026-08-01", line("-10.00", against="INV-1/1"), kind=DocumentKind.CREDIT_NOTE
    )
    book = first_book(*ONE.documents, credit)
    assert "credits another line" in refused(book, row("CN-2", recognised="0"))[1]
    excluded = replace(ONE, overrides=(Override("INV-1/1", "not ours", excluded=True),))
    assert "a person excluded it" in refused(excluded, row("INV-1", recognised="0"))[1]


def test_dates_that_a_person_gave_before_the_first_sign_off_are_computed_with() -> None:
    said = Override("INV-5/1", "agreed", date(2026, 8, 31), date(2026, 9, 9))
    book = replace(first_book(NO_DATES), overrides=(said,))
    result = only(book, row("INV-5", recognised="20.00"))
    assert (result.fault, result.computed) == (None, usd("10.00"))


def test_lines_without_a_row_stand_as_computed_and_are_listed() -> None:
    done = invoice(
        "INV-10", "2025-01-01",
        line("50.00", service_start=date(2025, 1, 1), service_end=date(2025, 1, 31)),
    )  # fmt: skip
    found = matched(
        first_book(*ONE.documents, *TWO.documents, done, NO_DATES),
        row("INV-2", "a", recognised="600.00"),
    )
    assert [(each.line, each.recognised, each.billed) for each in found.computed] == [
        ("INV-1/1", usd("620.00"), usd("3650.00")),
        ("INV-2/b", usd("124.00"), usd("730.00")),
    ]
    assert found.settled == 1
    assert [each.line for each in found.held] == ["INV-5/1"]


def test_totals_are_those_of_the_close_with_the_ledger_beside_them() -> None:
    book = replace(ONE, adoption=Adoption(T0, balances(deferred="3040.00")))
    found = matched(book, row("INV-1", recognised="600.00"))
    deferred = found.totals[0]
    assert (deferred.role, deferred.account) == (Role.DEFERRED_REVENUE, "DEF")
    assert (deferred.positions, deferred.ledger) == (usd("3050.00"), usd("3040.00"))
    assert deferred.difference == usd("10.00")
    close = calculate(replace(book, imported=found.recognised), POLICY, Period.month("2026-09"))
    assert close.adoption_differences == {Role.DEFERRED_REVENUE: usd("10.00")}
    assert close.opening == {
        **{role: usd("0.00") for role in close.opening},
        **{total.role: total.positions for total in found.totals},
    }


def test_a_ledger_that_was_not_read_leaves_the_difference_open() -> None:
    found = matched(replace(ONE, adoption=None), row("INV-1", recognised="600.00"))
    assert {(total.ledger, total.difference) for total in found.totals} == {(None, None)}


def test_one_refused_row_and_nothing_is_to_be_imported() -> None:
    found = matched(TWO, row("INV-2", "a", recognised="1"), row("INV-2", "c", recognised="1"))
    assert [r.fault is None for r in found.rows] == [True, False]
    assert len(found.refused) == 1
    assert found.recognised == {}


def test_a_foreign_line_is_figured_in_its_own_currency() -> None:
    yen = replace(line("1.00", **YEAR), amount=Money.parse("365000", "JPY"))
    foreign = invoice("INV-J", "2026-07-01", yen, currency="JPY")
    rates = Rates.of([Spot("JPY", "USD", date(2026, 7, 1), Decimal("0.01"))], [])
    book = first_book(foreign, rates=rates)
    result = only(book, row("INV-J", deferred="300000", currency="jpy"))
    assert (str(result.recognised), str(result.computed)) == ("65,000 JPY", "62,000 JPY")
    assert refused(book, row("INV-J", recognised="0.5"))[0] is Refusal.WRONG_DECIMALS
    unrated = first_book(foreign)
    code, told = refused(unrated, row("INV-J", recognised="0"))
    assert code is Refusal.HELD
    assert "states no rate" in told


def test_usage_has_no_price_that_bounds_it() -> None:
    usage = contract("OPP-3", "2026-06-20", line("0.00", id="api", account=None, method="usage"))
    assert only(first_book(usage), row("OPP-3", recognised="999.00")).fault is None


def test_what_is_in_force_is_shown_line_by_line() -> None:
    book = replace(TWO, imported={"INV-2/a": usd("600.00"), "GONE/1": usd("1.00")})
    found = imported(book, POLICY)
    gone, kept = found.rows
    assert (kept.line, kept.difference, kept.fault) == ("INV-2/a", usd("-20.00"), None)
    assert gone.fault is not None
    assert "GONE/1 is not among the lines" in gone.fault.message
    assert [each.line for each in found.computed] == ["INV-2/b"]


def test_a_document_without_lines_has_none_to_name() -> None:
    empty: Document = contract("OPP-4", "2026-06-20")
    assert refused(first_book(empty), row("OPP-4", recognised="0"))[0] is Refusal.LINE_NOT_FOUND
