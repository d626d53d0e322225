"""One transaction per request or activity: the change and its audit event, together or not at all."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, ProgrammingError
from sqlmodel import Session

from controls.approval import Decision
from controls.audit import Actor
from controls.authenticity import Verifier
from store.adoption import AdoptionImports
from store.approvals import Approvals
from store.arrow import Arrow
from store.audit import AuditTrail
from store.books import Books
from store.closes import Closes
from store.config import Config
from store.connections import Connections
from store.corrections import Corrections
from store.delegations import Delegations
from store.documents import Documents
from store.drift import Drifts
from store.errors import DatabaseUnavailableError, UnstorableError
from store.evidence import Evidence
from store.group import Groups
from store.group_closes import GroupCloses
from store.journals import Journals
from store.locks import Locks
from store.outbox import Outbox
from store.past_journals import PastJournals
from store.plain_lines import PlainLinesOf
from store.position_sums import PositionSums
from store.posting_choices import PostingChoices
from store.proposals import Proposals
from store.rates import RateTable
from store.reopenings import Reopenings
from store.reperformance import Reperformance
from store.reports import Reports
from store.reversals import Reversals
from store.users import Users

if TYPE_CHECKING:
    import pyarrow as pa

    from store.plain_arrays import PlainReading
    from store.plain_compared import Changed

POOL_SIZE = 10
POOL_OVERFLOW_MAX = 20
ONE_MOMENT: dict[str, object] = {"isolation_level": "REPEATABLE READ"}
READ_ONLY: dict[str, object] = {**ONE_MOMENT, "postgresql_readonly": True}


class Work:
    """What can be read and changed inside one transaction, on behalf of one actor."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        request_id: str,
        verifier: Verifier | None = None,
        dsn: str = "",
    ) -> None:
        self._session = session
        self._dsn = dsn
        self._verifier = verifier
        self.audit = AuditTrail(session, actor, request_id)

    @cached_property
    def config(self) -> Config:
        """Configuration versions and entities."""
        return Config(self._session, self.audit)

    @cached_property
    def documents(self) -> Documents:
        """Synced documents, cursors, readings of the ledger."""
        return Documents(self._session, self.audit)

    @cached_property
    def evidence(self) -> Evidence:
        """Documents with those that name them."""
        return Evidence(self._session)

    @cached_property
    def reports(self) -> Reports:
        """Deliveries, usage and payments."""
        return Reports(self._session, self.audit)

    @cached_property
    def rates(self) -> RateTable:
        """Exchange rates."""
        return RateTable(self._session, self.audit)

    @cached_property
    def adoption(self) -> AdoptionImports:
        """Schedules imported at adoption."""
        return AdoptionImports(self._session, self.audit)

    @cached_property
    def books(self) -> Books:
        """What calculations start from."""
        return Books(self._session, self.audit, self._dsn)

    @cached_property
    def group(self) -> Groups:
        """The group's figures."""
        return Groups(self._session, self.audit)

    @cached_property
    def group_closes(self) -> GroupCloses:
        """The group's closes."""
        return GroupCloses(self._session, self.audit)

    @cached_property
    def closes(self) -> Closes:
        """Closes and where they stand."""
        return Closes(self._session, self.audit)

    @cached_property
    def proposals(self) -> Proposals:
        """What calculations proposed."""
        return Proposals(self._session, self.audit)

    @cached_property
    def approvals(self) -> Approvals:
        """Resolutions and decisions."""
        return Approvals(self._session, self.audit)

    @cached_property
    def corrections(self) -> Corrections:
        """Posted journals to be turned round."""
        return Corrections(self._session, self.audit)

    @cached_property
    def delegations(self) -> Delegations:
        """Roles held for somebody else."""
        return Delegations(self._session, self.audit, self.config)

    @cached_property
    def journals(self) -> Journals:
        """Journals on their way to the ledger."""
        return Journals(self._session, self.audit)

    @cached_property
    def position_sums(self) -> PositionSums:
        """What frozen positions say together."""
        return PositionSums(self._session)

    @cached_property
    def posting_choices(self) -> PostingChoices:
        """What people chose where a posting got stuck."""
        return PostingChoices(self._session, self.audit)

    @cached_property
    def reopenings(self) -> Reopenings:
        """Periods that are opened again."""
        return Reopenings(self._session, self.audit)

    @cached_property
    def reperformance(self) -> Reperformance:
        """Closes made anew by Postgres."""
        return Reperformance(self._session, self.audit)

    @cached_property
    def locks(self) -> Locks:
        """Lock dates as they were read."""
        return Locks(self.audit)

    @cached_property
    def drift(self) -> Drifts:
        """What people changed in the ledger by hand."""
        return Drifts(self._session, self.audit)

    @cached_property
    def past_journals(self) -> PastJournals:
        """Journals from before adoption."""
        return PastJournals(self._session)

    @cached_property
    def reversals(self) -> Reversals:
        """Reversals of accruals that are due."""
        return Reversals(self._session, self.audit)

    @cached_property
    def outbox(self) -> Outbox:
        """What people are to be told."""
        return Outbox(self._session, self.audit)

    @cached_property
    def users(self) -> Users:
        """People and their log-ins."""
        return Users(self._session, self.audit)

    @cached_property
    def connections(self) -> Connections:
        """Encrypted tokens of connections."""
        return Connections(self._session)

    @contextmanager
    def record_coming(
        self, entity: str, proposal: int | None, currency: str
    ) -> "Iterator[Callable[[], pa.Table] | None]":
        """A proposal's positions as they are compared, which Postgres reads while the block does
        something else; none where there is no proposal, or the entity's book is not big.
        """
        plain = PlainLinesOf(self._session, self._dsn)
        if proposal is None or not plain.is_big(entity):
            yield None
            return
        from store.plain_compared import record_query

        with Arrow(self._session, self._dsn).coming(record_query(proposal, currency)) as record:
            yield record

    def changed_plain(
        self, plain: "PlainReading", record: "pa.Table | None", most: int
    ) -> "Changed":
        """Which plain lines would change against what is on record (store/plain_compared.py)."""
        from store.plain_compared import changed

        return changed(self._session, plain, record, most)

    def genuine(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Those that carry our own seal; all of them where this process has no key to check by."""
        return tuple(decisions) if self._verifier is None else self._verifier.genuine(decisions)

    def now(self) -> datetime:
        """The database's clock, in UTC: the only clock that the record knows."""
        value: datetime = self._session.connection().scalar(text("select clock_timestamp()"))
        return value


class Store:
    """The door to Postgres. `dsn` is libpq's; it may hold a password and is never logged.

    With a `verifier` decisions count only where they carry our own seal.
    """

    def __init__(self, dsn: str, verifier: Verifier | None = None) -> None:
        self._dsn = dsn
        self._verifier = verifier
        self._engine = create_engine(
            "postgresql+psycopg://",
            creator=self._connect,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW_MAX,
            pool_pre_ping=True,
        )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self._dsn, options="-c timezone=UTC", connect_timeout=10)

    @contextmanager
    def unit_of_work(
        self, actor: Actor, request_id: str = "", *, one_moment: bool = False
    ) -> Iterator[Work]:
        """A transaction: committed when the block ends, rolled back when it raises.

        With `one_moment` all that it reads is of the same moment. Raises
        DatabaseUnavailableError when Postgres can't be reached or goes away, UnstorableError.
        """
        with self._transaction(actor, request_id, ONE_MOMENT if one_moment else {}) as (
            session,
            work,
        ):
            yield work
            session.commit()

    @contextmanager
    def reading(self, actor: Actor, request_id: str = "") -> Iterator[Work]:
        """A transaction that leaves nothing behind: of one moment, rolled back in any case, and one
        in which Postgres itself refuses every write. Raises DatabaseUnavailableError.
        """
        with self._transaction(actor, request_id, READ_ONLY) as (session, work):
            yield work
            session.rollback()

    @contextmanager
    def _transaction(
        self, actor: Actor, request_id: str, options: dict[str, object]
    ) -> Iterator[tuple[Session, Work]]:
        session = Session(self._engine, expire_on_commit=False)
        try:
            session.connection(execution_options=options)
        except (OperationalError, ProgrammingError) as error:
            session.close()
            raise DatabaseUnavailableError(
                "Postgres can't be reached, or refuses the log-in. Check TIEOUT_DATABASE_URL."
            ) from error
        try:
            with session:
                yield session, Work(session, actor, request_id, self._verifier, self._dsn)
        except (DataError, psycopg.DataError, UnicodeEncodeError) as error:
            raise UnstorableError(
                "A text holds a character that can't be stored (such as NUL). Nothing was written."
            ) from error
        except (DBAPIError, psycopg.OperationalError) as error:
            if not _went_away(error):
                raise
            raise DatabaseUnavailableError(
                "Postgres went away in the middle. Reload the page to see whether it counted, then "
                "try again."
            ) from error

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _went_away(error: DBAPIError | psycopg.OperationalError) -> bool:
    """Whether the connection is lost; otherwise Postgres only refused a statement."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
