"""The policy's clauses: which levels a proposal needs, by its amounts and what is in it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounting.engine import calculate
from accounting.periods import Period
from controls.approval_policy import (
    ApprovalPolicy,
    Clause,
    Condition,
    Fact,
    Facts,
    approval_data,
    facts_from,
    required,
)
from controls.proposal import facts_of
from controls.steps import UserRole
from tests.builders import POLICY, first_book, invoice, line

A1, A2 = Clause("A1", UserRole.REVIEWER), Clause("A2", UserRole.CONTROLLER, 2)


def asked(facts: Facts, *clauses: Clause) -> list[tuple[str, str, int]]:
    found = required(ApprovalPolicy("v1", (A1, *clauses, A2)), facts)
    return [(level.clause, str(level.role), level.count) for level in found]


def when(fact: Fact, at_least: str = "0") -> Clause:
    return Clause("A9", UserRole.CONTROLLER, when=Condition(fact, Decimal(at_least)))


ALWAYS = [("A1", "reviewer", 1), ("A2", "controller", 2)]
WITH_NINE = [ALWAYS[0], ("A9", "controller", 1), ALWAYS[1]]


@pytest.mark.parametrize("fact", [Fact.JOURNAL, Fact.MOVEMENT, Fact.CATCH_UP])
def test_an_amount_adds_its_level_from_the_clause_s_amount_on_and_in_its_place(fact: Fact) -> None:
    def with_amount(amount: str) -> Facts:
        there: Any = {fact.value: Decimal(amount)}
        return Facts(**there)

    clause = when(fact, "1000.00")
    assert asked(with_amount("999.99"), clause) == ALWAYS
    assert asked(with_amount("1000.00"), clause) == WITH_NINE
    assert asked(with_amount("1000000"), clause) == WITH_NINE


@pytest.mark.parametrize("fact", [Fact.OVERRIDE, Fact.EARLIER_PERIOD])
def test_what_is_there_or_not_adds_its_level_where_it_is(fact: Fact) -> None:
    assert asked(Facts(), when(fact)) == ALWAYS
    there: Any = {fact.value: True}
    assert asked(Facts(**there), when(fact)) == WITH_NINE


def test_no_catch_up_is_none_whatever_the_clause_starts_from() -> None:
    assert asked(Facts(), when(Fact.CATCH_UP, "0.00")) == ALWAYS


def test_a_level_says_why_it_was_asked_for() -> None:
    policy = ApprovalPolicy("v1", (A1, when(Fact.JOURNAL, "50000.00")))
    always, large = required(policy, Facts(journal=Decimal("61200.00")))
    assert always.because == ""
    assert large.because == "the largest journal is 61200.00, from 50000.00 on"


def test_the_facts_are_those_of_the_proposal() -> None:
    year = {"service_start": date(2026, 9, 1), "service_end": date(2027, 8, 31)}
    book = first_book(invoice("INV-1", "2026-09-01", line("1200.00", **year)))
    calculation = calculate(book, POLICY, Period.month("2026-09"))
    facts = facts_of(calculation, override=False, reopened=False)
    assert facts == Facts(Decimal("1101.37"), Decimal("1101.37"))  # 30 of 365 days are earned
    assert facts_of(calculation, override=True, reopened=True).earlier_period


def test_what_is_kept_with_the_proposal_reads_back_and_of_older_ones_nothing_is_asked() -> None:
    facts = Facts(Decimal("1.50"), Decimal(2), Decimal(3), override=True, earlier_period=True)
    kept = approval_data(facts, required(ApprovalPolicy("v1", (A1,)), facts))
    assert facts_from({"approval": kept}) == facts
    assert kept["levels"] == [{"clause": "A1", "role": "reviewer", "count": 1}]
    assert facts_from({}) == Facts()
