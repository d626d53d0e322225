"""The configuration file: every word reaches the core, every fault is named with its place."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounting.methods import METHODS
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import (
    Accruals,
    Allocation,
    Catch,
    LateDocuments,
    Netting,
    Role,
    Rule,
)
from accounting.service_text import Locale
from controls.approval_policy import (
    BY_DEFAULT,
    ApprovalPolicy,
    Clause,
    Coincidence,
    Condition,
    Fact,
    Job,
)
from controls.configuration import Configuration, ConfigurationError, parse_configuration
from controls.steps import UserRole

FILE = Path(__file__).parents[2] / "examples" / "northwind.json"
EVERYTHING = {
    "method": "monthly",
    "rules": [
        {
            "method": "usage",
            "product": "USGE",
            "account": "200",
            "currency": "USD",
            "type": "New Customer",
            "tag": {"Region": "North"},
            "amount_from": "100.00",
            "amount_below": "5000.50",
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
        }
    ],
    "product_terms": {"SUPP": 12, "PLAT": 24},
    "netting": "line",
    "accruals": "auto_reverse",
    "allocation": "relative_ssp",
    "credit_note": "catch_up",
    "remeasure_accrued": False,
    "materiality": {"amount": "50.00", "single_period": True},
    "imported": "catch_up",
    "confirm_credits_from": "1000.00",
    "late_documents": "own_period_while_open",
}
WEEKS = {"pattern": "4-4-5", "first_day": "2026-09-01", "years": [{"name": "2027", "weeks": 53}]}


def configured(**changes: Any) -> Configuration:
    data = json.loads(FILE.read_text())
    data["entities"][0] |= changes
    return parse_configuration(data)


def recognising(**changes: Any) -> Configuration:
    return configured(recognition={"method": "daily", **changes})


def test_every_word_of_the_policy_reaches_the_core() -> None:
    locale = {"day_first": False, "fiscal_year_starts": 4, "fiscal_year_named": "start"}
    accounts = {
        "deferred_revenue": "850",
        "accrued_revenue": "630",
        "prepayments": "620",
        "accrued_expenses": "840",
        "fx_gain_loss": "495",
        "revenue": ["200"],
    }
    found = configured(recognition=EVERYTHING, locale=locale, accounts=accounts)
    policy = found.entities[0].policy("v1")
    assert (policy.version, policy.functional_currency, policy.method) == ("v1", "GBP", "monthly")
    assert policy.rules == (
        Rule(
            method="usage",
            product="USGE",
            account="200",
            currency="USD",
            type="New Customer",
            tag=("Region", "North"),
            amount_from=Decimal("100.00"),
            amount_below=Decimal("5000.50"),
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
        ),
    )
    assert policy.product_terms == (("PLAT", 24), ("SUPP", 12))
    assert policy.locale == Locale(False, 4, "start")
    assert policy.netting is Netting.LINE
    assert policy.accruals is Accruals.AUTO_REVERSE
    assert policy.allocation is Allocation.RELATIVE_SSP
    assert policy.credit_note is Catch.CATCH_UP
    assert not policy.remeasure_accrued
    assert policy.immaterial_below == Money(50_00, "GBP")
    assert policy.single_period
    assert policy.imported is Catch.CATCH_UP
    assert policy.confirm_credits_from == Money(1000_00, "GBP")
    assert policy.late_documents is LateDocuments.OWN_PERIOD_WHILE_OPEN
    assert policy.accounts.of(Role.ACCRUED_EXPENSES) == "840"
    assert policy.accounts.of(Role.FX_GAIN_LOSS) == "495"
    assert policy.calendar.name_at(date(2026, 9, 1)) == "2026-09"


@pytest.mark.parametrize("method", METHODS)
def test_every_method_can_be_chosen(method: str) -> None:
    assert recognising(method=method).entities[0].policy("").method == method


@pytest.mark.parametrize(
    ("given", "name", "days"),
    [
        ("calendar_months", "2026-09", Period(date(2026, 9, 1), date(2026, 9, 30))),
        (WEEKS, "2027-P12", Period(date(2027, 7, 27), date(2027, 9, 6))),
        (
            [["Short", "2026-09-01", "2026-09-20"], ["2026-Q4", "2026-09-21", "2026-12-31"]],
            "2026-Q4",
            Period(date(2026, 9, 21), date(2026, 12, 31)),
        ),
    ],
)
def test_each_kind_of_calendar_names_its_periods(given: Any, name: str, days: Period) -> None:
    found = configured(fiscal_calendar=given)
    assert found.entities[0].calendar.named(name) == days
    stored = parse_configuration(json.loads(json.dumps(found.model_dump(mode="json"))))
    assert (stored, stored.sha256) == (found, found.sha256)


def test_intercompany_is_the_groups_list_and_the_entitys_own() -> None:
    data = json.loads(FILE.read_text())
    data["group"]["intercompany"] = ["Northwind Analytics Inc"]
    data["entities"][0]["intercompany"] = ["NA Holding"]
    found = parse_configuration(data)
    assert found.intercompany("uk") == {"Northwind Analytics Inc", "NA Holding"}
    assert found.intercompany("us") == {"Northwind Analytics Inc"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"method": "guess"}, "recognition.method: There is no recognition method 'guess'"),
        ({"netting": "all"}, "recognition.netting: Input should be 'contract' or 'line'"),
        ({"late_documents": "never"}, "recognition.late_documents: Input should be"),
        ({"materiality": {"amount": "much"}}, "recognition.materiality.amount: 'much' is not"),
        ({"materiality": {"amount": 5}}, "recognition.materiality.amount: Input should be a"),
        ({"materiality": {"amount": "0.001"}}, "0.001 has more decimals than GBP allows"),
        ({"product_terms": {"SUPP": 0}}, "recognition.product_terms.SUPP: Input should be"),
        ({"surprise": 1}, "recognition.surprise: Extra inputs are not permitted"),
    ],
)
def test_a_fault_of_the_policy_is_named_with_its_place(changes: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=f"entities.0..*{told}"):
        recognising(**changes)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"tag": {}}, r"tag: Dictionary should have at least 1 item"),
        ({"tag": {"A": "1", "B": "2"}}, r"tag: Dictionary should have at most 1 item"),
        ({"currency": "dollars"}, r"currency: 'dollars' is not a currency code"),
        ({"amount_from": "-1"}, r"amount_from: -1 is not an amount"),
        ({"amount_from": "5", "amount_below": "5"}, "amount_below is not above amount_from"),
        ({"valid_from": "1/1/26"}, r"valid_from: '1/1/26' is not a date"),
        ({"valid_from": "20260101"}, r"valid_from: '20260101' is not a date"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-31"}, "valid_to is before valid_from"),
    ],
)
def test_a_fault_of_a_rule_is_named_with_its_place(rule: dict[str, Any], told: str) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"entities\[0\]\.recognition\.rules\[0\].*{told}"
    ):
        recognising(rules=[{"method": "daily", **rule}])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("weekly", r"fiscal_calendar: Input should be 'calendar_months'"),
        ({**WEEKS, "pattern": "4-4-6"}, r"fiscal_calendar\.pattern: Input should be '4-4-5'"),
        ({**WEEKS, "years": []}, r"fiscal_calendar\.years: List should have at least 1"),
        (
            {**WEEKS, "years": [{"name": "2027", "weeks": 51}]},
            r"fiscal_calendar\.years\[0\]\.weeks: Input should be 52 or 53",
        ),
        ({**WEEKS, "first_day": "soon"}, r"fiscal_calendar\.first_day: 'soon' is not a date"),
        ([], r"fiscal_calendar: List should have at least 1"),
        ([["A", "2026-09-01"]], r"fiscal_calendar\[0\]: List should have at least 3"),
        ([["A", "2026-09-01", "x"]], r"fiscal_calendar\[0\]: 'x' is not a date"),
        (
            [["A", "2026-09-01", "2026-09-10"], ["B", "2026-09-12", "2026-09-20"]],
            r"fiscal_calendar: The calendar has a hole or an overlap: B starts on 2026-09-12",
        ),
        ([["A", "2026-09-10", "2026-09-01"]], r"fiscal_calendar: .*ends before it starts"),
        ([["a/b", "2026-09-01", "2026-09-30"]], r"fiscal_calendar: 'a/b' can't name a period"),
        ({**WEEKS, "first_day": "2026-10-01"}, "no period that starts after adoption_date"),
        ({**WEEKS, "first_day": "2026-08-05"}, "adoption_date must be the last day of a period"),
    ],
)
def test_a_calendar_that_can_not_be_used_is_refused_saying_why(given: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"entities\[0\].*{told}"):
        configured(fiscal_calendar=given)


@pytest.mark.parametrize("day", ["2026-08-30", "31/08/2026", "2026-8-31"])
def test_an_adoption_in_the_middle_of_a_period_is_refused(day: str) -> None:
    with pytest.raises(ConfigurationError, match=r"entities\[0\].*(adoption_date|not a date)"):
        configured(adoption_date=day)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as error:
        configured(functional_currency="pounds", approval=[], locale={"fiscal_year_starts": 13})
    for place in ("functional_currency", "approval", "locale.fiscal_year_starts"):
        assert f"$.entities[0].{place}: " in str(error.value)


CLAUSES: dict[str, Any] = {
    "clauses": [
        {"id": "A1", "role": "reviewer", "count": 2},
        {"id": "A2", "role": "controller"},
        {
            "id": "A3",
            "role": "controller",
            "when": {"fact": "journal", "at_least": "50000.00"},
        },
        {"id": "A4", "role": "reviewer", "when": {"fact": "override"}},
    ],
    "may_coincide": [{"id": "C1", "jobs": ["approve", "close"]}],
}


def test_bare_levels_are_clauses_by_their_order_and_whoever_approved_may_sign_off() -> None:
    levels = [{"role": "reviewer"}, {"role": "controller", "count": 2}]
    policy = configured(approval=levels).entities[0].approval_policy("v1")
    assert policy == ApprovalPolicy(
        "v1", (Clause("A1", UserRole.REVIEWER), Clause("A2", UserRole.CONTROLLER, 2)), BY_DEFAULT
    )


def test_numbered_clauses_reach_the_judge_and_what_no_clause_joins_is_apart() -> None:
    policy = configured(approval=CLAUSES).entities[0].approval_policy("v1")
    assert policy.clauses == (
        Clause("A1", UserRole.REVIEWER, 2),
        Clause("A2", UserRole.CONTROLLER),
        Clause("A3", UserRole.CONTROLLER, 1, Condition(Fact.JOURNAL, Decimal("50000.00"))),
        Clause("A4", UserRole.REVIEWER, 1, Condition(Fact.OVERRIDE)),
    )
    assert policy.may_coincide == (Coincidence("C1", (Job.APPROVE, Job.CLOSE)),)
    alone = configured(approval={"clauses": [CLAUSES["clauses"][0]]})
    assert alone.entities[0].approval_policy("v1").may_coincide == ()


def test_a_file_with_bare_levels_is_the_version_that_it_was() -> None:
    found = configured(approval=[{"role": "reviewer"}, {"role": "controller"}])
    assert found.model_dump(mode="json")["entities"][0]["approval"] == [
        {"role": "reviewer", "count": 1},
        {"role": "controller", "count": 1},
    ]


def clause(**given: Any) -> dict[str, Any]:
    return {"clauses": [{"id": "A1", "role": "reviewer"}, {"id": "A2", **given}]}


@pytest.mark.parametrize(
    ("approval", "words"),
    [
        ([], "approval: List should have at least 1 item"),
        (clause(role="operator"), r"approval\.clauses\[1\]\.role"),
        (clause(role="reviewer", id="A1"), "two clauses are called A1"),
        (clause(role="reviewer", id="F1"), r"clauses\[1\]\.id"),
        (clause(role="reviewer", count=0), r"clauses\[1\]\.count"),
        (clause(role="reviewer", when={"fact": "journal"}), "journal needs at_least"),
        (
            clause(role="reviewer", when={"fact": "journal", "at_least": 5.5}),
            r"when\.at_least: Input should be a valid string",
        ),
        (
            clause(role="reviewer", when={"fact": "override", "at_least": "1"}),
            "leave at_least out",
        ),
        (
            {"clauses": [{"id": "A1", "role": "reviewer", "when": {"fact": "override"}}]},
            "one clause at least must hold always",
        ),
        (
            {**CLAUSES, "may_coincide": [{"id": "C1", "jobs": ["review", "approve"]}]},
            "whoever reviewed can't approve",
        ),
        (
            {**CLAUSES, "may_coincide": [{"id": "C1", "jobs": ["prepare", "close"]}]},
            r"may_coincide\[0\]\.jobs\[0\]",
        ),
    ],
)
def test_a_policy_that_could_not_be_kept_is_refused_with_its_place(
    approval: Any, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        configured(approval=approval)
