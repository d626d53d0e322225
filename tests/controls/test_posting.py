"""Posting: absence is proof only when seen twice; lines are compared one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from controls.errors import TransitionError
from controls.posting import (
    Attempt,
    JournalEvent,
    JournalState,
    PostedLine,
    SearchAgain,
    SendNewKey,
    SendSameKey,
    Windows,
    after_absent,
    follow,
    line_differences,
)

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
WINDOWS = Windows(key=timedelta(minutes=5), doubt=timedelta(minutes=10))


def ago(**given: float) -> datetime:
    return NOW - timedelta(**given)


def test_inside_the_key_window_the_same_key_is_sent_again():
    assert after_absent(Attempt(ago(minutes=4), None), WINDOWS, NOW) == SendSameKey()


def test_past_the_key_window_one_absent_search_is_not_proof():
    found = after_absent(Attempt(ago(minutes=6), None), WINDOWS, NOW)
    assert found == SearchAgain(NOW + timedelta(minutes=10))


def test_two_absent_searches_far_enough_apart_allow_a_new_key():
    assert after_absent(Attempt(ago(hours=1), ago(minutes=10)), WINDOWS, NOW) == SendNewKey()
    early = after_absent(Attempt(ago(hours=1), ago(minutes=9)), WINDOWS, NOW)
    assert early == SearchAgain(NOW + timedelta(minutes=1))


def test_a_posted_journal_goes_nowhere():
    """But to be turned round as a whole, by another one."""
    assert follow(JournalState.POSTED, JournalEvent.TURNED_ROUND) == JournalState.REVERSED
    for event in JournalEvent:
        with pytest.raises(TransitionError):
            follow(JournalState.REVERSED, event)
        if event is not JournalEvent.TURNED_ROUND:
            with pytest.raises(TransitionError):
                follow(JournalState.POSTED, event)


def test_a_cents_difference_is_told_by_line():
    approved = (PostedLine("200", 1000, 0), PostedLine("850", 0, 1000))
    ledger = (PostedLine("200", 1001, 0), PostedLine("850", 0, 1000))
    assert line_differences(approved, tuple(reversed(approved)), "GBP") == ()
    assert line_differences(approved, ledger, "GBP") == (
        "approved but not in the ledger: account 200 debit 10.00 GBP",
        "in the ledger but not approved: account 200 debit 10.01 GBP",
    )
