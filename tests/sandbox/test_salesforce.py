"""simple-salesforce, unmodified, against the Salesforce server."""

from decimal import Decimal

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest


def test_query_all_follows_small_batches_to_the_end(sandbox, crm):
    found = crm.query_all("SELECT Id, OpportunityId, TotalPrice FROM OpportunityLineItem")
    assert len(found["records"]) == found["totalSize"] > 50
    assert len({row["Id"] for row in found["records"]}) == found["totalSize"]
    assert all(isinstance(row["TotalPrice"], Decimal) for row in found["records"])
    pages = [
        call for call in sandbox.get("/calls", target="salesforce") if "/query/01g" in call["path"]
    ]
    assert len(pages) >= 2


def test_won_opportunities_of_an_entity_with_their_lines(sandbox, crm):
    won = crm.query_all(
        "SELECT Id, Amount, CloseDate, Type FROM Opportunity"
        " WHERE IsWon = true AND Selling_Entity__c IN ('us') AND CloseDate >= 2026-09-01"
        " ORDER BY CloseDate DESC"
    )["records"]
    assert won == sorted(won, key=lambda row: row["CloseDate"], reverse=True) != []
    (invoice,) = sandbox.get("/documents", entity="us", case="late-renewal")
    deal = next(row for row in won if row["Id"] == invoice["opportunity"])
    assert (deal["Amount"], deal["Type"]) == (Decimal("25200.00"), "Renewal")
    (line,) = crm.query_all(
        "SELECT ProductCode, Service_Start__c, Service_End__c FROM OpportunityLineItem"
        f" WHERE OpportunityId = '{deal['Id']}'"
    )["records"]
    assert (line["ProductCode"], line["Service_Start__c"], line["Service_End__c"]) == (
        "PLAT",
        "2026-09-08",
        "2027-09-07",
    )


def test_only_changes_since_a_moment_come_back(crm):
    everything = crm.query_all("SELECT Id, SystemModstamp FROM Opportunity")["records"]
    late = crm.query_all(
        "SELECT Id, SystemModstamp FROM Opportunity WHERE SystemModstamp > 2026-09-01T00:00:00.000Z"
    )["records"]
    assert {row["Id"] for row in late} == {
        row["Id"] for row in everything if row["SystemModstamp"] > "2026-09-01T00:00:00.000+0000"
    }


def test_deleted_rows_show_only_in_query_all_of_the_vendor(crm):
    living = crm.query_all("SELECT Id FROM Opportunity WHERE IsDeleted = true")
    dead = crm.query_all("SELECT Id FROM Opportunity WHERE IsDeleted = true", include_deleted=True)
    assert (living["totalSize"], dead["totalSize"]) == (0, 1)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Id, Start_Date__c FROM OpportunityLineItem", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE IsWon = true OR IsClosed = true", "MALFORMED_QUERY"),
        ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ("SELECT Id FROM Opportunity WHERE CloseDate > 'soon'", "INVALID_FIELD"),
    ],
)
def test_a_bad_query_is_refused_with_salesforces_code(crm, query, code):
    with pytest.raises(SalesforceMalformedRequest) as error:
        crm.query(query)
    assert error.value.content[0]["errorCode"] == code


def test_describe_limits_and_the_usage_header(crm):
    fields = {
        field["name"]: field["type"] for field in crm.OpportunityLineItem.describe()["fields"]
    }
    assert fields["Service_Start__c"] == "date"
    assert fields["TotalPrice"] == "currency"
    assert crm.limits()["DailyApiRequests"]["Max"] == 15_000
    assert crm.api_usage["api-usage"].used > 0


def test_what_is_reported_of_lines_stands_in_objects_of_the_orgs_own(crm):
    lines = {
        row["Id"]: row["ProductCode"]
        for row in crm.query_all("SELECT Id, ProductCode FROM OpportunityLineItem")["records"]
    }
    usage = crm.query_all("SELECT Name, Opportunity_Line__c, Amount__c FROM Usage_Report__c")
    assert {lines[row["Opportunity_Line__c"]] for row in usage["records"]} == {"USGE"}
    assert all(isinstance(row["Amount__c"], Decimal) for row in usage["records"])
    come = crm.query_all(
        "SELECT Opportunity_Line__c, Units__c, Percent_Complete__c, Milestone__c FROM Delivery__c"
        " WHERE Delivered_On__c <= 2026-09-30"
    )["records"]
    says = {
        (lines[row["Opportunity_Line__c"]], *(key for key, value in row.items() if value))
        for row in come
    }
    assert says == {
        ("DAYS", "attributes", "Opportunity_Line__c", "Units__c"),
        ("MILE", "attributes", "Opportunity_Line__c", "Milestone__c"),
        ("PROJ", "attributes", "Opportunity_Line__c", "Percent_Complete__c"),
    }
    assert crm.Delivery__c.describe()["custom"]


def test_an_amendment_names_what_it_amends_and_how(sandbox, crm):
    found = crm.query_all(
        "SELECT Id, Selling_Entity__c, Amends__c, Treatment__c, Effective__c FROM Opportunity"
        " WHERE Amends__c != null"
    )["records"]
    assert {(row["Selling_Entity__c"], row["Treatment__c"]) for row in found} == {
        ("uk", "Separate"),
        ("us", "Separate"),
        ("us", "Prospective"),
        ("de", "Prospective"),
        ("de", "Catch-up"),
    }
    restated = crm.query_all(
        "SELECT OpportunityId, Original_Line__c FROM OpportunityLineItem"
        " WHERE Original_Line__c != null"
    )["records"]
    separate = {row["Id"] for row in found if row["Treatment__c"] == "Separate"}
    assert {row["OpportunityId"] for row in restated} == {row["Id"] for row in found} - separate
