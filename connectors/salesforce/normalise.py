"""Salesforce's records as contracts. Pure. (Salesforce: Opportunity, OpportunityLineItem.)"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.errors import AmountError
from accounting.money import Money
from connectors.errors import ConnectionConfigError, PayloadError
from connectors.ledger import SourceDocument
from connectors.wire import decimal_of, instant, write_json

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which custom fields carry the selling entity and the service period."""

    entity: str
    service_start: str
    service_end: str

    def __post_init__(self) -> None:
        for name in (self.entity, self.service_start, self.service_end):
            if not _FIELD.fullmatch(name):
                raise ConnectionConfigError(f"{name!r} is not the name of a Salesforce field.")


def source_document(
    opportunity: dict[str, Any],
    lines: list[dict[str, Any]],
    account_name: str,
    names: FieldNames,
    currency: str,
) -> SourceDocument:
    """One opportunity with its lines. One that is not won, or is deleted, is a voided contract."""
    try:
        document = Document(
            kind=DocumentKind.CONTRACT,
            id=opportunity["Id"],
            number=opportunity["Name"],
            counterparty=account_name,
            date=date.fromisoformat(opportunity["CloseDate"]),
            currency=opportunity.get("CurrencyIsoCode") or currency,
            voided=not opportunity["IsWon"] or bool(opportunity.get("IsDeleted")),
            lines=tuple(
                _line(line, opportunity, names, opportunity.get("CurrencyIsoCode") or currency)
                for line in sorted(lines, key=lambda each: (each.get("SortOrder") or 0, each["Id"]))
            ),
        )
        stamps = [opportunity["SystemModstamp"], *(line["SystemModstamp"] for line in lines)]
        modified = max(instant(stamp) for stamp in stamps)
    except (KeyError, TypeError, ValueError, AmountError) as error:
        raise PayloadError(
            f"Opportunity {opportunity.get('Name')} ({opportunity.get('Id')}): "
            f"{error} can't be read."
        ) from error
    raw = write_json({"Opportunity": opportunity, "OpportunityLineItems": lines})
    return SourceDocument("salesforce", raw, document, modified)


def _line(
    line: dict[str, Any], opportunity: dict[str, Any], names: FieldNames, currency: str
) -> DocumentLine:
    start, end = line.get(names.service_start), line.get(names.service_end)
    # Salesforce names a line "<opportunity> <product>"; the contract's number says the first part.
    name = (line.get("Name") or "").removeprefix(opportunity["Name"]).strip()
    return DocumentLine(
        id=line["Id"],
        amount=Money.parse(decimal_of(line["TotalPrice"], "TotalPrice"), currency),
        product=line.get("ProductCode"),
        text=line.get("Description") or name,
        service_start=date.fromisoformat(start) if start else None,
        service_end=date.fromisoformat(end) if end else None,
    )
