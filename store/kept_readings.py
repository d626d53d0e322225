"""What was read of a big book, kept beside its documents: in shards that several activities read, and
for whoever asks the same again, as a preview does.

It is as good as a fresh reading for as long as its `state` is today's: the query itself, with all
that it was asked by, and whatever it reads that can change. An entity keeps one reading.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlmodel import Session, col, delete, desc, func, select

from controls.posting import IN_LEDGER
from models import KeptPieceRow, KeptReadingRow
from store.arrow import in_one_piece
from store.plain_query import WHOLE, Asked, columns_of, plain_query

if TYPE_CHECKING:
    import pyarrow as pa

    from accounting.vectorised_arithmetic import Ints

PIECE = 8 << 20
"""So many bytes to a row."""

CAN_CHANGE = """
select concat_ws(' ',
    (select concat_ws(' ', count(*), max(id), count(*) filter (where voided), count(open_from),
        sum(open_from - date '2000-01-01')) from document where entity_id = {entity}),
    (select string_agg(concat_ws(':', id, state), ',' order by id) from journal
        where entity_id = {entity} and state = any({in_ledger})),
    (select string_agg(proposal_id::text, ',' order by id) from close
        where entity_id = {entity} and step = 'closed')) as told
"""
"""Documents are only ever added, but for the day from which they count; parts and positions stand."""


def can_change_query(asked: Asked) -> sql.Composed:
    """What the query of plain lines reads that can change, in one text."""
    return sql.SQL(CAN_CHANGE).format(
        entity=sql.Literal(asked.close.entity_id),
        in_ledger=sql.Literal([state.value for state in sorted(IN_LEDGER)]),
    )


class KeptReadings:
    """Of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def state_now(self, asked: Asked) -> str:
        """The state as the session sees it."""
        told = self._driver.execute(can_change_query(asked)).fetchone()
        return self.state(asked, told[0])

    def state(self, asked: Asked, can_change: str) -> str:
        """The name of a state, SHA-256 in hexadecimal."""
        query = plain_query(asked.of(WHOLE), ()).as_string(self._driver)
        return hashlib.sha256(f"{query}\n{can_change}".encode()).hexdigest()

    def fitting(self, asked: Asked) -> KeptReadingRow | None:
        """A reading that is whole and answers what is asked; None where there is none."""
        found = self._session.exec(
            select(KeptReadingRow)
            .where(KeptReadingRow.entity_id == asked.close.entity_id)
            .order_by(desc(col(KeptReadingRow.id)))
        ).first()  # two calculations at once may have kept one each
        if found is None or not {*columns_of(asked)} <= {*found.columns}:
            return None
        shards = select(func.count(func.distinct(col(KeptPieceRow.shard))))
        read = self._session.exec(shards.where(KeptPieceRow.reading_id == found.id)).one()
        whole = read == len(found.bounds) + 1
        return found if whole and found.state == self.state_now(asked) else None

    def begin(
        self, asked: Asked, state: str, columns: Sequence[str], bounds: Sequence[str] = ()
    ) -> KeptReadingRow:
        """A new reading, nothing of which is read yet; the entity's old one is gone with it."""
        entity = asked.close.entity_id
        self._session.exec(delete(KeptReadingRow).where(col(KeptReadingRow.entity_id) == entity))
        row = KeptReadingRow(
            entity_id=entity, state=state, columns=list(columns), bounds=list(bounds)
        )
        self._session.add(row)
        self._session.flush()
        return row

    def begun(self, reading: int) -> KeptReadingRow | None:
        """A reading; None where another one has taken its place."""
        return self._session.get(KeptReadingRow, reading)

    def keep(self, reading: int, shard: int, rows: "pa.Table", documents: "pa.Table") -> None:
        """A shard, whole. Nothing where it is there already."""
        held = _written(documents, rows)
        into = "copy kept_piece (reading_id, shard, number, held) from stdin (format binary)"
        self._session.flush()
        is_there = select(KeptPieceRow.number).where(
            KeptPieceRow.reading_id == reading, KeptPieceRow.shard == shard
        )
        if self._session.exec(is_there.limit(1)).first() is not None:
            return
        with self._driver.cursor() as cursor, cursor.copy(into) as copy:
            copy.set_types(["int4", "int4", "int4", "bytea"])
            for number, start in enumerate(range(0, len(held), PIECE)):
                copy.write_row([reading, shard, number, held[start : start + PIECE]])

    def rows(self, kept: KeptReadingRow) -> "tuple[pa.Table, Ints]":
        """Its rows, and the rows of all the entity's documents."""
        import numpy as np

        from store.plain_table import joined

        shards = [self._read(kept.id or 0, number) for number in range(len(kept.bounds) + 1)]
        documents = np.concatenate([_ints(each) for each, _ in shards])
        return joined([rows for _, rows in shards]), documents

    def _read(self, reading: int, shard: int) -> "tuple[pa.Table, pa.Table]":
        import pyarrow as pa

        with self._driver.cursor(binary=True) as cursor:
            cursor.execute(
                "select held from kept_piece where reading_id = %s and shard = %s order by number",
                [reading, shard],
            )
            held = pa.BufferReader(b"".join(piece for (piece,) in cursor.fetchall()))
        documents = pa.ipc.open_stream(held).read_all()
        return documents, pa.ipc.open_stream(held).read_all()

    @property
    def _driver(self) -> Any:
        return self._session.connection().connection.driver_connection


def _ints(documents: "pa.Table") -> "Ints":
    found: Ints = in_one_piece(documents["id"]).to_numpy()
    return found


def _written(*tables: "pa.Table") -> memoryview:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return memoryview(sink.getvalue())
