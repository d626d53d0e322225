"""A document's rows and the core's values, both ways; and which of its versions a close may see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounting.documents import (
    Document,
    DocumentKind,
    DocumentLine,
    Effect,
    Treatment,
    document_data,
)
from accounting.money import Money
from models import DocumentLineRow, DocumentRow

COLUMNS = frozenset(
    {"kind", "id", "number", "counterparty", "date", "currency", "rate", "contract"}
    | {"voided", "lines"}
)
"""What of `document_data` stands in columns; the rest is a row's `details`."""
LINE_COLUMNS = frozenset(
    {"id", "amount", "account", "product", "text", "service_start", "service_end", "dimensions"}
)


def dimensions_text(dimensions: Iterable[tuple[str, str]]) -> str:
    """Dimensions as the tables keep them: a JSON list of pairs."""
    return json.dumps([list(pair) for pair in dimensions])


def dimensions_of(text: str) -> tuple[tuple[str, str], ...]:
    """The same, back as the core takes them."""
    return tuple((name, value) for name, value in json.loads(text))


def _beyond(data: Any, columns: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in columns}


def details_of(document: Document) -> dict[str, Any]:
    """What the document's columns do not hold."""
    return _beyond(document_data(document), COLUMNS)


def line_values(document_id: int, document: Document) -> list[dict[str, Any]]:
    """The document's lines as the values of their rows."""
    written: Any = document_data(document)["lines"]
    return [
        dict(  # noqa: C408 - the columns by their names
            document_id=document_id,
            number=number,
            line_id=line.id,
            amount_minor=line.amount.minor,
            account=line.account,
            product=line.product,
            text=line.text,
            service_start=line.service_start,
            service_end=line.service_end,
            dimensions=dimensions_text(line.dimensions),
            details=_beyond(data, LINE_COLUMNS),
        )
        for number, (line, data) in enumerate(zip(document.lines, written, strict=True), start=1)
    ]


def document_of(row: DocumentRow, lines: Iterable[DocumentLineRow]) -> Document:
    """The version as the core takes it, with the day from which closes see it."""
    more = _Details(row.details, row.currency)
    return Document(
        kind=DocumentKind(row.kind),
        id=row.source_id,
        number=row.number,
        counterparty=row.counterparty,
        date=row.date,
        currency=row.currency,
        lines=tuple(_line_of(line, row.currency) for line in lines),
        rate=Decimal(row.rate) if row.rate is not None else None,
        contract=row.contract,
        credits=more.text("credits"),
        voided=row.voided,
        version=row.version,
        known_on=row.known_on,
        price=more.money("price"),
        modifies=more.text("modifies"),
        treatment=Treatment(more.data["treatment"]) if "treatment" in more.data else None,
        effective=more.day("effective"),
        renews=more.text("renews"),
        type=more.text("type"),
        cancelled_on=more.day("cancelled_on"),
    )


def _line_of(line: DocumentLineRow, currency: str) -> DocumentLine:
    more = _Details(line.details, currency)
    milestones: list[list[str]] = line.details.get("milestones", [])
    manual: list[list[str]] = line.details.get("manual", [])
    units = more.text("units")
    return DocumentLine(
        id=line.line_id,
        amount=Money(line.amount_minor, currency),
        account=line.account,
        product=line.product,
        text=line.text,
        service_start=line.service_start,
        service_end=line.service_end,
        dimensions=dimensions_of(line.dimensions),
        method=more.text("method"),
        standalone_price=more.money("standalone_price"),
        units=Decimal(units) if units is not None else None,
        milestones=tuple((name, Decimal(weight)) for name, weight in milestones),
        manual=tuple((period, Money.parse(amount, currency)) for period, amount in manual),
        obligation=more.text("obligation"),
        against=more.text("against"),
        effect=Effect(more.data["effect"]) if "effect" in more.data else None,
        effective=more.day("effective"),
        expense=more.text("expense"),
        partial=bool(more.data.get("partial", False)),
    )


class _Details:
    """Reads a `details` column: what is not there is None."""

    def __init__(self, data: Mapping[str, Any], currency: str) -> None:
        self.data = data
        self._currency = currency

    def text(self, name: str) -> str | None:
        value = self.data.get(name)
        return str(value) if value is not None else None

    def day(self, name: str) -> date | None:
        value = self.text(name)
        return date.fromisoformat(value) if value else None

    def money(self, name: str) -> Money | None:
        value = self.text(name)
        return Money.parse(value, self._currency) if value is not None else None


def corrected_unseen(known_on: date, next_open_from: date | None) -> bool:
    """Whether a version was replaced before any closed period could have seen it.

    It then never was: a close that is open when the next version comes takes that one alone.
    """
    return next_open_from is None or known_on >= next_open_from


def as_closes_see(
    versions: Sequence[tuple[DocumentRow, Document]],
) -> list[Document]:
    """One document's versions, oldest first, without those that no closed period saw.

    A version that moves the document to a later day takes the older one away at once, in the
    first open period: until its own day the document is void.
    """
    seen: list[Document] = []
    for place, (row, document) in enumerate(versions):
        following = versions[place + 1][0] if place + 1 < len(versions) else None
        if following is not None and corrected_unseen(row.known_on, following.open_from):
            continue
        if seen and row.open_from is not None and row.known_on > row.open_from:
            seen.append(replace(document, voided=True, known_on=row.open_from))
        seen.append(document)
    return seen
