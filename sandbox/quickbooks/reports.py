"""reports/TrialBalance in the shape of Intuit's sample.

Our reading: income and expense from start_date to end_date, everything else as at end_date, with
what earlier periods earned in retained earnings; accounts with nothing are left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.books import Ledger
from sandbox.quickbooks.faults import now_text
from sandbox.wire import text


def trial_balance(ledger: Ledger, start: date, end: date) -> dict[str, Any]:
    balances = ledger.balances(end, start)
    rows: list[dict[str, Any]] = []
    debits = credits_ = 0
    for account in ledger.accounts():
        amount = balances.get(account.code, 0)
        if not amount:
            continue
        debits += max(amount, 0)
        credits_ += max(-amount, 0)
        rows.append(
            {
                "ColData": [
                    {"value": f"{account.number} {account.name}", "id": account.code},
                    {"value": text(amount) if amount > 0 else ""},
                    {"value": text(-amount) if amount < 0 else ""},
                ]
            }
        )
    total = [{"value": "TOTAL"}, {"value": text(debits)}, {"value": text(credits_)}]
    rows.append({"Summary": {"ColData": total}, "type": "Section", "group": "GrandTotal"})
    return {
        "Header": {
            "Time": now_text(),
            "ReportName": "TrialBalance",
            "ReportBasis": "Accrual",
            "StartPeriod": str(start),
            "EndPeriod": str(end),
            "Currency": ledger.entity.currency,
            "Option": [{"Name": "NoReportData", "Value": str(not balances).lower()}],
        },
        "Columns": {
            "Column": [
                {"ColTitle": "", "ColType": "Account"},
                {"ColTitle": "Debit", "ColType": "Money"},
                {"ColTitle": "Credit", "ColType": "Money"},
            ]
        },
        "Rows": {"Row": rows},
    }
