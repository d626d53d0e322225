"""The ledger's journals from before adoption: kept at the first look, as they are now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest
from temporalio.testing import ActivityEnvironment

from activities import DriftActivities
from connectors.ledger import LedgerJournal, LedgerLine
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, Paper, configured


class Asked(Paper):
    """Remembers since when it was asked for journals."""

    since: datetime

    def journals(self, since: datetime) -> Iterator[LedgerJournal]:
        self.since = since
        return super().journals(since)


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    month_end = MonthEnd(altered, configured("uk"))
    month_end.paper = Asked()
    month_end.paper.journals_told = [
        journal("A", date(2026, 7, 31)),
        journal("B", date(2026, 8, 31)),
        journal("C", date(2026, 9, 1)),
        replace(journal("D", date(2026, 6, 30)), posted=False),
    ]
    yield month_end
    month_end.leave()


def journal(name: str, day: date) -> LedgerJournal:
    lines = (
        LedgerLine("DEF", 100_00, 0, text="Deferred revenue INV-1"),
        LedgerLine("REV", 0, 100_00),
    )
    return LedgerJournal(name, f"SS-{name}", day, lines, posted=True, raw="{}")


def look(month_end: MonthEnd) -> list[tuple[date, str, int, str]]:
    """Look; what is kept of the past then."""
    ActivityEnvironment().run(DriftActivities(month_end.doors).look_for_drift, "uk")
    with month_end.api.reading(WORKER_ACTOR) as work:
        found = work.past_journals.movements("uk")
    return [(each.date, each.account, each.amount, each.text) for each in found]


def kept(*days: date) -> list[tuple[date, str, int, str]]:
    return [
        each
        for day in days
        for each in ((day, "DEF", 100_00, "Deferred revenue INV-1"), (day, "REV", -100_00, ""))
    ]


def test_what_is_posted_up_to_adoption_is_kept_once(uk: MonthEnd) -> None:
    assert look(uk) == kept(date(2026, 7, 31), date(2026, 8, 31))
    assert look(uk) == kept(date(2026, 7, 31), date(2026, 8, 31))


def test_what_was_voided_or_moved_beyond_adoption_since_counts_no_more(uk: MonthEnd) -> None:
    look(uk)
    first, second, *others = uk.paper.journals_told
    voided = replace(first, posted=False)
    uk.paper.journals_told = [voided, replace(second, date=date(2026, 9, 30)), *others]
    assert look(uk) == []
    uk.paper.journals_told = [first]
    assert look(uk) == kept(date(2026, 7, 31))


def test_where_journals_were_looked_through_before_any_were_kept_all_are_read_once_more(
    uk: MonthEnd, altered: Database
) -> None:
    assert isinstance(uk.paper, Asked)
    look(uk)
    look(uk)
    assert uk.paper.since > datetime(2026, 1, 1, tzinfo=UTC)
    with psycopg.connect(altered.superuser) as work:
        work.execute("delete from sync_cursor where kind = 'past_journal'")
        work.execute("delete from past_journal")
    assert look(uk) == kept(date(2026, 7, 31), date(2026, 8, 31))
    assert uk.paper.since < datetime(2001, 1, 1, tzinfo=UTC)
    look(uk)
    assert uk.paper.since > datetime(2026, 1, 1, tzinfo=UTC)
