"""What a line says of how it is earned, by hand: days of transfer, milestones, what is missing."""

from typing import Any

import pytest

from scenario.run import closed, run
from scenario.schema import parse


def contract(**obligation: Any) -> dict[str, Any]:
    line = {"id": "1", "amount": "100.00"} | obligation
    return {"kind": "contract", "id": "C-1", "date": "2026-01-01", "obligations": [line]}


def delivery(name: str, day: str, **what: str) -> dict[str, Any]:
    return {"kind": "delivery", "id": name, "obligation": "C-1/1", "date": day} | what


def book(*documents: dict[str, Any], close: list[str]) -> Any:
    return parse({"id": "by-hand", "documents": list(documents), "close": close})


def to_date(*documents: dict[str, Any], close: list[str]) -> list[str]:
    found = run(book(*documents, close=close))
    return [found[period]["main"]["lines"]["C-1/1"]["recognised_to_date"] for period in close]


def test_a_delivery_before_the_start_that_is_given_earns_on_the_start() -> None:
    signed = contract(method="point_in_time", service_start="2026-02-10")
    early = delivery("D-1", "2026-01-20")
    assert to_date(signed, early, close=["2026-01", "2026-02"]) == ["0.00", "100.00"]


def test_a_milestone_that_is_reported_twice_counts_once() -> None:
    halves = [{"id": "M1", "weight": "0.5"}, {"id": "M2", "weight": "0.5"}]
    signed = contract(method="milestone", milestones=halves)
    reports = (
        delivery("D-1", "2026-01-20", milestone="M1"),
        delivery("D-2", "2026-02-20", milestone="M1"),
        delivery("D-3", "2026-03-20", milestone="M2"),
    )
    months = ["2026-01", "2026-02", "2026-03"]
    assert to_date(signed, *reports, close=months) == ["50.00", "50.00", "100.00"]


def test_an_invoice_line_that_nothing_dates_transfers_on_its_document() -> None:
    line = {"id": "1", "amount": "100.00", "method": "point_in_time"}
    document = {"kind": "invoice", "id": "INV-1", "date": "2026-01-17", "lines": [line]}
    found = run(book(document, close=["2026-01"]))["2026-01"]["main"]["lines"]["INV-1/1"]
    assert found["recognised"] == "100.00"


def test_what_a_modification_leaves_out_stays_with_its_dimensions() -> None:
    year = {"service_start": "2026-01-01", "service_end": "2026-12-31"}
    signed = contract(**year, dimensions={"Region": "North"})
    restated = {
        "kind": "contract", "id": "M-1", "date": "2026-01-15", "modifies": "C-1",
        "treatment": "catch_up", "effective": "2026-01-15",
        "obligations": [{"id": "1", "amount": "200.00"}],
    }  # fmt: skip
    (journal,) = run(book(signed, restated, close=["2026-01"]))["2026-01"]["main"]["journals"]
    assert [line["dimensions"] for line in journal["lines"]] == [{"Region": "North"}] * 2


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (
            {"product": "SEAT"},
            ("Nothing says over which days “SEAT” (C-1), 100.00 USD, is delivered."
            " Give the first and last day of service, or exclude the line."),
        ),
        (
            {"method": "units", "text": "Ten days"},
            ("“Ten days” (C-1) is recognised by units, and nothing says how many were contracted."
            " Give the number of units on the line, or another method."),
        ),
        (
            {"method": "manual"},
            ("“1” (C-1) is recognised by amounts keyed in, and none were."
            " Key in its amounts by period, or give another method."),
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_by_name_with_what_to_do(terms, message) -> None:
    (period,) = closed(book(contract(**terms), close=["2026-01"]))
    (told,) = period.calculations["main"].exceptions
    assert told.subject == "C-1/1"
    assert told.message == message
