"""Journals on their way to the ledger: numbered without gaps, fenced by attempt, each move an event."""

from datetime import UTC, datetime

import pytest

from accounting.book import Calculation, Journal, JournalKind, JournalLine, JournalPart
from accounting.journals import balanced
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import Role
from controls.audit import Actor
from controls.posting import JournalEvent, PostedLine
from store import Store
from store.errors import FencedError, NotFoundError
from store.journals import Outcome

WORKER_ACTOR = Actor("service", "worker")
AT = datetime(2026, 10, 5, 8, tzinfo=UTC)
REGION = (("Region", "North"),)


def gbp(text: str) -> Money:
    return Money.parse(text, "GBP")


def release(period: Period, amount: str) -> Journal:
    line = JournalPart(
        line="inv-7/1",
        unit="inv-7",
        role=Role.DEFERRED_REVENUE,
        account="200",
        dimensions=REGION,
        amount=-gbp(amount),
        catch_up=gbp("0.00"),
    )
    return balanced(
        JournalKind.RELEASE,
        period.end,
        "Deferred revenue released as delivered",
        (
            JournalLine("850", Role.DEFERRED_REVENUE, gbp(amount), gbp("0.00")),
            JournalLine("200", None, gbp("0.00"), gbp(amount), REGION),
        ),
        (line,),
    )


def approved(store: Store, month: str, *amounts: str) -> list[int]:
    """The ids of a month's journals, proposed and approved."""
    period = Period.month(month)
    with store.unit_of_work(WORKER_ACTOR) as work:
        close = work.closes.open("uk", month, period, "priya")
        journals = tuple(release(period, amount) for amount in amounts)
        calculation = Calculation(period, (), journals, (), {}, {})
        config = work.config.current().id
        work.proposals.save(close, calculation, {"month": month}, config, "test")
        return [row.id or 0 for row in work.journals.approve(close)]


def sent(store: Store, journal: int, key: str = "key-1") -> int:
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.lock(journal)
        return work.journals.intend(row, key, AT, after=row.attempt)


def settle(store: Store, journal: int, attempt: int, outcome: Outcome) -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        work.journals.settle(journal, attempt, outcome, AT)


def verbs(store: Store) -> list[str]:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return [e.verb for e in work.audit.events("uk") if e.verb.startswith("journal.")]


def test_approved_journals_are_numbered_without_a_gap_once_and_for_ever(store: Store) -> None:
    september = approved(store, "2026-09", "100.10", "200.20")
    october = approved(store, "2026-10", "300.30")
    with store.unit_of_work(WORKER_ACTOR) as work:
        rows = [work.journals.get(each) for each in (*september, *october)]
        assert [(row.number, row.state) for row in rows] == [
            (1, "approved"),
            (2, "approved"),
            (3, "approved"),
        ]
        assert [row.reference for row in rows] == [
            f"T2609-0001-{rows[0].content_hash[:8]}",
            f"T2609-0002-{rows[1].content_hash[:8]}",
            f"T2610-0003-{rows[2].content_hash[:8]}",
        ]
        again = work.journals.approve(work.closes.of("uk", "2026-09"))
        assert [row.number for row in again] == [1, 2]
    assert verbs(store) == ["journal.approved"] * 3


def test_a_journals_lines_and_parts_read_back_as_proposed(store: Store) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.journals.posted_lines(journal) == (
            PostedLine("850", 100_10, 0),
            PostedLine("200", 0, 100_10, REGION),
        )
        (part,) = work.journals.parts(journal)
        assert (part.line, part.role, part.amount_minor) == ("inv-7/1", "deferred_revenue", -100_10)


def test_an_answer_of_an_older_attempt_is_fenced_off(store: Store) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    first = sent(store, journal)
    settle(store, journal, first, Outcome(JournalEvent.NO_ANSWER, "cut"))
    second = sent(store, journal, "key-2")
    assert (first, second) == (1, 2)
    late = Outcome(JournalEvent.ANSWERED_REFUSED, "locked")
    with pytest.raises(FencedError, match="attempt 1 answered after 2 began"):
        settle(store, journal, first, late)
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.get(journal)
        assert (row.state, row.attempt, row.key) == ("posting", 2, "key-2")
        assert row.ledger_message == "cut"
    posted = Outcome(JournalEvent.ANSWERED_POSTED, ledger_id="L-7", raw='{"Total": 100.10}')
    settle(store, journal, second, posted)
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.get(journal)
        assert (row.state, row.ledger_id, row.posted_at) == ("posted", "L-7", AT)
        assert row.ledger_raw == '{"Total": 100.10}'
    assert verbs(store) == [
        "journal.approved",
        "journal.sending",
        "journal.unknown",
        "journal.sending",
        "journal.posted",
    ]


def test_who_was_overtaken_since_it_looked_sends_nothing(store: Store) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    sent(store, journal)
    with (
        pytest.raises(FencedError, match="it is posting at attempt 1; attempt 1 comes too late"),
        store.unit_of_work(WORKER_ACTOR) as work,
    ):
        work.journals.intend(work.journals.lock(journal), "key-2", AT, after=0)
    assert verbs(store) == ["journal.approved", "journal.sending"]


def test_a_posted_journal_takes_no_second_answer(store: Store) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    attempt = sent(store, journal)
    posted = Outcome(JournalEvent.ANSWERED_POSTED, ledger_id="L-7")
    settle(store, journal, attempt, posted)
    with pytest.raises(FencedError, match="attempt 1 answered when it was posted already"):
        settle(store, journal, attempt, posted)
    with pytest.raises(FencedError, match="it is posted at attempt 1; attempt 2 comes too late"):
        sent(store, journal)
    assert verbs(store) == ["journal.approved", "journal.sending", "journal.posted"]


def test_a_refused_journal_forgets_its_key_and_goes_again_when_an_operator_asks(
    store: Store,
) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    refusal = Outcome(JournalEvent.ANSWERED_REFUSED, "Account 433 has been archived")
    settle(store, journal, sent(store, journal), refusal)
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.lock(journal)
        assert (row.state, row.key, row.key_first_sent_at) == ("failed", None, None)
        assert row.ledger_message == "Account 433 has been archived"
        work.journals.retry(row, "omar")
        work.journals.retry(row, "omar")  # asked for twice: retried once
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.get(journal)
        assert (row.state, row.retried_by) == ("unknown", "omar")
    assert verbs(store)[-2:] == ["journal.failed", "journal.retry"]


def test_everybody_who_sent_a_journal_again_is_known_not_only_the_last(store: Store) -> None:
    (journal,) = approved(store, "2026-09", "100.10")
    refusal = Outcome(JournalEvent.ANSWERED_REFUSED, "Account 433 has been archived")
    for operator in ("omar", "otto"):
        settle(store, journal, sent(store, journal), refusal)
        with store.unit_of_work(WORKER_ACTOR) as work:
            work.journals.retry(work.journals.lock(journal), operator)
    with store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.get(journal)
        assert work.journals.retriers(row.proposal_id) == ("omar", "otto")


def test_two_journals_can_not_claim_the_same_entry_of_the_ledger(store: Store) -> None:
    first, second = approved(store, "2026-09", "100.10", "200.20")
    posted = Outcome(JournalEvent.ANSWERED_POSTED, ledger_id="L-7")
    settle(store, first, sent(store, first), posted)
    attempt = sent(store, second)
    with pytest.raises(Exception, match="uq_journal_entity_id_ledger_id"):
        settle(store, second, attempt, posted)
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.journals.get(second).state == "posting"


def test_a_journal_that_is_not_there_is_not_found(store: Store) -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        for look in (work.journals.get, work.journals.lock):
            with pytest.raises(NotFoundError, match="no journal 4711"):
                look(4711)
