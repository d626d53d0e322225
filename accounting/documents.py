"""What the outside world told us: frozen versions of documents, each with its content hash."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from accounting.money import Money


class DocumentKind(StrEnum):
    """What a document is. Contracts come from the CRM, the rest from the ledger."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BILL = "bill"
    BILL_CREDIT = "bill_credit"
    CONTRACT = "contract"

    @property
    def is_cost(self) -> bool:
        """Whether the document stands on the cost side."""
        return self in (DocumentKind.BILL, DocumentKind.BILL_CREDIT)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line as the source wrote it; of a contract, one performance obligation.

    `id` is the source's own id of the line. `amount` is net of tax in the document's currency;
    lines of credit notes and bill credits are negative. `account` is the ledger's own key (Xero
    code, QuickBooks Id), None on a contract. Service dates are inclusive, None where not given.
    """

    id: str
    amount: Money
    account: str | None = None
    product: str | None = None
    text: str = ""
    service_start: date | None = None
    service_end: date | None = None
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document, in the product's own terms.

    `id` is the source's id, `number` what people call it. `contract` is the id of the contract
    that the document says it bills, or None. `rate` is units of the entity's functional currency
    for one unit of the document's; None where both are the same.
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
    voided: bool = False

    def line_key(self, line: DocumentLine) -> str:
        """The name of a line everywhere in the product: document id, slash, line id."""
        return f"{self.id}/{line.id}"

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
            }
            for line in document.lines
        ],
    }


@dataclass(frozen=True, slots=True)
class Override:
    """What a person said about one line, with the reason; the latest one on a line counts.

    `service_start` and `service_end` replace the line's dates, `obligation` (a contract line's
    key) replaces the match, `excluded` takes the line out of recognition.
    """

    line: str
    reason: str
    service_start: date | None = None
    service_end: date | None = None
    obligation: str | None = None
    excluded: bool = False
