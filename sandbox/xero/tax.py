"""The tax returns: Reports lists those that need an id, Reports/{id} shows one (Xero's own paths).

Our reading: an organisation has one return for each calendar month of its books, with a row for each
tax type, what is taxed by it and the tax. Documents count by their date and in the base currency,
manual journals by each line's tax type unless their amounts carry no tax; a line that names none
takes its account's. Type NONE is outside of every return. Tax on a journal's line is reckoned at the
type's rate and stands in the return alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sandbox.books import Ledger
from sandbox.wire import text
from sandbox.world.reckoning import functional
from sandbox.world.routine import HISTORY_START, month_end, month_ends
from sandbox.xero import shapes

NAME = "Tax Return"
OUTSIDE = "NONE"
Taxed = tuple[str, int, int]
"""Tax type, net and tax in minor units: what is sold positive, what is bought negative."""


def returns(ledger: Ledger, today: date) -> list[dict[str, Any]]:
    """The list, newest first."""
    return [_frame(ledger, end) for end in reversed(_ends(today))]


def tax_return(ledger: Ledger, key: str, today: date) -> dict[str, Any] | None:
    """The return with this id, from the books as they stand now; None where there is none."""
    end = next((end for end in _ends(today) if _id(ledger, end) == key), None)
    if end is None:
        return None
    sums: dict[str, tuple[int, int]] = {}
    for type_, net, tax in _taxed(ledger, end.replace(day=1), end):
        before = sums.get(type_, (0, 0))
        sums[type_] = (before[0] + net, before[1] + tax)
    rows = [
        {"RowType": "Row", "Cells": [{"Value": type_}, {"Value": text(net)}, {"Value": text(tax)}]}
        for type_, (net, tax) in sorted(sums.items())
    ]
    head = [{"Value": name} for name in ("Tax type", "Net", "Tax")]
    return _frame(ledger, end) | {
        "Fields": [],
        "Rows": [
            {"RowType": "Header", "Cells": head},
            {"RowType": "Section", "Title": NAME, "Rows": rows},
        ],
    }


def _taxed(ledger: Ledger, first: date, last: date) -> Iterator[Taxed]:
    for document in ledger.documents():
        if document.status not in {"authorised", "paid"} or document.kind == "order":
            continue
        if not first <= document.date <= last:
            continue
        direction = "INPUT" if document.kind == "bill" else "OUTPUT"
        sign = 1 if document.kind == "invoice" else -1
        for line in document.lines:
            if line.tax:
                net, tax = functional(line.net, document), functional(line.tax, document)
                yield shapes.tax_type(ledger.org, direction), sign * net, sign * tax
    accounts = {account.code: account for account in ledger.accounts()}
    for journal in ledger.journals():
        if journal.status != "posted" or not first <= journal.date <= last:
            continue
        if journal.extra.get("LineAmountTypes", "NoTax") == "NoTax":
            continue
        for each in journal.lines:
            account = accounts[each.account]
            type_ = each.extra.get("TaxType") or shapes.usual_tax_type(ledger.org, account)
            if type_ != OUTSIDE:
                yield type_, -each.amount, -_at_rate(each.amount, ledger.entity.vat)


def _at_rate(amount: int, percent: int) -> int:
    """A share of an amount in minor units, halves away from zero."""
    return (abs(amount) * percent * 2 + 100) // 200 * (1 if amount >= 0 else -1)


def _ends(today: date) -> list[date]:
    """The last days of the months that have begun."""
    return list(month_ends(HISTORY_START, month_end(today)))


def _id(ledger: Ledger, end: date) -> str:
    return shapes.key(ledger.org, "tax-return", f"{end:%Y-%m}")


def _frame(ledger: Ledger, end: date) -> dict[str, Any]:
    now = int(datetime.now(tz=UTC).timestamp() * 1000)
    return {
        "ReportID": _id(ledger, end),
        "ReportName": NAME,
        "ReportType": "TaxReturn",
        "ReportTitles": [NAME, ledger.entity.name, f"{end.replace(day=1)} to {end}"],
        "ReportDate": f"{end.day} {end:%B %Y}",
        "UpdatedDateUTC": shapes.moment_stamp(now),
    }
