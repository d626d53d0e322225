"""The objects, their fields and their rows: three standard ones with this org's own fields (…__c),
and two objects of its own.

Our reading of how firms keep this: no field can look up an opportunity line, so its id stands in a
text field; a percent is a number from 0 to 100.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from sandbox.state import State
from sandbox.wire import literal, number
from sandbox.world.builder import crm_id
from sandbox.world.charts import PRODUCTS
from sandbox.world.records import (
    CrmAccount,
    Delivery,
    Opportunity,
    OpportunityLine,
    UsageReport,
)

Row = dict[str, Any]
FIELDS: dict[str, dict[str, str]] = {
    "Account": {
        "Id": "id",
        "IsDeleted": "boolean",
        "Name": "string",
        "AccountNumber": "string",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
    "Opportunity": {
        "Id": "id",
        "IsDeleted": "boolean",
        "Name": "string",
        "AccountId": "reference",
        "Amount": "currency",
        "CloseDate": "date",
        "StageName": "picklist",
        "IsClosed": "boolean",
        "IsWon": "boolean",
        "Type": "picklist",
        "Selling_Entity__c": "picklist",
        "Amends__c": "reference",
        "Treatment__c": "picklist",
        "Effective__c": "date",
        "Renews__c": "reference",
        "Cancelled_On__c": "date",
        "ContractId": "reference",
        "CurrencyIsoCode": "picklist",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
    "OpportunityLineItem": {
        "Id": "id",
        "IsDeleted": "boolean",
        "OpportunityId": "reference",
        "Product2Id": "reference",
        "ProductCode": "string",
        "Name": "string",
        "Description": "string",
        "Quantity": "double",
        "UnitPrice": "currency",
        "TotalPrice": "currency",
        "ServiceDate": "date",
        "Service_Start__c": "date",
        "Service_End__c": "date",
        "Original_Line__c": "string",
        "Milestones__c": "string",
        "SortOrder": "int",
        "CurrencyIsoCode": "picklist",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
    "Usage_Report__c": {
        "Id": "id",
        "IsDeleted": "boolean",
        "Name": "string",
        "Opportunity__c": "reference",
        "Opportunity_Line__c": "string",
        "Used_On__c": "date",
        "Amount__c": "currency",
        "CurrencyIsoCode": "picklist",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
    "Delivery__c": {
        "Id": "id",
        "IsDeleted": "boolean",
        "Name": "string",
        "Opportunity__c": "reference",
        "Opportunity_Line__c": "string",
        "Delivered_On__c": "date",
        "Units__c": "double",
        "Percent_Complete__c": "percent",
        "Milestone__c": "string",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
}
PREFIXES = {
    "Account": "001",
    "Opportunity": "006",
    "OpportunityLineItem": "00k",
    "Usage_Report__c": "a0U",
    "Delivery__c": "a0D",
}
KINDS = {"Account": "customer", "Usage_Report__c": "usage", "Delivery__c": "delivery"}
"""The records behind an object; opportunities and their lines are one record each."""
TREATMENTS = {"separate": "Separate", "prospective": "Prospective", "catch-up": "Catch-up"}
LABELS = {
    "Service_Start__c": "Service Start",
    "Service_End__c": "Service End",
    "Selling_Entity__c": "Selling Entity",
    "ServiceDate": "Date",
    "Amends__c": "Amends",
    "Treatment__c": "Treatment",
    "Effective__c": "Effective",
    "Renews__c": "Renews",
    "Cancelled_On__c": "Cancelled On",
    "Original_Line__c": "Original Line",
    "Milestones__c": "Milestones",
}


def moment(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}+0000"


def day(given: date | None) -> str | None:
    return str(given) if given else None


def stamps(modified: int) -> Row:
    return {"SystemModstamp": moment(modified), "LastModifiedDate": moment(modified)}


def product_id(code: str) -> str:
    return crm_id("01t", list(PRODUCTS).index(code) + 1)


def account(each: CrmAccount) -> Row:
    return {
        "Id": each.id,
        "IsDeleted": False,
        "Name": each.name,
        "AccountNumber": each.number,
        **stamps(each.modified),
    }


def opportunity(each: Opportunity) -> Row:
    return {
        "Id": each.id,
        "IsDeleted": each.deleted,
        "Name": each.name,
        "AccountId": each.account,
        "Amount": number(each.amount),
        "CloseDate": str(each.close_date),
        "StageName": each.stage,
        "IsClosed": each.closed,
        "IsWon": each.won,
        "Type": each.type,
        "Selling_Entity__c": each.entity,
        "Amends__c": each.amends,
        "Treatment__c": TREATMENTS[each.treatment] if each.treatment else None,
        "Effective__c": day(each.effective),
        "Renews__c": each.renews,
        "Cancelled_On__c": day(each.cancelled_on),
        "ContractId": None,
        "CurrencyIsoCode": each.currency,
        **stamps(each.modified),
    }


def line(each: OpportunityLine, deal: Opportunity) -> Row:
    """An opportunity line. ServiceDate, the standard field, stays empty here: this org keeps
    both dates in fields of its own.
    """
    service = each.service
    return {
        "Id": each.id,
        "IsDeleted": each.deleted,
        "OpportunityId": each.opportunity,
        "Product2Id": product_id(each.product),
        "ProductCode": each.product,
        "Name": f"{deal.name} {PRODUCTS[each.product].name}",
        "Description": None,
        "Quantity": literal(each.units),
        "UnitPrice": number(int(each.total / Decimal(each.units))),
        "TotalPrice": number(each.total),
        "ServiceDate": None,
        "Service_Start__c": day(service.start if service else None),
        "Service_End__c": day(service.end if service else None),
        "Original_Line__c": each.original,
        "Milestones__c": "; ".join(f"{name} {percent}" for name, percent in each.milestones)
        or None,
        "SortOrder": each.sort,
        "CurrencyIsoCode": deal.currency,
        **stamps(each.modified),
    }


def usage_report(each: UsageReport) -> Row:
    """What a customer used of a line up to a day."""
    return {
        "Id": each.id,
        "IsDeleted": each.deleted,
        "Name": each.name,
        "Opportunity__c": each.opportunity,
        "Opportunity_Line__c": each.line,
        "Used_On__c": str(each.date),
        "Amount__c": number(each.amount),
        "CurrencyIsoCode": each.currency,
        **stamps(each.modified),
    }


def delivery(each: Delivery) -> Row:
    """What was delivered of a line."""
    return {
        "Id": each.id,
        "IsDeleted": each.deleted,
        "Name": each.name,
        "Opportunity__c": each.opportunity,
        "Opportunity_Line__c": each.line,
        "Delivered_On__c": str(each.date),
        "Units__c": literal(each.units) if each.units else None,
        "Percent_Complete__c": literal(f"{each.percent}.0") if each.percent is not None else None,
        "Milestone__c": each.milestone,
        **stamps(each.modified),
    }


@dataclass
class Rows:
    """Every object's rows, deleted ones included; made anew when a record behind them changes."""

    state: State
    _made: dict[str, tuple[Any, list[Row]]] = field(default_factory=dict)

    def of(self, name: str) -> list[Row]:
        """The rows of an object."""
        stands = self.state.connection.execute(
            "select count(*), max(modified), sum(modified) from record where org = 'crm'"
            " and kind = ?",
            (KINDS.get(name, "opportunity"),),
        ).fetchone()
        known = self._made.get(name)
        if known is None or known[0] != stands:
            known = self._made[name] = (stands, _rows(self.state, name))
        return known[1]


def _rows(state: State, name: str) -> list[Row]:
    if name == "Account":
        return [account(each) for each in state.all("crm", "customer", CrmAccount)]
    if name == "Usage_Report__c":
        return [usage_report(each) for each in state.all("crm", "usage", UsageReport)]
    if name == "Delivery__c":
        return [delivery(each) for each in state.all("crm", "delivery", Delivery)]
    deals = state.all("crm", "opportunity", Opportunity)
    if name == "Opportunity":
        return [opportunity(deal) for deal in deals]
    return [line(each, deal) for deal in deals for each in deal.lines]


def plain(value: Any) -> Any:
    """A row's value as something that compares."""
    return str(value.contents) if isinstance(value, orjson.Fragment) else value


def describe(name: str) -> Row:
    """What a describe call tells, as far as a caller who checks fields needs it."""
    return {
        "name": name,
        "label": name,
        "queryable": True,
        "custom": name.endswith("__c"),
        "keyPrefix": PREFIXES[name],
        "fields": [
            {
                "name": field,
                "label": LABELS.get(field, field),
                "type": kind,
                "custom": field.endswith("__c"),
                "nillable": field not in {"Id", "CloseDate", "Name", "StageName"},
                "filterable": True,
                "sortable": True,
                "precision": 18 if kind == "currency" else 0,
                "scale": 2 if kind == "currency" else 0,
            }
            for field, kind in FIELDS[name].items()
        ],
    }
