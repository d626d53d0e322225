"""What a policy and a calendar of the file become."""

from datetime import date
from decimal import Decimal

from accounting.money import Money
from accounting.periods import Period
from accounting.policy import Accruals, Allocation, Catch, Netting, RecognitionPolicy, Rule
from tests.scenario.book import Data, entity, invoice, parsed


def policy(**given: object) -> RecognitionPolicy:
    return parsed(invoice(), entities=[entity(policy=given)]).entities[0].policy


def test_what_a_policy_leaves_out() -> None:
    found = parsed(invoice()).entities[0].policy
    assert (found.functional_currency, found.method) == ("USD", "daily")
    assert (found.netting, found.accruals) == (Netting.CONTRACT, Accruals.BALANCE)
    assert (found.allocation, found.credit_note) == (Allocation.NONE, Catch.PROSPECTIVE)
    assert (found.remeasure_accrued, found.immaterial_below) == (True, None)


def test_what_a_policy_says() -> None:
    found = policy(
        method="monthly",
        netting="line",
        accruals="auto_reverse",
        allocation="relative_ssp",
        credit_note="catch_up",
        remeasure_accrued=False,
        materiality={"amount": "50.00", "single_period": True},
        product_terms={"SUPP": 12},
    )
    assert (found.method, found.netting) == ("monthly", Netting.LINE)
    assert (found.accruals, found.allocation) == (Accruals.AUTO_REVERSE, Allocation.RELATIVE_SSP)
    assert (found.credit_note, found.remeasure_accrued) == (Catch.CATCH_UP, False)
    assert (found.immaterial_below, found.single_period) == (Money(5000, "USD"), True)
    assert found.product_terms == (("SUPP", 12),)


def test_a_rule_with_every_condition() -> None:
    when: Data = {
        "product": "SETUP",
        "account": "deferred",
        "currency": "EUR",
        "type": "Renewal",
        "tag": {"Region": "EMEA"},
        "amount_from": "100",
        "amount_below": "1000.5",
    }
    rule = {"when": when, "method": "point_in_time", "valid_from": "2026-01-01"}
    assert policy(rules=[rule]).rules == (
        Rule(
            "point_in_time",
            product="SETUP",
            account="deferred_revenue",
            currency="EUR",
            type="Renewal",
            tag=("Region", "EMEA"),
            amount_from=Decimal(100),
            amount_below=Decimal("1000.5"),
            valid_from=date(2026, 1, 1),
        ),
    )


def test_a_calendar_of_weeks_names_its_periods() -> None:
    calendar = {
        "pattern": "4-4-5",
        "first_day": "2025-12-28",
        "years": [{"name": "2026", "weeks": 53}],
    }
    (found,) = parsed(
        entities=[entity(fiscal_calendar=calendar)], close=["2026-P01", "2026-P12"]
    ).entities
    assert found.periods == (
        Period(date(2025, 12, 28), date(2026, 1, 24)),
        Period(date(2026, 11, 22), date(2027, 1, 2)),
    )
    assert found.adoption.date == date(2025, 12, 27)


def test_how_dates_in_text_are_read() -> None:
    locale = {"day_first": False, "fiscal_year_starts": 4, "fiscal_year_named": "start"}
    found = parsed(entities=[entity(locale=locale)]).entities[0].policy.locale
    assert (found.day_first, found.fiscal_year_starts, found.fiscal_year_named) == (
        False,
        4,
        "start",
    )
