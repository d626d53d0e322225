"""What stands in the accounts, and what its journals say of it, by hand (docs/accounting.md §§5, 6, 8)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from accounting.book import BookedPart, Journal, JournalKind
from accounting.engine import calculate
from accounting.errors import UnbalancedJournalError
from accounting.journals import balanced
from accounting.recognition import a_year_on
from scenario.run import closed, run
from scenario.schema import parse

QUARTER = {"service_start": "2026-01-01", "service_end": "2026-03-31"}
"""Ninety days: 31, 28 and 31."""


def line(amount: str, number: str = "1", **terms: str) -> dict[str, Any]:
    return {"id": number, "amount": amount, **terms}


def invoice(*lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"kind": "invoice", "id": "INV-1", "date": "2026-01-01", "lines": list(lines)} | other


def contract(*obligations: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "kind": "contract", "id": "C-1", "date": "2026-01-01", "obligations": list(obligations),
    } | other  # fmt: skip


def book(*documents: dict[str, Any], close: list[str], **entity: Any) -> Any:
    entities = [{"id": "main", **{k: v for k, v in entity.items() if k != "rates"}}]
    rates = entity.get("rates", [])
    data = {"id": "by-hand", "entities": entities, "rates": rates, "documents": list(documents)}
    return parse(data | {"close": close})


def journals(*documents: dict[str, Any], close: list[str], **entity: Any) -> tuple[Journal, ...]:
    """The journals of the last close."""
    *_, last = closed(book(*documents, close=close, **entity))
    found: tuple[Journal, ...] = last.calculations["main"].journals
    return found


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ("2026-03-31", "2027-03-31"),
        ("2023-02-28", "2024-02-29"),  # a month's last day to that month's last day
        ("2024-02-28", "2025-02-28"),
        ("2024-02-29", "2025-02-28"),
        ("1999-02-28", "2000-02-29"),
        ("2099-02-28", "2100-02-28"),
        ("2103-02-28", "2104-02-29"),
    ],
)
def test_a_year_on_is_the_same_day_or_the_last_of_the_same_month(day: str, later: str) -> None:
    assert a_year_on(date.fromisoformat(day)) == date.fromisoformat(later)


def test_a_late_invoice_is_told_apart_from_the_months_own_part() -> None:
    late = invoice(line("90.00", **QUARTER), known_on="2026-02-05")
    (journal,) = journals(late, close=["2026-01", "2026-02"])
    (part,) = journal.parts
    assert (part.line, part.amount.text(), part.catch_up.text()) == ("INV-1/1", "31.00", "-31.00")


def test_a_late_contract_accrues_its_own_part_and_the_one_before() -> None:
    late = contract(line("90.00", **QUARTER), known_on="2026-02-05")
    (journal,) = journals(late, close=["2026-01", "2026-02"])
    (part,) = journal.parts
    assert (part.amount.text(), part.catch_up.text()) == ("59.00", "31.00")


def test_a_catch_up_is_told_once_where_a_line_moves_two_balances() -> None:
    """Accrued 31.00 by January; in February 90.00 are billed and 45 days' worth more is due."""
    documents = (
        contract(line("90.00", **QUARTER)),
        contract(line("180.00", **QUARTER), version=2, known_on="2026-02-03"),
        invoice(line("150.00", obligation="C-1/1"), date="2026-02-01"),
    )
    found = journals(*documents, close=["2026-01", "2026-02"])
    assert {journal.kind: [part.amount.text() for part in journal.parts] for journal in found} == {
        JournalKind.ACCRUAL_REVERSAL: ["-31.00"],
        JournalKind.DEFERRAL: ["32.00"],  # 150.00 billed, 118.00 earned
    }
    late = [part.catch_up.text() for journal in found for part in journal.parts]
    assert sorted(late, key=len) == ["0.00", "31.00"]  # January earned 62.00 instead of 31.00


def test_a_journal_is_named_by_its_month_or_by_the_calendars_own_name() -> None:
    documents = (invoice(line("90.00", **QUARTER)),)
    (month,) = journals(*documents, close=["2026-01"])
    table = [["Winter", "2026-01-01", "2026-02-28"], ["Spring", "2026-03-01", "2026-05-31"]]
    (season,) = journals(*documents, close=["Winter"], fiscal_calendar=table)
    assert month.text.endswith(", January 2026")
    assert season.text == month.text.replace("January 2026", "Winter")
    assert season.date == date(2026, 2, 28)


def test_a_journal_without_lines_is_none() -> None:
    with pytest.raises(UnbalancedJournalError, match="deferral of 2026-01-31: debits 0, credits 0"):
        balanced(JournalKind.DEFERRAL, date(2026, 1, 31), "Deferral", ())


def two_years_on(amount: str, discount: str) -> Any:
    """What is deferred for 2028, and a discount that is earned in 2026."""
    later = {"service_start": "2028-01-01", "service_end": "2028-12-31"}
    sooner = {"service_start": "2026-02-01", "service_end": "2026-12-31"}
    document = invoice(line(amount, **later), line(discount, "2", **sooner))
    return run(book(document, close=["2026-01"]))["2026-01"]["main"]


def test_no_more_is_non_current_than_is_deferred() -> None:
    found = two_years_on("100.00", "-50.00")
    assert (found["deferred"], found["deferred_non_current"]) == ("50.00", "50.00")


def test_an_asset_has_no_non_current_part() -> None:
    found = two_years_on("-100.00", "50.00")
    assert (found["deferred"], found["accrued"]) == ("0.00", "50.00")
    assert found["deferred_non_current"] == "0.00"


def test_a_credit_that_stands_alone_has_a_non_current_part_below_zero() -> None:
    alone = invoice(line("-100.00", service_start="2026-01-01", service_end="2027-12-31"))
    found = run(book(alone, close=["2026-01"]))["2026-01"]["main"]
    # 31 and 396 of 730 days are earned by 31 January of this year and of the next.
    assert (found["deferred"], found["deferred_non_current"]) == ("-95.75", "-45.75")


def test_a_gain_that_is_posted_is_not_posted_again_before_the_period_is_frozen() -> None:
    """Accrued 31.00 euros at 1.2 and at 1.3: 3.10 of gain, once."""
    rates = [
        {"from": "EUR", "to": "USD", "period": "2026-01", "kind": kind, "rate": rate}
        for kind, rate in (("average", "1.2"), ("closing", "1.3"))
    ]
    scenario = book(
        contract(line("90.00", **QUARTER), currency="EUR"), close=["2026-01"], rates=rates
    )
    (entity,) = scenario.entities
    before = entity.book(scenario.rates)
    first = calculate(before, entity.policy, entity.periods[0])
    assert [(journal.kind, journal.total.text()) for journal in first.journals] == [
        (JournalKind.ACCRUAL, "37.20"),
        (JournalKind.REMEASUREMENT, "3.10"),
    ]
    posted = [
        BookedPart(
            part.line, part.unit, part.role, part.account, part.dimensions, part.amount,
            journal.date, open_gain=journal.kind is JournalKind.REMEASUREMENT,
        )
        for journal in first.journals
        for part in journal.parts
    ]  # fmt: skip
    again = calculate(replace(before, booked=tuple(posted)), entity.policy, entity.periods[0])
    assert again.journals == ()


@pytest.mark.parametrize(
    ("remeasure", "deferred"),
    [(False, "63.00"), (True, "65.00")],  # 10 at 1.5 and 40 at 1.2; 50 at 1.3
)
def test_what_is_earned_one_way_and_billed_the_other_covers_nothing(remeasure, deferred) -> None:
    discount = line("-40.00", method="point_in_time", service_start="2026-01-10")
    rates = [
        {"from": "EUR", "to": "USD", "period": "2026-01", "kind": kind, "rate": rate}
        for kind, rate in (("average", "1.2"), ("closing", "1.3"))
    ]
    documents = (
        contract(discount, currency="EUR"),
        invoice(line("10.00", obligation="C-1/1"), currency="EUR", rate="1.5"),
    )
    policy = {"remeasure_accrued": remeasure}
    found = run(book(*documents, close=["2026-01"], policy=policy, rates=rates))["2026-01"]["main"]
    assert (found["recognised"], found["deferred"]) == ("-48.00", deferred)
