"""Foreign currency by hand: layers of billings, credits against them, what falls back (docs §8)."""

from typing import Any

import pytest

from scenario.run import closed, run
from scenario.schema import parse

YEAR = {"service_start": "2026-01-01", "service_end": "2026-07-19", "method": "daily"}
"""Two hundred days: one euro a day of two hundred."""


def contract(amount: str, **terms: Any) -> dict[str, Any]:
    return {
        "kind": "contract", "id": "C-1", "customer": "Acme", "date": "2026-01-01",
        "currency": "EUR", "obligations": [{"id": "1", "amount": amount, **terms}],
    }  # fmt: skip


def invoice(name: str, amount: str, rate: str) -> dict[str, Any]:
    return {
        "kind": "invoice", "id": name, "date": "2026-01-01", "currency": "EUR", "rate": rate,
        "lines": [{"id": "1", "amount": amount, "obligation": "C-1/1"}],
    }  # fmt: skip


def credit(amount: str) -> dict[str, Any]:
    line = {"id": "1", "amount": amount, "against": "INV-1/1", "effect": "billing"}
    return {"kind": "credit_note", "id": "CN-1", "date": "2026-03-02", "lines": [line]}


def delivery(name: str, day: str, share: str) -> dict[str, Any]:
    return {"kind": "delivery", "id": name, "obligation": "C-1/1", "date": day, "percent": share}


def rate(period: str, kind: str, value: str) -> dict[str, Any]:
    return {"from": "EUR", "to": "USD", "period": period, "kind": kind, "rate": value}


def figures(
    documents: list[dict[str, Any]], *periods: str, remeasure: bool = True, rates: Any = ()
) -> dict[str, Any]:
    policy = {"remeasure_accrued": remeasure}
    data = {
        "id": "by-hand", "entities": [{"id": "main", "policy": policy}], "rates": list(rates),
        "documents": documents, "close": list(periods),
    }  # fmt: skip
    return {period: output["main"] for period, output in run(parse(data)).items()}


TWO_LAYERS = [
    contract("200.00", **YEAR),
    invoice("INV-1", "100.00", "1.10"),
    invoice("INV-2", "100.00", "1.20"),
]


def of(found: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(found[name] for name in names)


def test_a_credit_comes_first_from_what_its_own_layer_has_not_earned_yet() -> None:
    """60 days are earned when 30.00 come back: 70 are left at 1.10, then 100 at 1.20."""
    march = figures([*TWO_LAYERS, credit("30.00")], "2026-03")["2026-03"]
    # 70 at 1.10 and 20 at 1.20 are earned by 31 March; 80 at 1.20 are left.
    assert of(march, "deferred", "fx") == ("96.00", "0.00")
    assert march["lines"]["C-1/1"]["recognised_to_date"] == "101.00"
    assert march["lines"]["C-1/1"]["billed_to_date"] == "197.00"


def test_what_its_own_layer_cannot_give_comes_from_the_end_of_the_layers() -> None:
    """Of 60.00, 40 are not earned in the first layer; 20 come from the end of the second."""
    march = figures([*TWO_LAYERS, credit("60.00")], "2026-03")["2026-03"]
    # 60 at 1.10 and 30 at 1.20 are earned, 50 at 1.20 are left; 20 went at 1.10 instead of 1.20.
    assert of(march, "deferred", "fx") == ("60.00", "2.00")
    assert march["lines"]["C-1/1"]["recognised_to_date"] == "102.00"


def test_a_second_credit_finds_what_the_first_one_left() -> None:
    later = {**credit("20.00"), "id": "CN-2", "date": "2026-03-12"}
    march = figures([*TWO_LAYERS, credit("30.00"), later], "2026-03")["2026-03"]
    # On 11 March 70 are earned, all that is left of the first layer: 20 come from the end.
    assert of(march, "deferred", "fx") == ("72.00", "2.00")


FALLING = [
    contract("100.00", method="percent_complete"),
    invoice("INV-1", "40.00", "1.5"),
    delivery("D-1", "2026-01-15", "0.8"),
    delivery("D-2", "2026-02-10", "0.3"),
]
RATES = [
    rate("2026-01", "average", "1.2"),
    rate("2026-01", "closing", "1.3"),
    rate("2026-02", "closing", "1.4"),
]


def test_what_falls_back_is_the_latest_earned_at_what_it_was_measured_at() -> None:
    found = figures(FALLING, "2026-01", "2026-02", rates=RATES)
    # January: 40 at 1.5 and 40 at 1.2; the 40 that nobody billed stand at 1.3.
    assert of(found["2026-01"], "recognised", "accrued", "fx") == ("108.00", "52.00", "4.00")
    # February: 40 go back at 1.2 and 10 at 1.5; 30 at 1.5 are left earned, 10 deferred.
    assert of(found["2026-02"], "recognised", "deferred", "fx") == ("-63.00", "15.00", "-4.00")
    assert found["2026-02"]["exceptions"] == [{"code": "completion_falls", "subject": "C-1/1"}]


def test_a_discount_falls_back_as_its_opposite_does() -> None:
    """R is symmetric (docs §2): every figure of the book above with the sign turned."""
    turned = [
        contract("-100.00", method="percent_complete"),
        invoice("INV-1", "-40.00", "1.5"),
        *FALLING[2:],
    ]
    found = figures(turned, "2026-01", "2026-02", rates=RATES)
    assert of(found["2026-01"], "recognised", "accrued", "fx") == ("-108.00", "-52.00", "-4.00")
    assert of(found["2026-02"], "recognised", "deferred", "fx") == ("63.00", "-15.00", "4.00")


def test_accruals_that_are_not_remeasured_stand_at_what_they_were_earned_at() -> None:
    january = figures(FALLING, "2026-01", remeasure=False, rates=RATES)["2026-01"]
    assert of(january, "recognised", "accrued", "fx") == ("108.00", "48.00", "0.00")


def test_revenue_without_a_rate_is_held_and_told_by_name() -> None:
    data = {"id": "held", "documents": FALLING, "close": ["2026-01"]}
    (period,) = closed(parse(data))
    (held,) = period.calculations["main"].exceptions
    assert (held.code, held.subject) == ("missing_rate", "C-1/1")
    assert held.message == (
        "There is no average or closing rate from EUR to USD for 2026-01. Add the rate, or "
        "exclude the line."
    )


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2026-01", ("0.00", "50.00", "50.00")), ("2026-03", ("50.00", "50.00", "0.00"))],
)
def test_what_a_modification_will_add_can_be_billed_before_and_is_earned_from_its_close_on(
    period: str, expected: tuple[str, ...]
) -> None:
    month = {"service_start": "2026-03-01", "service_end": "2026-03-31"}
    signed = {
        "kind": "contract", "id": "C-1", "customer": "Acme", "date": "2026-01-01",
        "obligations": [
            {"id": "1", "amount": "31.00", "service_start": "2026-01-01", "service_end": "2026-01-31"}
        ],
    }  # fmt: skip
    added = {
        **signed, "id": "M-1", "date": "2026-01-05", "modifies": "C-1", "treatment": "catch_up",
        "effective": "2026-03-10",
        "obligations": [{"id": "1", "amount": "31.00"}, {"id": "seats", "amount": "50.00", **month}],
    }  # fmt: skip
    bill = {
        "kind": "invoice", "id": "INV-1", "date": "2026-01-20",
        "lines": [{"id": "1", "amount": "50.00", "obligation": "C-1/seats"}],
    }  # fmt: skip
    found = figures([signed, added, bill], "2026-01", "2026-02", "2026-03")
    seats = found[period]["lines"]["C-1/seats"]
    assert of(seats, "recognised_to_date", "billed_to_date", "deferred") == expected
