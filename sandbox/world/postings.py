"""What documents and journals do to the general ledger: (date, account, amount), debits positive.

Amounts are minor units of the functional currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sandbox.world.charts import Chart
from sandbox.world.reckoning import functional
from sandbox.world.records import Document, Journal

Posting = tuple[date, str, int]


def of_document(document: Document, chart: Chart) -> Iterator[Posting]:
    """An invoice is Dr receivable, Cr line account and VAT; a credit note and a bill mirror it.

    A payment follows where there was one. Drafts, voided documents and orders do nothing.
    """
    if document.status not in {"authorised", "paid"} or document.kind == "order":
        return
    control = chart.payable if document.kind == "bill" else chart.receivable
    sign = 1 if document.kind == "invoice" else -1
    total = 0
    for line in document.lines:
        net = functional(line.net, document) * sign
        tax = functional(line.tax, document) * sign
        yield document.date, line.account, -net
        if tax and chart.vat:
            yield document.date, chart.vat, -tax
        total += net + tax
    yield document.date, control, total
    if document.paid_on:
        yield document.paid_on, control, -total
        yield document.paid_on, chart.bank, total


def of_journal(journal: Journal) -> Iterator[Posting]:
    """A posted journal as it stands; any other does nothing."""
    if journal.status == "posted":
        for line in journal.lines:
            yield journal.date, line.account, line.amount
