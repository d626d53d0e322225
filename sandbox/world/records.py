"""Neutral records, from which each vendor's JSON is made. Amounts are integers in minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

DocumentKind = Literal["invoice", "credit_note", "bill", "order"]
Effect = Literal["price", "cancel", "full", "billing"]
Treatment = Literal["separate", "prospective", "catch-up"]
Status = Literal["draft", "authorised", "paid", "voided"]
Day = date  # in a class with a field named date, the type needs another name


@dataclass(frozen=True, slots=True)
class Span:
    """Service dates, both inclusive."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Line:
    """One document line; `net` in minor units of the document currency.

    `method` and `service` are what the spreadsheet believed; no vendor shows them. `service_date`
    is QuickBooks' own field. A `method` of None is a line out of scope; a `service` of None is a
    line whose dates nobody can know.
    """

    id: str
    description: str
    account: str
    net: int
    tax: int = 0
    item: str | None = None
    service_date: date | None = None
    method: str | None = None
    service: Span | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice, credit note (positive amounts), bill or purchase order.

    `rate` is Xero's: document units for one base unit; `exchange` QuickBooks': base units for one
    document unit. `credits` is the id of the document that a credit note is allocated to; `effect`
    and `effective` are what the spreadsheet believed it does, no vendor shows them. `order` is the
    id of the purchase order that a bill is for. `mark` is the name by which a case refers to it.
    """

    kind: DocumentKind
    id: str
    number: str
    contact: str
    date: Day
    due: Day
    status: Status
    currency: str
    lines: tuple[Line, ...]
    rate: str | None = None
    exchange: str | None = None
    reference: str | None = None
    opportunity: str | None = None
    credits: str | None = None
    effect: Effect | None = None
    effective: Day | None = None
    order: str | None = None
    paid_on: Day | None = None
    mark: str = ""
    modified: int = 0
    case: str = ""

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def total(self) -> int:
        return self.net + sum(line.tax for line in self.lines)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """`amount` in minor units of the functional currency, a debit is positive.

    `extra` keeps what the vendor lets a caller add to a line and shows again (tax, tracking).
    """

    account: str
    amount: int
    description: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journal:
    """A Xero manual journal (`narration`) or QuickBooks journal entry (`number`, `narration`)."""

    id: str
    date: Day
    narration: str
    lines: tuple[JournalLine, ...]
    number: str | None = None
    status: Literal["draft", "posted", "voided", "deleted"] = "posted"
    modified: int = 0
    sync: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """A ledger account: `code` is Xero's code or QuickBooks' Id; `type` the vendor's own word."""

    code: str
    name: str
    type: str
    number: str = ""
    system: str | None = None
    active: bool = True
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer or supplier of one ledger."""

    id: str
    name: str
    supplier: bool = False
    modified: int = 0


@dataclass(frozen=True, slots=True)
class OpportunityLine:
    """An OpportunityLineItem. `original` is the line of an amended opportunity that it restates
    with a new total over its whole life; `milestones` are percents by name, `units` the quantity.
    """

    id: str
    opportunity: str
    product: str
    total: int
    service: Span | None
    sort: int
    units: str = "1.0"
    milestones: tuple[tuple[str, int], ...] = ()
    original: str | None = None
    deleted: bool = False
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A Salesforce opportunity; `entity` is Selling_Entity__c.

    `amends` is the opportunity that it amends from `effective` on, `renews` the one it follows.
    """

    id: str
    entity: str
    name: str
    account: str
    close_date: date
    stage: str
    won: bool
    closed: bool
    type: str
    currency: str
    lines: tuple[OpportunityLine, ...]
    amends: str | None = None
    treatment: Treatment | None = None
    effective: date | None = None
    renews: str | None = None
    cancelled_on: date | None = None
    deleted: bool = False
    modified: int = 0
    case: str = ""

    @property
    def amount(self) -> int:
        return sum(line.total for line in self.lines)


@dataclass(frozen=True, slots=True)
class UsageReport:
    """A Usage_Report__c: what a customer used of an opportunity line, in minor units."""

    id: str
    name: str
    opportunity: str
    line: str
    date: Day
    amount: int
    currency: str
    deleted: bool = False
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A Delivery__c: what was delivered of an opportunity line. `percent` is the share complete
    so far, `units` what came on the day, `milestone` the name of one.
    """

    id: str
    name: str
    opportunity: str
    line: str
    date: Day
    units: str | None = None
    percent: int | None = None
    milestone: str | None = None
    deleted: bool = False
    modified: int = 0


@dataclass(frozen=True, slots=True)
class CrmAccount:
    """A Salesforce account; `number` is the AccountNumber that the ledgers' people use too."""

    id: str
    name: str
    number: str
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """Everything one entity's ledger holds at the start."""

    entity: str
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    documents: tuple[Document, ...]
    journals: tuple[Journal, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The whole group at the start."""

    today: date
    books: dict[str, Books]
    crm_accounts: tuple[CrmAccount, ...]
    opportunities: tuple[Opportunity, ...]
    usage: tuple[UsageReport, ...]
    deliveries: tuple[Delivery, ...]
