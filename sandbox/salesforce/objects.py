"""The three objects, their fields and their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from sandbox.state import State
from sandbox.wire import literal, number
from sandbox.world.builder import crm_id
from sandbox.world.charts import PRODUCTS
from sandbox.world.records import CrmAccount, Opportunity, OpportunityLine

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
        "SortOrder": "int",
        "CurrencyIsoCode": "picklist",
        "SystemModstamp": "datetime",
        "LastModifiedDate": "datetime",
    },
}
LABELS = {
    "Service_Start__c": "Service Start",
    "Service_End__c": "Service End",
    "Selling_Entity__c": "Selling Entity",
    "ServiceDate": "Date",
}


def moment(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}+0000"


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
        "ContractId": None,
        "CurrencyIsoCode": each.currency,
        **stamps(each.modified),
    }


def line(each: OpportunityLine, deal: Opportunity) -> Row:
    """An opportunity line. ServiceDate, the standard field, stays empty here: this org keeps
    both dates in fields of its own.
    """
    return {
        "Id": each.id,
        "IsDeleted": each.deleted,
        "OpportunityId": each.opportunity,
        "Product2Id": product_id(each.product),
        "ProductCode": each.product,
        "Name": f"{deal.name} {PRODUCTS[each.product].name}",
        "Description": None,
        "Quantity": literal("1.0"),
        "UnitPrice": number(each.total),
        "TotalPrice": number(each.total),
        "ServiceDate": None,
        "Service_Start__c": str(each.service.start),
        "Service_End__c": str(each.service.end),
        "SortOrder": each.sort,
        "CurrencyIsoCode": deal.currency,
        **stamps(each.modified),
    }


def rows_of(state: State, name: str) -> list[Row]:
    """Every row of an object, deleted ones included."""
    if name == "Account":
        return [account(each) for each in state.all("crm", "customer", CrmAccount)]
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
        "custom": False,
        "keyPrefix": {"Account": "001", "Opportunity": "006", "OpportunityLineItem": "00k"}[name],
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
