"""What is refused, by the JSON path of the fault."""

from typing import Any

import pytest

from scenario.errors import ScenarioError
from scenario.schema import parse
from scenario.text import read_json
from tests.scenario.book import (
    Data,
    book,
    contract,
    credit_note,
    delivery,
    entity,
    faults,
    invoice,
    line,
    obligation,
)

LINE = "$.documents[0].lines[0]"
OBLIGATION = "$.documents[0].obligations[0]"
ENTITY = "$.entities[0]"


def weeks(**given: Any) -> Data:
    return {
        "pattern": "4-4-5",
        "first_day": "2025-12-28",
        "years": [{"name": "2026", "weeks": 52}],
        **given,
    }


def manual(*amounts: str, **given: Any) -> Data:
    months = {f"2026-0{index}": amount for index, amount in enumerate(amounts, 1)}
    return obligation(method="manual", manual=months, **given)


def staged(*weights: str) -> Data:
    milestones = [{"id": f"M{i}", "weight": weight} for i, weight in enumerate(weights, 1)]
    return obligation(method="milestone", milestones=milestones)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("33.855", "USD"), ("33.8", "USD"), ("33", "USD"), ("34.0", "JPY"), ("1.00", "KWD"),
    ],
)  # fmt: skip
def test_an_amount_has_exactly_the_decimals_of_its_currency(amount: str, currency: str) -> None:
    found = faults(book(invoice("INV-1", line(amount), currency=currency)))
    assert list(found) == [f"{LINE}.amount"]
    assert f"amounts in {currency} are written with" in found[f"{LINE}.amount"]


@pytest.mark.parametrize(
    "amount",
    ["1e5", "+1.00", " 1.00", "1.00 ", "1.00\n", "1_000.00", "1,000.00", "01.00", ".50", "1.",
     "NaN", "Infinity", "١.٠٠", "", "--1.00", "9" * 101],
)  # fmt: skip
def test_an_amount_is_plain_decimal_text(amount: str) -> None:
    assert list(faults(book(invoice("INV-1", line(amount))))) == [f"{LINE}.amount"]


@pytest.mark.parametrize("amount", [100, True, None, ["100.00"], {"amount": "100.00"}])
def test_anything_but_text_is_refused_where_text_is_due(amount: object) -> None:
    found = faults(book(invoice("INV-1", line(amount=amount))))  # type: ignore[arg-type]
    assert "where text is due" in found[f"{LINE}.amount"]


def test_an_amount_of_any_size_is_exact() -> None:
    scenario = parse(book(invoice("INV-1", line("90071992547409931234567890.01"))))
    (document,) = scenario.entities[0].documents
    assert document.lines[0].amount.minor == 9007199254740993123456789001


@pytest.mark.parametrize("day", ["2026-02-30", "2026-1-10", "20260110", "10/01/2026", "0001-01-01"])
def test_a_bad_date_is_refused(day: str) -> None:
    assert list(faults(book(invoice(date=day)))) == ["$.documents[0].date"]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (book(invoice(kind="order")), "$.documents[0].kind"),
        (book(invoice(currency="XYZ")), "$.documents[0].currency"),
        (book(invoice(colour="red")), "$.documents[0].colour"),
        (book(invoice("INV-1", line(method="weekly"))), f"{LINE}.method"),
        (book(invoice("INV-1", line(account="610"))), f"{LINE}.account"),
        (book(invoice("INV-1", line(service_end="2026-01-09"))), f"{LINE}.service_end"),
        (book(invoice("INV-1", line(expense="EXP-1"))), f"{LINE}.expense"),
        (book(invoice(version=1.5)), "$.documents[0].version"),
        (book(invoice(version=0)), "$.documents[0].version"),
        (book(invoice(rate="0")), "$.documents[0].rate"),
        (book(invoice(rate="1.1")), "$.documents[0].rate"),
        (book(invoice("")), "$.documents[0].id"),
        (book({k: v for k, v in invoice().items() if k != "date"}), "$.documents[0].date"),
        (book(invoice("INV-1", {"id": "1"})), f"{LINE}.amount"),
        (book(invoice("INV-1", line(), line())), "$.documents[0].lines[1].id"),
        (book(contract("OPP-1", staged("0.4", "0.5"))), f"{OBLIGATION}.milestones"),
        (book(contract("OPP-1", manual("100.00", "19.99"))), f"{OBLIGATION}.manual"),
        (book(contract("OPP-1", {"id": "1", "method": "daily"})), f"{OBLIGATION}.amount"),
        (book(contract("OPP-1", obligation(units="-1"))), f"{OBLIGATION}.units"),
        (book(contract(treatment="prospective")), "$.documents[0].treatment"),
        (book(contract(obligations=[])), "$.documents[0].obligations"),
        (book(contract(), delivery(percent="25")), "$.documents[1].percent"),
        (book(contract(), delivery(percent="0.25", units="1")), "$.documents[1].percent"),
        (book(contract(), delivery(milestone="M1")), "$.documents[1].milestone"),
        (book(contract(), delivery(of="OPP-1")), "$.documents[1].obligation"),
        (book(invoice(), close=[]), "$.close"),
        (book(invoice(), close=["2026-13"]), "$.close[0]"),
        (book(invoice(), close=["2026-01", "2026-01"]), "$.close[1]"),
        (book(invoice(), close=["2026-02", "2026-01"]), "$.close[1]"),
        (book(invoice(), colour="red"), "$.colour"),
        (book(invoice(), reporting_currency="EURO"), "$.reporting_currency"),
        (book(entities=[]), "$.entities"),
        (book(entities=[entity(), entity()]), "$.entities[1].id"),
        (book(entities=[entity("group")]), f"{ENTITY}.id"),
        (book(entities=[entity(policy={"netting": "none"})]), f"{ENTITY}.policy.netting"),
        (book(entities=[entity(policy={"method": "weekly"})]), f"{ENTITY}.policy.method"),
        (
            book(entities=[entity(policy={"materiality": {"amount": "5"}})]),
            f"{ENTITY}.policy.materiality.amount",
        ),
        (
            book(entities=[entity(policy={"rules": [{"when": {"tag": {}}, "method": "daily"}]})]),
            f"{ENTITY}.policy.rules[0].when.tag",
        ),
        (book(entities=[entity(locale={"fiscal_year_starts": 13})]),
         f"{ENTITY}.locale.fiscal_year_starts"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_its_path(data: Data, path: str) -> None:
    assert list(faults(data)) == [path]


@pytest.mark.parametrize(
    ("calendar", "path"),
    [
        ("months", "$.entities[0].fiscal_calendar"),
        (7, "$.entities[0].fiscal_calendar"),
        ([], "$.entities[0].fiscal_calendar"),
        ([["P1", "2026-01-01"]], "$.entities[0].fiscal_calendar[0]"),
        ([["P1", "2026-01-01", "2026-02-30"]], "$.entities[0].fiscal_calendar[0][2]"),
        ([["P1", "2026-01-31", "2026-01-01"]], "$.entities[0].fiscal_calendar[0][2]"),
        (
            [["P1", "2026-01-01", "2026-01-28"], ["P2", "2026-01-30", "2026-02-25"]],
            "$.entities[0].fiscal_calendar[1][1]",
        ),
        (
            [["P1", "2026-01-01", "2026-01-28"], ["P2", "2026-01-28", "2026-02-25"]],
            "$.entities[0].fiscal_calendar[1][1]",
        ),
        (
            [["P1", "2026-01-01", "2026-01-28"], ["P1", "2026-01-29", "2026-02-25"]],
            "$.entities[0].fiscal_calendar[1][0]",
        ),
        (weeks(pattern="5-5-3"), "$.entities[0].fiscal_calendar.pattern"),
        (weeks(first_day="28 Dec"), "$.entities[0].fiscal_calendar.first_day"),
        (
            weeks(years=[{"name": "2026", "weeks": 54}]),
            "$.entities[0].fiscal_calendar.years[0].weeks",
        ),
        (weeks(years=[]), "$.entities[0].fiscal_calendar.years"),
    ],
)
def test_a_faulty_calendar_is_named_by_its_path(calendar: object, path: str) -> None:
    assert list(faults(book(entities=[entity(fiscal_calendar=calendar)]))) == [path]


def test_every_entity_must_know_every_period() -> None:
    entities = [entity("uk"), entity("us", fiscal_calendar=weeks())]
    found = faults(book(entities=entities, close=["2026-01"]))
    assert found == {"$.close[0]": "“2026-01” is not a period of us's calendar."}


def rate(**given: Any) -> Data:
    return {"from": "EUR", "to": "USD", "rate": "1.08", **given}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (rate(), "$.rates[0].date"),
        (rate(period="2026-01"), "$.rates[0].kind"),
        (rate(period="2026-01", kind="spot"), "$.rates[0].kind"),
        (rate(period="2026-13", kind="closing"), "$.rates[0].period"),
        (rate(date="2026-01-10", kind="closing"), "$.rates[0].kind"),
        (rate(date="2026-01-10", to="EUR"), "$.rates[0].to"),
        (rate(date="2026-01-10", rate="-1.08"), "$.rates[0].rate"),
        (rate(date="2026-01-10", rate=1), "$.rates[0].rate"),
    ],
)
def test_a_faulty_rate_is_named_by_its_path(given: Data, path: str) -> None:
    assert list(faults(book(invoice(), rates=[given]))) == [path]


def test_a_rate_may_be_of_a_month_outside_a_table() -> None:
    entities = [entity(fiscal_calendar=[["P1", "2026-01-01", "2026-01-28"]])]
    closing = {"kind": "closing"}
    assert not faults(
        book(entities=entities, close=["P1"], rates=[rate(period="2025-12", **closing)])
    )
    assert faults(book(entities=entities, close=["P1"], rates=[rate(period="2026-13", **closing)]))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"date": "2026-01-01"}, "date"),
        ({"date": "2026-01-31"}, "date"),
        ({"recognised_to_date": {"INV-9/1": "40.00"}}, 'recognised_to_date["INV-9/1"]'),
        ({"recognised_to_date": {"INV-1/1": "40.0"}}, 'recognised_to_date["INV-1/1"]'),
        ({"balances": {"revenue": "66.15"}}, "balances.revenue"),
        ({"balances": {"deferred": "66.1"}}, "balances.deferred"),
        ({"balances": {"deferred": "1.00", "deferred_revenue": "1.00"}},
         "balances.deferred_revenue"),
        ({"difference": "later"}, "difference"),
    ],
)  # fmt: skip
def test_a_faulty_adoption_is_named_by_its_path(given: Data, path: str) -> None:
    found = faults(book(invoice(), entities=[entity(adoption=given)]))
    assert list(found) == [f"$.entities[0].adoption.{path}"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"amount": "-40.00", "against": "INV-1/1", "effect": "full"}, "amount"),
        ({"amount": "-40.00"}, "amount"),
        ({"amount": "40.00", "against": "INV-1/1"}, "effect"),
        ({"amount": "40.00", "effect": "full"}, "effect"),
        ({"amount": "40.00", "against": "INV-1/1", "effect": "undo"}, "effect"),
        ({"amount": "40.00", "against": "INV-1/2", "effect": "full"}, "against"),
        ({"amount": "40.00", "against": "INV-1", "effect": "full"}, "against"),
        ({"amount": "40.00", "against": "OPP-1/1", "effect": "full"}, "against"),
    ],
)
def test_a_credit_is_written_without_sign_and_says_what_it_does(given: Data, path: str) -> None:
    found = faults(book(credit_note("CN-1", {"id": "1", **given}), invoice(), contract()))
    assert list(found) == [f"$.documents[0].lines[0].{path}"]


def test_many_faults_are_told_in_one_run() -> None:
    found = faults(
        book(
            invoice(date="2026-02-30"),
            invoice("INV-2", line("33.855")),
            invoice("INV-3", line(obligation="OPP-9/1")),
            credit_note(),
            contract("OPP-1", staged("0.4")),
            colour="red",
            rates=[rate(rate="x")],
            expect={"2026-01": {"main": {"recognized": "1.00"}}},
        )
    )
    assert list(found) == [
        "$.colour",
        "$.documents[0].date",
        "$.documents[1].lines[0].amount",
        "$.documents[2].lines[0].obligation",
        "$.documents[4].obligations[0].milestones",
        '$.expect["2026-01"].main.recognized',
        "$.rates[0].rate",
    ]


def test_a_reference_to_a_document_that_can_not_be_read_is_no_fault_of_its_own() -> None:
    assert list(faults(book(invoice(date="soon"), credit_note()))) == ["$.documents[0].date"]


@pytest.mark.parametrize("data", [None, [], "scenario", 7])
def test_a_scenario_is_an_object(data: object) -> None:
    assert list(faults(data)) == ["$"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"id": "a", "id": "b", "documents": [], "close": ["2026-01"]}', "$.id"),
        ('{"id": "a", "documents": [{"kind": "x", "id": "1", "id": "2"}], "close": []}',
         "$.documents[0].id"),
        ('{"id": 1.5, "documents": [], "close": ["2026-01"]}', "$.id"),
        ('{"id": NaN, "documents": [], "close": ["2026-01"]}', "$.id"),
        ('{"id": -Infinity, "documents": [], "close": ["2026-01"]}', "$.id"),
        ('{"id": ' + "9" * 5000 + ', "documents": [], "close": ["2026-01"]}', "$.id"),
        ('{"id": "a", "documents": [], "close": ["2026-01"]', "$"),
        ("[" * 100_000, "$"),
    ],
)  # fmt: skip
def test_the_text_is_read_strictly(text: str, path: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse(read_json(text))
    assert path in [fault.path for fault in refused.value.faults]


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(ScenarioError, match="UTF-8"):
        read_json(b'{"id": "\xff"}')
