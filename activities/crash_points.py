"""The boundaries of posting and sign-off, by name: where a test may have the worker die.

TIEOUT_CRASH_AT=name:n kills the worker's own process, without a farewell, at the n-th passing of
the boundary; unset, passing one does nothing. What is `written` is not committed yet.
"""

import os
import signal
import threading
from collections import Counter
from enum import StrEnum

CRASH_AT = "TIEOUT_CRASH_AT"
DEATH = signal.SIGKILL
"""What happens at the boundary; a test has the worker freeze there instead."""


class CrashPoint(StrEnum):
    """Every boundary, in the order in which a close that dies at each of them passes them."""

    DECISION_WRITTEN = "decision_written"
    DECISION_COMMITTED = "decision_committed"
    APPROVE_BEGUN = "approve_begun"
    APPROVE_WRITTEN = "approve_written"
    APPROVE_COMMITTED = "approve_committed"
    POST_BEGUN = "post_begun"
    POST_COVERED = "post_covered"
    INTENT_WRITTEN = "intent_written"
    INTENT_COMMITTED = "intent_committed"
    SEARCH_BEGUN = "search_begun"
    SEARCH_ANSWERED = "search_answered"
    ABSENT_WRITTEN = "absent_written"
    ABSENT_COMMITTED = "absent_committed"
    SENT = "sent"
    SETTLE_WRITTEN = "settle_written"
    SETTLE_COMMITTED = "settle_committed"
    VERIFY_READ = "verify_read"
    VERIFY_WRITTEN = "verify_written"
    VERIFY_COMMITTED = "verify_committed"
    SIGN_OFF_BEGUN = "sign_off_begun"
    SIGN_OFF_WRITTEN = "sign_off_written"
    SIGN_OFF_COMMITTED = "sign_off_committed"


_passed: Counter[str] = Counter()
_lock = threading.Lock()


def reached(point: CrashPoint) -> None:
    """The boundary is passed now; dies here where a test asked for it."""
    asked = os.environ.get(CRASH_AT)
    if not asked:
        return
    name, _, number = asked.partition(":")
    if name != point:
        return
    with _lock:
        _passed[point] += 1
        if _passed[point] == int(number or 1):
            signal.pthread_kill(threading.get_ident(), DEATH)  # not a step further
