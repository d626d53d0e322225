"""What a proposal says of all its positions together: the plain ones in arrays, the others one by one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from accounting.book import LinePosition
from accounting.policy import BALANCE_ROLES
from accounting.vectorised_arithmetic import Ints, total
from controls.position_digest import (
    Hashable,
    columns_digest,
    dimensions_told,
    number_bytes,
    numbers_of,
    texts_of,
)
from controls.proposal import PositionTotals, totals_of
from store.document_rows import dimensions_of
from store.plain_arrays import PlainReading
from store.plain_table import Coded


def position_totals(plain: PlainReading | None, others: Sequence[LinePosition]) -> PositionTotals:
    """The totals over both, the digest in the order of the lines: as if there were no arrays."""
    if plain is None or not len(plain.key):
        return totals_of(others)
    rest, found = totals_of(others, _digest(plain, others)), plain.close.positions
    return replace(
        rest,
        fx=rest.fx + total(found.fx),
        catch_up=rest.catch_up + total(np.abs(found.catch_up)),
    )


def _digest(plain: PlainReading, others: Sequence[LinePosition]) -> str:
    order = _Order.of(plain.key, [each.line for each in others])
    numbers = [numbers_of(each) for each in others]
    texts = [texts_of(each) for each in others]
    columns: dict[str, list[Hashable]] = {}
    for name, values in plain_numbers(plain).items():
        columns[name] = order.number_bytes(values, [each[name] for each in numbers])
    for name, column in _plain_texts(plain).items():
        columns[name] = order.text_bytes(column, [each[name] for each in texts])
    return columns_digest(order.lines, columns)


def plain_numbers(plain: PlainReading) -> dict[str, Ints]:
    """The columns of `position_digest.numbers_of`."""
    close = plain.close
    lines, found, figures = close.lines, close.positions, close.figures
    nothing = np.zeros_like(lines.amount)
    return {
        "is_cost": lines.is_cost.astype(np.int64),
        "service_start": lines.start,
        "service_end": plain.service_end,
        "price": lines.amount,
        "recognised_to_date": found.recognised_to_date,
        "own": found.own,
        "catch_up": found.catch_up,
        "billed": found.billed,
        "billed_to_date": found.billed_to_date,
        "recognised_in_document": figures.recognised,
        "billed_in_document": figures.billed,
        "ahead": found.ahead,
        "in_a_year": found.in_a_year,
        "fx": found.fx,
        "non_current": close.closing.non_current,
        "negative": found.negative.astype(np.int64),
        "held": nothing,
        **_by_role("coded", np.zeros_like(close.closing.by_role)),
        **_by_role("opening", close.opening.by_role),
        **_by_role("closing", close.closing.by_role),
    }


def _by_role(name: str, table: Ints) -> dict[str, Ints]:
    return {f"{name}/{role.value}": row for role, row in zip(BALANCE_ROLES, table, strict=True)}


def _plain_texts(plain: PlainReading) -> dict[str, pa.Array]:
    """The columns of `position_digest.texts_of`."""
    lines, dimensions = plain.close.lines, plain.dimensions
    told = [dimensions_told(dimensions_of(text)) if text else "" for text in dimensions.texts]
    return {
        "line": plain.key,
        "unit": plain.unit,
        "document_hash": plain.document_hash,
        "method": _spelt(plain.method),
        "dates_from": _spelt(plain.dates_from),
        "price_currency": _spelt(Coded(lines.source, lines.currencies)),
        "account": _spelt(plain.account),
        "dimensions": _spelt(Coded(dimensions.code, told)),
    }


def _spelt(column: Coded) -> pa.Array:
    return pa.array(column.texts, pa.string()).take(pa.array(column.code))


class _Keys(Sequence[str]):
    """Keys in Arrow, read one at a time."""

    def __init__(self, keys: pa.Array) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: int) -> str:  # type: ignore[override]
        found: str = self._keys[place].as_py()
        return found


@dataclass(frozen=True, slots=True)
class _Order:
    """Where the others stand between the plain ones, both being in the order of their keys."""

    before: Ints
    places: Ints
    lines: int

    @classmethod
    def of(cls, plain: pa.Array, others: Sequence[str]) -> "_Order":
        """By their keys."""
        keys = _Keys(plain)
        before = np.array([bisect_left(keys, each) for each in others], np.int64)
        count = len(plain)
        places = np.insert(np.arange(count), before, count + np.arange(len(others)))
        return cls(before, places, count + len(others))

    def number_bytes(self, plain: Ints, others: Sequence[int]) -> list[Hashable]:
        """A column of numbers as it is hashed."""
        told = np.frombuffer(number_bytes(others), ">i8")
        both = np.insert(plain, self.before, told) if others else plain
        return [both.astype(">i8").data]

    def text_bytes(self, plain: pa.Array, others: Sequence[str]) -> list[Hashable]:
        """A column of texts as it is hashed."""
        both = plain
        if others:
            both = pa.concat_arrays([plain, pa.array(others, plain.type)]).take(
                pa.array(self.places)
            )
        _, offsets, data = both.buffers()
        ends = np.frombuffer(offsets, np.int32)[both.offset : both.offset + len(both) + 1]
        held = memoryview(data)[int(ends[0]) : int(ends[-1])] if data is not None else b""
        return [np.diff(ends).astype(">u4").data, held]
