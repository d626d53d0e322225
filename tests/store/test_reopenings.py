"""A period that is opened again: what was frozen stays and counts no longer, differences are posted."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities import ProgressActivities, ReopenActivities
from controls.messages import CloseRef, CloseRequest
from controls.steps import Step
from models import CloseRow
from store.errors import ConflictError
from tests.store.month_end import WORKER_ACTOR, Make, MonthEnd, invoice, line, over

YEAR = over("2026-09-01", "2027-08-31")  # 365 days: 30 in September, 31 in October


def ask(uk: MonthEnd, period: str, number: int) -> CloseRef:
    request = CloseRequest("uk", period, "priya", number=number, reason="a late invoice")
    found: CloseRef = ActivityEnvironment().run(ProgressActivities(uk.doors).open_close, request)
    return found


def row_of(uk: MonthEnd, close: CloseRef) -> CloseRow:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        return work.closes.get(close.close_id)


def open_again(uk: MonthEnd, asked: CloseRef) -> None:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.reopenings.open_again(work.closes.lock(asked.close_id))


def newest(uk: MonthEnd, period: str) -> CloseRef:
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.of("uk", period)
        return CloseRef(row.id or 0, "uk", period, row.number)


def finish(uk: MonthEnd, close: CloseRef) -> None:
    uk.sync(close)
    assert uk.calculate(close).proposal_id
    uk.post(close)
    uk.sign_off(close)


def test_the_late_invoice_counts_in_its_own_period_and_each_period_posts_its_difference(
    month_ends: Make,
) -> None:
    uk = month_ends()
    uk.paper.write(invoice("INV-1", "2026-09-01", line("365.00", **YEAR)))
    september, october = uk.close("2026-09"), uk.close("2026-10")
    assert uk.journals(september)["deferral"] == [
        ("REV", "335.00", "0.00"),
        ("DEF", "0.00", "335.00"),
    ]
    frozen = uk.positions(september)
    uk.paper.write(invoice("INV-2", "2026-09-01", line("730.00", **YEAR)))
    november = uk.open("2026-11")
    uk.sync(november)  # it reaches us while November is open
    first = uk.calculate(november)
    assert first.proposal_id

    asked = ask(uk, "2026-09", 2)
    assert row_of(uk, asked).step == Step.REOPEN
    assert row_of(uk, asked).supersedes == [
        ["2026-10", 1, row_of(uk, october).seal],
        ["2026-09", 1, row_of(uk, september).seal],
    ]
    open_again(uk, asked)
    assert [row_of(uk, each).step for each in (asked, september, october)] == [
        "sync", "superseded", "superseded",
    ]  # fmt: skip
    assert uk.calculate(november).waits_for_predecessor == "2026-10"
    again = newest(uk, "2026-10")
    assert again.number == 2
    assert uk.calculate(again).waits_for_predecessor == "2026-09"

    finish(uk, asked)
    # INV-2 alone is new: billed 730, 2 a day, 30 days earned.
    assert uk.journals(asked) == {
        "deferral": [("REV", "670.00", "0.00"), ("DEF", "0.00", "670.00")]
    }
    assert [r.catch_up_minor for r in uk.positions(asked).values()] == [0, 0]
    assert uk.positions(september) == frozen
    finish(uk, again)
    assert uk.journals(again) == {"release": [("DEF", "62.00", "0.00"), ("REV", "0.00", "62.00")]}
    assert uk.calculate(november).proposal_id
    assert uk.journals(november) == {
        "release": [("DEF", "90.00", "0.00"), ("REV", "0.00", "90.00")]
    }


def test_nothing_is_proposed_anew_where_nothing_has_changed(month_ends: Make) -> None:
    uk = month_ends()
    uk.paper.held = {"DEF": -365_00}
    uk.paper.write(
        invoice("INV-1", "2026-08-01", line("396.00", **over("2026-08-01", "2027-08-31")))
    )
    first = uk.open("2026-09")
    uk.sync(first)
    uk.calculate(first)
    uk.post(first)
    uk.sign_off(first)
    asked = ask(uk, "2026-09", 2)
    open_again(uk, asked)
    finish(uk, asked)
    assert uk.journals(asked) == {}


def test_it_is_refused_while_a_later_period_is_being_posted_or_another_one_closes(
    month_ends: Make,
) -> None:
    uk = month_ends()
    uk.paper.write(invoice("INV-1", "2026-09-01", line("365.00", **YEAR)))
    september = uk.close("2026-09")
    october = uk.open("2026-10")
    uk.sync(october)
    uk.calculate(october)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(october.close_id, Step.POST, "retry", "as the test wants it")
        assert "is being posted" in work.reopenings.why_not(work.closes.get(september.close_id))
        work.closes.move(october.close_id, Step.REVIEW, "approval", "as the test wants it")
        assert not work.reopenings.why_not(work.closes.get(september.close_id))
    asked = ask(uk, "2026-09", 2)
    assert ask(uk, "2026-09", 2) == asked
    uk.post(october)
    uk.sign_off(october)
    with pytest.raises(ConflictError, match="Another period was closed since"):
        open_again(uk, asked)
    assert row_of(uk, september).step == Step.CLOSED
    answer = ActivityEnvironment().run(ReopenActivities(uk.doors).open_again, asked)
    assert not answer.opened
    assert row_of(uk, asked).step == Step.REFUSED
    assert newest(uk, "2026-09").number == 1
    assert ask(uk, "2026-09", 3).number == 3
