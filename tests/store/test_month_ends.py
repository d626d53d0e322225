"""What reaches us after a close lands in the first open period, and what was closed stays as it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from accounting.documents import DocumentKind, Effect, Report
from accounting.engine import calculate
from accounting.money import Money
from accounting.policy import Role
from models import PositionRow
from store.errors import ConflictError
from tests.store.month_end import (
    ACCOUNTS,
    WORKER_ACTOR,
    Make,
    MonthEnd,
    configured,
    document,
    invoice,
    line,
    over,
)

OPEN_ENDED = over("2024-09-01", "2027-08-31")  # 1,095 days


def figures(row: PositionRow) -> tuple[int, int, int, int]:
    return row.own_minor, row.catch_up_minor, row.recognised_to_date_minor, row.ahead_minor


def test_an_edit_of_a_two_year_old_invoice_is_one_catch_up_line_of_the_next_period(
    month_ends: Make,
) -> None:
    uk = month_ends()
    uk.paper.held = {"DEF": -365_00 - 122_00}
    old = invoice("INV-1", "2024-09-15", line("1095.00", **OPEN_ENDED))
    other = invoice("INV-2", "2026-08-01", line("153.00", **over("2026-08-01", "2026-12-31")))
    uk.paper.write(old, other)
    september = uk.close("2026-09")
    closed = uk.positions(september)
    assert figures(closed["INV-1/1"]) == (30_00, 0, 760_00, 335_00)
    assert uk.journals(september) == {
        "release": [("DEF", "60.00", "0.00"), ("REV", "0.00", "60.00")]
    }

    uk.paper.write(replace(old, lines=(line("2190.00", **OPEN_ENDED),)))
    october = uk.close("2026-10")
    assert uk.positions(september) == closed
    rows = uk.positions(october)
    assert figures(rows["INV-1/1"]) == (62_00, 760_00, 1582_00, 608_00)
    assert figures(rows["INV-2/1"]) == (31_00, 0, 92_00, 61_00)
    assert [key for key, row in rows.items() if row.catch_up_minor] == ["INV-1/1"]
    assert uk.journals(october) == {
        "deferral": [("REV", "273.00", "0.00"), ("DEF", "0.00", "273.00")],
        "release": [("DEF", "31.00", "0.00"), ("REV", "0.00", "31.00")],
    }


def test_a_late_document_lands_in_the_first_open_period(month_ends: Make) -> None:
    uk = month_ends()
    uk.close("2026-09")
    uk.paper.write(
        invoice("INV-9", "2026-09-20", line("61.00", **over("2026-09-01", "2026-10-31")))
    )
    october = uk.open("2026-10")
    uk.sync(october)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        (known,) = work.documents.versions_known("uk")
        assert (known.date, known.known_on) == (date(2026, 9, 20), date(2026, 10, 1))
    uk.calculate(october)
    (row,) = uk.positions(october).values()
    assert (row.own_minor, row.catch_up_minor, row.billed_minor) == (31_00, 30_00, 61_00)


def test_what_is_corrected_while_its_period_is_open_never_was(month_ends: Make) -> None:
    uk = month_ends()
    moved = invoice("INV-9", "2026-09-28", line("61.00", **over("2026-09-01", "2026-10-31")))
    uk.paper.write(moved)
    september = uk.open("2026-09")
    uk.sync(september)
    uk.paper.write(replace(moved, date=date(2026, 10, 2)))
    uk.sync(september)
    uk.calculate(september)
    assert uk.positions(september) == {}
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert [d.version for d in work.documents.versions_known("uk")] == [2]


def test_an_invoice_that_moves_to_a_later_period_is_gone_until_then(month_ends: Make) -> None:
    uk = month_ends()
    billed = invoice("INV-9", "2026-09-28", line("61.00", **over("2026-09-01", "2026-10-31")))
    uk.paper.write(billed)
    september = uk.close("2026-09")
    uk.paper.write(replace(billed, date=date(2026, 11, 2)))
    october = uk.close("2026-10")
    assert figures(uk.positions(october)["INV-9/1"]) == (0, -30_00, 0, 0)
    assert uk.journals(october) == {"release": [("DEF", "31.00", "0.00"), ("REV", "0.00", "31.00")]}
    assert figures(uk.positions(september)["INV-9/1"]) == (30_00, 0, 30_00, 31_00)
    november = uk.close("2026-11")
    assert figures(uk.positions(november)["INV-9/1"]) == (0, 61_00, 61_00, 0)


def test_what_a_close_froze_is_what_the_next_one_starts_from(month_ends: Make) -> None:
    uk = month_ends(recognition={"method": "daily", "netting": "line"})
    tags = (("Region", "North"),)
    year = over("2026-09-01", "2028-08-31")
    uk.paper.write(
        invoice("INV-1", "2026-09-10", line("731.00", dimensions=tags, **year)),
        document(
            DocumentKind.CREDIT_NOTE, "CN-1", "2026-09-11", line("-100.00", id="7", **year)
        ),
        document(
            DocumentKind.CONTRACT, "006A", "2026-09-01",
            line("61.00", "USD", account=None, **over("2026-09-01", "2026-10-31")),
        ),
        document(
            DocumentKind.CONTRACT, "006B", "2026-09-01",
            line("10.00", account=None, method="units", units=Decimal(10)),
        ),
        invoice("INV-2", "2026-09-10", line("24.00", account="DEF", **year)),
        document(
            DocumentKind.BILL, "BILL-1", "2026-09-01",
            line("365.00", account="EXP", **over("2026-09-01", "2027-08-31")),
        ),
    )  # fmt: skip
    uk.spots("USD", {"2026-09-01": "1.2", "2026-09-30": "1.2"})
    uk.spots("GBP", {"2026-09-01": "0.9", "2026-09-30": "0.9"})
    ref = uk.open("2026-09")
    uk.sync(ref)
    uk.calculate(ref)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        config = work.config.current()
        policy = config.entity("uk").policy(config.sha256)
        close = work.closes.get(ref.close_id)
        period = policy.calendar.named("2026-09")
        found = calculate(work.books.book(close, policy), policy, period)
    assert len(found.positions) == 6
    assert any(p.coded for p in found.positions)
    assert any(p.non_current for p in found.positions)
    uk.post(ref)
    uk.sign_off(ref)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        october = work.books.book(work.closes.open("uk", "2026-10", period, "priya"), policy)
        assert october.frozen == {p.line: p.frozen() for p in found.positions}
        assert october.adoption is None
        assert october.last_closed == date(2026, 9, 30)
        summary = work.proposals.get(work.closes.get(ref.close_id).proposal_id or 0).summary
        assert found.non_current is not None
        assert summary["non_current"] == found.non_current.text()
        assert summary["late_documents"] == "first_open_period"


def test_an_entity_of_four_four_five_weeks_closes_by_its_own_periods(month_ends: Make) -> None:
    weeks = {
        "pattern": "4-4-5",
        "first_day": "2026-09-01",
        "years": [{"name": "2027", "weeks": 52}],
    }
    uk = month_ends(fiscal_calendar=weeks)
    uk.paper.write(
        invoice("INV-1", "2026-09-01", line("91.00", **over("2026-09-01", "2026-11-30")))
    )
    second = uk.open("2027-P02")
    uk.sync(second)
    assert uk.calculate(second).waits_for_predecessor == "2027-P01"
    first = uk.open("2027-P01")
    uk.sync(first)
    assert uk.calculate(first).waits_for_predecessor == ""
    uk.post(first)
    assert uk.sign_off(first).following == "2027-P02"
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.of("uk", "2027-P01")
        assert (row.period_start, row.period_end) == (date(2026, 9, 1), date(2026, 9, 28))
    assert figures(uk.positions(first)["INV-1/1"]) == (28_00, 0, 28_00, 63_00)
    assert uk.calculate(second).proposal_id
    assert figures(uk.positions(second)["INV-1/1"]) == (28_00, 0, 56_00, 35_00)
    with (
        pytest.raises(ConflictError, match="no period that ends there"),
        uk.api.unit_of_work(WORKER_ACTOR) as work,
    ):
        work.config.apply(configured())


DEAL = document(
    DocumentKind.CONTRACT, "006A", "2026-09-01",
    line("610.00", "USD", account=None, **over("2026-09-01", "2026-10-31")),
)  # fmt: skip


def dollars(uk: MonthEnd) -> None:
    """A dollar is worth 0.75 in September and 0.80 from October on."""
    days = ["2026-09-01", "2026-09-15", "2026-09-30", "2026-10-01", "2026-10-15", "2026-10-30"]
    uk.spots("USD", dict.fromkeys(days, "1.2"))
    uk.spots("GBP", {day: "0.90" if day < "2026-10" else "0.96" for day in days})


def test_a_foreign_accrual_is_remeasured_at_the_closing_rate(month_ends: Make) -> None:
    uk = month_ends()
    dollars(uk)
    uk.paper.write(DEAL)
    september = uk.close("2026-09")
    assert uk.journals(september) == {
        "accrual": [("ACC", "225.00", "0.00"), ("REV", "0.00", "225.00")]
    }
    october = uk.close("2026-10")
    assert uk.journals(october) == {
        "accrual": [("ACC", "248.00", "0.00"), ("REV", "0.00", "248.00")],
        "remeasurement": [("ACC", "15.00", "0.00"), ("FX", "0.00", "15.00")],
    }
    (row,) = uk.positions(october).values()
    assert (row.fx_minor, row.ahead_minor, row.recognised_document_minor) == (
        15_00,
        -488_00,
        610_00,
    )
    assert (row.price_minor, row.price_currency) == (610_00, "USD")


def test_a_journal_without_its_account_names_what_the_configuration_lacks(month_ends: Make) -> None:
    uk = month_ends(accounts={**ACCOUNTS, "fx_gain_loss": ""})
    dollars(uk)
    uk.paper.write(DEAL)
    uk.close("2026-09")
    october = uk.open("2026-10")
    uk.sync(october)
    with pytest.raises(ApplicationError, match="Add fx_gain_loss to its accounts"):
        uk.calculate(october)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert "fx_gain_loss" in work.closes.of("uk", "2026-10").detail


def test_a_person_says_what_a_large_credit_does(month_ends: Make) -> None:
    uk = month_ends(recognition={"method": "daily", "confirm_credits_from": "50.00"})
    year = over("2026-09-01", "2027-08-31")
    uk.paper.write(
        invoice("INV-1", "2026-09-01", line("365.00", **year)),
        document(DocumentKind.CREDIT_NOTE, "CN-1", "2026-09-20", line("-335.00"), credits="INV-1"),
    )
    ref = uk.open("2026-09")
    uk.sync(ref)
    assert uk.calculate(ref).exceptions == 1
    asked = {"code": "credit_effect_unconfirmed", "subject": "CN-1/1", "remedy": "effect"}
    assert "Say what the credit does" in uk.resolve(ref, **asked, effect="guess").message
    assert "from which" in uk.resolve(ref, **asked, effect="cancel").message
    said = {"effect": "cancel", "effective": "2026-10-01"}
    assert "2026-09-30" in uk.resolve(ref, **asked, **said | {"effective": "soon"}).message
    assert uk.resolve(ref, **asked, **said).accepted
    assert uk.calculate(ref).exceptions == 0
    assert figures(uk.positions(ref)["INV-1/1"]) == (30_00, 0, 30_00, 0)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        (override,) = work.approvals.overrides("uk")
    assert (override.line, override.effect, override.effective, override.known_on) == (
        "CN-1/1",
        Effect.CANCEL,
        date(2026, 10, 1),
        None,
    )


def test_an_answer_given_after_a_close_is_known_from_the_first_open_day(month_ends: Make) -> None:
    uk = month_ends()
    uk.close("2026-09")
    uk.paper.write(invoice("INV-1", "2026-10-10", line("365.00", text="as agreed")))
    ref = uk.open("2026-10")
    uk.sync(ref)
    assert uk.calculate(ref).exceptions == 1
    asked = {"code": "no_service_period", "subject": "INV-1/1", "remedy": "dates"}
    days = {"service_start": "2026-10-01", "service_end": "2027-09-30"}
    assert uk.resolve(ref, **asked, **days).accepted
    assert uk.calculate(ref).exceptions == 0
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        (override,) = work.approvals.overrides("uk")
    assert override.known_on == date(2026, 10, 1)


def test_what_is_only_told_keeps_no_close_waiting(month_ends: Make) -> None:
    uk = month_ends()
    uk.paper.write(
        document(
            DocumentKind.CONTRACT, "006A", "2026-09-01",
            line("100.00", account=None, method="percent_complete"),
        ),
    )  # fmt: skip
    for number, (day, share) in enumerate((("2026-09-05", "0.5"), ("2026-09-20", "0.4"))):
        uk.paper.report(
            Report(f"R-{number}", "006A/1", date.fromisoformat(day), percent=Decimal(share))
        )
    ref = uk.open("2026-09")
    uk.sync(ref)
    assert uk.calculate(ref).exceptions == 0
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        told = work.proposals.exceptions(work.closes.of("uk", "2026-09").proposal_id or 0)
    assert [row.code for row in told] == ["completion_falls"]
    assert uk.positions(ref)["006A/1"].recognised_to_date_minor == 40_00
    answer = uk.resolve(ref, code="completion_falls", subject="006A/1", remedy="exclude")
    assert "nothing to clear" in answer.message


def test_a_report_that_is_deleted_after_a_close_takes_back_what_it_earned(month_ends: Make) -> None:
    uk = month_ends()
    units: dict[str, Any] = {"account": None, "method": "units", "units": Decimal(10)}
    uk.paper.write(document(DocumentKind.CONTRACT, "006A", "2026-09-01", line("100.00", **units)))
    delivered = Report("R-1", "006A/1", date(2026, 9, 5), units=Decimal(4))
    uk.paper.report(delivered, Report("R-2", "006A/1", date(2026, 9, 6), units=Decimal(1)))
    assert uk.positions(uk.close("2026-09"))["006A/1"].recognised_to_date_minor == 50_00
    uk.paper.report(delivered, deleted=True)
    october = uk.close("2026-10")
    assert figures(uk.positions(october)["006A/1"])[:3] == (0, -40_00, 10_00)
    uk.paper.report(delivered)
    november = uk.close("2026-11")
    assert figures(uk.positions(november)["006A/1"])[:3] == (0, 40_00, 50_00)


@pytest.mark.parametrize(
    ("policy", "outdates"), [("own_period_while_open", True), ("first_open_period", False)]
)
def test_a_sync_says_whether_the_proposal_is_outdated_where_late_documents_count(
    policy: str, outdates: bool, month_ends: Make
) -> None:
    uk = month_ends(recognition={"method": "daily", "late_documents": policy})
    service = over("2026-09-01", "2026-10-31")
    uk.paper.write(invoice("INV-1", "2026-09-10", line("61.00", **service)))
    ref = uk.open("2026-09")
    uk.sync(ref)
    assert uk.calculate(ref).late_documents == policy
    assert not uk.sync(ref).outdates
    uk.paper.write(invoice("INV-2", "2026-10-01", line("61.00", **service)))
    assert not uk.sync(ref).outdates  # October's are none of September's business
    uk.paper.write(invoice("INV-3", "2026-09-29", line("61.00", **service)))
    assert uk.sync(ref).outdates is outdates
    assert uk.sync(ref).outdates is outdates  # however often it is asked
    uk.calculate(ref)
    assert not uk.sync(ref).outdates
    assert set(uk.positions(ref)) == {"INV-1/1", "INV-3/1"}


def test_balances_are_compared_with_the_accounts_that_there_are(month_ends: Make) -> None:
    uk = month_ends(accounts={**ACCOUNTS, "accrued_expenses": ""})
    uk.paper.held = {"DEF": -10_00, "AEX": -99_00}
    ref = uk.open("2026-09")
    uk.sync(ref)
    assert uk.calculate(ref).exceptions == 1
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        config = work.config.current()
        policy = config.entity("uk").policy(config.sha256)
        book = work.books.book(work.closes.of("uk", "2026-09"), policy)
    assert book.adoption is not None
    assert book.adoption.balances == {
        Role.DEFERRED_REVENUE: Money(10_00, "GBP"),
        Role.ACCRUED_REVENUE: Money(0, "GBP"),
        Role.PREPAYMENTS: Money(0, "GBP"),
    }
