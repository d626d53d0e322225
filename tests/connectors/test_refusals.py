"""What Xero and QuickBooks refuse, in their own words; what is not even sent; amounts of any size."""

import re
from collections.abc import Callable
from datetime import date

import pytest

from connectors.errors import PayloadError
from connectors.ledger import JournalToPost, Ledger, LedgerLine, Posted, Refused
from connectors.xero import journal as xero_journal
from tests.connectors.doors import BOOKS, DAY, calls, held, release
from tests.sandbox.wiring import Sandbox

every_ledger = pytest.mark.parametrize("entity", BOOKS)


@pytest.mark.parametrize(
    ("entity", "words"), [("uk", "433.*has been archived"), ("us", "has been made inactive")]
)
def test_an_archived_account_is_refused_in_the_ledgers_words(
    entity: str,
    words: str,
    ledger: Ledger,
    sandbox: Sandbox,
    archive: Callable[[str, str], None],
    reference: str,
) -> None:
    insurance = BOOKS[entity].insurance
    lines = (LedgerLine(insurance, 500, 0), LedgerLine(BOOKS[entity].revenue, 0, 500))
    archive(entity, insurance)
    assert_refused(ledger, sandbox, entity, release(entity, reference, lines=lines), words)


@pytest.mark.parametrize(
    ("entity", "words"),
    [("uk", "period lock date.*30-Sep-2026"), ("us", "account period has closed.*6210")],
)
def test_a_locked_day_is_refused_and_the_day_after_is_not(
    entity: str, words: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    sandbox.post("/lock-date", entity=entity, date=DAY.isoformat())
    assert_refused(ledger, sandbox, entity, release(entity, reference), words)
    october = release(entity, reference, date=date(2026, 10, 1))
    assert isinstance(ledger.post(october, f"october-{reference}"), Posted)


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ("uk", r"debits \(5\.01\) must equal.*\(-5\.00\)"),
        ("us", "Debits and credits are not equal"),
    ],
)
def test_unequal_sides_are_refused(
    entity: str, words: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    books = BOOKS[entity]
    lines = (LedgerLine(books.deferred, 501, 0), LedgerLine(books.revenue, 0, 500))
    assert_refused(ledger, sandbox, entity, release(entity, reference, lines=lines), words)


@pytest.mark.parametrize(
    ("entity", "words"), [("uk", "'999' is not a valid code"), ("us", "element id 999 not found")]
)
def test_an_unknown_account_is_refused(
    entity: str, words: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    lines = (LedgerLine("999", 500, 0), LedgerLine(BOOKS[entity].revenue, 0, 500))
    assert_refused(ledger, sandbox, entity, release(entity, reference, lines=lines), words)


@pytest.mark.parametrize("entity", ["uk"])
def test_a_key_that_was_used_for_another_journal_is_refused(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    first, second = release(entity, reference), release(entity, reference, 654_321)
    assert isinstance(ledger.post(first, reference), Posted)
    answer = ledger.post(second, reference)
    assert isinstance(answer, Refused)
    assert "used with a different request" in answer.message
    (known,) = held(sandbox, entity, reference)
    assert known["lines"][0]["debit"] == "1234.56"


@pytest.mark.parametrize("entity", ["us"])
def test_quickbooks_is_not_asked_for_what_it_can_not_keep(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    """A class that it does not know, and a reference longer than its DocNumber."""
    lines = (LedgerLine("92", 500, 0), LedgerLine("79", 0, 500, (("Class", "Robots"),)))
    assert_refused(
        ledger, sandbox, entity, release(entity, reference, lines=lines), "no Class 'Rob"
    )
    too_long = release(entity, "T2609-0001-0a1b2c3d-22")
    assert_refused(ledger, sandbox, entity, too_long, "longer than 21 characters")
    posted = calls(sandbox, "quickbooks", "journalentry")
    assert isinstance(ledger.post(release(entity, reference), f"key-{reference}"), Posted)
    assert calls(sandbox, "quickbooks", "journalentry") == posted + 1


@every_ledger
@pytest.mark.parametrize("minor", [1, 29, 1_005, 123_456_789_012_345, 999_999_999_999_999])
def test_amounts_of_up_to_15_digits_come_back_as_they_were_sent(
    entity: str, minor: int, ledger: Ledger, reference: str
) -> None:
    journal = release(entity, reference, minor)
    answer = ledger.post(journal, f"key-{reference}")
    assert isinstance(answer, Posted)
    assert answer.journal.lines == journal.lines


@pytest.mark.parametrize("entity", ["uk"])
def test_an_amount_of_16_digits_is_not_rounded_for_xero(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    """Xero's client writes doubles: 99999999999999.99 would arrive as 99999999999999.98."""
    journal = release(entity, reference, 9_999_999_999_999_999)
    with pytest.raises(PayloadError, match=r"99999999999999\.99 has more digits"):
        xero_journal.payload(journal)
    assert isinstance(ledger.post(journal, f"key-{reference}"), Refused)  # never sent, no doubt
    assert held(sandbox, entity, reference) == []


@pytest.mark.parametrize("entity", ["us"])
def test_an_amount_of_16_digits_reaches_quickbooks_whole(
    entity: str, ledger: Ledger, reference: str
) -> None:
    journal = release(entity, reference, 9_999_999_999_999_999)
    answer = ledger.post(journal, f"key-{reference}")
    assert isinstance(answer, Posted)
    assert answer.journal.lines == journal.lines


def assert_refused(
    ledger: Ledger, sandbox: Sandbox, entity: str, journal: JournalToPost, words: str
) -> None:
    answer = ledger.post(journal, f"refused-{journal.reference}")
    assert isinstance(answer, Refused)
    assert re.search(words, answer.message), answer.message
    assert held(sandbox, entity, journal.reference) == []
