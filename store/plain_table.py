"""The query's answer as columns: numbers unpacked, texts as they came or as places among few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accounting.vectorised_arithmetic import Bools, Ints
from store.arrow import in_one_piece, tidied
from store.plain_query import BILL_NUMBERS, FLAGS, LINE_NUMBERS, RULES_ASK_FOR

NUMBERS = "numbers"
FEW_KINDS = ("currency", "rate", "account", "dimensions", *RULES_ASK_FOR)
"""Columns with few different texts; where there is none the text is empty."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few different texts: each line's place among them."""

    code: Ints
    texts: Sequence[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Coded":
        """An Arrow column; no text is the empty one."""
        found = in_one_piece(column)
        if not pa.types.is_dictionary(found.type):
            found = found.fill_null("").dictionary_encode()
        return cls(found.indices.to_numpy().astype(np.int64), found.dictionary.to_pylist())

    def take(self, rows: Ints) -> "Coded":
        """Of some lines."""
        return Coded(self.code[rows], self.texts)


class Rows:
    """Lines, or what bills them: columns of numbers, of yes and no, and of texts, by name."""

    def __init__(self, names: Sequence[str], numbers: Ints, texts: pa.Table) -> None:
        self._numbers = dict(zip(names, numbers, strict=True))
        self._texts = texts
        self._coded: dict[str, Coded] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, name: str) -> Ints:
        found: Ints = self._numbers[name]
        return found

    def flag(self, name: str) -> Bools:
        """A column of yes and no."""
        found: Bools = self._numbers["flags"] & (1 << FLAGS.index(name)) != 0
        return found

    def texts(self, name: str) -> pa.Array:
        """A column of texts that mostly differ."""
        return in_one_piece(self._texts[name])

    def coded(self, name: str) -> Coded:
        """A column of few different texts."""
        if name not in self._coded:
            self._coded[name] = Coded.of(self._texts[name])
        return self._coded[name]


def spelt(table: pa.Table) -> pa.Table:
    """The table with few different texts told once each; what it held of them is let go on the way."""
    columns = {}
    while table.num_columns:
        name, column = table.column_names[0], table.column(0)
        table = table.remove_column(0)
        few = name in FEW_KINDS
        columns[name] = column.fill_null("").dictionary_encode() if few else column
    return pa.table(columns)


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Shards as one table, its lines before what bills them."""
    lines = [_lines(table) for table in tables]
    parts = [table.slice(0, count) for table, count in zip(tables, lines, strict=True)]
    parts += [table.slice(count) for table, count in zip(tables, lines, strict=True)]
    return tidied(pa.concat_tables(parts).unify_dictionaries())


def unpacked(table: pa.Table) -> tuple[Rows, Rows]:
    """The lines, and what bills them."""
    count, texts = _lines(table), table.drop_columns([NUMBERS])
    packed = table[NUMBERS]
    return (
        Rows(LINE_NUMBERS, numbers_of(packed.slice(0, count), LINE_NUMBERS), texts.slice(0, count)),
        Rows(BILL_NUMBERS, numbers_of(packed.slice(count), BILL_NUMBERS), texts.slice(count)),
    )


def _lines(table: pa.Table) -> int:
    """How many rows are lines: more numbers stand there of them."""
    wide = pc.equal(pc.binary_length(table[NUMBERS]), 8 * len(LINE_NUMBERS))
    return int(pc.sum(wide).as_py() or 0)


def numbers_of(packed: pa.ChunkedArray, names: Sequence[str]) -> Ints:
    """A row a name, from a column that Postgres packed (`plain_query.packed`): each of its values
    holds a number of every name.
    """
    found = np.empty((len(names), len(packed)), np.int64)
    done = 0
    for chunk in packed.chunks:
        if len(chunk):
            told = np.frombuffer(chunk.buffers()[2], ">i8", len(chunk) * len(names), _begins(chunk))
            found[:, done : done + len(chunk)] = told.reshape(-1, len(names)).T
            done += len(chunk)
    return found


def _begins(chunk: pa.Array) -> int:
    offsets = np.frombuffer(chunk.buffers()[1], np.int32, 1, 4 * chunk.offset)
    return int(offsets[0])
