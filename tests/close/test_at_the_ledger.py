"""What a close does to a ledger beside its journals: nothing to a tax report, and few calls."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from xero_python.accounting import LineAmountTypes

from tests.close.system import (
    JOURNALS,
    System,
    running_system,
    waits_for_controller,
    waits_for_sign_off,
)
from tests.sandbox.tax import quickbooks_summary, xero_returns
from tests.sandbox.test_quickbooks import entry, post
from tests.sandbox.test_tax import SEPTEMBER, moved, taxed
from tests.sandbox.wiring import Sandbox, quickbooks, xero
from tieout.demo import PERIOD

pytestmark = pytest.mark.timeout(240)
EVER = ("2025-01-01", "2026-12-31")
SYNC_AND_LOCK = {
    "xero": {
        **dict.fromkeys(("GET Invoices", "GET CreditNotes", "GET PurchaseOrders"), 1),
        **dict.fromkeys(("GET Payments", "GET Organisation"), 1),
    },
    "quickbooks": {"POST query": 7, "GET preferences": 1},  # five kinds, payments, the items
}
POSTED = {"xero": "PUT ManualJournals", "quickbooks": "POST journalentry"}
READ_BACK = {
    "xero": {"GET ManualJournals": 3, "GET TrialBalance": 2},
    "quickbooks": {"POST query": 3, "GET TrialBalance": 2},
}
"""Journals before the approvals, before and after the posting; balances at adoption and at the end."""
ENTITIES = {"uk": "xero", "us": "quickbooks"}
LOG_IN = {"POST token", "POST bearer"}


@pytest.fixture(scope="module")
def vendors(system: System) -> dict[str, Any]:
    """The vendors' own clients."""
    sandbox = Sandbox(None, {}, system.running.stack.data / "sandbox")  # type: ignore[arg-type]
    return {"xero": xero(sandbox), "quickbooks": quickbooks(sandbox)}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("ledger")) as running:
        yield running


def report(vendors: dict[str, Any], vendor: str) -> Any:
    """What the ledger says of tax: every return, or the summary of all that there ever was."""
    if vendor == "xero":
        return xero_returns(*vendors["xero"])
    return quickbooks_summary(vendors["quickbooks"], *EVER)


def asked(system: System, vendor: str) -> Counter[str]:
    """How often the vendor was asked for what, logging in left aside."""
    calls = system.sandbox("GET", f"/calls?target={vendor}")
    told = Counter(f"{call['method']} {call['path'].rsplit('/', 1)[-1]}" for call in calls)
    return Counter({name: number for name, number in told.items() if name not in LOG_IN})


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_close_moves_no_tax_report_and_asks_no_more_than_it_must(
    system: System, vendors: dict[str, Any], entity: str
) -> None:
    vendor = ENTITIES[entity]
    before = report(vendors, vendor)
    earlier = asked(system, vendor)
    system.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})
    close = system.drive(entity, lambda each: each["step"] == "closed")
    told = asked(system, vendor) - earlier
    assert len(close["journals"]) == JOURNALS[entity]
    assert report(vendors, vendor) == before
    expected = Counter(SYNC_AND_LOCK[vendor]) + Counter(READ_BACK[vendor])
    assert told == expected + Counter({POSTED[vendor]: JOURNALS[entity]})


def test_a_journal_that_a_list_does_not_show_yet_is_read_by_itself(system: System) -> None:
    system.people["preparer"].call("POST", "/closes", {"entity": "de", "period": PERIOD})
    close = system.drive("de", waits_for_controller)
    earlier = asked(system, "xero")
    after_the_look_before_posting = {"path": "/ManualJournals", "skip": 1}
    system.fault(target="xero", kind="show_nothing", method="GET", **after_the_look_before_posting)
    system.decide("controller", close, "approve")
    close = system.reach("de", waits_for_sign_off)
    told = asked(system, "xero") - earlier
    assert system.struck()
    assert told["GET ManualJournals"] == 2
    assert {told[f"GET {journal['ledger_id']}"] for journal in close["journals"]} == {1}


def test_a_taxed_journal_would_have_moved_them(system: System, vendors: dict[str, Any]) -> None:
    before = {vendor: report(vendors, vendor) for vendor in ENTITIES.values()}
    api, tenant = vendors["xero"]
    api.create_manual_journals(tenant, taxed(LineAmountTypes.EXCLUSIVE))
    body = entry("Taxed", ("Debit", "92", "100.00"), ("Credit", "79", "100.00"))
    code = '"Credit","TaxCodeRef":{"value":"TAX"},"TaxAmount":8.25'
    post(vendors["quickbooks"], body.replace('"Credit"', code))
    returns = report(vendors, "xero")
    assert moved(before["xero"][SEPTEMBER], returns[SEPTEMBER]) == {"OUTPUT2": ("100.00", "20.00")}
    summary = report(vendors, "quickbooks")
    assert moved(before["quickbooks"], summary) == {"TAX": ("100.00", "8.25")}
