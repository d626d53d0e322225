"""Salesforce's records of usage and delivery as reports. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounting.documents import Report
from accounting.errors import AmountError
from accounting.money import Money
from connectors.crm import SourceReport
from connectors.errors import PayloadError
from connectors.record_ids import full_id
from connectors.salesforce.fields import DeliveryObject, UsageObject
from connectors.wire import decimal_of, instant, write_json

HUNDRED = Decimal(100)


def line_named(row: dict[str, Any], names: UsageObject | DeliveryObject) -> str:
    """The id of the opportunity line that a record reports on. Raises PayloadError."""
    try:
        return full_id(str(row[names.line] or ""))
    except PayloadError as error:
        raise PayloadError(
            f"{names.object} {row['Id']} reports on no opportunity line: {error}"
        ) from error


def source_report(
    row: dict[str, Any], names: UsageObject | DeliveryObject, line: str, currency: str
) -> SourceReport:
    """One record; `line` is the key of the obligation that it reports on, in this currency."""
    try:
        day = date.fromisoformat(row[names.date])
        report = (
            _usage(row, names, line, day, currency)
            if isinstance(names, UsageObject)
            else _delivery(row, names, line, day)
        )
        modified = instant(row["SystemModstamp"])
    except (KeyError, TypeError, ValueError, AmountError) as error:
        raise PayloadError(f"{names.object} {row.get('Id')}: {error} can't be read.") from error
    raw = write_json({names.object: row})
    return SourceReport("salesforce", raw, report, modified, bool(row.get("IsDeleted")))


def _usage(row: dict[str, Any], names: UsageObject, line: str, day: date, currency: str) -> Report:
    amount = Money.parse(decimal_of(row[names.amount], names.amount), currency)
    return Report(id=row["Id"], line=line, date=day, usage=amount)


def _delivery(row: dict[str, Any], names: DeliveryObject, line: str, day: date) -> Report:
    units, percent, milestone = (
        row.get(name) if name else None for name in (names.units, names.percent, names.milestone)
    )
    return Report(
        id=row["Id"],
        line=line,
        date=day,
        units=None if units is None else decimal_of(units, str(names.units)),
        percent=None if percent is None else decimal_of(percent, str(names.percent)) / HUNDRED,
        milestone=str(milestone).strip() or None if milestone is not None else None,
    )
