"""The shape of the output, and how its figures are put together."""

from typing import Any

import pytest

from scenario.run import run
from tests.scenario.book import (
    Data,
    contract,
    credit_note,
    delivery,
    entity,
    invoice,
    line,
    modification,
    obligation,
    parsed,
)
from tieout import run_scenario


def output(*documents: Data, **given: Any) -> Any:
    return run(parsed(*documents, **given))


def test_an_entity_s_period_has_these_figures() -> None:
    assert output(invoice(), close=["2026-01"]) == {
        "2026-01": {
            "main": {
                "recognised": "33.85",
                "catch_up": "0.00",
                "billed": "100.00",
                "deferred": "66.15",
                "accrued": "0.00",
                "deferred_non_current": "0.00",
                "expense": "0.00",
                "prepaid": "0.00",
                "expense_accrued": "0.00",
                "fx": "0.00",
                "lines": {
                    "INV-1/1": {
                        "recognised": "33.85",
                        "recognised_to_date": "33.85",
                        "billed_to_date": "100.00",
                        "deferred": "66.15",
                        "accrued": "0.00",
                        "service_start": "2026-01-10",
                        "service_end": "2026-03-15",
                        "dates_from": "line",
                    }
                },
                "contracts": {},
                "journals": [
                    {
                        "kind": "deferral",
                        "date": "2026-01-31",
                        "lines": [
                            {"account": "revenue", "debit": "66.15", "credit": "0.00"},
                            {"account": "deferred_revenue", "debit": "0.00", "credit": "66.15"},
                        ],
                    }
                ],
                "exceptions": [],
            }
        }
    }


def test_a_cost_line_shows_what_is_prepaid() -> None:
    dates = {"service_start": "2026-01-01", "service_end": "2026-12-31"}
    cost = {"id": "1", "amount": "365.00", **dates}
    bill = {"kind": "bill", "id": "BILL-1", "date": "2026-01-05", "lines": [cost]}
    main = output(bill)["2026-01"]["main"]
    assert main["lines"]["BILL-1/1"] == {
        "recognised": "31.00",
        "recognised_to_date": "31.00",
        "billed_to_date": "365.00",
        "prepaid": "334.00",
        "expense_accrued": "0.00",
        **dates,
        "dates_from": "line",
    }
    assert (main["recognised"], main["expense"], main["prepaid"]) == ("0.00", "31.00", "334.00")


def test_an_expense_is_a_line_of_its_own_name() -> None:
    expense = {"kind": "expense", "id": "EXP-1", "date": "2026-01-01", "amount": "90.00",
               "service_start": "2026-01-01", "service_end": "2026-03-31"}  # fmt: skip
    main = output(expense)["2026-01"]["main"]
    assert main["lines"]["EXP-1"]["expense_accrued"] == main["expense_accrued"] == "31.00"


@pytest.mark.parametrize(
    ("netting", "deferred", "accrued"), [("contract", "76.00", "0.00"), ("line", "79.00", "3.00")]
)
def test_contracts_stand_under_the_first_one_s_id(
    netting: str, deferred: str, accrued: str
) -> None:
    first = obligation("1", "120.00", method="percent_complete")
    second = obligation("2", "30.00", method="percent_complete")
    found = output(
        contract("OPP-1", first, second),
        invoice("INV-1", {"id": "1", "amount": "91.00", "obligation": "OPP-1/1"}),
        delivery("D-1", "OPP-1/1", percent="0.1"),
        delivery("D-2", "OPP-1/2", percent="0.1"),
        modification("OPP-2", "OPP-1", first, second),
        entities=[entity(policy={"netting": netting})],
    )
    balances = {"deferred": deferred, "accrued": accrued}
    assert found["2026-01"]["main"]["contracts"] == {"OPP-1": balances}
    assert found["2026-02"]["main"]["contracts"] == {"OPP-1": balances}
    assert list(found["2026-02"]["main"]["lines"]) == ["OPP-1/1", "OPP-1/2"]


def test_a_gap_in_close_is_taken_by_the_next_period() -> None:
    found = output(invoice(), close=["2026-01", "2026-03"])
    assert found["2026-03"]["main"]["recognised"] == "66.15"
    assert found["2026-03"]["main"]["journals"][0]["date"] == "2026-03-31"


def test_what_is_known_later_is_catch_up() -> None:
    late = credit_note("CN-1", {"id": "1", "amount": "65.00", "against": "INV-1/1",
                                "effect": "full"}, known_on="2026-02-02")  # fmt: skip
    found = output(invoice("INV-1", line("130.00")), late)
    assert found["2026-01"]["main"]["recognised"] == "44.00"
    assert (found["2026-02"]["main"]["recognised"], found["2026-02"]["main"]["catch_up"]) == (
        "6.00",
        "-22.00",
    )


def test_an_override_is_the_evidence_of_its_dates() -> None:
    word = {"kind": "override", "id": "OV-1", "line": "INV-1/1", "service_end": "2026-01-19"}
    (found,) = output(invoice(), word)["2026-01"]["main"]["lines"].values()
    assert (found["service_start"], found["service_end"]) == ("2026-01-10", "2026-01-19")
    assert (found["dates_from"], found["recognised"]) == ("override", "100.00")


def test_an_exception_is_named_by_code_and_subject() -> None:
    main = output(invoice("INV-2", {"id": "1", "amount": "5.00"}))["2026-01"]["main"]
    assert main["exceptions"] == [{"code": "no_service_period", "subject": "INV-2/1"}]


def test_journals_are_told_by_dimension() -> None:
    lines = [line("65.00", id=name, dimensions={"Region": name}) for name in ("EMEA", "APAC")]
    (journal,) = output(invoice("INV-1", *lines))["2026-01"]["main"]["journals"]
    assert [(each["account"], each["dimensions"], each["debit"]) for each in journal["lines"]] == [
        ("revenue", {"Region": "APAC"}, "43.00"),
        ("revenue", {"Region": "EMEA"}, "43.00"),
        ("deferred_revenue", {"Region": "APAC"}, "0.00"),
        ("deferred_revenue", {"Region": "EMEA"}, "0.00"),
    ]


def test_accruals_that_reverse_stand_with_their_reversal() -> None:
    found = output(contract(), entities=[entity(policy={"accruals": "auto_reverse"})])
    assert [(j["kind"], j["date"]) for j in found["2026-02"]["main"]["journals"]] == [
        ("accrual", "2026-02-28"),
        ("accrual_reversal", "2026-03-01"),
    ]


def test_entities_close_in_turn_and_the_group_is_their_sum() -> None:
    rates = [
        {"from": "EUR", "to": "USD", "period": "2026-01", "kind": kind, "rate": rate}
        for kind, rate in (("average", "1.50"), ("closing", "2.00"))
    ]
    found = output(
        invoice("A", line("130.00"), entity="us"),
        invoice("B", line("130.00"), entity="de"),
        entities=[entity("us"), entity("de", functional_currency="EUR")],
        close=["2026-01"],
        reporting_currency="USD",
        rates=rates,
    )["2026-01"]
    assert list(found) == ["us", "de", "group"]
    assert found["group"] == {
        "currency": "USD",
        "recognised": "110.00",
        "deferred": "258.00",
        "accrued": "0.00",
        "translation_adjustment": "-43.00",
    }


def test_a_group_figure_that_a_missing_rate_keeps_back_is_told() -> None:
    entities = [entity("de", functional_currency="EUR")]
    found = output(invoice(), entities=entities, reporting_currency="USD")["2026-01"]["group"]
    assert found == {
        "currency": "USD",
        "exceptions": [{"code": "missing_rate", "subject": "de"}],
    }


def test_the_face_runs_data_and_files(tmp_path: Any) -> None:
    data = {"id": "t", "documents": [invoice()], "close": ["2026-01"]}
    path = tmp_path / "scenario.json"
    path.write_text(__import__("json").dumps(data))
    assert run_scenario(data) == run_scenario(path) == run_scenario(str(path))
    assert run_scenario(data)["2026-01"]["main"]["recognised"] == "33.85"
