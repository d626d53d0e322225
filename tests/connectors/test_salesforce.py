"""Reading Salesforce: won opportunities of one entity as contracts, and what is won no more."""

import json
import sqlite3
import traceback
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounting.documents import DocumentKind
from accounting.money import Money
from connectors.errors import (
    LedgerRefusedError,
    LedgerThrottledError,
    LedgerUnavailableError,
    PayloadError,
)
from connectors.ledger import SourceDocument
from connectors.salesforce import SalesforceCrm
from tests.connectors.doors import BOOKS, calls, literally, nobody_listens, open_salesforce
from tests.sandbox.wiring import Sandbox, salesforce

EVER = datetime(2000, 1, 1, tzinfo=UTC)
every_entity = pytest.mark.parametrize("entity", BOOKS)


@pytest.fixture
def crm(sandbox: Sandbox) -> SalesforceCrm:
    return open_salesforce(sandbox)


def read(crm: SalesforceCrm, entity: str, since: datetime | None = None) -> list[SourceDocument]:
    return list(crm.contracts(entity, BOOKS[entity].currency, since))


def asked(sandbox: Sandbox, soql: str) -> list[dict[str, Any]]:
    """Rows as the vendor's own client reads them."""
    found: list[dict[str, Any]] = salesforce(sandbox).query_all(soql)["records"]
    return found


def change(sandbox: Sandbox, opportunity: str, **fields: object) -> None:
    """What somebody in sales does to a deal; the change is newer than every other."""
    with sqlite3.connect(sandbox.data / "sandbox.sqlite", timeout=5) as work:
        (newest,) = work.execute("select max(modified) from record").fetchone()
        (body,) = work.execute("select body from record where id = ?", [opportunity]).fetchone()
        deal = {**json.loads(body), **fields, "modified": newest + 1000}
        work.execute(
            "update record set modified = ?, body = ? where id = ?",
            [newest + 1000, json.dumps(deal).encode(), opportunity],
        )
    work.close()


@every_entity
def test_the_won_opportunities_of_the_entity_are_its_contracts(
    entity: str, crm: SalesforceCrm, sandbox: Sandbox
) -> None:
    rows = asked(
        sandbox,
        "SELECT Id, Name, CloseDate, CurrencyIsoCode, AccountId, Selling_Entity__c "
        "FROM Opportunity WHERE IsWon = true",
    )
    accounts = {row["Id"]: row["Name"] for row in asked(sandbox, "SELECT Id, Name FROM Account")}
    contracts = [found.document for found in read(crm, entity)]
    assert {contract.kind for contract in contracts} == {DocumentKind.CONTRACT}
    assert not any(contract.voided for contract in contracts)
    assert sorted((c.id, c.number, c.counterparty, str(c.date), c.currency) for c in contracts) == [
        (
            row["Id"],
            row["Name"],
            accounts[row["AccountId"]],
            row["CloseDate"],
            row["CurrencyIsoCode"],
        )
        for row in sorted(rows, key=lambda row: str(row["Id"]))
        if row["Selling_Entity__c"] == entity
    ]
    assert 0 < len(contracts) < len(rows)


@every_entity
def test_each_line_is_an_obligation_with_its_price_and_dates(
    entity: str, crm: SalesforceCrm, sandbox: Sandbox
) -> None:
    rows = {
        row["Id"]: row
        for row in asked(
            sandbox,
            "SELECT Id, OpportunityId, ProductCode, TotalPrice, Service_Start__c, Service_End__c, "
            "Original_Line__c, Quantity FROM OpportunityLineItem",
        )
    }
    own = {(row["OpportunityId"], row["Original_Line__c"] or key): key for key, row in rows.items()}
    lines = [(each.document, line) for each in read(crm, entity) for line in each.document.lines]
    for contract, line in lines:
        row = rows.pop(own[contract.id, line.id])
        assert row["OpportunityId"] == contract.id
        assert isinstance(row["TotalPrice"], Decimal)
        assert line.amount == Money.parse(row["TotalPrice"], contract.currency)
        assert (line.product, line.account) == (row["ProductCode"], None)
        days = (line.service_start, line.service_end)
        assert [day and day.isoformat() for day in days] == [
            row["Service_Start__c"],
            row["Service_End__c"],
        ]
        assert line.units == row["Quantity"]
    won = {contract.id for contract, _line in lines}
    assert not any(row["OpportunityId"] in won for row in rows.values())


def test_the_lines_of_many_deals_come_in_several_queries(
    crm: SalesforceCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(crm, "uk")
    monkeypatch.setattr("connectors.salesforce.client.IDS_PER_QUERY", 3)
    assert read(crm, "uk") == whole


def test_the_oldest_change_comes_first_and_the_raw_text_holds_salesforces_digits(
    crm: SalesforceCrm,
) -> None:
    found = read(crm, "uk")
    assert [each.modified for each in found] == sorted(each.modified for each in found)
    for each in found:
        said = literally(each.raw)
        assert said["Opportunity"]["Id"] == each.document.id
        prices = sorted(line["TotalPrice"] for line in said["OpportunityLineItems"])
        assert prices == sorted(line.amount.text() for line in each.document.lines)


def test_since_reads_what_changed_and_a_deal_won_no_more_comes_voided(
    crm: SalesforceCrm, sandbox: Sandbox
) -> None:
    before = read(crm, "us")
    newest = max(each.modified for each in read(crm, "us", EVER))
    others = {entity: read(crm, entity, EVER) for entity in ("uk", "de")}
    later = newest + timedelta(milliseconds=1)
    assert {each.modified for each in read(crm, "us", newest)} == {newest}
    assert read(crm, "us", later) == []
    lost, deleted, renamed = (each.document.id for each in before[:3])
    change(sandbox, lost, won=False, stage="Closed Lost")
    change(sandbox, deleted, deleted=True)
    change(sandbox, renamed, name="Another name")
    changed = read(crm, "us", later)
    assert [(e.document.id, e.document.voided) for e in changed] == [
        (lost, True),
        (deleted, True),
        (renamed, False),
    ]
    assert changed[2].document.number == "Another name"
    assert {e.document.id for e in before} - {e.document.id for e in read(crm, "us")} == {
        lost,
        deleted,
    }
    assert {entity: read(crm, entity, EVER) for entity in ("uk", "de")} == others


def test_an_open_deal_is_no_contract_and_comes_voided_when_it_changed(crm: SalesforceCrm) -> None:
    contracts = {each.document.id for each in read(crm, "uk")}
    others = [e for e in read(crm, "uk", EVER) if e.document.id not in contracts]
    assert others
    assert all(each.document.voided for each in others)


def test_the_entitys_name_can_not_carry_a_query(crm: SalesforceCrm) -> None:
    with pytest.raises(PayloadError, match="not the id of an entity"):
        list(crm.contracts("uk' OR Name != '", "GBP", None))


def test_a_session_that_ended_is_renewed_without_anybody_noticing(
    crm: SalesforceCrm, sandbox: Sandbox
) -> None:
    whole = read(crm, "de")
    before = calls(sandbox, "salesforce", "oauth2")
    sandbox.post("/faults", target="salesforce", kind="expire_tokens", skip=1)
    assert read(crm, "de") == whole
    assert calls(sandbox, "salesforce", "oauth2") == before + 1


def test_each_way_to_fail_is_told_by_its_type(crm: SalesforceCrm, sandbox: Sandbox) -> None:
    crm.check()
    for kind, error in (
        ("throttle", LedgerThrottledError),
        ("error_500", LedgerUnavailableError),
        ("error_503", LedgerUnavailableError),
        ("reset_before_commit", LedgerUnavailableError),
    ):
        sandbox.post("/faults", target="salesforce", kind=kind)
        with pytest.raises(error):
            read(crm, "uk")
    assert crm.check() == "northwind.my"


def test_a_server_that_is_gone_is_unavailable(sandbox: Sandbox) -> None:
    gone = open_salesforce(sandbox, base_url=nobody_listens())
    with pytest.raises(LedgerUnavailableError, match="did not answer"):
        gone.check()


def test_a_wrong_secret_is_refused_and_never_shown(sandbox: Sandbox) -> None:
    crm = open_salesforce(sandbox, client_secret="s3cret-of-somebody-else")
    with pytest.raises(LedgerRefusedError, match="Salesforce refuses the log-in") as error:
        crm.check()
    assert "s3cret" not in "".join(traceback.format_exception(error.value))
