"""What people change in the ledger by hand: what it is called, and the difference line by line."""

from dataclasses import replace
from datetime import date

from controls.drift import Drift, DriftKind, Held, drift_from, drift_of_others
from controls.posting import PostedLine

APPROVED = Held(
    "T2609-0001-1a2b3c4d",
    date(2026, 9, 30),
    (PostedLine("850", 10000, 0), PostedLine("200", 0, 10000)),
)
ADOPTED = date(2026, 8, 31)
ACCOUNTS = frozenset({"850", "630"})


def test_a_journal_as_approved_has_not_drifted_in_whatever_order_its_lines_come() -> None:
    assert drift_from(APPROVED, APPROVED, "GBP") is None
    assert drift_from(APPROVED, replace(APPROVED, lines=APPROVED.lines[::-1]), "GBP") is None


def test_another_amount_is_told_line_by_line() -> None:
    held = replace(APPROVED, lines=(PostedLine("850", 9000, 0), PostedLine("200", 0, 9000)))
    assert drift_from(APPROVED, held, "GBP") == Drift(
        DriftKind.CHANGED,
        (
            "approved but not in the ledger: account 200 credit 100.00 GBP",
            "approved but not in the ledger: account 850 debit 100.00 GBP",
            "in the ledger but not approved: account 200 credit 90.00 GBP",
            "in the ledger but not approved: account 850 debit 90.00 GBP",
        ),
    )


def test_another_day_is_a_change() -> None:
    moved = drift_from(APPROVED, replace(APPROVED, date=date(2026, 10, 1)), "GBP")
    assert moved == Drift(DriftKind.CHANGED, ("approved for 2026-09-30, dated 2026-10-01",))


def test_what_is_voided_or_gone_lacks_every_line() -> None:
    lacks = tuple(
        f"approved but not in the ledger: account {words} 100.00 GBP" for words in ("200 credit", "850 debit")
    )  # fmt: skip
    assert drift_from(APPROVED, replace(APPROVED, posted=False), "GBP") == Drift(
        DriftKind.VOIDED, lacks
    )
    assert drift_from(APPROVED, None, "GBP") == Drift(DriftKind.DELETED, lacks)


def test_a_foreign_journal_is_told_by_its_lines_on_our_accounts() -> None:
    assert drift_of_others(APPROVED, ACCOUNTS, ADOPTED, "GBP") == Drift(
        DriftKind.ADDED, ("in the ledger but not approved: account 850 debit 100.00 GBP",)
    )


def test_what_is_elsewhere_before_adoption_or_not_posted_is_nobodys_business() -> None:
    assert drift_of_others(APPROVED, frozenset({"630"}), ADOPTED, "GBP") is None
    assert drift_of_others(replace(APPROVED, date=ADOPTED), ACCOUNTS, ADOPTED, "GBP") is None
    assert drift_of_others(replace(APPROVED, posted=False), ACCOUNTS, ADOPTED, "GBP") is None
