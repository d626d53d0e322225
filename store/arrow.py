"""Whole tables out of Postgres as Arrow columns, by ADBC: no row ever becomes a Python object.

ADBC has a connection of its own. It takes over the snapshot of the session, so both see the same
moment; what the session's own transaction has written is in no snapshot.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlalchemy import text
from sqlmodel import Session

from store.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    import pyarrow as pa

SETTINGS = (
    "set local work_mem = '256MB'",
    "set local jit = off",
    "set local enable_nestloop = off",
)
"""One pass over whole tables: hashes that stay in memory, whatever is guessed of how few rows match."""


class Arrow:
    """Asks what one session sees."""

    def __init__(self, session: Session, dsn: str) -> None:
        self._session, self._dsn = session, dsn

    def fetch(self, *queries: sql.Composed) -> "list[pa.Table]":
        """The answers to queries, one after the other. Raises DatabaseUnavailableError."""
        return self._answers(*self._asked(queries))

    @contextmanager
    def coming(self, query: sql.Composed) -> "Iterator[Callable[[], pa.Table]]":
        """The answer to a query that Postgres works on while the block does something else; as the
        session sees it now. Asking for it raises DatabaseUnavailableError.
        """
        asked = self._asked([query])
        with ThreadPoolExecutor(1) as beside:
            found = beside.submit(self._answers, *asked)
            yield lambda: found.result()[0]

    def _asked(self, queries: Sequence[sql.Composed]) -> tuple[str, list[str]]:
        """The session's snapshot, and the words of queries."""
        connection = self._session.connection()
        driver: Any = connection.connection.driver_connection
        snapshot: str = connection.scalar(text("select pg_export_snapshot()"))
        return snapshot, [query.as_string(driver) for query in queries]

    def _answers(self, snapshot: str, queries: Sequence[str]) -> "list[pa.Table]":
        from adbc_driver_postgresql import dbapi

        try:
            with dbapi.connect(self._dsn) as reader, reader.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only")
                cursor.execute(f"set transaction snapshot '{snapshot}'")
                for setting in SETTINGS:
                    cursor.execute(setting)
                found = []
                for query in queries:
                    cursor.execute(query)
                    found.append(tidied(cursor.fetch_arrow_table()))
                return found
        except dbapi.OperationalError as error:
            raise DatabaseUnavailableError(
                "Postgres went away while a big book was read. Nothing was written; try again."
            ) from error


def in_one_piece(column: "pa.ChunkedArray") -> "pa.Array":
    """The column in one block of memory: the same where it is already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def tidied(table: "pa.Table") -> "pa.Table":
    """The table with each column in one block of memory, but for packed numbers, which are unpacked
    from their pieces; what came in pieces is let go on the way.
    """
    import pyarrow as pa

    columns = {}
    while table.num_columns:
        name, column = table.column_names[0], table.column(0)
        table = table.remove_column(0)
        columns[name] = column if pa.types.is_binary(column.type) else in_one_piece(column)
    return pa.table(columns)
