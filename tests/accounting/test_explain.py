"""Explanations by hand: the words that an accountant reads, method by method, segment by segment."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounting.documents import DocumentLine, Report, Treatment
from accounting.engine import subledger_of
from accounting.errors import ExplanationError
from accounting.explain import explain
from accounting.explained import Explanation, Sum, Term
from accounting.periods import Period
from accounting.policy import Rule
from accounting.service_period import ChosenBy
from tests.builders import POLICY, contract, first_book, invoice, line, usd

YEAR = {"service_start": date(2026, 9, 1), "service_end": date(2027, 8, 31)}
SEPTEMBER = Period.month("2026-09")


def told(*documents: Any, key: str = "INV-1/1", policy: Any = POLICY, **book: Any) -> Explanation:
    subledger = subledger_of(first_book(*documents, **book), policy, SEPTEMBER)
    return explain(subledger, key, SEPTEMBER.end)


def words(explanation: Explanation, figure: str = "recognised_to_date") -> list[str]:
    (found,) = [each for each in explanation.sums if each.figure == figure]
    return [term.words for term in found.terms]


def by(method: str, **given: Any) -> DocumentLine:
    return line("1200.00", method=method, **{**YEAR, **given})


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        (
            by("daily"),
            (
                "1,200.00 USD over 365 days (1 Sep 2026 – 31 Aug 2027), 30 of them delivered by "
                "30 Sep 2026: 1,200.00 × 30 / 365 = 98.63"
            ),
        ),
        (
            by("half_month", service_start=date(2026, 9, 16)),
            (
                "1,200.00 USD over 11.5 months (16 Sep 2026 – 31 Aug 2027; a part month counts half), "
                "0.5 of them delivered by 30 Sep 2026: 1,200.00 × 0.5 / 11.5 = 52.17"
            ),
        ),
        (
            by("monthly", service_start=date(2026, 9, 15)),
            (
                "1,200.00 USD over 11 8/15 months (15 Sep 2026 – 31 Aug 2027; evenly over months, part "
                "months by days), 8/15 of them delivered by 30 Sep 2026: "
                "1,200.00 × (8/15) / (11 8/15) = 55.49"
            ),
        ),
        (
            by("point_in_time", service_start=date(2026, 10, 1)),
            (
                "1,200.00 USD whole on transfer, and not transferred by 30 Sep 2026 (it is due on "
                "1 Oct 2026): 1,200.00 × 0 = 0.00"
            ),
        ),
        (
            by("manual", manual=(("2026-09", usd("300.00")), ("2026-10", usd("900.00")))),
            (
                "1,200.00 USD as keyed in by period: 300.00 for 1 Sep 2026 – 30 Sep 2026: "
                "1,200.00 × 300.00 / 1,200.00 = 300.00"
            ),
        ),
    ],
)
def test_the_formula_has_the_numbers_put_in(listed: DocumentLine, says: str) -> None:
    assert words(told(invoice("INV-1", "2026-09-01", listed))) == [says]


def test_milestones_units_completion_and_usage_are_told_as_reported() -> None:
    signed = contract(
        "C-1",
        "2026-09-01",
        by("milestone", id="a", milestones=(("design", Decimal("0.4")), ("rest", Decimal("0.6")))),
        by("units", id="b", units=Decimal(20)),
        by("percent_complete", id="c"),
        by("usage", id="d"),
    )
    day = date(2026, 9, 20)
    reports = (
        Report("R-1", "C-1/a", day, milestone="design"),
        Report("R-2", "C-1/b", day, units=Decimal("2.5")),
        Report("R-3", "C-1/c", day, percent=Decimal("0.25")),
        Report("R-4", "C-1/d", day, usage=usd("12.50")),
    )
    found = {name: words(told(signed, key=f"C-1/{name}", reports=reports)) for name in "abcd"}
    assert found == {
        "a": [
            ("1,200.00 USD by milestones delivered by 30 Sep 2026, by their weight: "
            "0.4 (20 Sep 2026): 1,200.00 × 0.4 = 480.00")
        ],
        "b": [
            ("1,200.00 USD over 20 units, delivered by 30 Sep 2026: 2.5 (20 Sep 2026): "
            "1,200.00 × 2.5 / 20 = 150.00")
        ],
        "c": [
            "1,200.00 USD by completion, 25 % as reported for 20 Sep 2026: 1,200.00 × 0.25 = 300.00"
        ],
        "d": ["usage reported by 30 Sep 2026: 12.50 (20 Sep 2026)"],
    }  # fmt: skip


def test_each_segment_is_told_in_turn_after_a_modification() -> None:
    signed = contract("C-1", "2026-09-01", by("daily"))
    changed = contract(
        "M-1",
        "2026-09-11",
        replace(by("daily"), amount=usd("2400.00")),
        modifies="C-1",
        treatment=Treatment.PROSPECTIVE,
        effective=date(2026, 9, 11),
    )
    found = told(signed, changed, key="C-1/1")
    assert words(found) == [
        (
            "1,200.00 USD over 365 days (1 Sep 2026 – 31 Aug 2027), 10 of them delivered by "
            "10 Sep 2026: 1,200.00 × 10 / 365 = 32.88"
        ),
        (
            "From 11 Sep 2026: what is left, 2,367.12 USD, over 355 days (11 Sep 2026 – "
            "31 Aug 2027), 20 of them delivered by 30 Sep 2026: 2,367.12 × 20 / 355 = 133.36"
        ),
    ]
    assert words(found, "price") == ["As its document lists it last"]


def test_the_rule_that_fits_first_is_named_and_the_text_that_was_read() -> None:
    policy = replace(
        POLICY, rules=(Rule("monthly", product="SUPP"), Rule("half_month", product="PLAT"))
    )
    listed = line("1200.00", text="Platform, 1 Sep 2026 – 31 Aug 2027")
    found = told(invoice("INV-1", "2026-09-01", listed), policy=policy)
    assert found.chosen is not None
    assert (found.chosen.by, found.chosen.number) == (ChosenBy.RULE, 2)
    assert found.dates_read is not None
    assert (found.dates_read.rule, found.dates_read.matched) == (
        "date_range",
        "1 Sep 2026 – 31 Aug 2027",
    )


def test_a_line_below_materiality_says_so() -> None:
    policy = replace(POLICY, immaterial_below=usd("5000.00"))
    found = told(invoice("INV-1", "2026-09-01", by("daily")), policy=policy)
    assert found.chosen is not None
    assert found.chosen.whole
    assert words(found) == ["1,200.00 USD whole on transfer, 1 Sep 2026: 1,200.00 × 1 = 1,200.00"]


def test_terms_that_come_to_another_figure_are_an_error_and_no_explanation() -> None:
    with pytest.raises(ExplanationError, match=r"comes to 0\.99 and the figure is 1\.00 USD"):
        Sum.of("price", "Price", [Term("nearly", 99)], usd("1.00"))


def test_a_line_that_is_not_there_has_no_explanation() -> None:
    with pytest.raises(KeyError):
        told(invoice("INV-1", "2026-09-01", by("daily")), key="INV-2/1")
