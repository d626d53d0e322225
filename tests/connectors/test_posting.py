"""Posting to Xero and QuickBooks: one journal for one key, and the right answer when there is none."""

from datetime import UTC, date, datetime

import pytest

from connectors.errors import LedgerThrottledError, LedgerUnavailableError
from connectors.ledger import Ledger, LedgerLine, NoAnswer, Posted, Throttled
from tests.connectors.doors import BOOKS, DAY, MemoryVault, held, open_ledger, release
from tests.sandbox.wiring import Sandbox

every_ledger = pytest.mark.parametrize("entity", BOOKS)
every_vendor = pytest.mark.parametrize("entity", ["uk", "us"])


def strike(sandbox: Sandbox, entity: str, kind: str, **more: object) -> None:
    """A fault that strikes the next posting."""
    books = BOOKS[entity]
    sandbox.post(
        "/faults",
        target=books.vendor,
        kind=kind,
        method=books.post_method,
        path=books.post_path,
        **more,
    )


@every_ledger
def test_the_ledger_answers_with_the_journal_that_was_sent(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal = release(entity, reference)
    answer = ledger.post(journal, f"key-{reference}")
    assert isinstance(answer, Posted)
    posted = answer.journal
    assert posted.lines == journal.lines
    assert (posted.reference, posted.date, posted.posted) == (reference, DAY, True)
    assert "1234.56" in posted.raw
    (known,) = held(sandbox, entity, reference)
    assert (known["id"], known["date"]) == (posted.id, "2026-09-30")
    assert [(e["account"], e["debit"], e["credit"]) for e in known["lines"]] == [
        (BOOKS[entity].deferred, "1234.56", "0.00"),
        (BOOKS[entity].revenue, "0.00", "1234.56"),
    ]


@every_ledger
def test_what_was_posted_is_among_the_journals_that_changed_since(
    entity: str, ledger: Ledger, reference: str
) -> None:
    answer = ledger.post(release(entity, reference), f"key-{reference}")
    assert isinstance(answer, Posted)
    everything = list(ledger.journals(datetime(2026, 1, 1, tzinfo=UTC)))
    assert [each for each in everything if each.reference == reference] == [answer.journal]
    assert len({each.id for each in everything}) == len(everything)
    assert list(ledger.journals(datetime(2027, 1, 1, tzinfo=UTC))) == []


@every_ledger
def test_dimensions_of_a_line_come_back_and_are_found_again(
    entity: str, ledger: Ledger, reference: str
) -> None:
    books = BOOKS[entity]
    lines = (
        LedgerLine(books.deferred, 500, 0),
        LedgerLine(books.revenue, 0, 500, books.dimensions),
    )
    journal = release(entity, reference, lines=lines)
    answer = ledger.post(journal, f"key-{reference}")
    assert isinstance(answer, Posted)
    assert answer.journal.lines == lines
    assert ledger.find(journal) == answer.journal


@every_ledger
def test_a_posted_journal_moves_both_balances_by_its_amount(
    entity: str, ledger: Ledger, reference: str
) -> None:
    books = BOOKS[entity]
    the_day_before = ledger.balances(date(2026, 9, 29))
    before = {each.account: each.balance_minor for each in ledger.balances(DAY)}
    ledger.post(release(entity, reference, 1_001), f"key-{reference}")
    after = {each.account: each.balance_minor for each in ledger.balances(DAY)}
    assert after[books.deferred] - before[books.deferred] == 1_001
    assert after[books.revenue] - before[books.revenue] == -1_001
    assert ledger.balances(date(2026, 9, 29)) == the_day_before


@every_ledger
def test_one_key_and_body_sent_twice_are_one_journal(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal = release(entity, reference)
    first, second = (ledger.post(journal, f"key-{reference}") for _ in range(2))
    assert isinstance(first, Posted)
    assert second == first
    assert len(held(sandbox, entity, reference)) == 1


@every_ledger
def test_a_journal_is_found_by_its_reference_and_nothing_is_made_by_looking(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal, other = release(entity, reference), release(entity, reference[:-1])
    assert ledger.find(journal) is None
    assert held(sandbox, entity, reference) == []
    answer = ledger.post(journal, f"key-{reference}")
    assert isinstance(answer, Posted)
    assert ledger.find(journal) == answer.journal
    assert ledger.find(other) is None
    assert len(held(sandbox, entity, reference)) == 1


@every_ledger
def test_a_journal_is_read_by_its_id_as_it_is_now(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    answer = ledger.post(release(entity, reference), f"key-{reference}")
    assert isinstance(answer, Posted)
    assert ledger.read_journal(answer.journal.id) == answer.journal

    sandbox.post("/journals/edit", entity=entity, id=answer.journal.id, line=0, amount="1234.57")
    edited = ledger.read_journal(answer.journal.id)
    assert edited is not None
    assert [line.debit_minor for line in edited.lines] == [123_457, 0]
    assert "1234.57" in edited.raw


@pytest.mark.parametrize(
    ("entity", "unknown"), [("uk", "00000000-0000-4000-8000-000000000000"), ("us", "999999")]
)
def test_a_journal_that_is_gone_is_none_by_its_id(
    entity: str, unknown: str, ledger: Ledger
) -> None:
    assert ledger.read_journal(unknown) is None


@every_ledger
def test_a_cut_after_the_commit_is_no_answer_and_the_search_finds_the_one_journal(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal = release(entity, reference)
    strike(sandbox, entity, "reset_after_commit")
    assert isinstance(ledger.post(journal, f"key-{reference}"), NoAnswer)
    found = ledger.find(journal)
    assert found is not None
    assert (found.lines, found.date, found.posted) == (journal.lines, DAY, True)
    again = ledger.post(journal, f"key-{reference}")
    assert again == Posted(found)
    assert len(held(sandbox, entity, reference)) == 1


@every_ledger
def test_a_cut_before_the_commit_is_no_answer_and_the_search_finds_nothing(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal = release(entity, reference)
    strike(sandbox, entity, "reset_before_commit")
    assert isinstance(ledger.post(journal, f"key-{reference}"), NoAnswer)
    assert ledger.find(journal) is None
    assert held(sandbox, entity, reference) == []


@every_vendor
def test_a_ledger_that_committed_and_never_answers_is_no_answer_after_the_time_out(
    entity: str, sandbox: Sandbox, vault: MemoryVault, reference: str
) -> None:
    impatient = open_ledger(sandbox, entity, vault, read_timeout_s=1)
    journal = release(entity, reference)
    strike(sandbox, entity, "hold_after_commit")
    assert isinstance(impatient.post(journal, f"key-{reference}"), NoAnswer)
    assert impatient.find(journal) is not None


@every_ledger
@pytest.mark.parametrize("kind", ["error_500", "error_503"])
def test_a_broken_server_is_no_answer_to_a_posting_and_unavailable_to_a_reader(
    entity: str, kind: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    strike(sandbox, entity, kind)
    answer = ledger.post(release(entity, reference), f"key-{reference}")
    assert isinstance(answer, NoAnswer)
    assert kind[-3:] in answer.message
    assert held(sandbox, entity, reference) == []
    sandbox.post("/faults", target=ledger.vendor, kind=kind)
    with pytest.raises(LedgerUnavailableError, match=kind[-3:]):
        ledger.lock_dates()
    assert ledger.lock_dates().latest is None


@every_ledger
def test_a_throttle_tells_how_long_to_wait(
    entity: str, ledger: Ledger, sandbox: Sandbox, reference: str
) -> None:
    journal = release(entity, reference)
    strike(sandbox, entity, "throttle", retry_after_s=7)
    assert ledger.post(journal, f"key-{reference}") == Throttled(7)
    assert held(sandbox, entity, reference) == []
    sandbox.post("/faults", target=ledger.vendor, kind="throttle", retry_after_s=11)
    with pytest.raises(LedgerThrottledError) as error:
        ledger.find(journal)
    assert error.value.retry_after_s == 11
    assert isinstance(ledger.post(journal, f"key-{reference}"), Posted)
