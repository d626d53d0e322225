"""`expect` against what the closes say."""

from typing import Any

import pytest

from scenario.check import check
from tests.scenario.book import Data, book, faults, invoice, line

JANUARY = '$.expect["2026-01"].main'
DEFERRAL: Data = {"kind": "deferral", "date": "2026-01-31"}


def differing(main: Data, *documents: Data) -> dict[str, tuple[str, str]]:
    data = book(*documents or [invoice()], expect={"2026-01": {"main": main}})
    return {each.path: (each.expected, each.found) for each in check(data)}


def account(name: str, **given: Any) -> Data:
    return {"account": name, **given}


@pytest.mark.parametrize(
    "main",
    [
        {},
        {"recognised": "33.85", "deferred": "66.15", "catch_up": "-0.00"},
        {"lines": {"INV-1/1": {"recognised": "33.85", "dates_from": "line"}}},
        {"lines": {"INV-1/1": {"service_end": "2026-03-15"}}},
        {"journals": [DEFERRAL]},
        {"journals": [{**DEFERRAL, "lines": [account("deferred", credit="66.15")]}]},
        {"exceptions": []},
    ],
)
def test_what_is_not_named_is_not_compared(main: Data) -> None:
    assert differing(main) == {}


@pytest.mark.parametrize(
    ("main", "path", "expected", "found"),
    [
        ({"recognised": "33.84"}, "recognised", "33.84", "33.85"),
        (
            {"lines": {"INV-1/1": {"deferred": "0.00"}}},
            'lines["INV-1/1"].deferred',
            "0.00",
            "66.15",
        ),
        ({"lines": {"INV-9/1": {"deferred": "0.00"}}}, 'lines["INV-9/1"]', "deferred", "nothing"),
        (
            {"lines": {"INV-1/1": {"prepaid": "0.00"}}},
            'lines["INV-1/1"].prepaid',
            "0.00",
            "nothing",
        ),
        ({"contracts": {"OPP-1": {}}}, 'contracts["OPP-1"]', "an object", "nothing"),
        (
            {"journals": [{"kind": "release", "date": "2026-01-31"}]},
            "journals[0]",
            "release of 2026-01-31",
            "deferral of 2026-01-31",
        ),
        ({"journals": []}, "journals", "nothing", "deferral of 2026-01-31"),
        (
            {"journals": [{**DEFERRAL, "lines": [account("revenue", debit="66.14")]}]},
            "journals[0].lines[0].debit",
            "66.14",
            "66.15",
        ),
        (
            {"journals": [{**DEFERRAL, "lines": [account("expense")]}]},
            "journals[0].lines[0]",
            "expense",
            "nothing",
        ),
        (
            {"exceptions": [{"code": "missing_rate", "subject": "INV-1/1"}]},
            "exceptions[0]",
            "missing_rate of INV-1/1",
            "nothing",
        ),
    ],
)
def test_a_figure_that_differs_is_named(main: Data, path: str, expected: str, found: str) -> None:
    assert differing(main) == {f"{JANUARY}.{path}": (expected, found)}


def test_an_account_of_a_journal_is_summed_over_dimensions_that_are_not_named() -> None:
    lines = [line("65.00", id=name, dimensions={"Region": name}) for name in ("EMEA", "APAC")]
    wanted = [
        account("revenue", debit="86.00"),
        account("revenue", debit="43.00", dimensions={"Region": "EMEA"}),
        account("deferred", credit="43.00", dimensions={"Region": "US"}),
    ]
    found = differing({"journals": [{**DEFERRAL, "lines": wanted}]}, invoice("INV-1", *lines))
    assert found == {f"{JANUARY}.journals[0].lines[2]": ("deferred_revenue (Region US)", "nothing")}


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ({"2026-07": {"main": {"deferred": "0.00"}}}, '$.expect["2026-07"]'),
        ({"2026-01": {"uk": {"deferred": "0.00"}}}, '$.expect["2026-01"].uk'),
        ({"2026-01": {"group": {"deferred": "0.00"}}}, '$.expect["2026-01"].group'),
    ],
)
def test_what_is_expected_where_there_is_nothing_differs(expect: Data, path: str) -> None:
    (found,) = check(book(invoice(), expect=expect))
    assert (found.path, found.found) == (path, "nothing")


@pytest.mark.parametrize(
    ("main", "path"),
    [
        ({"recognized": "33.85"}, "recognized"),
        ({"recognised": "33.9"}, "recognised"),
        ({"recognised": 33}, "recognised"),
        ({"lines": {"INV-1/1": {"cost": "1.00"}}}, 'lines["INV-1/1"].cost'),
        ({"lines": {"INV-1/1": {"deferred": "1"}}}, 'lines["INV-1/1"].deferred'),
        ({"journals": [{"kind": "release"}]}, "journals[0].date"),
        (
            {"journals": [{**DEFERRAL, "lines": [{"account": "610"}]}]},
            "journals[0].lines[0].account",
        ),
        ({"exceptions": [{"code": "missing_rate"}]}, "exceptions[0].subject"),
    ],
)
def test_an_expectation_that_no_output_can_have_is_refused(main: Data, path: str) -> None:
    found = faults(book(invoice(), expect={"2026-01": {"main": main}}))
    assert list(found) == [f"{JANUARY}.{path}"]
