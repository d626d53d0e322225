"""Salesforce's records as contracts. Pure. (Salesforce: Opportunity, OpportunityLineItem.)"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from accounting.documents import Document, DocumentKind, DocumentLine, Treatment
from accounting.errors import AmountError
from accounting.methods import METHODS
from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import SourceDocument
from connectors.record_ids import full_id
from connectors.salesforce.fields import FieldNames
from connectors.wire import decimal_of, instant, write_json

_MILESTONE = re.compile(r"(?P<name>.*\S)\s*[ :=]\s*(?P<percent>\d+(?:\.\d+)?)\s*%?")
_TREATMENTS = {
    "separate": Treatment.SEPARATE,
    "prospective": Treatment.PROSPECTIVE,
    "catchup": Treatment.CATCH_UP,
}
HUNDRED = Decimal(100)
QUANTITY = "Quantity"


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
            type=opportunity.get("Type") or None,
            **_change(opportunity, names),
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


def _change(opportunity: dict[str, Any], names: FieldNames) -> dict[str, Any]:
    """What the opportunity does to another one, or has had happen to it, as far as it is said.

    Our reading of an org's own fields: an amendment lists the amended contract anew.
    """
    amends, treatment, effective, renews, cancelled = (
        opportunity.get(name) if name else None
        for name in (
            names.amends,
            names.treatment,
            names.effective,
            names.renews,
            names.cancelled_on,
        )
    )
    return {
        "modifies": amends or None,
        "treatment": _treatment(treatment) if amends and treatment else None,
        "effective": _day(effective),
        "renews": renews or None,
        "cancelled_on": _day(cancelled),
    }


def _treatment(text: str) -> Treatment:
    """The word of the picklist, however it is spelt. Raises ValueError."""
    word = re.sub(r"[^a-z]", "", text.casefold())
    if word not in _TREATMENTS:
        raise ValueError(f"the treatment {text!r} (separate, prospective or catch-up)")
    return _TREATMENTS[word]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _line(
    line: dict[str, Any], opportunity: dict[str, Any], names: FieldNames, currency: str
) -> DocumentLine:
    # Salesforce names a line "<opportunity> <product>"; the contract's number says the first part.
    name = (line.get("Name") or "").removeprefix(opportunity["Name"]).strip()
    original, method, units, milestones, alone = (
        line.get(field) if field else None
        for field in (
            names.original_line,
            names.method,
            names.units or QUANTITY,
            names.milestones,
            names.standalone_price,
        )
    )
    return DocumentLine(
        id=full_id(original) if original else line["Id"],
        amount=Money.parse(decimal_of(line["TotalPrice"], "TotalPrice"), currency),
        product=line.get("ProductCode"),
        text=line.get("Description") or name,
        service_start=_day(line.get(names.service_start)),
        service_end=_day(line.get(names.service_end)),
        method=_method(method) if method else None,
        units=None if units is None else decimal_of(units, "units"),
        milestones=_milestones(milestones) if milestones else (),
        standalone_price=None
        if alone is None
        else Money.parse(decimal_of(alone, "stand-alone price"), currency),
    )


def _method(text: str) -> str:
    """A recognition method by its name, however it is spelt. Raises ValueError."""
    name = re.sub(r"[^a-z0-9]+", "_", text.strip().casefold())
    if name not in METHODS:
        raise ValueError(f"the method {text!r}")
    return name


def _milestones(text: str) -> tuple[tuple[str, Decimal], ...]:
    """Weights by name from "Design 40; Build 60": percents, which sum to 100. Raises ValueError."""
    found = []
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        read = _MILESTONE.fullmatch(part.strip())
        if read is None:
            raise ValueError(f"the milestone {part.strip()!r} (a name and a percent)")
        found.append((read["name"].rstrip(" :="), Decimal(read["percent"])))
    if sum(percent for _, percent in found) != HUNDRED:
        raise ValueError(f"milestones {text!r} (their percents do not sum to 100)")
    return tuple((name, percent / HUNDRED) for name, percent in found)
