"""What one close asks of a ledger, by the sandbox's own log, against the least that it could be.

The floor of a close: a call for each thousand rows of each list that a sync must read, one for each
journal that is posted, one for each thousand journals that are read back, and three readings: the
balances at adoption, the lock dates, the balances at the period's end. A log-in is no call of the
ledger: it goes to another server, and no limit counts it.
"""

from collections import Counter
from typing import Any

from benchmarks.figures import Figure
from benchmarks.installation import Installation, installation

ALLOWED = 2
ROWS_PER_CALL = 1000
READINGS = 3
LISTS = {
    "xero": ("Invoices", "CreditNotes", "PurchaseOrders", "Payments", "ManualJournals"),
    "quickbooks": ("Invoice", "CreditMemo", "PurchaseOrder", "Bill", "VendorCredit", "Payment",
                   "JournalEntry"),
}  # fmt: skip
"""What a close must see changes of. Every list of the demo's companies is shorter than a page."""
LOG_IN = ("connect/token", "tokens/bearer")
ENTITIES = {"xero": "uk", "quickbooks": "us"}


def measure() -> list[Figure]:
    """The first close of an entity on each ledger, from nothing to its sign-off."""
    with installation() as site:
        return [_measured(site, vendor, entity) for vendor, entity in ENTITIES.items()]


def _measured(site: Installation, vendor: str, entity: str) -> Figure:
    site.start([entity])
    site.drive([entity], lambda close: close["step"] == "closed")
    journals = len(site.close(entity)["journals"])
    calls = [c for c in site.calls(vendor) if not any(each in c["path"] for each in LOG_IN)]
    floor = len(LISTS[vendor]) + journals + -(-journals // ROWS_PER_CALL) + READINGS
    return Figure(
        f"Calls of one close to {vendor}, {journals} journals",
        f"{len(calls)} ({told(calls)})",
        f"at most {floor} + {ALLOWED}",
        len(calls) <= floor + ALLOWED,
        f"floor {floor} = {len(LISTS[vendor])} lists + {journals} posts + 1 read back + "
        f"{READINGS} readings",
    )


def told(calls: list[dict[str, Any]]) -> str:
    """How many of each, by the last word of their path."""
    counted = Counter(f"{call['method']} {call['path'].rsplit('/', 1)[-1]}" for call in calls)
    return ", ".join(f"{number} {name}" for name, number in counted.items())
