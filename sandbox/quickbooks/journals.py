"""POST /journalentry (Intuit: JournalEntry, error codes 6000, 6140, 6210, 2500).

Our reading: the words of a fault for unequal sides; a duplicate number is looked for among
journal entries only; changing or deleting an entry through the API is not offered here, and a
void answers 200 and does nothing, as was seen live.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.books import Ledger
from sandbox.quickbooks import faults
from sandbox.quickbooks.shapes import CLASSES, DEPARTMENTS
from sandbox.world.records import Account, Contact, Journal, JournalLine

DOC_NUMBER_MAX = 21
NOTE_MAX = 4000
FIRST_ID = 5001
ECHOED = ("Entity", "ClassRef", "DepartmentRef", "TaxCodeRef", "TaxApplicableOn")


def missing(name: str) -> faults.FaultError:
    return faults.FaultError(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {name} is missing in the request",
        element=name,
    )


def create(ledger: Ledger, given: dict[str, Any]) -> Journal:
    """Check and store a journal entry; raises FaultError."""
    if given.get("Id"):
        raise faults.FaultError(
            "500",
            "Unsupported Operation",
            "Operation update is not supported.",
            element="Operation",
        )
    today = datetime.now(tz=UTC).astimezone(ZoneInfo(ledger.entity.timezone)).date()
    day = today
    if given.get("TxnDate"):
        try:
            day = date.fromisoformat(str(given["TxnDate"])[:10])
        except ValueError:
            raise faults.FaultError(
                "2030", "Invalid ID", f"Invalid date : {given['TxnDate']}", element="TxnDate"
            ) from None
    lines = read_lines(ledger, given.get("Line"))
    number = given.get("DocNumber")
    if number is not None and len(str(number)) > DOC_NUMBER_MAX:
        raise faults.business(
            "Business Validation Error: The Document Number field can contain at most"
            f" {DOC_NUMBER_MAX} characters"
        )
    note = str(given.get("PrivateNote") or "")
    if len(note) > NOTE_MAX:
        raise faults.FaultError(
            "2050", "String length is either shorter or longer than supported", "PrivateNote"
        )
    if ledger.lock_date and day <= ledger.lock_date:
        raise faults.closed_period()
    known = ledger.journals()
    for each in known:
        if number and each.number == number:
            raise faults.duplicate(str(number), each.id)
    taken = [int(each.id) for each in known]
    journal = Journal(
        id=str(max([FIRST_ID - 1, *taken]) + 1),
        date=day,
        narration=note,
        number=None if number is None else str(number),
        lines=lines,
        modified=ledger.state.later_stamp(),
        extra={"Adjustment": bool(given.get("Adjustment", False))},
    )
    ledger.store_journal(journal)
    return journal


def read_lines(ledger: Ledger, rows: Any) -> tuple[JournalLine, ...]:
    if not rows or not isinstance(rows, list):
        raise missing("Line")
    accounts = {each.code: each for each in ledger.accounts()}
    contacts = ledger.contacts()
    lines = [_line(row, accounts, contacts) for row in rows]
    controls = [line for line in lines if accounts[line.account].type.startswith("Accounts ")]
    if len(controls) > 1:
        raise faults.business(
            "Business Validation Error: You can only use one Accounts Receivable or Accounts"
            " Payable account in a transaction."
        )
    if sum(line.amount for line in lines):
        raise faults.business(
            "Business Validation Error: Debits and credits are not equal. The total debits must"
            " equal the total credits."
        )
    return tuple(lines)


def _line(row: Any, accounts: dict[str, Account], contacts: dict[str, Contact]) -> JournalLine:
    detail = row.get("JournalEntryLineDetail") if isinstance(row, dict) else None
    if not detail:
        raise missing("JournalEntryLineDetail")
    posting = str(detail.get("PostingType"))
    if posting not in {"Debit", "Credit"}:
        raise faults.FaultError(
            "2170", "Invalid Enumeration", f"Invalid Enumeration : {posting}", element="PostingType"
        )
    code = str((detail.get("AccountRef") or {}).get("value"))
    account = accounts.get(code)
    if account is None:
        raise faults.bad_reference(f"Accounts element id {code} not found")
    if not account.active:
        raise faults.FaultError(
            "610",
            "Object Not Found",
            "Object Not Found : Something you're trying to use has been made inactive."
            " Check the fields with accounts, customers, items, vendors or employees.",
            element="AccountRef",
        )
    entity = detail.get("Entity") or {}
    party = contacts.get(str((entity.get("EntityRef") or {}).get("value")))
    if account.type == "Accounts Receivable" and (party is None or party.supplier):
        raise faults.business(
            "Business Validation Error: When you use Accounts Receivable, you must choose a"
            " customer in the Name field."
        )
    if account.type == "Accounts Payable" and (party is None or not party.supplier):
        raise faults.business(
            "Business Validation Error: When you use Accounts Payable, you must choose a vendor"
            " in the Name field."
        )
    for name, rows in (("ClassRef", CLASSES), ("DepartmentRef", DEPARTMENTS)):
        wanted = (detail.get(name) or {}).get("value")
        if wanted is not None and str(wanted) not in rows:
            raise faults.bad_reference(f"{name} {wanted} not found")
    amount = _minor(row.get("Amount"))
    extra = {name: detail[name] for name in ECHOED if detail.get(name)}
    if detail.get("TaxAmount"):
        extra["TaxAmount"] = str(detail["TaxAmount"])
    sign = 1 if posting == "Debit" else -1
    return JournalLine(code, sign * amount, row.get("Description"), extra)


def _minor(value: Any) -> int:
    try:
        amount = Decimal(str(value)) * 100
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise faults.FaultError(
            "2050", "Invalid Number", f"Invalid Number : {value}", element="Amount"
        )
    return int(amount)
