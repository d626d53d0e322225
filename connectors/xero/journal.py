"""Manual journals to and from Xero's shape. Pure. (Xero API: Manual Journals.)"""

from decimal import Decimal
from typing import Any

from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import JournalToPost, LedgerJournal, LedgerLine
from connectors.wire import decimal_of, exact_double, write_json
from connectors.xero.normalise import day_of


def payload(journal: JournalToPost) -> dict[str, Any]:
    """What is sent: posted at once unless it is a draft, no tax, off the cash-basis reports, dated, line by line.

    A debit is positive. The narration opens with the reference, the one text Xero can be
    searched by cheaply.
    """
    return {
        "Narration": journal.narration,
        "Date": journal.date.isoformat(),
        "Status": "DRAFT" if journal.draft else "POSTED",
        "LineAmountTypes": "NoTax",
        "ShowOnCashBasisReports": False,
        "JournalLines": [_line(line, journal.currency) for line in journal.lines],
    }


def _line(line: LedgerLine, currency: str) -> dict[str, Any]:
    amount: Decimal = Money(line.debit_minor - line.credit_minor, currency).decimal()
    sent: dict[str, Any] = {
        "LineAmount": exact_double(amount),
        "AccountCode": line.account,
        "TaxType": "NONE",
    }
    if line.dimensions:
        sent["Tracking"] = [{"Name": name, "Option": option} for name, option in line.dimensions]
    return sent


def ledger_journal(found: dict[str, Any], currency: str) -> LedgerJournal:
    """A journal as Xero holds it. Raises PayloadError when it can't be read."""
    try:
        lines = tuple(
            _ledger_line(line, currency)
            for line in found["JournalLines"]
            if not line.get("IsBlank")
        )
        return LedgerJournal(
            id=found["ManualJournalID"],
            reference=found["Narration"].split(" ", 1)[0],
            date=day_of(found["Date"]),
            lines=lines,
            posted=found["Status"] == "POSTED" and not found.get("Warnings"),
            raw=write_json(found),
            draft=found["Status"] == "DRAFT",
        )
    except (KeyError, TypeError) as error:
        raise PayloadError(f"A manual journal from Xero lacks {error}.") from error


def _ledger_line(line: dict[str, Any], currency: str) -> LedgerLine:
    amount = Money.parse(decimal_of(line["LineAmount"], "LineAmount"), currency).minor
    tracking = tuple((each["Name"], each["Option"]) for each in line.get("Tracking") or ())
    text = line.get("Description") or ""
    return LedgerLine(line["AccountCode"], max(amount, 0), max(-amount, 0), tracking, text)
