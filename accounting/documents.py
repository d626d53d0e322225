"""What the outside world told us: frozen versions of documents, each with its content hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accounting.money import Money

Day = date
"""A date, by a name that classes with a field `date` can still use."""


class DocumentKind(StrEnum):
    """What a document is. Contracts come from the CRM, the rest from the ledger."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BILL = "bill"
    BILL_CREDIT = "bill_credit"
    CONTRACT = "contract"
    EXPENSE = "expense"

    @property
    def is_cost(self) -> bool:
        """Whether the document stands on the cost side."""
        return self in (DocumentKind.BILL, DocumentKind.BILL_CREDIT, DocumentKind.EXPENSE)

    @property
    def is_credit(self) -> bool:
        """Whether the document takes back what another one billed."""
        return self in (DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT)


class Effect(StrEnum):
    """What a credit does to the line that it credits (docs/accounting.md §7)."""

    CANCEL = "cancel"
    PRICE = "price"
    FULL = "full"
    BILLING = "billing"


class Treatment(StrEnum):
    """How a modification treats the obligations that go on."""

    PROSPECTIVE = "prospective"
    CATCH_UP = "catch_up"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line as the source wrote it; of a contract, one performance obligation.

    `id` is the source's own id of the line. `amount` is net of tax in the document's currency;
    lines of credit notes and bill credits are negative. `account` is the ledger's own key (Xero
    code, QuickBooks Id), None on a contract. Service dates are inclusive, None where not given.
    `milestones` are weights by name, `manual` amounts by period. `obligation` is what the line
    bills (a contract line's key, or a contract's id for the whole of it), `against` the key of the
    line that it credits, `expense` the id of the expense that it bills, not yet for good where
    `partial`.
    """

    id: str
    amount: Money
    account: str | None = None
    product: str | None = None
    text: str = ""
    service_start: date | None = None
    service_end: date | None = None
    dimensions: tuple[tuple[str, str], ...] = ()
    method: str | None = None
    standalone_price: Money | None = None
    units: Decimal | None = None
    milestones: tuple[tuple[str, Decimal], ...] = ()
    manual: tuple[tuple[str, Money], ...] = ()
    obligation: str | None = None
    against: str | None = None
    effect: Effect | None = None
    effective: date | None = None
    expense: str | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported of a line: a delivery (units, share complete, milestone, or bare), or usage.

    `line` is the key of an obligation or ledger line. `usage` is in the line's currency.
    """

    id: str
    line: str
    date: date
    units: Decimal | None = None
    percent: Decimal | None = None
    milestone: str | None = None
    usage: Money | None = None
    known_on: Day | None = None
    version: int = 1

    @property
    def known(self) -> Day:
        """The day from which a close sees it."""
        return self.known_on or self.date


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document, in the product's own terms.

    `id` is the source's id, `number` what people call it. `contract` is the id of the contract
    that the document says it bills, `credits` of the document that it says it credits. `rate` is units of the entity's functional currency
    for one unit of the document's; None where both are the same, or it states none. Of a contract:
    `price` is its transaction price where that differs from its lines' sum; with `modifies` it
    restates the lines of another contract from `effective` on; `renews` names the contract that it
    follows, `type` is the CRM's own word for the kind of sale, `cancelled_on` when it was cancelled
    there. `known_on` is the day on which
    this version reached us, its date where none is given.
    """

    kind: DocumentKind
    id: str
    number: str
    counterparty: str
    date: date
    currency: str
    lines: tuple[DocumentLine, ...]
    rate: Decimal | None = None
    contract: str | None = None
    credits: str | None = None
    voided: bool = False
    version: int = 1
    known_on: Day | None = None
    price: Money | None = None
    modifies: str | None = None
    treatment: Treatment | None = None
    effective: Day | None = None
    renews: str | None = None
    type: str | None = None
    cancelled_on: Day | None = None

    @property
    def known(self) -> Day:
        """The day from which a close sees this version."""
        return self.known_on or self.date

    def line_key(self, line: DocumentLine) -> str:
        """The name of a line everywhere in the product: document id, slash, line id.

        An expense has one line, named as the expense is.
        """
        return f"{self.id}/{line.id}" if line.id else self.id

    def content_hash(self) -> str:
        """SHA-256 over everything the product reads of the document: the version's identity."""
        return hashlib.sha256(json.dumps(document_data(self), sort_keys=True).encode()).hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def document_data(document: Document) -> dict[str, object]:
    """The document as JSON-ready data: amounts and rates as text, dates as ISO."""
    return {
        "kind": document.kind.value,
        "id": document.id,
        "number": document.number,
        "counterparty": document.counterparty,
        "date": document.date.isoformat(),
        "currency": document.currency,
        "rate": str(document.rate) if document.rate is not None else None,
        "contract": document.contract,
        "voided": document.voided,
        "lines": [
            {
                "id": line.id,
                "amount": line.amount.text(),
                "account": line.account,
                "product": line.product,
                "text": line.text,
                "service_start": _iso(line.service_start),
                "service_end": _iso(line.service_end),
                "dimensions": [list(pair) for pair in line.dimensions],
                **_given(_more_of_line(line)),
            }
            for line in document.lines
        ],
        **_given(
            {
                "credits": document.credits,
                "price": document.price.text() if document.price is not None else None,
                "modifies": document.modifies,
                "treatment": document.treatment,
                "effective": _iso(document.effective),
                "renews": document.renews,
                "type": document.type,
                "cancelled_on": _iso(document.cancelled_on),
            }
        ),
    }


def _given(data: Mapping[str, object]) -> dict[str, object]:
    """What is said: a key that a source never gives leaves the hash of its documents alone."""
    return {key: value for key, value in data.items() if value not in (None, [], False)}


def _more_of_line(line: DocumentLine) -> dict[str, object]:
    alone = line.standalone_price
    return {
        "method": line.method,
        "standalone_price": alone.text() if alone is not None else None,
        "units": str(line.units) if line.units is not None else None,
        "milestones": [[name, str(weight)] for name, weight in line.milestones],
        "manual": [[period, amount.text()] for period, amount in line.manual],
        "obligation": line.obligation,
        "against": line.against,
        "effect": line.effect,
        "effective": _iso(line.effective),
        "expense": line.expense,
        "partial": line.partial,
    }


@dataclass(frozen=True, slots=True)
class Override:
    """What a person said about one line, with the reason; a later word on the same thing counts.

    `service_start` and `service_end` replace the line's dates, `obligation` (a contract line's
    key) replaces the match, `excluded` takes the line out of recognition. `effect` and
    `effective` say what a credit does. Without `known_on` it was known from the start. `id`
    names it where it can be voided.
    """

    line: str
    reason: str
    service_start: date | None = None
    service_end: date | None = None
    obligation: str | None = None
    excluded: bool = False
    known_on: date | None = None
    id: str = ""
    effect: Effect | None = None
    effective: date | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Payment:
    """Cash that moved for a document; a refund is negative. It changes no figure by itself."""

    id: str
    against: str
    date: date
    amount: Money
    known_on: Day | None = None
    version: int = 1

    @property
    def known(self) -> Day:
        """The day from which a close sees it."""
        return self.known_on or self.date


@dataclass(frozen=True, slots=True)
class Void:
    """From the day it is known on, what it names is taken as if it had never been."""

    id: str
    against: str
    date: date
    known_on: Day | None = None
    version: int = 1

    @property
    def known(self) -> Day:
        """The day from which a close sees it."""
        return self.known_on or self.date
