"""The product's own connectors, opened on a running sandbox; what each of its ledgers is called."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounting.documents import DocumentKind
from connectors.ledger import JournalToPost, Ledger, LedgerLine, SourceDocument
from connectors.quickbooks import open_ledger as open_quickbooks
from connectors.salesforce import (
    DeliveryObject,
    FieldNames,
    SalesforceCrm,
    UsageObject,
    open_crm,
)
from connectors.vault import Tokens, TokenVault
from connectors.xero import open_ledger as open_xero
from tests.sandbox.wiring import Sandbox

FIELD_NAMES = FieldNames(
    "Selling_Entity__c",
    "Service_Start__c",
    "Service_End__c",
    amends="Amends__c",
    treatment="Treatment__c",
    effective="Effective__c",
    renews="Renews__c",
    cancelled_on="Cancelled_On__c",
    original_line="Original_Line__c",
    milestones="Milestones__c",
    usage=UsageObject("Usage_Report__c", "Opportunity_Line__c", "Used_On__c", "Amount__c"),
    deliveries=DeliveryObject(
        "Delivery__c",
        "Opportunity_Line__c",
        "Delivered_On__c",
        units="Units__c",
        percent="Percent_Complete__c",
        milestone="Milestone__c",
    ),
)
DAY = date(2026, 9, 30)


@dataclass(frozen=True)
class Books:
    """One entity's ledger: its vendor's words, its accounts, dimensions that it knows."""

    vendor: str
    connection: str
    currency: str
    deferred: str
    revenue: str
    insurance: str
    dimensions: tuple[tuple[str, str], ...]
    post_method: str
    post_path: str
    token_path: str


def _xero(entity: str, currency: str) -> Books:
    return Books(
        vendor="xero",
        connection=f"xero-{entity}",
        currency=currency,
        deferred="850",
        revenue="200",
        insurance="433",
        dimensions=(("Region", "North"), ("Line of business", "Platform")),
        post_method="PUT",
        post_path="ManualJournals",
        token_path="/connect/token",
    )


BOOKS = {
    "uk": _xero("uk", "GBP"),
    "de": _xero("de", "EUR"),
    "us": Books(
        vendor="quickbooks",
        connection="quickbooks-us",
        currency="USD",
        deferred="92",
        revenue="79",
        insurance="57",
        dimensions=(("Class", "Platform"), ("Department", "East")),
        post_method="POST",
        post_path="journalentry",
        token_path="/oauth2/v1/tokens/bearer",
    ),
}
OPEN: dict[str, Callable[..., Ledger]] = {"xero": open_xero, "quickbooks": open_quickbooks}


class MemoryVault:
    """A TokenVault of one process: one writer at a time, as Postgres' row lock has it."""

    def __init__(self) -> None:
        self.stored: dict[str, Tokens] = {}
        self._lock = threading.RLock()

    def refreshed(
        self, connection: str, refresh: Callable[[Tokens | None], Tokens | None]
    ) -> Tokens:
        with self._lock:
            fresh = refresh(self.stored.get(connection))
            if fresh is not None:
                self.stored[connection] = fresh
            return self.stored.get(connection, {})


def fields_of(sandbox: Sandbox, connection: str, **other: str) -> dict[str, str]:
    """The connection's fields as the connections file gives them, some replaced."""
    fields = {k: str(v) for k, v in sandbox.connections[connection].items() if k != "vendor"}
    return {**fields, **other}


def open_ledger(
    sandbox: Sandbox,
    entity: str,
    vault: TokenVault,
    *,
    read_timeout_s: int = 10,
    currency: str = "",
    **other: str,
) -> Ledger:
    """The entity's ledger; `other` replaces fields of its connection."""
    books = BOOKS[entity]
    fields = fields_of(sandbox, books.connection, **other)
    return OPEN[books.vendor](
        books.connection, fields, vault, currency or books.currency, read_timeout_s
    )


def open_salesforce(sandbox: Sandbox, **other: str) -> SalesforceCrm:
    """The group's CRM; `other` replaces fields of its connection."""
    return open_crm(
        "salesforce", fields_of(sandbox, "salesforce", **other), MemoryVault(), FIELD_NAMES, 10
    )


def release(entity: str, reference: str, minor: int = 123_456, **other: Any) -> JournalToPost:
    """Deferred revenue released to revenue."""
    books = BOOKS[entity]
    return JournalToPost(
        **{
            "reference": reference,
            "date": DAY,
            "text": "Deferred revenue released as delivered, September 2026",
            "currency": books.currency,
            "lines": (
                LedgerLine(books.deferred, minor, 0),
                LedgerLine(books.revenue, 0, minor),
            ),
            **other,
        }
    )


def documents(ledger: Ledger, since: datetime | None = None) -> list[SourceDocument]:
    """Everything in the ledger's lists, as a sync reads it."""
    return [found for name in ledger.lists() for found in ledger.documents(name, since)]


def of_kind(
    ledger: Ledger, kind: DocumentKind, since: datetime | None = None
) -> list[SourceDocument]:
    """The documents of one kind, oldest change first."""
    return [found for found in documents(ledger, since) if found.document.kind is kind]


def held(sandbox: Sandbox, entity: str, reference: str) -> list[dict[str, Any]]:
    """The journals with this reference, read behind the connectors' back."""
    found: list[dict[str, Any]] = sandbox.get("/journals", entity=entity, reference=reference)
    return found


def calls(sandbox: Sandbox, target: str, path: str = "") -> int:
    """How many requests the vendor has had whose path holds this."""
    return sum(path in call["path"] for call in sandbox.get("/calls", target=target))


def nobody_listens() -> str:
    """The address of a server that is gone."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def literally(text: str | bytes) -> Any:
    """JSON with every number as the digits that stand there."""
    return json.loads(text, parse_float=str, parse_int=str)
