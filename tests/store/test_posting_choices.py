"""Where a posting got stuck: what the next proposal makes of it, to the cent, and of the next period."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities import RecoverActivities
from controls.messages import CloseRef, CloseRequest
from controls.posting import JournalEvent, JournalState
from controls.posting_choices import Choice
from models import JournalRow, PostingChoiceRow
from store.cover import own_hash
from store.errors import ConflictError
from store.journals import Outcome
from tests.store.database import Database
from tests.store.month_end import T0, WORKER_ACTOR, MonthEnd, configured, invoice, line, over

Make = Callable[..., MonthEnd]
YEAR = over("2026-09-01", "2027-08-31")  # 365 days: 30 in September, 31 in October
OLD = over("2026-08-01", "2027-07-31")


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    made = MonthEnd(altered, configured())
    made.paper.held = {"DEF": -334_00}
    made.paper.write(
        invoice("INV-1", "2026-08-01", line("365.00", **OLD)),
        invoice("INV-2", "2026-09-01", line("365.00", **YEAR)),
    )
    yield made
    made.leave()


def settle(uk: MonthEnd, close: CloseRef, refused: str) -> JournalRow:
    """Everything is posted but the journal of this kind, which the ledger refuses."""
    found = None
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        for row in work.journals.approve(work.closes.get(close.close_id)):
            attempt = work.journals.intend(row, "key", T0)
            told = Outcome(JournalEvent.ANSWERED_POSTED, ledger_id=f"L-{row.id}")
            if row.kind == refused:
                told, found = Outcome(JournalEvent.ANSWERED_REFUSED, "archived"), row
            work.journals.settle(row.id or 0, attempt, told, T0)
    assert found is not None
    return found


def choose(uk: MonthEnd, close: CloseRef, choice: Choice, **given: Any) -> None:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.lock(close.close_id)
        work.journals.withdraw(row, "omar")
        work.posting_choices.save(
            row,
            PostingChoiceRow(
                close_id=close.close_id, entity_id="uk", choice=choice, reason="test",
                actor="omar", nonce=f"nonce-{choice}-{given}", **given,
            ),
        )  # fmt: skip


def states(uk: MonthEnd, close: CloseRef) -> list[tuple[str, str, str]]:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        rows = work.journals.standing(work.closes.get(close.close_id))
        return [(row.kind, row.state, row.date.isoformat()) for row in rows]


def ready(uk: MonthEnd, period: str = "2026-09") -> CloseRef:
    close = uk.open(period)
    uk.sync(close)
    assert uk.calculate(close).proposal_id
    return close


def test_what_is_left_out_is_in_the_next_periods_target(uk: MonthEnd) -> None:
    close = ready(uk)
    failed = settle(uk, close, "release")
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        name = own_hash(work, failed)
    choose(uk, close, Choice.SKIP, journal_hash=name)
    assert uk.calculate(close).overridden
    assert states(uk, close) == [
        ("deferral", "posted", "2026-09-30"),
        ("release", "skipped", "2026-09-30"),
    ]
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.get(close.close_id)
        approved = work.proposals.get(row.proposal_id or 0).summary["approved"]
        assert approved["left_out"] == approved["journals"] == [name]
        assert work.journals.approve(row) == []
        assert work.approvals.preparers(close.close_id) == ("omar",)
    uk.sign_off(close)
    october = ready(uk, "2026-10")
    # INV-1 releases 1.00 a day for September and October, INV-2 for October: 30 + 31 + 31.
    assert uk.journals(october) == {"release": [("DEF", "92.00", "0.00"), ("REV", "0.00", "92.00")]}


def test_what_is_posted_in_another_period_belongs_to_its_own(uk: MonthEnd) -> None:
    close = ready(uk)
    settle(uk, close, "release")
    choose(uk, close, Choice.OTHER_PERIOD, post_from=date(2026, 11, 1))
    uk.calculate(close)
    assert states(uk, close)[1] == ("release", "proposed", "2026-11-01")
    uk.post(close)
    uk.calculate(close)  # calculated again it proposes nothing
    assert [state for _kind, state, _day in states(uk, close)] == ["posted", "posted"]
    uk.sign_off(close)
    october = ready(uk, "2026-10")
    assert uk.journals(october) == {"release": [("DEF", "62.00", "0.00"), ("REV", "0.00", "62.00")]}


def test_a_close_that_was_sent_back_is_taken_up_where_it_calculates_anew(uk: MonthEnd) -> None:
    close = ready(uk)
    settle(uk, close, "release")
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(close.close_id, "post", "retry", "one failed")
    request = CloseRequest("uk", "2026-09", "omar", recover=True)
    recover = RecoverActivities(uk.doors).where_it_stands
    before = ActivityEnvironment().run(recover, request)
    assert (before.step, before.outdated) == ("post", False)
    choose(uk, close, Choice.RECALCULATE)
    after = ActivityEnvironment().run(recover, request)
    assert (after.step, after.outdated, after.completed) == ("post", True, False)


def test_nothing_is_given_up_that_may_be_in_the_ledger(uk: MonthEnd) -> None:
    close = ready(uk)
    failed = settle(uk, close, "release")
    for event, words in (
        (None, "is being searched"),
        (JournalEvent.DRAFTED, "lies in the ledger as a draft"),
    ):
        with uk.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.journals.lock(failed.id or 0)
            if event is None:
                work.journals.retry(row, "omar", as_draft=True)
                work.journals.intend(row, "key-2", T0)
            else:
                work.journals.settle(row.id or 0, row.attempt, Outcome(event), T0)
        with pytest.raises(ConflictError, match=words):
            choose(uk, close, Choice.RECALCULATE)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.journals.lock(failed.id or 0)
        work.journals.settle(row.id or 0, row.attempt, Outcome(JournalEvent.DRAFT_GONE), T0)
    choose(uk, close, Choice.RECALCULATE)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert work.journals.get(failed.id or 0).state == JournalState.WITHDRAWN
