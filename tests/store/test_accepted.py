"""Journals by hand become exceptions: what each answer makes of the figures, period after period."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from temporalio.testing import ActivityEnvironment

from accounting.documents import DocumentKind
from activities import DriftActivities
from connectors.ledger import LedgerLine
from tests.store.database import Database
from tests.store.ledgered import Ledgered, by_hand
from tests.store.month_end import WORKER_ACTOR, configured, document, invoice, line, over

FOREIGN, CHANGED = "foreign_journal", "journal_changed"


@pytest.fixture
def uk(altered: Database) -> Iterator[Ledgered]:
    """One invoice of 61.00 over September and October: thirty of sixty-one days are September's."""
    month_end = Ledgered(altered, configured("uk"))
    month_end.paper.write(
        invoice("INV-1", "2026-09-01", line("61.00", **over("2026-09-01", "2026-10-31")))
    )
    yield month_end
    month_end.leave()


def test_a_deferral_that_was_booked_by_hand_is_not_booked_twice(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3000)]
    september = uk.calculated("2026-09")
    (problem,) = uk.exceptions(september)
    assert problem.code == FOREIGN
    assert problem.message.startswith("Journal Hand-theirs of 2026-09-20 was posted to the close's")
    uk.answer(september, "booked")
    assert uk.posts(september) == {"deferral": [("REV", "1.00", "0.00"), ("DEF", "0.00", "1.00")]}
    assert uk.finish(september) == {}
    october = uk.calculated("2026-10")
    assert uk.exceptions(october) == []
    assert uk.posts(october) == {"release": [("DEF", "31.00", "0.00"), ("REV", "0.00", "31.00")]}
    assert uk.finish(october) == {}


def test_what_is_there_for_another_reason_is_carried_in_every_tie_out(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("BANK", "DEF", 50000)]
    september = uk.calculated("2026-09")
    (problem,) = uk.exceptions(september)
    refused = uk.resolve(september, code=FOREIGN, subject=problem.subject, remedy="booked")
    assert (refused.accepted, refused.reason) == (False, "bad_resolution")
    assert "Hand-theirs also moves account BANK" in refused.message
    uk.answer(september, "explained")
    assert uk.posts(september) == {"deferral": [("REV", "31.00", "0.00"), ("DEF", "0.00", "31.00")]}
    assert uk.finish(september) == {"DEF": (-50000, 0)}
    october = uk.calculated("2026-10")
    assert uk.finish(october) == {"DEF": (-50000, 0)}
    # The deposit is paid back by hand: it is no reconciling item any more.
    uk.paper.journals_told.append(by_hand("DEF", "BANK", 50000, "2026-11-05", "back"))
    november = uk.calculated("2026-11")
    uk.answer(november, "explained")
    assert uk.finish(november) == {}


def test_corrected_in_the_ledger_and_read_again_it_is_gone(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3000)]
    september = uk.calculated("2026-09")
    (problem,) = uk.exceptions(september)
    uk.paper.journals_told = [replace(by_hand("REV", "DEF", 3000), posted=False)]
    uk.sync(september)
    late = uk.resolve(september, code=FOREIGN, subject=problem.subject, remedy="booked")
    assert (late.accepted, late.reason) == (False, "not_open")
    assert uk.calculate(september).exceptions == 0
    assert uk.posts(september) == {"deferral": [("REV", "31.00", "0.00"), ("DEF", "0.00", "31.00")]}
    assert uk.finish(september) == {}


@pytest.mark.parametrize("how", ["voided", "deleted"])
def test_a_posted_journal_that_is_gone_is_posted_again_by_the_next_close(
    uk: Ledgered, how: str
) -> None:
    september = uk.calculated("2026-09")
    uk.finish(september)
    ours = uk.paper.journals_told[0]
    if how == "voided":
        uk.change(september, "deferral", posted=False)
    else:
        uk.remove(ours.id)
    october = uk.calculated("2026-10")
    (problem,) = uk.exceptions(october)
    assert problem.code == CHANGED
    assert "Put it right in the ledger" in problem.message
    uk.answer(october, "follow")
    # 31.00 were to be released in October: of what is not deferred any more nothing is.
    assert uk.posts(october) == {}
    assert uk.finish(october) == {}
    assert uk.in_ledger() == []


def test_a_changed_journal_is_followed_and_the_rest_is_posted(uk: Ledgered) -> None:
    september = uk.calculated("2026-09")
    uk.finish(september)
    ours = uk.paper.journals_told[0]
    uk.change(september, "deferral", lines=(LedgerLine("REV", 4000, 0), LedgerLine("DEF", 0, 4000)))
    october = uk.calculated("2026-10")
    assert [each.code for each in uk.exceptions(october)] == [CHANGED]
    uk.answer(october, "follow")
    assert uk.posts(october) == {"release": [("DEF", "40.00", "0.00"), ("REV", "0.00", "40.00")]}
    assert uk.finish(october) == {}
    assert uk.in_ledger() == []
    uk.change(september, "deferral", lines=(LedgerLine("REV", 1, 0), LedgerLine("DEF", 0, 1)))
    (told,) = uk.in_ledger()
    assert "was accepted as changed in the ledger, and has changed again" in told
    # Put back after all: that is a change of what was accepted.
    uk.change(september, "deferral", lines=ours.lines)
    november = uk.calculated("2026-11")
    uk.answer(november, "follow")
    assert uk.posts(november) == {"deferral": [("REV", "9.00", "0.00"), ("DEF", "0.00", "9.00")]}
    assert uk.finish(november) == {}


def test_one_moved_into_the_next_period_counts_there(uk: Ledgered) -> None:
    september = uk.calculated("2026-09")
    uk.finish(september)
    uk.change(september, "deferral", date=date(2026, 10, 15))
    october = uk.calculated("2026-10")
    uk.answer(october, "follow")
    assert uk.posts(october) == {"release": [("DEF", "31.00", "0.00"), ("REV", "0.00", "31.00")]}
    assert uk.finish(october) == {}


def test_one_dated_after_the_period_waits_for_the_period_it_belongs_to(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("DEF", "REV", 3100, "2026-10-20")]
    september = uk.calculated("2026-09")
    assert uk.exceptions(september) == []
    assert uk.finish(september) == {}
    october = uk.calculated("2026-10")
    uk.answer(october, "booked")
    assert uk.posts(october) == {}
    assert uk.finish(october) == {}


def test_taken_out_again_after_it_counted_it_is_asked_about_and_posted_by_us(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3100)]
    september = uk.calculated("2026-09")
    uk.answer(september, "booked")
    uk.paper.journals_told = []
    uk.paper.taken_away = frozenset({"theirs"})
    uk.sync(september)
    uk.calculate(september)
    assert [each.code for each in uk.exceptions(september)] == [CHANGED]
    uk.answer(september, "follow")
    assert uk.posts(september) == {"deferral": [("REV", "31.00", "0.00"), ("DEF", "0.00", "31.00")]}
    assert uk.finish(september) == {}


def test_counted_in_a_closed_period_and_changed_later_only_the_difference_moves(
    uk: Ledgered,
) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3100)]
    september = uk.calculated("2026-09")
    uk.answer(september, "booked")
    uk.finish(september)
    uk.paper.journals_told = [by_hand("REV", "DEF", 3000)]
    october = uk.calculated("2026-10")
    (problem,) = uk.exceptions(october)
    assert problem.code == FOREIGN
    uk.answer(october, "booked")
    assert uk.posts(october) == {"release": [("DEF", "30.00", "0.00"), ("REV", "0.00", "30.00")]}
    assert uk.finish(october) == {}


def test_an_answer_is_an_override_that_the_policy_may_ask_more_for(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3000)]
    september = uk.calculated("2026-09")
    uk.answer(september, "booked")
    assert uk.calculate(september).overridden


def test_a_look_finds_nothing_new_in_what_was_accepted(uk: Ledgered) -> None:
    uk.paper.journals_told = [by_hand("REV", "DEF", 3000)]
    september = uk.calculated("2026-09")
    uk.answer(september, "booked")
    left = ActivityEnvironment().run(DriftActivities(uk.doors).look_for_drift, "uk")
    assert left == 0
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        verbs = [e.verb for e in work.audit.events("uk") if e.verb.startswith("drift.")]
    assert verbs == ["drift.found"]


def test_drift_that_nobody_answered_keeps_the_next_close_waiting(uk: Ledgered) -> None:
    """Explained at verify, it is still in the balances: the next close asks what it is."""
    september = uk.calculated("2026-09")
    uk.post(september)
    uk.paper.journals_told.append(by_hand("DEF", "REV", 700, "2026-09-28"))
    assert uk.tie_out(september) == {"DEF": (0, -700)}
    assert uk.verified.differences == 2  # the journal, and the account that it moved
    assert "Hand-theirs was posted to the close's accounts by hand" in uk.verified.message
    uk.sign_off(september)
    october = uk.calculated("2026-10")
    uk.answer(october, "booked")
    assert uk.posts(october) == {"release": [("DEF", "24.00", "0.00"), ("REV", "0.00", "24.00")]}
    uk.post(october)
    assert uk.tie_out(october) == {}


def test_a_gain_whose_journal_is_voided_is_posted_again_as_a_gain_and_once(
    altered: Database,
) -> None:
    """Invoices in euros come later than the work: what is accrued is measured at closing rates."""
    uk = Ledgered(altered, configured("uk"))
    uk.spots("GBP", {"2026-09-01": "0.80", "2026-09-15": "0.80", "2026-09-30": "0.90"})
    uk.spots("GBP", {"2026-10-15": "0.90", "2026-10-30": "0.90", "2026-10-31": "0.90"})
    uk.spots("GBP", {"2026-11-15": "0.90", "2026-11-27": "0.90", "2026-11-30": "0.90"})
    uk.paper.write(
        document(
            DocumentKind.CONTRACT,
            "C-1",
            "2026-09-01",
            line(
                "1220.00", "EUR", account=None, product="PLAT", **over("2026-09-01", "2027-08-31")
            ),
        )
    )
    september = uk.calculated("2026-09")
    gained = uk.posts(september)["remeasurement"]
    uk.finish(september)
    uk.change(september, "remeasurement", posted=False)
    october = uk.calculated("2026-10")
    uk.answer(october, "follow")
    assert uk.posts(october)["remeasurement"] == gained
    assert uk.finish(october) == {}
    november = uk.calculated("2026-11")
    assert "remeasurement" not in uk.posts(november)
    assert uk.finish(november) == {}
    uk.leave()
