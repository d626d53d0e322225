"""reports/TaxSummary: what was sold and bought by tax code, and the tax.

Our reading: columns as below; a document counts by its lines' code, NON here, since the company
collects no sales tax; a journal entry's line counts only where it names a TaxCodeRef, with the
TaxAmount that it states. Sales and output stand positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.books import Ledger
from sandbox.quickbooks.faults import now_text
from sandbox.wire import text
from sandbox.world.reckoning import functional

UNTAXED = "NON"
COLUMNS = (("", "Tax Code"), ("Net Amount", "Money"), ("Tax Amount", "Money"))


def tax_summary(ledger: Ledger, start: date, end: date) -> dict[str, Any]:
    """The report from the books as they stand now, both days included."""
    sums: dict[str, tuple[int, int]] = {}
    for code, net, tax in _coded(ledger, start, end):
        before = sums.get(code, (0, 0))
        sums[code] = (before[0] + net, before[1] + tax)
    rows: list[dict[str, Any]] = [
        {"ColData": [{"value": code, "id": code}, {"value": text(net)}, {"value": text(tax)}]}
        for code, (net, tax) in sorted(sums.items())
    ]
    total = text(sum(tax for _, tax in sums.values()))
    summary = [{"value": "TOTAL"}, {"value": ""}, {"value": total}]
    rows.append({"Summary": {"ColData": summary}, "type": "Section", "group": "GrandTotal"})
    return {
        "Header": {
            "Time": now_text(),
            "ReportName": "TaxSummary",
            "ReportBasis": "Accrual",
            "StartPeriod": str(start),
            "EndPeriod": str(end),
            "Currency": ledger.entity.currency,
            "Option": [{"Name": "NoReportData", "Value": str(not sums).lower()}],
        },
        "Columns": {"Column": [{"ColTitle": title, "ColType": type_} for title, type_ in COLUMNS]},
        "Rows": {"Row": rows},
    }


def _coded(ledger: Ledger, start: date, end: date) -> Iterator[tuple[str, int, int]]:
    """Tax code, net and tax in minor units of every line in the days."""
    for document in ledger.documents():
        if document.status not in {"authorised", "paid"} or document.kind == "order":
            continue
        if start <= document.date <= end:
            sign = 1 if document.kind == "invoice" else -1
            for line in document.lines:
                yield UNTAXED, sign * functional(line.net, document), 0
    for journal in ledger.journals():
        if not start <= journal.date <= end:
            continue
        for each in journal.lines:
            code = (each.extra.get("TaxCodeRef") or {}).get("value")
            if code:
                tax = int(Decimal(str(each.extra.get("TaxAmount") or 0)) * 100)
                yield str(code), -each.amount, tax if each.amount < 0 else -tax
