"""Reports/TrialBalance, in the shape of Xero's own example.

Our reading: the YTD columns hold balances as at the date (revenue and expense since the first
day of the fiscal year, earlier results in retained earnings), the other two the movement of the
date's month; accounts without either are left out.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sandbox.books import Ledger
from sandbox.wire import text
from sandbox.xero.shapes import CLASSES, account_id, moment_stamp

SECTIONS = (
    ("REVENUE", "Revenue"),
    ("EXPENSE", "Expenses"),
    ("ASSET", "Assets"),
    ("LIABILITY", "Liabilities"),
    ("EQUITY", "Equity"),
)


def trial_balance(ledger: Ledger, at: date) -> dict[str, Any]:
    balances = ledger.balances(at, at.replace(month=1, day=1))
    moved = ledger.movements(at.replace(day=1), at)
    rows: list[dict[str, Any]] = [
        {
            "RowType": "Header",
            "Cells": [
                {"Value": name}
                for name in ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")
            ],
        }
    ]
    totals = [0, 0, 0, 0]
    for class_, title in SECTIONS:
        section = []
        for account in ledger.accounts():
            amounts = _sides(moved.get(account.code, 0)) + _sides(balances.get(account.code, 0))
            if CLASSES[account.type] != class_ or not any(amounts):
                continue
            totals = [total + amount for total, amount in zip(totals, amounts, strict=True)]
            mark = [{"Value": account_id(ledger.org, account.code), "Id": "account"}]
            cells = [f"{account.name} ({account.code})", *(text(a) if a else "" for a in amounts)]
            section.append(
                {"RowType": "Row", "Cells": [{"Value": v, "Attributes": mark} for v in cells]}
            )
        rows.append({"RowType": "Section", "Title": title, "Rows": section})
    rows.append(
        {
            "RowType": "Section",
            "Title": "",
            "Rows": [
                {
                    "RowType": "SummaryRow",
                    "Cells": [{"Value": "Total"}, *({"Value": text(each)} for each in totals)],
                }
            ],
        }
    )
    now = int(datetime.now(tz=UTC).timestamp() * 1000)
    return {
        "ReportID": "TrialBalance",
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", ledger.entity.name, f"As at {at.day} {at:%B %Y}"],
        "ReportDate": f"{at.day} {at:%B %Y}",
        "UpdatedDateUTC": moment_stamp(now),
        "Fields": [],
        "Rows": rows,
    }


def _sides(amount: int) -> list[int]:
    return [max(amount, 0), max(-amount, 0)]
