"""Small scenarios for tests: each builder shows the one fact that matters."""

from typing import Any

from scenario.errors import ScenarioError
from scenario.schema import Scenario, parse

Data = dict[str, Any]


def line(amount: str = "100.00", **given: Any) -> Data:
    dates = {"service_start": "2026-01-10", "service_end": "2026-03-15"}
    return {"id": "1", "amount": amount, **dates, **given}


def invoice(name: str = "INV-1", *lines: Data, **given: Any) -> Data:
    return {
        "kind": "invoice",
        "id": name,
        "date": "2026-01-10",
        "lines": list(lines) or [line()],
        **given,
    }


def credit_note(name: str = "CN-1", *lines: Data, **given: Any) -> Data:
    usual = {"id": "1", "amount": "40.00", "against": "INV-1/1", "effect": "full"}
    document = {"kind": "credit_note", "id": name, "date": "2026-02-01", "lines": list(lines)}
    return {**document, "lines": list(lines) or [usual], **given}


def obligation(name: str = "1", amount: str = "120.00", **given: Any) -> Data:
    return {
        "id": name,
        "amount": amount,
        "service_start": "2026-01-01",
        "service_end": "2026-12-31",
        **given,
    }


def contract(name: str = "OPP-1", *obligations: Data, **given: Any) -> Data:
    return {
        "kind": "contract",
        "id": name,
        "date": "2026-01-01",
        "obligations": list(obligations) or [obligation()],
        **given,
    }


def modification(name: str, of: str, *obligations: Data, **given: Any) -> Data:
    change = {"modifies": of, "treatment": "prospective", "effective": "2026-02-01"}
    return contract(name, *obligations, **{"date": "2026-02-01", **change, **given})


def delivery(name: str = "D-1", of: str = "OPP-1/1", **given: Any) -> Data:
    return {"kind": "delivery", "id": name, "obligation": of, "date": "2026-01-31", **given}


def book(*documents: Data, **given: Any) -> Data:
    return {
        "id": "test",
        "documents": list(documents),
        "close": ["2026-01", "2026-02"],
        **given,
    }


def entity(name: str = "main", **given: Any) -> Data:
    return {"id": name, "functional_currency": "USD", **given}


def parsed(*documents: Data, **given: Any) -> Scenario:
    return parse(book(*documents, **given))


def faults(data: object) -> dict[str, str]:
    """What is refused, by JSON path; empty when nothing is."""
    try:
        parse(data)
    except ScenarioError as error:
        return {fault.path: fault.message for fault in error.faults}
    return {}
