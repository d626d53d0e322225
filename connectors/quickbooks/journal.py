"""Journal entries to and from QuickBooks' shape. Pure. (QuickBooks API: JournalEntry.)"""

from datetime import date
from typing import Any

from accounting.money import Money
from connectors.errors import PayloadError
from connectors.ledger import JournalToPost, LedgerJournal, LedgerLine
from connectors.wire import decimal_of, write_json

DOC_NUMBER_MAX = 21
DIMENSION_REFS = {"Class": "ClassRef", "Department": "DepartmentRef"}


def payload(journal: JournalToPost, dimension_ids: dict[tuple[str, str], str]) -> str:
    """The JSON that is sent, amounts digit for digit. The reference is the DocNumber: the one
    field of ours that QuickBooks can be searched by. Raises PayloadError for an unknown class.
    """
    if len(journal.reference) > DOC_NUMBER_MAX:
        raise PayloadError(f"{journal.reference} is longer than {DOC_NUMBER_MAX} characters.")
    return write_json(
        {
            "TxnDate": journal.date.isoformat(),
            "DocNumber": journal.reference,
            "PrivateNote": journal.narration,
            "Line": [_line(line, journal, dimension_ids) for line in journal.lines],
        }
    )


def _line(
    line: LedgerLine, journal: JournalToPost, dimension_ids: dict[tuple[str, str], str]
) -> dict[str, Any]:
    debit = bool(line.debit_minor)
    amount = Money(line.debit_minor or line.credit_minor, journal.currency).decimal()
    detail: dict[str, Any] = {
        "PostingType": "Debit" if debit else "Credit",
        "AccountRef": {"value": line.account},
    }
    for name, value in line.dimensions:
        if (name, value) not in dimension_ids:
            raise PayloadError(f"QuickBooks has no {name} {value!r}.")
        detail[DIMENSION_REFS[name]] = {"value": dimension_ids[name, value], "name": value}
    return {
        "Description": journal.text,
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def ledger_journal(found: dict[str, Any], currency: str) -> LedgerJournal:
    """An entry as QuickBooks holds it. Raises PayloadError when it can't be read."""
    try:
        return LedgerJournal(
            id=str(found["Id"]),
            reference=found.get("DocNumber", ""),
            date=date.fromisoformat(found["TxnDate"]),
            lines=tuple(
                _ledger_line(line, currency)
                for line in found["Line"]
                if line.get("DetailType") == "JournalEntryLineDetail"
            ),
            posted=True,
            raw=write_json(found),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PayloadError(f"A journal entry from QuickBooks can't be read: {error}.") from error


def _ledger_line(line: dict[str, Any], currency: str) -> LedgerLine:
    detail = line["JournalEntryLineDetail"]
    amount = Money.parse(decimal_of(line["Amount"], "Amount"), currency).minor
    debit = detail["PostingType"] == "Debit"
    dimensions = tuple(
        (name, detail[ref].get("name") or detail[ref]["value"])
        for name, ref in DIMENSION_REFS.items()
        if detail.get(ref)
    )
    return LedgerLine(
        detail["AccountRef"]["value"],
        amount if debit else 0,
        0 if debit else amount,
        dimensions,
        " ".join(filter(None, (line.get("Description"), _named(detail)))),
    )


def _named(detail: dict[str, Any]) -> str | None:
    """The customer or supplier whom the line names."""
    name: str | None = ((detail.get("Entity") or {}).get("EntityRef") or {}).get("name")
    return name
