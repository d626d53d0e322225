"""Reading an org's own fields: amendments, renewals, cancellations, usage and deliveries."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounting.documents import Document, Treatment
from accounting.money import Money
from connectors.errors import ConnectionConfigError, PayloadError
from connectors.record_ids import full_id
from connectors.salesforce import DeliveryObject, FieldNames, SalesforceCrm, UsageObject, open_crm
from connectors.salesforce.normalise import source_document
from tests.connectors.doors import (
    BOOKS,
    FIELD_NAMES,
    MemoryVault,
    calls,
    fields_of,
    literally,
    open_salesforce,
)
from tests.sandbox.wiring import Sandbox

EVER = datetime(2000, 1, 1, tzinfo=UTC)
every_entity = pytest.mark.parametrize("entity", BOOKS)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One of our own: records are changed here."""
    sandbox = Sandbox.start(tmp_path_factory.mktemp("changes"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def crm(sandbox: Sandbox) -> SalesforceCrm:
    return open_salesforce(sandbox)


def contracts(crm: SalesforceCrm, entity: str) -> dict[str, Document]:
    found = crm.contracts(entity, BOOKS[entity].currency, None)
    return {each.document.id: each.document for each in found}


def change(sandbox: Sandbox, kind: str, place: int, **fields: object) -> str:
    """What somebody does to a record behind our back; the id of the record."""
    with sqlite3.connect(sandbox.data / "sandbox.sqlite", timeout=5) as work:
        (newest,) = work.execute("select max(modified) from record").fetchone()
        key, body = work.execute(
            "select id, body from record where kind = ? order by id limit 1 offset ?", [kind, place]
        ).fetchone()
        record = {**json.loads(body), **fields, "modified": newest + 1000}
        work.execute(
            "update record set modified = ?, body = ? where id = ?",
            [newest + 1000, json.dumps(record).encode(), key],
        )
    work.close()
    return str(key)


def test_an_amendment_restates_the_lines_of_the_contract_that_it_names(crm: SalesforceCrm) -> None:
    found = contracts(crm, "de")
    (first,) = [
        d for d in found.values() if d.counterparty == "Quirin Textil GmbH" and not d.modifies
    ]
    (second,) = [d for d in found.values() if d.modifies == first.id]
    assert (second.treatment, second.effective) == (Treatment.PROSPECTIVE, date(2026, 7, 1))
    assert second.type == "Existing Customer - Upgrade"
    assert [(line.product, line.amount.text()) for line in second.lines] == [
        ("PLAT", "14000.00"),
        ("SUPP", "800.01"),
    ]
    assert second.lines[0].id == first.lines[0].id
    assert second.lines[1].id not in {line.id for d in (first,) for line in d.lines}
    treatments = {
        (entity, document.treatment)
        for entity in BOOKS
        for document in contracts(crm, entity).values()
        if document.modifies
    }
    assert treatments == {
        ("uk", Treatment.SEPARATE),
        ("us", Treatment.SEPARATE),
        ("us", Treatment.PROSPECTIVE),
        ("de", Treatment.PROSPECTIVE),
        ("de", Treatment.CATCH_UP),
    }


@every_entity
def test_a_renewal_names_what_it_renews_and_a_cancelled_contract_its_day(
    entity: str, crm: SalesforceCrm
) -> None:
    found = contracts(crm, entity)
    renewals = [each for each in found.values() if each.renews]
    assert renewals
    for each in renewals:
        assert each.type == "Renewal"
        assert found[str(each.renews)].counterparty == each.counterparty
    cancelled = {d.counterparty: d.cancelled_on for d in found.values() if d.cancelled_on}
    assert cancelled == ({"Iron Range Steel": date(2026, 9, 1)} if entity == "us" else {})


def test_milestones_are_weights_that_sum_to_one(crm: SalesforceCrm) -> None:
    (line,) = [
        line for d in contracts(crm, "uk").values() for line in d.lines if line.product == "MILE"
    ]
    assert line.milestones == (
        ("Scoping", Decimal("0.3")),
        ("Migration", Decimal("0.45")),
        ("Acceptance", Decimal("0.25")),
    )


@every_entity
def test_reports_of_usage_and_delivery_name_lines_of_the_entitys_contracts(
    entity: str, crm: SalesforceCrm, sandbox: Sandbox
) -> None:
    lines = {d.line_key(line): line for d in contracts(crm, entity).values() for line in d.lines}
    found = list(crm.reports(entity, None))
    assert [each.modified for each in found] == sorted(each.modified for each in found)
    products: dict[str | None, list[Any]] = {}
    for each in found:
        report = each.report
        product = lines[report.line].product
        says = {
            "USGE": report.usage,
            "MILE": report.milestone,
            "PROJ": report.percent,
            "DAYS": report.units,
        }
        assert [says[key] is not None for key in says] == [key == product for key in says]
        products.setdefault(product, []).append(says[str(product)])
        assert report.usage is None or report.usage.currency == BOOKS[entity].currency
        assert not each.deleted
    shown: dict[str, list[Any]] = {
        "uk": ["Scoping", "Migration"],
        "us": ["Stage 1"],
        "de": ["Erste Stufe"],
    }
    assert products.pop("MILE") == shown[entity]
    assert len(products.pop("USGE")) == 9
    more: dict[str, dict[str, list[Decimal]]] = {
        "uk": {"PROJ": [Decimal("0.2"), Decimal("0.45"), Decimal("0.7")]},
        "us": {"DAYS": [Decimal("3.0"), Decimal("4.5"), Decimal("5.0")]},
        "de": {"PROJ": [Decimal("0.25"), Decimal("0.5"), Decimal("0.6")]},
    }
    assert products == more[entity]


def test_the_raw_text_of_a_report_holds_salesforces_digits(crm: SalesforceCrm) -> None:
    for each in crm.reports("us", None):
        (row,) = literally(each.raw).values()
        if each.report.usage is not None:
            assert row["Amount__c"] == each.report.usage.text()
        assert row["Id"] == each.report.id


def test_a_report_that_changed_or_is_gone_comes_again(crm: SalesforceCrm, sandbox: Sandbox) -> None:
    whole = {entity: list(crm.reports(entity, EVER)) for entity in BOOKS}
    later = max(e.modified for found in whole.values() for e in found) + timedelta(seconds=1)
    assert [list(crm.reports(entity, later)) for entity in BOOKS] == [[], [], []]
    edited = change(sandbox, "usage", 0, amount=1_23)
    gone = change(sandbox, "delivery", 0, deleted=True)
    try:
        changed = [each for entity in BOOKS for each in crm.reports(entity, later)]
        assert {(each.report.id, each.deleted) for each in changed} == {
            (edited, False),
            (gone, True),
        }
        assert {each.report.usage for each in changed} >= {Money(1_23, "GBP")}
        # Read from the start, what is gone is not there: nobody has ever seen it.
        read = [each.report.id for entity in BOOKS for each in crm.reports(entity, None)]
        assert edited in read
        assert gone not in read
    finally:
        change(sandbox, "delivery", 0, deleted=False)


def test_a_report_on_no_line_is_refused_by_name(crm: SalesforceCrm, sandbox: Sandbox) -> None:
    whole = list(crm.reports("de", None))
    line = whole[0].report.line.partition("/")[2]
    for wrong, words in (("", "reports on no opportunity line"), ("00kQy" + "0" * 10, "which no")):
        key = change(sandbox, "usage", 0, line=wrong)
        with pytest.raises(PayloadError, match=words) as error:
            list(crm.reports("de", None))
        assert key in str(error.value)
    change(sandbox, "usage", 0, line=line[:15])  # somebody pasted the short form
    assert len(list(crm.reports("de", None))) in (len(whole), len(whole) + 1)


def test_an_org_that_keeps_no_such_fields_is_asked_for_none(sandbox: Sandbox) -> None:
    bare = FieldNames("Selling_Entity__c", "Service_Start__c", "Service_End__c")
    crm = open_crm("salesforce", fields_of(sandbox, "salesforce"), MemoryVault(), bare, 10)
    found = contracts(crm, "de")
    assert not any(d.modifies or d.renews or d.cancelled_on for d in found.values())
    assert not any(line.milestones for d in found.values() for line in d.lines)
    assert all(line.units for d in found.values() for line in d.lines)  # the standard Quantity
    assert list(crm.reports("de", None)) == []
    assert found.keys() == contracts(open_salesforce(sandbox), "de").keys()
    assert calls(sandbox, "salesforce") > 0


def opportunity(**fields: Any) -> dict[str, Any]:
    return {
        "Id": "006Qy0000000AAAIAX",
        "Name": "Deal",
        "AccountId": "001",
        "CloseDate": "2026-09-01",
        "IsWon": True,
        "IsDeleted": False,
        "CurrencyIsoCode": "GBP",
        "SystemModstamp": "2026-09-01T08:00:00.000+0000",
        **fields,
    }


def line(**fields: Any) -> dict[str, Any]:
    return {
        "Id": "00kQy0000000AAAIAX",
        "Name": "Deal Work",
        "TotalPrice": Decimal("10.00"),
        "SystemModstamp": "2026-09-01T08:00:00.000+0000",
        **fields,
    }


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("Design 40; Build 60", [("Design", "0.4"), ("Build", "0.6")]),
        ("Stage 1: 12.5 %;Stage 2: 87.5%;", [("Stage 1", "0.125"), ("Stage 2", "0.875")]),
        ("All = 100", [("All", "1")]),
    ],
)
def test_milestones_are_read_as_people_write_them(
    text: str, weights: list[tuple[str, str]]
) -> None:
    found = source_document(opportunity(), [line(Milestones__c=text)], "Ltd", FIELD_NAMES, "GBP")
    assert found.document.lines[0].milestones == tuple((n, Decimal(w)) for n, w in weights)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Milestones__c": "Design 40; Build 50"}, "do not sum to 100"),
        ({"Milestones__c": "Design"}, "a name and a percent"),
        ({"Original_Line__c": "the first one"}, "not an id of Salesforce"),
    ],
)
def test_a_line_that_cannot_be_read_exactly_is_refused(fields: dict[str, str], words: str) -> None:
    with pytest.raises(PayloadError, match=words):
        source_document(opportunity(), [line(**fields)], "Ltd", FIELD_NAMES, "GBP")


def test_a_treatment_that_nobody_knows_is_refused_and_spelling_does_not_matter() -> None:
    def read(word: str | None) -> Document:
        deal = opportunity(Amends__c="006Qy0000000BBBIAX", Treatment__c=word)
        return source_document(deal, [line()], "Ltd", FIELD_NAMES, "GBP").document

    for word in ("Catch-up", "catch up", "CATCH_UP"):
        assert read(word).treatment is Treatment.CATCH_UP
    assert read(None).treatment is None
    with pytest.raises(PayloadError, match="separate, prospective or catch-up"):
        read("Retrospective")


def test_ids_of_15_characters_get_the_three_that_tell_their_capitals() -> None:
    assert full_id("0015g00000AbCdE") == "0015g00000AbCdEAAV"
    assert full_id(" 0015g00000AbCdEAAV ") == "0015g00000AbCdEAAV"
    with pytest.raises(PayloadError, match="not an id"):
        full_id("0015g")


@pytest.mark.parametrize("wrong", ["Id FROM User", "", "1st__c", "A" * 81])
def test_a_field_name_can_not_carry_a_query(wrong: str) -> None:
    with pytest.raises(ConnectionConfigError, match="not the name of a Salesforce field"):
        FieldNames("A__c", "B__c", "C__c", amends=wrong)
    with pytest.raises(ConnectionConfigError):
        UsageObject(wrong, "A__c", "B__c", "C__c")
    with pytest.raises(ConnectionConfigError):
        DeliveryObject("A__c", "B__c", "C__c", percent=wrong)
