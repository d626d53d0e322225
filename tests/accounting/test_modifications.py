"""Modifications by hand: what goes on, what is added, what ends, and what credits took off (docs §7)."""

from typing import Any

import pytest

from scenario.run import run
from scenario.schema import parse

TERM = {"service_start": "2026-01-01", "service_end": "2026-04-30"}
"""120 days: 31, 28, 31 and 30."""
HUNDRED_DAYS = {"service_start": "2026-01-01", "service_end": "2026-04-10"}
REST = {"service_start": "2026-03-02", "service_end": "2026-04-30"}
"""The last 60 of the 120 days, 30 of them in March."""


def contract(*obligations: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "contract", "id": "C-1", "date": "2026-01-01", "obligations": list(obligations)}


def modification(
    *obligations: dict[str, Any],
    treatment: str = "prospective",
    effective: str = "2026-03-02",
    **other: Any,
) -> dict[str, Any]:
    return {
        "kind": "contract", "id": "M-1", "date": effective, "modifies": "C-1",
        "treatment": treatment, "effective": effective, "obligations": list(obligations), **other,
    }  # fmt: skip


def invoice(amount: str, **line: str) -> dict[str, Any]:
    lines = [{"id": "1", "amount": amount, **line}]
    return {"kind": "invoice", "id": "INV-1", "date": "2026-01-01", "lines": lines}


def credit(amount: str, effect: str, effective: str) -> dict[str, Any]:
    line = {
        "id": "1", "amount": amount, "against": "INV-1/1", "effect": effect, "effective": effective,
    }  # fmt: skip
    return {"kind": "credit_note", "id": "CN-1", "date": effective, "lines": [line]}


def usage(name: str, obligation: str, day: str, amount: str) -> dict[str, Any]:
    return {"kind": "usage", "id": name, "obligation": obligation, "date": day, "amount": amount}


def closed(documents: list[dict[str, Any]], *periods: str, **entity: Any) -> dict[str, Any]:
    data = {
        "id": "by-hand", "entities": [{"id": "main", **entity}], "documents": documents,
        "close": list(periods),
    }  # fmt: skip
    return {period: output["main"] for period, output in run(parse(data)).items()}


def to_date(found: dict[str, Any]) -> dict[str, str]:
    return {key: line["recognised_to_date"] for key, line in found["lines"].items()}


def test_usage_counts_while_its_obligation_is_in_force() -> None:
    found = closed(
        [
            contract({"id": "1", "method": "usage"}),
            modification({"id": "2", "method": "usage"}),
            usage("U-1", "C-1/1", "2026-02-10", "10.00"),
            usage("U-2", "C-1/1", "2026-03-10", "5.00"),  # ended on 2 March
            usage("U-3", "C-1/2", "2026-02-20", "7.00"),  # from 2 March on only
            usage("U-4", "C-1/2", "2026-03-20", "3.00"),
        ],
        "2026-03",
    )
    assert to_date(found["2026-03"]) == {"C-1/1": "10.00", "C-1/2": "3.00"}


SHARED = [
    contract(
        {"id": "A", "amount": "200.00", "standalone_price": "200.00", **TERM},
        {"id": "B", "amount": "100.00", "standalone_price": "100.00", **TERM},
    ),
    invoice("200.00", obligation="C-1/A"),
    credit("20.00", "full", "2026-02-01"),
]
"""By 1 March A has earned half of 180.00, B half of 100.00."""
LISTED = (
    {"id": "A", "amount": "200.00"},
    {"id": "C", "amount": "130.00", "standalone_price": "100.00", **REST},
)


@pytest.mark.parametrize(
    ("treatment", "price", "a", "c"),
    [
        # Price 200 + 130 + the 50 that B earned; less 50, 20 credited and 90 earned: 220 two to one.
        ("prospective", {}, "236.67", "73.33"),
        ("prospective", {"price": "400.00"}, "250.00", "80.00"),
        # The price less 50 and 20, over the whole life: 310 or 330 two to one.
        ("catch_up", {}, "206.67", "103.33"),
        ("catch_up", {"price": "400.00"}, "220.00", "110.00"),
    ],
)
def test_the_price_is_shared_by_standalone_prices_less_what_is_gone(treatment, price, a, c) -> None:
    found = closed(
        [*SHARED, modification(*LISTED, treatment=treatment, **price)],
        "2026-02",
        "2026-04",
        policy={"allocation": "relative_ssp"},
    )
    assert found["2026-02"]["lines"]["C-1/A"]["recognised_to_date"] == "88.50"
    assert to_date(found["2026-04"]) == {"C-1/A": a, "C-1/B": "50.00", "C-1/C": c}


def test_a_total_as_listed_knows_no_credit_notes() -> None:
    (found,) = closed([*SHARED, modification({"id": "A", "amount": "300.00"})], "2026-04").values()
    assert to_date(found) == {"C-1/A": "280.00", "C-1/B": "50.00"}


@pytest.mark.parametrize(
    ("treatment", "march"),
    [("prospective", "30.00"), ("catch_up", "39.78")],  # 60 · 30/60; 60 · 59/89
)
def test_dates_that_a_modification_brings_end_the_exception_from_its_day_on(treatment, march):
    given = {
        "id": "1",
        "amount": "60.00",
        "service_start": "2026-02-01",
        "service_end": "2026-04-30",
    }
    found = closed(
        [contract({"id": "1", "amount": "60.00"}), modification(given, treatment=treatment)],
        "2026-02",
        "2026-03",
    )
    missing = [{"code": "no_service_period", "subject": "C-1/1"}]
    assert [each["exceptions"] for each in found.values()] == [missing, []]
    assert found["2026-03"]["lines"]["C-1/1"]["recognised_to_date"] == march


def test_what_ended_and_is_listed_again_goes_on_from_what_it_had() -> None:
    found = closed(
        [
            contract({"id": "1", "amount": "100.00", **HUNDRED_DAYS}),
            modification({"id": "2", "method": "usage"}, effective="2026-02-01"),
            {**modification({"id": "1", "amount": "100.00"}), "id": "M-2", "modifies": "M-1"},
            invoice("100.00", obligation="C-1/1"),
            credit("10.00", "price", "2026-04-01"),
        ],
        "2026-02",
        "2026-03",
        "2026-04",
    )
    # 31.00 in January; 69.00 over the 40 days from 2 March on; 10.00 off the last ten of them.
    assert [each["lines"]["C-1/1"]["recognised_to_date"] for each in found.values()] == [
        "31.00",
        "82.75",
        "90.00",
    ]


def test_what_is_left_out_stays_the_product_with_its_method() -> None:
    rule = {"when": {"product": "SETUP"}, "method": "point_in_time"}
    signed = {"id": "1", "amount": "60.00", "product": "SETUP", "service_start": "2026-01-10"}
    (found,) = closed(
        [contract(signed), modification({"id": "1", "amount": "80.00"}, treatment="catch_up")],
        "2026-03",
        policy={"rules": [rule]},
    ).values()
    assert to_date(found) == {"C-1/1": "80.00"}
    assert found["exceptions"] == []


def test_an_imported_figure_stays_for_an_obligation_that_is_added_later() -> None:
    later = modification(
        {"id": "1", "amount": "0.00"}, {"id": "2", "amount": "60.00", **REST}, known_on="2026-01-15"
    )
    (found,) = closed(
        [contract({"id": "1", "amount": "0.00", **TERM}), later | {"date": "2026-01-15"}],
        "2026-03",
        adoption={"date": "2026-01-31", "recognised_to_date": {"C-1/2": "10.00"}},
    ).values()
    assert found["lines"]["C-1/2"]["recognised_to_date"] == "35.00"  # 10 + 50 · 30/60


@pytest.mark.parametrize(
    ("known_on", "february"),
    [(None, "64.35"), ("2026-01-31", "64.35"), ("2026-02-01", "59.00")],  # 40 + 60 · 28/69; 59 days
)
def test_an_imported_figure_is_forgotten_when_a_person_dates_the_line_later(known_on, february):
    said = {"kind": "override", "id": "OV-1", "line": "INV-1/1", **HUNDRED_DAYS}
    documents = [invoice("100.00", **HUNDRED_DAYS)]
    if known_on:
        documents.append(said | {"known_on": known_on})
    (found,) = closed(
        documents,
        "2026-02",
        adoption={"date": "2026-01-31", "recognised_to_date": {"INV-1/1": "40.00"}},
    ).values()
    assert to_date(found) == {"INV-1/1": february}
