"""What a back-test reads of the ledger's past: whom its journals name, what documents did by themselves."""

from dataclasses import replace
from datetime import date

from accounting.backtest import back_test
from accounting.backtest_ledger import Movement, Past
from accounting.documents import DocumentKind
from accounting.policy import Role
from tests.accounting.kept_by_hand import MONTHLY, MONTHS, sold, told
from tests.builders import first_book, usd


def test_journals_that_name_a_customer_are_compared_customer_by_customer() -> None:
    """Two mistakes of the same amount, one each way: in a lump nobody would see them."""
    documents = sold("INV-1", "1200.00", "Acme"), sold("INV-2", "1200.00", "Bolt")
    book = first_book(*documents)
    movements = [
        Movement(date(2026, 1, 31), "DEF", -110_000, "INV-1 to deferred"),
        Movement(date(2026, 1, 31), "DEF", -110_000, "Deferred: Bolt"),
        Movement(date(2026, 2, 28), "DEF", 20_000, "Release INV-1"),
        Movement(date(2026, 3, 31), "DEF", 10_000, "Release INV-1"),
        Movement(date(2026, 3, 31), "DEF", 20_000, "Bolt's releases"),
    ]
    past = Past(
        date(2026, 3, 31),
        {Role.DEFERRED_REVENUE: usd("1700.00")},
        tuple(movements),
    )
    found = back_test(book, MONTHLY, MONTHS[:3], past)
    assert told(found) == [
        ("2026-02", "Bolt", "missing_release", "arises", "100.00"),
        ("2026-03", "Bolt", "missing_release", "made_good", "-100.00"),
        ("2026-02", "Acme", "unknown", "arises", "-100.00"),
    ]


def test_what_documents_put_into_an_account_by_themselves_is_the_ledgers_too() -> None:
    """A bill and an invoice coded straight to the balance accounts: only the releases are journals."""
    sale, cover = sold("INV-1", "1200.00", "Acme"), sold("BILL-1", "2400.00", "Mutual")
    documents = [
        replace(sale, lines=(replace(sale.lines[0], account="DEF"),)),
        replace(
            cover,
            kind=DocumentKind.BILL,
            lines=(replace(cover.lines[0], account="PRE", product=None),),
        ),
    ]
    movements = [
        Movement(period.end, account, amount, "Month end")
        for _, period in MONTHS[:3]
        for account, amount in (("DEF", 10_000), ("PRE", -20_000))
    ]
    held = {Role.DEFERRED_REVENUE: usd("900.00"), Role.PREPAYMENTS: usd("1800.00")}
    past = Past(date(2026, 3, 31), held, tuple(movements))
    found = back_test(first_book(*documents), MONTHLY, MONTHS[:3], past)
    assert (found.differences, dict(found.carried)) == ((), {})


def test_a_year_or_part_of_a_word_names_nobody() -> None:
    """Invoice 2026 of Ivy, and a text with the year and the word “privy”: a lump, as it was booked."""
    sale = sold("2026", "1200.00", "Ivy")
    for text, customer in (
        ("Deferred revenue, January 2026, privy", ""),
        ("Deferred for Ivy, January", "Ivy"),
    ):
        moves = (Movement(date(2026, 1, 31), "DEF", -97_655, text),)
        past = Past(date(2026, 1, 31), {Role.DEFERRED_REVENUE: usd("976.55")}, moves)
        found = back_test(first_book(sale), MONTHLY, MONTHS[:1], past)
        assert told(found) == [("2026-01", customer, "unknown", "arises", "-123.45")]
