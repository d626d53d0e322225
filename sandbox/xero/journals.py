"""Creating and updating manual journals (Xero Accounting API: Manual Journals).

Our reading, where the documents are silent: dates up to and including the period lock date are
refused for posted journals and allowed for drafts; receivable, payable, retained earnings and
bank accounts are refused with the text known for unknown codes; the tax account is allowed; an
amount of more than two decimals is refused; in a mixed batch without summarizeErrors=false
nothing is saved.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from sandbox.books import Ledger
from sandbox.wire import answer, literal, text
from sandbox.world.records import Journal, JournalLine
from sandbox.xero import errors, shapes
from sandbox.xero.filters import read_date

RESERVED = frozenset({"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"})
STATUSES = frozenset({"DRAFT", "POSTED", "DELETED", "VOIDED"})
NARRATION_MAX = 4000


class RefusalError(Exception):
    """Why one journal cannot be saved, in the vendor's words."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages


def minor(value: Any) -> int:
    """A LineAmount in minor units; raises RefusalError."""
    try:
        amount = Decimal(str(value)) * 100
    except InvalidOperation:
        raise RefusalError(f"LineAmount {value} is not a valid amount") from None
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise RefusalError(f"LineAmount {value} must not have more than two decimal places")
    return int(amount)


def read_lines(ledger: Ledger, given: Any) -> tuple[JournalLine, ...]:
    """The lines of a request, each on an account that a manual journal may use."""
    rows = [row for row in given or [] if isinstance(row, dict)]
    if len(rows) < 2:
        raise RefusalError("A manual journal must have at least two journal lines")
    by_id = {shapes.account_id(ledger.org, each.code): each for each in ledger.accounts()}
    by_code = {each.code: each for each in by_id.values()}
    lines, problems = [], []
    for row in rows:
        code = row.get("AccountCode")
        account = by_code.get(str(code)) if code else by_id.get(str(row.get("AccountID")))
        if account is None or account.type == "BANK" or account.system in RESERVED:
            code = code or row.get("AccountID") or ""
            problems.append(f"Account code '{code}' is not a valid code for this document.")
            continue
        if not account.active:
            problems.append(
                f"Account code '{account.code}' has been archived, or has been deleted."
                " Each line item must reference a valid account."
            )
            continue
        extra = {name: row[name] for name in ("TaxType", "Tracking") if row.get(name)}
        amount = minor(row.get("LineAmount"))
        lines.append(JournalLine(account.code, amount, row.get("Description"), extra))
    if problems:
        raise RefusalError(*dict.fromkeys(problems))
    debits = sum(line.amount for line in lines if line.amount > 0)
    credits_ = sum(line.amount for line in lines if line.amount < 0)
    if debits + credits_:
        raise RefusalError(
            f"The total debits ({text(debits)}) must equal total credits ({text(credits_)})"
        )
    return tuple(lines)


def check_lock(ledger: Ledger, day: date, status: str) -> None:
    locked = ledger.lock_date
    if locked and day <= locked and status == "posted":
        raise RefusalError(
            "The document date cannot be before the period lock date,"
            f" currently set at {locked:%d-%b-%Y}"
        )


def read(ledger: Ledger, given: dict[str, Any], *, may_update: bool) -> Journal:
    """The journal that a request asks for, checked; raises RefusalError."""
    known = ledger.journal(str(given.get("ManualJournalID"))) if may_update else None
    if given.get("ManualJournalID") and may_update and known is None:
        raise RefusalError("The manual journal could not be found")
    status = str(given.get("Status") or (known.status if known else "DRAFT")).upper()
    if status not in STATUSES:
        raise RefusalError(f"Status {status} is not valid for a manual journal")
    narration = str(given.get("Narration") or (known.narration if known else "")).strip()
    if not narration:
        raise RefusalError("Narration must be specified")
    if len(narration) > NARRATION_MAX:
        raise RefusalError(f"Narration must not be longer than {NARRATION_MAX} characters")
    today = datetime.now(tz=UTC).astimezone(ZoneInfo(ledger.entity.timezone)).date()
    day = known.date if known else today
    if given.get("Date"):
        read_day = read_date(given["Date"])
        if read_day is None:
            raise RefusalError(f"Date {given['Date']} is not a valid date")
        day = read_day
    if known:
        check_lock(ledger, known.date, known.status)
    check_lock(ledger, day, status.lower())
    rows = given.get("JournalLines")
    lines = known.lines if known and rows is None else read_lines(ledger, rows)
    extra = dict(known.extra) if known else {}
    for name in ("LineAmountTypes", "Url", "ShowOnCashBasisReports"):
        if given.get(name) is not None:
            extra[name] = given[name]
    made = Journal(
        id=known.id if known else str(uuid.uuid4()),
        date=day,
        narration=narration,
        lines=lines,
        status=status.lower(),  # type: ignore[arg-type]
        extra=extra,
    )
    return replace(made, modified=ledger.state.later_stamp())


def save(ledger: Ledger, body: Any, *, may_update: bool, summarize: bool) -> Response:
    """Answer a PUT (create) or POST (create or update) of one or many journals."""
    given = body.get("ManualJournals", [body]) if isinstance(body, dict) else body
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        return errors.exception(14, "PostDataInvalidException", "Invalid Json data")
    if not given:
        return errors.exception(17, "NoDataProcessedException", "No data has been processed")
    shown: list[dict[str, Any]] = []
    made: list[Journal] = []
    failed = False
    for each in given:
        try:
            journal = read(ledger, each, may_update=may_update)
        except RefusalError as refusal:
            failed = True
            reasons = [{"Message": message} for message in refusal.messages]
            echo = {name: plain(value) for name, value in each.items()}
            shown.append(echo | {"ValidationErrors": reasons, "StatusAttributeString": "ERROR"})
            continue
        made.append(journal)
        shown.append(shapes.journal(ledger.org, journal))
        if not summarize:
            shown[-1]["StatusAttributeString"] = "OK"
    if failed and summarize:
        return errors.validation([each for each in shown if "ValidationErrors" in each])
    for journal in made:
        ledger.store_journal(journal)
    return answer(envelope({"ManualJournals": shown}))


def plain(value: Any) -> Any:
    """A value of the request as it may be shown again (Decimals as numbers)."""
    if isinstance(value, Decimal):
        return literal(str(value))
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def envelope(body: dict[str, Any]) -> dict[str, Any]:
    """Every answer's frame."""
    now = int(datetime.now(tz=UTC).timestamp() * 1000)
    return {
        "Id": str(uuid.uuid4()),
        "Status": "OK",
        "ProviderName": "Tieout sandbox",
        "DateTimeUTC": f"/Date({now})/",
        **body,
    }
