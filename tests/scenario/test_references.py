"""What documents call each other: in any order, by either contract's id, across entities."""

from datetime import date

import pytest

from accounting.documents import DocumentKind, Treatment
from accounting.money import Money
from scenario.schema import ScenarioEntity
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
    modification,
    obligation,
    parsed,
)


def only(*documents: Data, **given: object) -> ScenarioEntity:
    (found,) = parsed(*documents, **given).entities
    return found


def billing(of: str) -> Data:
    return invoice("INV-1", line(obligation=of))


def test_a_document_may_speak_of_one_that_stands_further_down() -> None:
    found = only(credit_note(), delivery(), invoice(), contract())
    assert [document.id for document in found.documents] == ["CN-1", "INV-1", "OPP-1"]
    assert found.documents[0].lines[0].against == "INV-1/1"
    assert found.reports[0].line == "OPP-1/1"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (billing("OPP-1/1"), "$.documents[0].lines[0].obligation"),
        (credit_note(), "$.documents[0].lines[0].against"),
        (delivery(), "$.documents[0].obligation"),
        (
            {
                "kind": "usage",
                "id": "U",
                "obligation": "X/1",
                "date": "2026-01-31",
                "amount": "1.00",
            },
            "$.documents[0].obligation",
        ),
        ({"kind": "override", "id": "O", "line": "INV-1/1"}, "$.documents[0].line"),
        (
            {
                "kind": "payment",
                "id": "P",
                "date": "2026-01-31",
                "against": "X",
                "amount": "1.00",
            },
            "$.documents[0].against",
        ),
        (
            {"kind": "void", "id": "V", "date": "2026-01-31", "against": "X"},
            "$.documents[0].against",
        ),
        (modification("OPP-2", "OPP-1"), "$.documents[0].modifies"),
        (contract(renews="OPP-0"), "$.documents[0].renews"),
        (
            {"kind": "bill", "id": "B", "date": "2026-01-31", "lines": [line(expense="EXP-1")]},
            "$.documents[0].lines[0].expense",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused(document: Data, path: str) -> None:
    assert list(faults(book(document))) == [path]


@pytest.mark.parametrize("key", ["modifies", "renews"])
def test_a_circle_of_contracts_is_refused(key: str) -> None:
    more = {"treatment": "prospective"} if key == "modifies" else {}
    found = faults(book(contract("A", **{key: "B"}, **more), contract("B", **{key: "A"}, **more)))
    assert list(found) == [f"$.documents[0].{key}", f"$.documents[1].{key}"]
    assert "circular" in found[f"$.documents[0].{key}"]


def test_a_contract_that_modifies_itself_is_refused() -> None:
    assert list(faults(book(modification("A", "A")))) == ["$.documents[0].modifies"]


@pytest.mark.parametrize(
    "reference", ["OPP-1/1", "OPP-2/1", "OPP-3/1", "OPP-1/2", "OPP-2/2", "OPP-3/2"]
)
def test_an_obligation_may_be_named_by_any_contract_s_id(reference: str) -> None:
    first, second = obligation("1"), obligation("2", "60.00")
    found = only(
        billing(reference),
        delivery(of=reference),
        contract("OPP-1", first),
        modification("OPP-2", "OPP-1", first, second),
        modification("OPP-3", "OPP-2", first, second),
    )
    key = f"OPP-1/{reference[-1]}"
    assert found.documents[0].lines[0].obligation == key
    assert found.reports[0].line == key
    assert [d.modifies for d in found.documents] == [None, None, "OPP-1", "OPP-1"]


@pytest.mark.parametrize(
    ("reference", "key"),
    [("OPP-2/2", "OPP-2/2"), ("OPP-1/2", "OPP-2/2"), ("OPP-1/1", "OPP-1/1"), ("OPP-2", "OPP-2")],
)
def test_a_separate_modification_is_a_contract_of_its_own(reference: str, key: str) -> None:
    found = only(
        billing(reference),
        contract(),
        modification("OPP-2", "OPP-1", obligation("2"), treatment="separate"),
    )
    assert found.documents[0].lines[0].obligation == key
    assert found.documents[2].treatment is Treatment.SEPARATE
    assert found.contract_of() == {"OPP-1/1": "OPP-1", "OPP-2/2": "OPP-2"}


def test_a_line_may_bill_a_whole_contract() -> None:
    found = only(billing("OPP-2"), contract(), modification("OPP-2", "OPP-1", obligation()))
    assert found.documents[0].lines[0].obligation == "OPP-1"


def test_an_edit_is_the_same_kind_and_id_with_a_higher_version() -> None:
    edit = invoice(version=2, known_on="2026-02-03")
    found = only(edit, invoice())
    assert [(d.version, d.known) for d in found.documents] == [
        (2, date(2026, 2, 3)),
        (1, date(2026, 1, 10)),
    ]


@pytest.mark.parametrize(
    "again",
    [
        invoice(),
        invoice(version=1),
        credit_note("INV-1", {"id": "9", "amount": "1.00"}, version=2),
        {"kind": "bill", "id": "INV-1", "date": "2026-01-31", "lines": [], "version": 3},
    ],
)
def test_an_id_used_twice_is_refused(again: Data) -> None:
    found = faults(book(invoice(), again))
    assert "used twice" in found["$.documents[1].id"]


def test_a_modification_without_amount_goes_on_by_usage() -> None:
    use = {"id": "1", "method": "usage"}
    assert not faults(book(contract("OPP-1", use), modification("OPP-2", "OPP-1", {"id": "1"})))


def test_what_is_keyed_in_may_sum_to_the_allocated_share() -> None:
    alone = {"standalone_price": "100.00"}
    keyed = obligation("1", "120.00", method="manual", manual={"2026-01": "90.00"}, **alone)
    policy = [entity(policy={"allocation": "relative_ssp"})]
    other = obligation("2", "60.00", **alone)
    assert not faults(book(contract("OPP-1", keyed, other), entities=policy))
    assert faults(book(contract("OPP-1", keyed, other)))


def test_a_credit_takes_the_currency_of_what_it_credits() -> None:
    found = only(credit_note(), invoice(currency="EUR"))
    assert found.documents[0].currency == "EUR"
    assert found.documents[0].lines[0].amount == Money(-4000, "EUR")


def test_a_rate_of_one_says_nothing_in_functional_currency() -> None:
    (same, foreign) = only(
        invoice(rate="1.0"), invoice("INV-2", rate="1.10", currency="EUR")
    ).documents
    assert (same.rate, str(foreign.rate)) == (None, "1.10")


def test_a_modification_takes_the_currency_of_its_contract_and_has_no_other() -> None:
    signed, change = contract(currency="EUR"), modification("OPP-2", "OPP-1", obligation())
    assert [d.currency for d in only(change, signed).documents] == ["EUR", "EUR"]
    assert list(faults(book({**change, "currency": "USD"}, signed))) == ["$.documents[0].currency"]


def test_usage_is_in_the_currency_of_its_obligation() -> None:
    use = {"kind": "usage", "id": "U-1", "obligation": "C/1", "date": "2026-01-31"}
    meter = contract("C", {"id": "1", "method": "usage"}, currency="JPY")
    assert only({**use, "amount": "12"}, meter).reports[0].usage == Money(12, "JPY")
    assert list(faults(book({**use, "amount": "12.00"}, meter))) == ["$.documents[0].amount"]


def test_a_document_belongs_to_the_entity_of_what_it_speaks_of() -> None:
    documents = [
        credit_note(),
        delivery(),
        {"kind": "override", "id": "O", "line": "INV-1/1"},
        {"kind": "void", "id": "V", "date": "2026-02-01", "against": "CN-1"},
        invoice(entity="us"),
        contract(entity="uk"),
        modification("OPP-2", "OPP-1", obligation()),
    ]
    uk, us = parsed(*documents, entities=[entity("uk"), entity("us")]).entities
    assert [d.id for d in uk.documents] == ["OPP-1", "OPP-2"]
    assert [d.id for d in us.documents] == ["CN-1", "INV-1"]
    assert (len(uk.reports), len(us.overrides), len(us.voids)) == (1, 1, 1)


def test_a_document_of_which_nothing_says_whose_it_is_is_refused() -> None:
    entities = [entity("uk"), entity("us")]
    assert list(faults(book(invoice(), entities=entities))) == ["$.documents[0].entity"]
    assert list(faults(book(invoice(entity="de"), entities=entities))) == ["$.documents[0].entity"]


def test_two_entities_may_use_the_same_id() -> None:
    entities = [entity("uk"), entity("us")]
    both = [invoice(entity="uk"), invoice(entity="us"), credit_note(entity="us")]
    uk, us = parsed(*both, entities=entities).entities
    assert [len(uk.documents), len(us.documents)] == [1, 2]
    assert list(faults(book(*both[:2], credit_note(), entities=entities))) == [
        "$.documents[2].entity"
    ]


def test_an_imported_figure_is_kept_under_the_first_contract_s_id() -> None:
    adoption = {"recognised_to_date": {"OPP-2/1": "40"}, "balances": {"prepaid": "1.00"}}
    found = only(
        contract(obligations=[obligation(amount="120")], currency="JPY"),
        modification("OPP-2", "OPP-1", obligation(amount="120")),
        entities=[entity(adoption=adoption)],
    )
    assert found.imported == {"OPP-1/1": Money(40, "JPY")}
    assert found.adoption.date == date(2025, 12, 31)
    assert found.adoption.balances is not None
    assert {r.value: m.text() for r, m in found.adoption.balances.items()} == {
        "prepayments": "1.00"
    }


def test_an_expense_is_a_document_with_one_line_of_its_own_name() -> None:
    cost = {"kind": "expense", "id": "EXP-1", "vendor": "H", "date": "2026-01-01"}
    bill = {"kind": "bill", "id": "B", "date": "2026-02-01"}
    found = only(
        {**bill, "lines": [{"id": "1", "amount": "300.00", "expense": "EXP-1", "partial": True}]},
        {**cost, "amount": "300.00"},
    )
    billed, expense = found.documents
    assert (expense.kind, expense.line_key(expense.lines[0])) == (DocumentKind.EXPENSE, "EXP-1")
    assert (billed.lines[0].expense, billed.lines[0].partial) == ("EXP-1", True)
    assert [d.lines[0].account for d in found.documents] == ["expense", "expense"]


def test_short_names_of_accounts() -> None:
    found = only(invoice("INV-1", line(account="deferred")), invoice("INV-2"))
    assert [d.lines[0].account for d in found.documents] == ["deferred_revenue", "revenue"]
