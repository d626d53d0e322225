"""Time-outs and retries of activities, in one place. Temporal owns every retry."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

PATIENT = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=60),
    non_retryable_error_types=["ApprovalMissing"],
)
"""Try for ever, ever slower: a close waits out an outage, and a person sees it waiting."""

RECORD = ActivityConfig(
    start_to_close_timeout=timedelta(seconds=15),
    heartbeat_timeout=timedelta(seconds=5),
    retry_policy=PATIENT,
)
"""A short transaction in Postgres. A person may wait for it, so a worker that died in the middle is
noticed soon; not sooner, since a hundred closes at once can keep a living one from its heartbeat.
"""

SIGN_OFF = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=5),
    retry_policy=PATIENT,
)
"""Postgres makes a whole book anew before the period is closed."""

NOTIFY = ActivityConfig(start_to_close_timeout=timedelta(minutes=5), retry_policy=PATIENT)
"""Messages to people, through somebody else's servers."""

CALCULATE = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=PATIENT,
)
"""Arithmetic over a whole book."""

OUTSIDE = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=PATIENT,
)
"""Calls to a ledger or CRM; a worker that died is noticed by its missing heartbeat."""

DAILY = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=30),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=RetryPolicy(maximum_attempts=10),
)
"""Calls to a ledger that tomorrow makes anew."""

POST = ActivityConfig(
    start_to_close_timeout=timedelta(minutes=2),
    heartbeat_timeout=timedelta(seconds=10),
    retry_policy=PATIENT,
)
"""One journal to the ledger."""

GROUP_LOOK_EVERY = timedelta(minutes=5)
"""Each close tells its group when it ends; between, the group looks for itself."""

LOCK_RECHECK_EVERY = timedelta(hours=1)
PREDECESSOR_RECHECK_EVERY = timedelta(hours=1)
