"""Lock dates as read: every reading is kept, and a lock that was moved back is told by name."""

from datetime import date

import pytest

from accounting.exceptions import ONLY_TELL
from accounting.periods import Period
from controls.audit import Actor
from controls.period_lock import moved_back
from store import Store
from store.locks import READ, ROLLED_BACK, Reading

AUGUST, SEPTEMBER = date(2026, 8, 31), date(2026, 9, 30)


@pytest.mark.parametrize(
    ("before", "now", "back"),
    [
        (None, None, False),
        (None, AUGUST, False),
        (AUGUST, AUGUST, False),
        (AUGUST, SEPTEMBER, False),
        (SEPTEMBER, AUGUST, True),
        (SEPTEMBER, None, True),
    ],
)
def test_a_lock_is_moved_back_where_it_reaches_less_far_than_before(before, now, back) -> None:
    assert moved_back(before, now) is back


def test_each_reading_is_kept_and_what_was_opened_again_is_told_with_it(store: Store) -> None:
    readings = [
        Reading(AUGUST, None, AUGUST),
        Reading(SEPTEMBER, AUGUST, AUGUST),
        Reading(AUGUST, AUGUST, AUGUST),
    ]
    with store.unit_of_work(Actor("service", "worker")) as work:
        close = work.closes.open("uk", "2026-09", Period.month("2026-09"), "priya")
        for reading in readings:
            work.locks.read(close, reading)
    with store.unit_of_work(Actor("service", "worker")) as work:
        told = work.locks.of_close(work.closes.of("uk", "2026-09"))
    assert [event.verb for event in told] == [ROLLED_BACK, READ, READ, READ]
    assert told[0].before == {"period": "2026-09-30"}
    assert told[0].after == {"period": "2026-08-31"}
    assert told[0].reason.startswith(
        "The ledger was locked up to 2026-09-30 and is now locked up to 2026-08-31."
    )
    with store.unit_of_work(Actor("service", "worker")) as work:
        close = work.closes.of("uk", "2026-09")
        (problem,) = work.locks.exceptions(close, None)
        assert (problem.code, problem.subject) == ("lock_moved_back", "lock/period")
        assert problem.message == told[0].reason
        assert work.locks.exceptions(close, work.now()) == []
        assert "lock_moved_back" in ONLY_TELL


def test_a_lock_of_another_entity_says_nothing_of_this_one(store: Store) -> None:
    with store.unit_of_work(Actor("service", "worker")) as work:
        for entity, day in (("uk", SEPTEMBER), ("us", AUGUST)):
            close = work.closes.open(entity, "2026-09", Period.month("2026-09"), "priya")
            work.locks.read(close, Reading(day, None, AUGUST))
            assert [event.verb for event in work.locks.of_close(close)] == [READ]
