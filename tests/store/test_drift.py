"""Drift on record: what the look finds of a ledger's journals, once each, and what it leaves alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from temporalio.testing import ActivityEnvironment

from activities import DriftActivities
from connectors.ledger import LedgerJournal, LedgerLine
from store.document_rows import dimensions_of
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line, over


@pytest.fixture
def september(altered: Database) -> Iterator[MonthEnd]:
    """uk has closed September; its journals are in the ledger on paper."""
    month_end = MonthEnd(altered, configured("uk"))
    days = over("2026-09-01", "2026-10-31")
    month_end.paper.write(invoice("INV-1", "2026-09-01", line("61.00", **days)))
    month_end.close("2026-09")
    month_end.paper.journals_told = in_the_ledger(month_end)
    yield month_end
    month_end.leave()


def in_the_ledger(month_end: MonthEnd) -> list[LedgerJournal]:
    """Every journal as it was posted."""
    with month_end.store.unit_of_work(WORKER_ACTOR) as work:
        return [
            LedgerJournal(
                ledger_id,
                row.reference or "",
                row.date,
                tuple(
                    LedgerLine(
                        each.account,
                        each.debit_minor,
                        each.credit_minor,
                        dimensions_of(each.dimensions),
                    )
                    for each in work.journals.lines(row.id or 0)
                ),
                posted=True,
                raw="{}",
            )
            for ledger_id, row in work.drift.posted("uk").items()
        ]


def look(month_end: MonthEnd) -> list[tuple[str, str]]:
    """Look; what is open then: what happened to which journal."""
    ActivityEnvironment().run(DriftActivities(month_end.doors).look_for_drift, "uk")
    with month_end.store.unit_of_work(WORKER_ACTOR) as work:
        return [(row.kind, row.ledger_id) for row in work.drift.open("uk")]


def verbs(month_end: MonthEnd) -> list[str]:
    with month_end.store.unit_of_work(WORKER_ACTOR) as work:
        found = [event.verb for event in work.audit.events("uk")]
    return [verb for verb in found if verb.startswith("drift.")]


def foreign(day: str, account: str = "DEF") -> LedgerJournal:
    lines = (LedgerLine(account, 500, 0), LedgerLine("REV", 0, 500))
    return LedgerJournal("theirs", "By-hand", date.fromisoformat(day), lines, posted=True, raw="{}")


def test_what_is_as_approved_is_left_alone(september: MonthEnd) -> None:
    assert september.paper.journals_told
    assert look(september) == []
    assert verbs(september) == []


def test_a_change_is_found_once_changes_its_words_and_is_settled(september: MonthEnd) -> None:
    ours = september.paper.journals_told[0]
    september.paper.journals_told = [replace(ours, date=date(2026, 10, 1))]
    assert look(september) == [("changed", ours.id)]
    assert look(september) == [("changed", ours.id)]
    assert verbs(september) == ["drift.found"]
    september.paper.journals_told = [replace(ours, posted=False)]
    assert look(september) == [("voided", ours.id)]
    september.paper.journals_told = [ours]
    assert look(september) == []
    assert verbs(september) == ["drift.found", "drift.settled", "drift.found", "drift.settled"]


def test_one_that_is_gone_is_found_and_whoever_can_explain_it_is_told_without_figures(
    september: MonthEnd,
) -> None:
    ours = september.paper.journals_told[0]
    september.paper.journals_told = []
    september.paper.taken_away = frozenset({ours.id})
    assert look(september) == [("deleted", ours.id)]
    with september.store.unit_of_work(WORKER_ACTOR) as work:
        told = [row for row in work.outbox.unsent() if row.kind == "drift"]
        (found,) = work.drift.open("uk")
    assert [row.role for row in told] == ["controller", "operator", "preparer"]
    assert {row.path for row in told} == {"/closes/uk/2026-09"}
    assert not any("3050" in row.text or "30.50" in row.text for row in told)
    assert found.link == f"https://paper.example/{ours.id}"
    assert len(found.differences) == len(ours.lines)


def test_somebody_elses_journal_counts_on_our_accounts_after_adoption_only(
    september: MonthEnd,
) -> None:
    for journal, found in (
        (foreign("2026-08-31"), []),
        (foreign("2026-09-10", "BANK"), []),
        (foreign("2026-09-10"), [("added", "theirs")]),
    ):
        september.paper.journals_told = [journal]
        assert look(september) == found
    september.paper.journals_told = [replace(foreign("2026-09-10"), posted=False)]
    assert look(september) == []


def test_a_copy_of_our_journal_by_hand_is_foreign(september: MonthEnd) -> None:
    ours = september.paper.journals_told[0]
    september.paper.journals_told = [ours, replace(ours, id="copy")]
    assert look(september) == [("added", "copy")]


def test_looks_at_the_same_moment_find_a_journal_once(september: MonthEnd) -> None:
    september.paper.journals_told = [foreign("2026-09-10")]
    with ThreadPoolExecutor(4) as at_once:
        found = [*at_once.map(look, [september] * 8)]
    assert found == [[("added", "theirs")]] * 8
    assert verbs(september) == ["drift.found"]


def test_somebody_elses_that_was_deleted_again_without_a_trace_is_settled(
    september: MonthEnd,
) -> None:
    ours = september.paper.journals_told
    september.paper.journals_told = [*ours, foreign("2026-09-20")]
    assert look(september) == [("added", "theirs")]
    september.paper.journals_told, september.paper.taken_away = ours, frozenset({"theirs"})
    assert look(september) == []
    assert verbs(september) == ["drift.found", "drift.settled"]
