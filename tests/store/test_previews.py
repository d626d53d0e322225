"""A preview proposes what the next real calculation does, and leaves no trace of itself."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from accounting.money import Money
from accounting.periods import Period
from controls.audit import Actor
from controls.configuration import Configuration
from controls.preview import Figures, compared
from models import metadata
from store import Store, Work
from store.calculations import Proposed
from store.config import AppliedConfig
from store.errors import NotFoundError
from store.previews import (
    close_of_period,
    figures_of,
    figures_on_record,
    in_the_ledger,
    previewed,
)
from store.rates import EUR, SPOT, NewRate
from tests.store.database import Database
from tests.store.month_end import Make, MonthEnd, configured, invoice, line, over

ASKS = Actor("user", "carl")
DAYS = (
    "2026-08-31",
    "2026-09-01",
    "2026-09-08",
    "2026-09-15",
    "2026-09-30",
    "2026-10-01",
    "2026-10-15",
)
LATER = "2026-10-30"


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    """September is closed, with a contract in euros; October has not begun."""
    made = MonthEnd(altered, configured())
    with made.api.unit_of_work(ASKS) as work:
        told = [NewRate("EUR", "GBP", SPOT, day, Decimal("0.86")) for day in (*DAYS, LATER)]
        work.rates.add(told, "the test's")
    two_months = over("2026-09-01", "2026-10-31")
    made.paper.write(
        invoice("INV-1", "2026-09-01", line("1200.00", **over("2026-09-01", "2027-08-31"))),
        invoice("INV-2", "2026-09-10", line("610.00", "EUR", product="PLAT", **two_months)),
    )
    made.close("2026-09")
    yield made
    made.leave()


def counted(database: Database) -> dict[str, int]:
    """Every table's number of rows."""
    with psycopg.connect(database.superuser) as work:
        found = {}
        for name in sorted(metadata.tables):
            words = sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            (found[name],) = work.execute(words).fetchone() or (0,)
        return found


def in_force(work: Work, configuration: Configuration | None) -> AppliedConfig:
    now = work.config.current()
    if configuration is None:
        return now
    return AppliedConfig(now.id, configuration.sha256, configuration)


def seen(
    uk: MonthEnd,
    period: str = "2026-10",
    configuration: Configuration | None = None,
    rates: list[NewRate] | None = None,
) -> Proposed:
    """The preview, read as the API reads it: by its log-in, in a transaction that can't write."""
    with uk.api.reading(ASKS) as work:
        close = close_of_period(work, "uk", period, Period.month(period))
        table = work.rates.supposing(rates or [], "a file")
        return previewed(work, close, in_force(work, configuration), table)


def test_it_proposes_what_the_next_calculation_does_and_stores_nothing(
    uk: MonthEnd, altered: Database
) -> None:
    before = counted(altered)
    preview = seen(uk)
    assert counted(altered) == before
    assert preview.calculation.journals
    october = uk.open("2026-10")
    assert uk.calculate(october).proposal_hash == preview.hash
    uk.paper.write(
        invoice("INV-3", "2026-10-05", line("31.00", **over("2026-10-01", "2026-10-31")))
    )
    uk.sync(october)
    again = seen(uk)
    assert again.hash != preview.hash
    assert uk.calculate(october).proposal_hash == again.hash == seen(uk).hash


def test_another_policy_is_previewed_as_it_would_apply(uk: MonthEnd) -> None:
    monthly = configured(recognition={"method": "monthly"})
    preview = seen(uk, configuration=monthly)
    assert preview.hash != seen(uk).hash
    with uk.api.unit_of_work(ASKS) as work:
        assert work.config.apply(monthly)
    assert uk.calculate(uk.open("2026-10")).proposal_hash == preview.hash


def test_more_rates_are_previewed_as_they_would_apply_averages_and_all(uk: MonthEnd) -> None:
    told = [NewRate(EUR, "GBP", SPOT, day, Decimal("0.90")) for day in ("2026-09-10", *DAYS[5:])]
    told.append(NewRate(EUR, "GBP", SPOT, LATER, Decimal("0.95")))
    unbilled = invoice(
        "INV-9", "2026-10-31", line("10.00", "EUR", **over("2026-10-01", "2026-10-31"))
    )
    october = uk.open("2026-10")
    uk.paper.write(unbilled)
    uk.sync(october)
    preview = seen(uk, rates=told)
    assert preview.hash != seen(uk).hash
    with uk.api.unit_of_work(ASKS) as work:
        assert work.rates.add(told, "a file") == len(told)
    assert uk.calculate(october).proposal_hash == preview.hash


def test_it_says_what_changes_by_account_kind_and_line_the_largest_first(uk: MonthEnd) -> None:
    october = uk.open("2026-10")
    uk.calculate(october)
    with uk.api.reading(ASKS) as work:
        close = close_of_period(work, "uk", "2026-10", Period.month("2026-10"))
        made = previewed(
            work, close, in_force(work, configured(recognition={"method": "monthly"})), work.rates
        )
        newest = work.proposals.newest_of("uk", "2026-10")
        assert newest is not None
        was = figures_on_record(work, newest, "GBP")
        found = compared(was, figures_of(made, "uk", "GBP"))
    # 1,200.00: by days 30 + 31 of 365, by months 2 of 12. 610.00 is earned whole both ways.
    assert [(each.name, each.before.text(), each.now.text()) for each in found.balances] == [
        ("deferred_revenue", "999.45", "1000.00")
    ]
    assert [(e.name, e.change.text()) for e in found.journals] == [("release", "-0.55")]
    changes = {
        each.line: [(c.figure, c.before, c.now) for c in each.changes] for each in found.lines
    }
    assert changes["INV-1/1"] == [
        ("recognised", "101.92", "101.37"),
        ("of it catch-up", "0.00", "1.37"),
        ("closing deferred revenue", "999.45", "1000.00"),
        ("method", "daily", "monthly"),
    ]
    sizes = [abs(each.by.minor) for each in found.lines]
    assert sizes == sorted(sizes, reverse=True)
    assert figures_of(made, "uk", "GBP").positions["INV-1/1"].own == Money(100_00, "GBP")


def test_against_nothing_everything_is_new(uk: MonthEnd) -> None:
    made = seen(uk)
    with uk.api.reading(ASKS) as work:
        assert work.proposals.newest_of("uk", "2026-10") is None
        with pytest.raises(NotFoundError):
            work.closes.of("uk", "2026-10")
    found = compared(Figures.none("GBP"), figures_of(made, "uk", "GBP"))
    assert {each.line for each in found.lines} == {"INV-1/1", "INV-2/1"}
    assert {change.before for each in found.lines for change in each.changes} == {""}
    assert all(not each.before for each in (*found.balances, *found.journals))


def test_a_reading_transaction_refuses_every_write_and_leaves_the_pool_as_it_was(
    uk: MonthEnd, altered: Database
) -> None:
    store = Store(altered.api)
    before = counted(altered)
    with pytest.raises(DBAPIError, match="read-only"), store.reading(ASKS) as work:
        work.audit.record("uk", "a.trace", "of a preview")
    with store.unit_of_work(ASKS) as work:  # the same connection can write again
        work.audit.record("uk", "a.trace", "of something else")
    after = counted(altered)
    assert {name for name in after if after[name] != before[name]} == {"audit_event"}
    assert after["audit_event"] == before["audit_event"] + 1
    store.close()


def test_what_was_not_read_of_the_ledger_is_said(month_ends: Make) -> None:
    uk: Any = month_ends()
    with pytest.raises(NotFoundError, match="have not been read yet"):
        seen(uk, "2026-09")


def test_what_the_ledger_holds_already_counts_as_booked(uk: MonthEnd) -> None:
    october = uk.open("2026-10")
    uk.calculate(october)
    assert seen(uk).calculation.journals
    uk.post(october)
    assert seen(uk).calculation.journals == ()
    with uk.api.reading(ASKS) as work:
        close = close_of_period(work, "uk", "2026-10", Period.month("2026-10"))
        assert in_the_ledger(work, close) == len(uk.journals(october))


def test_an_invoice_that_is_edited_is_one_line(uk: MonthEnd) -> None:
    october = uk.open("2026-10")
    uk.calculate(october)
    old = invoice("INV-1", "2026-09-01", line("1200.00", **over("2026-09-01", "2027-08-31")))
    uk.paper.write(replace(old, lines=(replace(old.lines[0], amount=Money(2400_00, "GBP")),)))
    uk.sync(october)
    with uk.api.reading(ASKS) as work:
        close = close_of_period(work, "uk", "2026-10", Period.month("2026-10"))
        newest = work.proposals.newest_of("uk", "2026-10")
        assert newest is not None
        was = figures_on_record(work, newest, "GBP")
        made = previewed(work, close, work.config.current(), work.rates)
        found = compared(was, figures_of(made, "uk", "GBP"))
    assert [each.line for each in found.lines] == ["INV-1/1"]
    assert ("price", "1,200.00 GBP", "2,400.00 GBP") in [
        (c.figure, c.before, c.now) for c in found.lines[0].changes
    ]
