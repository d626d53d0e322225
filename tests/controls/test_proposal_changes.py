"""What changed between two proposals, as a person reads it."""

from dataclasses import replace

from controls.proposal_changes import Change, JournalFigure, ProposalFigures, changes

DEFERRAL = JournalFigure("deferral", "2026-09-30", "1101.37", "aa")
RELEASE = JournalFigure("release", "2026-09-30", "98.63", "bb")
BEFORE = ProposalFigures(
    journals=(DEFERRAL, RELEASE),
    closing={"deferred_revenue": "1101.37", "prepayments": "0.00"},
    exceptions={("no_service_period", "INV-7/1"): "INV-7 has no dates."},
    policy="v1",
    engine="1",
)


def test_the_same_proposal_has_no_changes() -> None:
    assert changes(BEFORE, BEFORE) == ()


def test_journals_are_added_removed_and_changed_by_kind_and_amount() -> None:
    accrual = JournalFigure("accrual", "2026-09-30", "20.00", "cc")
    larger = replace(DEFERRAL, total="1200.00", content_hash="dd")
    now = replace(BEFORE, journals=(larger, accrual))
    assert changes(BEFORE, now) == (
        Change("journal", "accrual of 2026-09-30", "", "20.00"),
        Change("journal", "deferral of 2026-09-30", "1101.37", "1200.00"),
        Change("journal", "release of 2026-09-30", "98.63", ""),
    )


def test_a_journal_whose_lines_moved_at_the_same_total_is_a_change() -> None:
    moved = replace(BEFORE, journals=(replace(DEFERRAL, content_hash="ee"), RELEASE))
    (found,) = changes(BEFORE, moved)
    assert (found.before, found.now) == ("1101.37", "1101.37")


def test_one_of_two_journals_of_a_kind_goes() -> None:
    two = replace(BEFORE, journals=(DEFERRAL, replace(DEFERRAL, total="5.00", content_hash="ff")))
    assert changes(two, replace(two, journals=(DEFERRAL,))) == (
        Change("journal", "deferral of 2026-09-30", "5.00", ""),
    )


def test_balances_exceptions_and_versions_are_told() -> None:
    now = replace(
        BEFORE,
        closing={"deferred_revenue": "1101.37", "prepayments": "12.00"},
        exceptions={("missing_rate", "EUR"): "There is no rate."},
        policy="v2",
        engine="2",
    )
    assert changes(BEFORE, now) == (
        Change("balance", "prepayments", "0.00", "12.00"),
        Change("exception", "missing_rate EUR", "", "There is no rate."),
        Change("exception", "no_service_period INV-7/1", "INV-7 has no dates.", ""),
        Change("policy", "version", "v1", "v2"),
        Change("engine", "version", "1", "2"),
    )
