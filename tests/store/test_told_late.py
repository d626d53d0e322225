"""What a worker tells too late, since it was frozen: no close is moved back by it."""

from temporalio.testing import ActivityEnvironment

from activities import ProgressActivities
from controls.messages import StepReached
from controls.steps import Awaiting, Step
from tests.store.month_end import WORKER_ACTOR, Make, invoice, line, over

OPEN_ENDED = over("2024-09-01", "2027-08-31")


def test_what_a_worker_tells_late_moves_no_close_back(month_ends: Make) -> None:
    uk = month_ends()
    september = uk.open("2026-09")
    reach = ProgressActivities(uk.doors).step_reached
    for order, step, stands in (
        (2_000_000, Step.REVIEW, Step.REVIEW),
        (1_000_000, Step.RESOLVE, Step.REVIEW),
        (2_000_000, Step.REVIEW, Step.REVIEW),
        (3_000_001, Step.POST, Step.POST),
        (3_000_000, Step.LOCK_CHECK, Step.POST),
        (0, Step.VERIFY, Step.VERIFY),  # told by a workflow that did not count yet
    ):
        told = StepReached(september, step, Awaiting.NOTHING, order=order)
        ActivityEnvironment().run(reach, told)
        with uk.store.unit_of_work(WORKER_ACTOR) as work:
            assert work.closes.get(september.close_id).step == stands


def test_what_a_worker_tells_late_of_a_closed_period_changes_nothing(month_ends: Make) -> None:
    uk = month_ends()
    uk.paper.held = {"DEF": -365_00}
    uk.paper.write(invoice("INV-1", "2024-09-15", line("1095.00", **OPEN_ENDED)))
    september = uk.close("2026-09")
    late = StepReached(september, Step.POST, Awaiting.NOTHING, "Posting 8 journals")
    ActivityEnvironment().run(ProgressActivities(uk.doors).step_reached, late)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.stall(september.close_id, "The ledger did not answer.")
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.get(september.close_id)
        newest = work.audit.latest("uk", 1)[0]
    assert (row.step, row.detail, newest.verb) == (Step.CLOSED, "", "close.closed")
