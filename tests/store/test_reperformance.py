"""A close made anew in SQL agrees with what the core proposed; a figure that is changed is named."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from temporalio.exceptions import ApplicationError

from accounting.documents import DocumentKind, Report
from controls.messages import CloseRef
from controls.steps import Step
from models import metadata
from store.reperformance import FOLDER, REPERFORMED, Reperformed, program
from tests.laws.profiles import books
from tests.store.database import Database
from tests.store.drawn import closes_drawn
from tests.store.ledgered import Ledgered
from tests.store.month_end import (
    WORKER_ACTOR,
    Make,
    MonthEnd,
    configured,
    document,
    invoice,
    line,
    over,
)
from tests.strategies import scenarios
from tests.strategies_draft import Data

YEAR = over("2026-09-16", "2027-09-15")
SERVICES = [
    YEAR,
    over("2026-09-20", "2026-11-10"),
    over("2026-02-28", "2028-02-29"),
    over("2026-09-01", "2026-10-31"),
    over("2026-09-20", "2026-09-25"),
]
METHODS = [
    "daily", "daily_360", "monthly", "prorated_ends", "even_periods", "whole_months",
    "half_month", "mid_month",
]  # fmt: skip


def anew(month_end: MonthEnd, close: CloseRef) -> Reperformed:
    with month_end.store.unit_of_work(WORKER_ACTOR) as work:
        return work.reperformance.of(work.closes.get(close.close_id))


def calculated(uk: MonthEnd, period: str = "2026-09") -> CloseRef:
    close = uk.open(period)
    uk.sync(close)
    assert uk.calculate(close).proposal_id
    return close


def change(database: Database, statement: str, *values: Any) -> None:
    """As nobody may: past the rights and the triggers of the tables."""
    with psycopg.connect(database.superuser) as work:
        work.execute("set session_replication_role = replica")
        assert work.execute(statement, values).rowcount == 1


def differing(found: Reperformed) -> set[tuple[str, str]]:
    return {(each.subject, each.figure) for each in found.differences}


@pytest.fixture
def september(month_ends: Make) -> tuple[MonthEnd, CloseRef]:
    """A year deferred in pounds, a contract accrued in dollars, a bill ahead of its cost."""
    uk = month_ends()
    uk.spots("USD", dict.fromkeys(["2026-09-01", "2026-09-15", "2026-09-30"], "1.2"))
    uk.spots("GBP", dict.fromkeys(["2026-09-01", "2026-09-15", "2026-09-30"], "0.9"))
    uk.paper.write(
        invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)),
        document(DocumentKind.BILL, "BILL-1", "2026-09-16", line("365.00", account="EXP", **YEAR)),
        document(
            DocumentKind.CONTRACT, "006A", "2026-09-01",
            line("610.00", "USD", account=None, **over("2026-09-01", "2026-10-31")),
        ),
    )  # fmt: skip
    return uk, calculated(uk)


def test_a_close_made_anew_agrees_to_the_minor_unit(september: tuple[MonthEnd, CloseRef]) -> None:
    found = anew(*september)
    assert found.agrees
    assert (dict(found.recomputed), dict(found.left)) == ({"daily": 3}, {})
    assert found.figures > 60


@pytest.mark.parametrize("method", METHODS)
def test_every_method_over_time_is_made_anew(method: str, month_ends: Make) -> None:
    uk = month_ends(recognition={"method": method})
    uk.paper.write(
        *(
            invoice(f"INV-{minor}-{number}", "2026-09-16", line(f"{minor}.{minor}", **days))
            for minor in (11, 37, 99)
            for number, days in enumerate(SERVICES)
        )
    )
    for period in ("2026-09", "2026-10", "2026-11"):
        found = anew(uk, uk.close(period))
        assert (found.agrees, dict(found.recomputed)) == (True, {method: 3 * len(SERVICES)})


FIGURES = {
    "recognised_to_date_minor": "recognised to date",
    "billed_to_date_minor": "billed to date",
    "own_minor": "own",
    "catch_up_minor": "catch-up",
    "ahead_minor": "ahead",
    "in_a_year_minor": "ahead a year on",
    "fx_minor": "exchange gain",
    "price_minor": "price",
    "billed_minor": "billed",
    "billed_document_minor": "billed to date, in document currency",
    "recognised_document_minor": "recognised to date, in document currency",
    "non_current_minor": "non-current",
}


def test_a_position_that_is_a_cent_off_is_named(
    september: tuple[MonthEnd, CloseRef], altered: Database
) -> None:
    for key in ("INV-1/1", "BILL-1/1", "006A/1"):
        for column, figure in FIGURES.items():
            change(altered, f"update position set {column} = {column} + 1 where line = %s", key)
            assert (key, figure) in differing(anew(*september))
            change(altered, f"update position set {column} = {column} - 1 where line = %s", key)
    assert anew(*september).agrees


@pytest.mark.parametrize(("column", "figure"), [("opening", "opening"), ("closing", "closing")])
def test_a_balance_that_is_a_cent_off_is_named(
    column: str, figure: str, september: tuple[MonthEnd, CloseRef], altered: Database
) -> None:
    statement = f"update position set {column} = %s where line = 'INV-1/1'"
    change(altered, statement, '{"deferred_revenue": "958.91"}')
    named = ("INV-1/1", f"{figure} deferred revenue")
    assert differing(anew(*september)) == {named}


def test_a_journal_s_part_or_line_that_is_a_cent_off_is_named(
    september: tuple[MonthEnd, CloseRef], altered: Database
) -> None:
    change(
        altered, "update journal_part set amount_minor = amount_minor + 1 where line = 'INV-1/1'"
    )
    deferral = "journal deferral of 2026-09-30"
    assert differing(anew(*september)) == {
        ("INV-1/1", "booked as deferred revenue against REV"),
        (deferral, "account DEF"),
        (deferral, "account REV"),
    }
    change(
        altered, "update journal_part set amount_minor = amount_minor - 1 where line = 'INV-1/1'"
    )
    change(altered, "update journal_line set credit_minor = credit_minor + 1 where account = 'DEF'")
    assert differing(anew(*september)) == {
        (deferral, "account DEF"), (deferral, "debits and credits"),
    }  # fmt: skip


def test_a_document_that_is_a_cent_off_is_named(
    september: tuple[MonthEnd, CloseRef], altered: Database
) -> None:
    change(altered, "update document_line set amount_minor = 100001 where amount_minor = 100000")
    named = differing(anew(*september))
    assert ("INV-1/1", "price") in named
    assert {subject for subject, _ in named} == {"INV-1/1", "all lines"}


def test_a_line_without_a_position_and_one_without_a_document_are_named(
    september: tuple[MonthEnd, CloseRef], altered: Database
) -> None:
    change(altered, "delete from position where line = 'INV-1/1'")
    assert ("INV-1/1", "position") in differing(anew(*september))
    change(altered, "update position set line = 'INV-0/1' where line = 'BILL-1/1'")
    assert ("INV-0/1", "document") in differing(anew(*september))


def test_a_frozen_figure_that_is_a_cent_off_is_named_in_its_close_and_in_the_next(
    month_ends: Make, altered: Database
) -> None:
    uk = month_ends()
    uk.paper.write(invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)))
    september = uk.close("2026-09")
    october = calculated(uk, "2026-10")
    assert anew(uk, september).agrees
    assert anew(uk, october).agrees
    change(
        altered,
        "update position set recognised_to_date_minor = recognised_to_date_minor + 1 "
        "where proposal_id = (select proposal_id from close where id = %s)",
        september.close_id,
    )
    assert ("INV-1/1", "recognised to date") in differing(anew(uk, september))
    assert ("INV-1/1", "catch-up") in differing(anew(uk, october))


def test_what_was_earned_in_reports_and_credited_since_is_made_anew(month_ends: Make) -> None:
    uk = month_ends()
    units = line("100.00", account=None, method="units", units=Decimal(3))
    uk.paper.write(
        document(DocumentKind.CONTRACT, "006A", "2026-09-01", units),
        invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)),
        invoice("INV-2", "2026-09-16", line("1000.00", **YEAR)),
        document(DocumentKind.CREDIT_NOTE, "CN-1", "2026-10-05", line("-100.01"), credits="INV-1"),
        document(
            DocumentKind.CREDIT_NOTE, "CN-2", "2026-10-06",
            line("-600.00", text="Cancelled, 2026-10-20 to 2027-09-15"), credits="INV-2",
        ),
        document(DocumentKind.CREDIT_NOTE, "CN-3", "2026-10-30", line("-7.77"), credits="INV-1"),
    )  # fmt: skip
    uk.paper.report(Report("R-1", "006A/1", date(2026, 9, 5), units=Decimal(1)))
    for period in ("2026-09", "2026-10", "2026-11"):
        found = anew(uk, uk.close(period))
        assert (found.agrees, dict(found.recomputed)) == (True, {"daily": 2, "units": 1})


def test_exchange_gains_that_cancel_each_other_make_no_journal_and_no_difference(
    month_ends: Make, altered: Database
) -> None:
    uk = month_ends()
    days = ["2026-08-03", "2026-08-28", "2026-09-07", "2026-09-30"]
    uk.spots("GBP", dict.fromkeys(days, "0.86"))
    uk.spots("USD", {day: f"1.1{place}" for place, day in enumerate(days)})
    for name, amount in (("006A", "1000.00"), ("006B", "-1000.00")):
        sold = line(amount, "USD", account=None, **over("2026-09-01", "2026-11-30"))
        uk.paper.write(document(DocumentKind.CONTRACT, name, "2026-09-01", sold))
    close = calculated(uk)
    gains = [row.fx_minor for row in uk.positions(close).values()]
    assert all(gains)
    assert sum(gains) == 0
    assert "remeasurement" not in uk.journals(close)
    assert anew(uk, close).agrees
    change(altered, "update journal_part set amount_minor = amount_minor + 1 where line = '006A/1'")
    assert not anew(uk, close).agrees


def test_what_is_not_made_anew_is_told_by_its_reason(month_ends: Make) -> None:
    uk = month_ends()
    uk.paper.write(
        invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)),
        document(
            DocumentKind.CREDIT_NOTE, "CN-1", "2026-09-20",
            line("-100.00", text="ends in October"), credits="INV-1",
        ),
    )  # fmt: skip
    found = anew(uk, calculated(uk))
    assert dict(found.left) == {"a credit's effect was read from words in its text": 1}
    assert found.agrees


def test_a_difference_is_told_by_verify_and_kept_with_the_close(
    altered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = Ledgered(altered, configured())
    uk.paper.write(invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)))
    close = calculated(uk)
    uk.post(close)
    change(altered, "update position set own_minor = own_minor + 1 where line = 'INV-1/1'")
    uk.tie_out(close)
    assert uk.verified.differences == 2
    assert uk.verified.message == (
        "Re-performed in SQL, own of INV-1/1 is 41.10; it stands at 41.11."
    )
    uk.sign_off(close)  # a controller has explained what verify told
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.get(close.close_id)
        told = work.audit.about("uk", "close/uk/2026-09", REPERFORMED)
        assert row.step == Step.CLOSED
    assert [event.after["agrees"] for event in told] == [False, False]
    uk.leave()


def test_a_figure_that_is_changed_after_verify_keeps_the_period_open(altered: Database) -> None:
    uk = Ledgered(altered, configured())
    uk.paper.write(invoice("INV-1", "2026-09-16", line("1000.00", **YEAR)))
    close = calculated(uk)
    uk.post(close)
    uk.tie_out(close)
    assert uk.verified.differences == 0
    change(altered, "update position set own_minor = own_minor + 1 where line = 'INV-1/1'")
    with pytest.raises(ApplicationError, match="changed since they were verified"):
        uk.sign_off(close)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.get(close.close_id)
        assert row.seal is None
        assert "INV-1/1" in row.detail
    change(altered, "update position set own_minor = own_minor - 1 where line = 'INV-1/1'")
    uk.sign_off(close)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        (signed, verified) = work.audit.about("uk", "close/uk/2026-09", REPERFORMED)
    assert (signed.after["agrees"], signed.after["recomputed"]) == (True, {"daily": 1})
    assert signed.hashes["program"] == verified.hashes["program"]
    uk.leave()


def test_the_program_is_plain_sql_that_names_what_it_finds() -> None:
    names = [path.stem.partition("_")[2] for path in sorted(FOLDER.glob("*.sql"))]
    assert len({*names}) == len(names) > 30
    assert not {*names} & {*metadata.tables}, "it would hide a table"
    for path in FOLDER.glob("*.sql"):
        text = path.read_text()
        assert text.startswith("-- "), f"{path.name} does not say what it finds"
        assert "%" not in text
        assert not re.search(r"\b(float|double|real)\b", text), f"{path.name} counts in floats"
        for number, words in enumerate(text.splitlines(), start=1):
            assert len(words) <= 120, f"{path.name}:{number} is too long"
    assert program().startswith("with recursive the_close as materialized")


def test_the_settings_of_the_transaction_stay_as_they_were(
    september: tuple[MonthEnd, CloseRef],
) -> None:
    uk, close = september
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.reperformance.of(work.closes.get(close.close_id))
        shown = work._session.connection().exec_driver_sql("show enable_nestloop").scalar()
    assert shown == "on"


@given(data=scenarios())
@settings(books(36), deadline=None, suppress_health_check=[*HealthCheck])
def test_whatever_the_core_proposes_sql_makes_anew(drawn_database: Database, data: Data) -> None:
    """docs/accounting.md whole: no integer differs on any line that is made anew, close by close."""
    for drawn, close in closes_drawn(drawn_database, data):
        with drawn.store.unit_of_work(WORKER_ACTOR) as work:
            found = work.reperformance.of(work.closes.get(close))
        assert [each.sentence() for each in found.differences] == []
