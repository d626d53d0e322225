"""What activities need of the world, handed in by the composition root; and errors for Temporal."""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from accounting.errors import AccountingError
from connectors.crm import Crm
from connectors.errors import (
    ConnectionConfigError,
    ConnectorError,
    LedgerRefusedError,
    LedgerThrottledError,
    LedgerUnavailableError,
    PayloadError,
)
from connectors.ledger import Ledger
from connectors.notifier import Notifier
from controls.audit import Actor
from controls.authenticity import Verifier
from controls.configuration import CrmConfig, EntityConfig
from controls.errors import ControlsError
from controls.messages import CloseRef
from store import Store, Work
from store.errors import DatabaseUnavailableError, FencedError, StoreError

BEATS_PER_TIMEOUT = 5


@dataclass(frozen=True, slots=True)
class Doors:
    """Store, ledgers and CRM by configuration, the public key for decisions; a way to tell people."""

    store: Store
    ledger: Callable[[EntityConfig], Ledger]
    crm: Callable[[CrmConfig], Crm]
    verifier: Verifier
    today: Callable[[tzinfo], date] = lambda zone: datetime.now(zone).date()
    """The business date in a time zone: fixed for the demo."""
    notifier: Notifier | None = None
    page_url: str = ""
    """Where the page is, for links."""

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work on behalf of the running workflow."""
        info = activity.info()
        actor = Actor("workflow", info.workflow_id or info.activity_type)
        with self.store.unit_of_work(actor, request_id=info.workflow_run_id or "") as work:
            yield work

    @contextmanager
    def outside(self, close: CloseRef) -> Iterator[None]:
        """For what talks to ledger or CRM: heartbeats, errors for Temporal, and the page told.

        What goes wrong stands on the close's page while Temporal tries again; but for what comes
        too late, since somebody else has gone on meanwhile.
        """
        try:
            with told_to_temporal() as given_up:
                yield
        except ApplicationError as error:
            if error.type == FencedError.__name__ or given_up.is_set():
                raise
            with self.work() as work:
                again = "" if error.non_retryable else " It is tried again by itself."
                work.closes.stall(close.close_id, error.message + again)
            raise


@contextmanager
def beating() -> Iterator[threading.Event]:
    """Heartbeats while a blocking call runs: a worker that died is noticed within seconds, one that
    is slow is left to finish.

    What it gives is set where this one was frozen for longer than Temporal waits, or was cancelled:
    somebody else has gone on since.
    """
    given_up = threading.Event()
    timeout = activity.info().heartbeat_timeout
    if timeout is None:
        yield given_up
        return
    every_s = timeout.total_seconds() / BEATS_PER_TIMEOUT
    done = threading.Event()
    context = contextvars.copy_context()

    beaten = [time.monotonic()]

    def look() -> None:
        if time.monotonic() - beaten[0] > timeout.total_seconds() or activity.is_cancelled():
            given_up.set()

    def beat() -> None:
        while not done.wait(every_s):
            look()
            activity.heartbeat()
            beaten[0] = time.monotonic()

    thread = threading.Thread(target=context.run, args=(beat,), daemon=True)
    thread.start()
    try:
        yield given_up
    finally:
        look()
        done.set()
        thread.join()


@contextmanager
def told_to_temporal() -> Iterator[threading.Event]:
    """Our errors as Temporal's: whether to try again, and when; and heartbeats meanwhile.

    Waiting is not failing: a throttle delays the next attempt by what the vendor asked for. What it
    gives is `beating`'s.
    """
    try:
        with beating() as given_up:
            yield given_up
    except LedgerThrottledError as error:
        raise ApplicationError(
            str(error),
            type="Throttled",
            next_retry_delay=timedelta(seconds=error.retry_after_s),
            category=ApplicationErrorCategory.BENIGN,
        ) from error
    except (LedgerUnavailableError, DatabaseUnavailableError) as error:
        raise ApplicationError(str(error), type=type(error).__name__) from error
    except (LedgerRefusedError, ConnectionConfigError, PayloadError) as error:
        # A person must mend the connection or the document, and then the close goes on by itself.
        raise ApplicationError(
            str(error), type=type(error).__name__, next_retry_delay=timedelta(seconds=30)
        ) from error
    except (AccountingError, ControlsError, StoreError, ConnectorError) as error:
        raise ApplicationError(str(error), type=type(error).__name__) from error
