"""What the back-test says of an old process' mistakes (docs/backtest.md): amounts by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounting.backtest_differences import Cause, Stage
from accounting.bulk import calculate
from accounting.documents import Document, DocumentKind
from accounting.money import Money
from accounting.policy import Role
from accounting.rates import Rates, Spot
from tests.accounting.kept_by_hand import (
    ACCOUNTS,
    MONTHLY,
    MONTHS,
    NAMES,
    Slips,
    kept_by_hand,
    sold,
    standing,
    told,
)
from tests.builders import contract, first_book, invoice, line, usd
from tests.laws.profiles import books


def test_where_the_old_process_was_right_there_is_nothing_to_say() -> None:
    found = kept_by_hand(sold("INV-1", "1200.00", "Acme"))
    assert (found.differences, found.totals, dict(found.carried)) == ((), (), {})
    may = next(e for e in found.balances if (e.period, e.account) == ("2026-05", "DEF"))
    assert (may.ledger, may.right, may.difference) == (usd("700.00"), usd("700.00"), usd("0.00"))


def test_a_release_that_was_not_booked_is_told_once_and_its_counterpart_is_made_good() -> None:
    slips = standing(10_000, "2026-04", "2026-05", "2026-06")
    found = kept_by_hand(
        sold("INV-1", "1200.00", "Acme"), sold("INV-2", "2500.00", "Bolt"), slips=slips
    )
    assert told(found) == [
        ("2026-04", "Acme", "missing_release", "arises", "100.00"),
        ("2026-07", "Acme", "missing_release", "made_good", "-100.00"),
    ]
    first, last = found.differences
    assert first.sentence == (
        "The release of INV-1 of Acme for April 2026 was not booked: 100.00 too much deferred; "
        "made good in July 2026."
    )
    assert last.sentence == (
        "The mistake of April 2026 with INV-1 of Acme is made good: 100.00 taken back."
    )
    assert (first.line, first.misstatement) == ("INV-1/1", last.misstatement)


def test_what_was_not_accrued_and_what_stayed_prepaid_is_told_in_its_own_words() -> None:
    signed = line("1200.00", service_start=date(2026, 1, 1), service_end=date(2026, 12, 31))
    deal = contract("C-1", "2026-01-01", replace(signed, account=None), counterparty="Acme")
    cover = sold("BILL-1", "2400.00", "Mutual", kind=DocumentKind.BILL)
    bill = replace(cover, lines=(replace(cover.lines[0], account="EXP"),))
    slips = standing(-10_000, "2026-03", role=Role.ACCRUED_REVENUE)
    slips |= standing(20_000, "2026-05", role=Role.PREPAYMENTS)
    found = kept_by_hand(deal, bill, slips=slips)
    assert [each.sentence for each in found.differences if each.stage is Stage.ARISES] == [
        (
            "The accrual of C-1 of Acme for March 2026 was not booked: 100.00 too little accrued "
            "revenue; made good in April 2026."
        ),
        (
            "The release of BILL-1 of Mutual for May 2026 was not booked: 200.00 too much prepaid; "
            "made good in June 2026."
        ),
    ]
    assert [(each.account, each.largest) for each in found.totals] == [
        ("ACC", usd("100.00")),
        ("PRE", usd("200.00")),
    ]


def test_what_two_customers_explain_equally_well_is_of_nobody() -> None:
    documents = sold("INV-1", "1200.00", "Acme"), sold("INV-2", "1200.00", "Bolt")
    found = kept_by_hand(*documents, slips=standing(10_000, "2026-04"))
    assert told(found)[0] == ("2026-04", "", "unknown", "arises", "100.00")
    assert found.differences[0].candidates == ("Acme", "Bolt")
    assert "it could be of Acme, Bolt" in found.differences[0].sentence
    assert told(found)[1] == ("2026-05", "", "unknown", "made_good", "-100.00")


def test_what_the_months_after_say_tells_two_causes_of_one_amount_apart() -> None:
    """Bolt's year to an end a year late is 50.00 too much deferred a month, as is Acme's release."""
    documents = sold("INV-1", "600.00", "Acme"), sold("INV-2", "1200.00", "Bolt", "2026-03")
    growing = {
        ("2026-03", Role.DEFERRED_REVENUE): 5_000,
        ("2026-04", Role.DEFERRED_REVENUE): 10_000,
    }
    found = kept_by_hand(*documents, slips=growing)
    assert told(found) == [
        ("2026-03", "Bolt", "wrong_dates", "arises", "50.00"),
        ("2026-04", "Bolt", "wrong_dates", "goes_on", "50.00"),
        ("2026-05", "Bolt", "wrong_dates", "made_good", "-100.00"),
    ]
    assert "an end one year late" in found.differences[0].sentence
    once = kept_by_hand(*documents, slips=standing(5_000, "2026-03", "2026-04"))
    assert told(once)[0] == ("2026-03", "Acme", "missing_release", "arises", "50.00")


def test_a_cause_that_the_month_after_contradicts_is_none() -> None:
    """Bolt's year to an end a year late would be 100.00 in April, and 50.00 stands."""
    slips = standing(5_000, "2026-03", "2026-04")
    found = kept_by_hand(sold("INV-2", "1200.00", "Bolt", "2026-03"), slips=slips)
    assert told(found)[0] == ("2026-03", "", "unknown", "arises", "50.00")


def test_wrong_dates_begin_where_they_first_make_a_difference() -> None:
    """By the invoice's date it would be 100.00 too little in January already, and 200.00 in March."""
    year = sold("INV-1", "1200.00", "Acme", "2026-03")
    early = replace(year, date=date(2026, 1, 1))
    found = kept_by_hand(early, slips=standing(-20_000, "2026-03", "2026-04"))
    assert told(found)[0] == ("2026-03", "", "unknown", "arises", "-200.00")
    slips = {("2026-01", Role.DEFERRED_REVENUE): -10_000}
    slips |= standing(-20_000, "2026-02", "2026-03", "2026-04")
    found = kept_by_hand(early, slips=slips)
    assert told(found)[0] == ("2026-01", "Acme", "wrong_dates", "arises", "-100.00")


def test_a_line_of_wrong_dates_that_is_credited_goes_on_over_what_is_left() -> None:
    note = reduced("2026-03-01")
    sale = sold("INV-1", "1200.00", "Acme")
    believed = replace(sale.lines[0], service_end=date(2027, 12, 31))
    wrong = first_book(replace(sale, lines=(believed,)), note)
    right = first_book(sale, note)
    slips = {}
    for name, period in MONTHS[:5]:
        held = [
            calculate(replace(each, adoption=None), MONTHLY, period).closing[Role.DEFERRED_REVENUE]
            for each in (wrong, right)
        ]
        slips[name, Role.DEFERRED_REVENUE] = (held[0] - held[1]).minor
    found = kept_by_hand(sale, note, slips=slips)
    assert [(each.period, each.customer, each.cause, each.stage) for each in found.differences] == [
        ("2026-01", "Acme", Cause.WRONG_DATES, Stage.ARISES),
        *((name, "Acme", Cause.WRONG_DATES, Stage.GOES_ON) for name in NAMES[1:5]),
        ("2026-06", "Acme", Cause.WRONG_DATES, Stage.MADE_GOOD),
    ]


def reduced(day: str) -> Document:
    """A credit note of 140.00 against INV-1."""
    return invoice(
        "CN-1",
        day,
        line("-140.00", service_start=None),
        kind=DocumentKind.CREDIT_NOTE,
        credits="INV-1",
        counterparty="Acme",
    )


def test_a_credit_note_that_was_left_out_of_its_month_is_late() -> None:
    # 700.00 of 1,200.00 were to come in June; of 560.00 June's seventh is earned: 480.00 are held.
    found = kept_by_hand(
        sold("INV-1", "1200.00", "Acme"), reduced("2026-06-01"), slips=standing(12_000, "2026-06")
    )
    assert told(found) == [
        ("2026-06", "Acme", "late_credit_note", "arises", "120.00"),
        ("2026-07", "Acme", "late_credit_note", "made_good", "-120.00"),
    ]
    assert found.differences[0].document == "CN-1"


@pytest.mark.parametrize(
    ("rate", "says"),
    [
        ("1", "taken without any conversion"),
        ("1.20", "converted at the rate of 2026-02-27"),
        ("1.30", "converted at the rate of INV-0"),
    ],
)
def test_a_document_at_another_rate_than_its_own_is_a_matter_of_currency(
    rate: str, says: str
) -> None:
    worth = line("1200.00", service_start=date(2026, 3, 1), service_end=date(2027, 2, 28))
    foreign = invoice(
        "INV-1",
        "2026-03-01",
        replace(worth, amount=Money(120_000, "EUR")),
        currency="EUR",
        rate=Decimal("1.25"),
    )
    days = {"service_start": date(2026, 2, 1), "service_end": date(2026, 2, 28)}
    before = invoice(
        "INV-0",
        "2026-02-01",
        replace(line("50.00", **days), amount=Money(5_000, "EUR")),
        currency="EUR",
        rate=Decimal("1.30"),
        counterparty="Bolt",
    )
    rates = Rates.of([Spot("EUR", "USD", date(2026, 2, 27), Decimal("1.20"))], [])
    apart = Decimal(rate) - Decimal("1.25")
    slips = {
        ("2026-03", Role.DEFERRED_REVENUE): int(apart * 110_000),
        ("2026-04", Role.DEFERRED_REVENUE): int(apart * 100_000),
    }
    found = kept_by_hand(before, foreign, slips=slips, rates=rates)
    assert [each.cause for each in found.differences] == [Cause.CURRENCY] * 3
    assert [each.stage for each in found.differences] == [
        Stage.ARISES,
        Stage.GOES_ON,
        Stage.MADE_GOOD,
    ]
    assert says in found.differences[0].sentence


def test_a_rounding_beside_a_mistake_hides_neither() -> None:
    slips = standing(10_002, "2026-04") | standing(2, "2026-05")
    found = kept_by_hand(
        sold("INV-1", "1200.00", "Acme"), sold("INV-2", "2500.00", "Bolt"), slips=slips
    )
    assert told(found) == [
        ("2026-04", "Acme", "missing_release", "arises", "100.00"),
        ("2026-05", "Acme", "missing_release", "made_good", "-100.00"),
        ("2026-04", "", "rounding", "arises", "0.02"),
        ("2026-06", "", "rounding", "made_good", "-0.02"),
    ]


def test_two_things_at_once_are_told_apart_where_they_are_made_good_apart() -> None:
    documents = sold("INV-1", "1200.00", "Acme"), sold("INV-2", "2500.08", "Bolt")
    slips = standing(10_000 + 20_834, "2026-04") | standing(20_834, "2026-05")
    found = kept_by_hand(*documents, slips=slips)
    assert told(found) == [
        ("2026-04", "Acme", "missing_release", "arises", "100.00"),
        ("2026-05", "Acme", "missing_release", "made_good", "-100.00"),
        ("2026-04", "Bolt", "missing_release", "arises", "208.34"),
        ("2026-06", "Bolt", "missing_release", "made_good", "-208.34"),
    ]


def test_what_stood_before_the_first_month_is_carried_and_not_told_anew() -> None:
    slips = standing(1_234, *NAMES[:5])
    found = kept_by_hand(sold("INV-1", "1200.00", "Acme"), slips=slips, months=MONTHS[2:])
    assert dict(found.carried) == {Role.DEFERRED_REVENUE: usd("12.34")}
    assert told(found) == [("2026-06", "", "unknown", "made_good", "-12.34")]
    assert found.differences[0].sentence.startswith("What stood before March 2026 is made good")


def test_the_months_around_those_shown_say_where_a_mistake_began_and_how_it_ended() -> None:
    """Acme's mistake of March and Bolt's of April end in one lump in May."""
    slips = {
        ("2026-03", Role.DEFERRED_REVENUE): 10_000,
        ("2026-04", Role.DEFERRED_REVENUE): 10_000 + 20_834,
    }
    documents = sold("INV-1", "1200.00", "Acme"), sold("INV-2", "2500.08", "Bolt")
    found = kept_by_hand(*documents, slips=slips, shown=range(3, 4))
    assert told(found) == [("2026-04", "Bolt", "missing_release", "arises", "208.34")]
    assert found.differences[0].sentence.endswith("made good in May 2026.")
    assert dict(found.carried) == {Role.DEFERRED_REVENUE: usd("100.00")}
    assert [each.standing for each in found.totals] == [usd("208.34")]
    after = kept_by_hand(*documents, slips=slips, shown=range(4, 8))
    assert {(each.customer, each.amount) for each in after.differences} == {
        ("Acme", usd("-100.00")),
        ("Bolt", usd("-208.34")),
    }


@given(
    some.dictionaries(
        some.tuples(some.sampled_from(NAMES), some.sampled_from(list(ACCOUNTS))),
        some.sampled_from([0, 1, -2, 777, 10_000, -10_000, 20_834, 5_000, 123_456]),
        max_size=10,
    )
)
@books(60)
def test_the_differences_of_a_month_and_account_sum_to_what_arose_in_it(slips: Slips) -> None:
    """Whatever went wrong: to the minor unit, and what stands at the end is the last difference."""
    found = kept_by_hand(
        sold("INV-1", "1200.00", "Acme"),
        sold("INV-2", "2500.08", "Bolt", "2026-02"),
        sold("INV-3", "600.00", "Corr", "2026-04"),
        slips=slips,
    )
    for balance in found.balances:
        told = Money.sum(
            (
                each.amount
                for each in found.differences
                if (each.period, each.role) == (balance.period, balance.role)
            ),
            "USD",
        )
        assert told == balance.arisen
        assert balance.ledger - balance.right == balance.difference
        slip = slips.get((balance.period, balance.role), 0)
        assert balance.difference == Money(slip, "USD")
    for last in (each for each in found.balances if each.period == NAMES[-1]):
        stands = (each.standing for each in found.totals if each.role is last.role)
        assert Money.sum(stands, "USD") == last.difference
