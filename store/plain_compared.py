"""Plain lines against what is on record of them: which would change, found in arrays; the figures of
those with the largest changes as people compare them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql
from sqlalchemy import text
from sqlmodel import Session

from accounting.book import LinePosition
from accounting.money import Money, exponent
from accounting.policy import BALANCE_ROLES, Role
from accounting.vectorised_arithmetic import Bools, Ints
from store.arrow import in_one_piece
from store.document_rows import dimensions_of
from store.plain_arrays import PlainReading
from store.plain_query import LABEL, packed
from store.plain_table import Coded, numbers_of

RECORD = """
select line, price_currency, method, account, {numbers} as numbers
from position where proposal_id = {proposal}
"""
DAY = "coalesce({} - date '0001-01-01' + 1, 0)::bigint"
NUMBERS = {
    "recognised": "own_minor + catch_up_minor",
    "catch_up": "catch_up_minor",
    "billed": "billed_minor",
    "fx": "fx_minor",
    "price": "price_minor",
    "service_start": DAY.format("service_start"),
    "service_end": DAY.format("service_end"),
    "held": "held::int::bigint",
}
"""What `numbers` holds before the closing balances by role."""

TEXTS = """
select document.source_id, document.content_hash, document.counterparty, {label}, line.product
from unnest(cast(:documents as bigint[]), cast(:numbers as bigint[])) with ordinality as asked (document, number, place)
    join document on document.id = asked.document
    join document_line line on line.document_id = asked.document and line.number = asked.number
order by asked.place
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """How many plain lines would change; the positions of those that would most, and the keys on
    record that are no plain line's now.
    """

    lines: int
    largest: Sequence[LinePosition]
    others: Sequence[str]


def record_query(proposal: int, currency: str) -> sql.Composed:
    """What is on record of a proposal's positions, as it is compared."""
    balance = "coalesce((closing ->> {})::numeric * {}, 0)::bigint"
    closing = [
        sql.SQL(balance).format(sql.Literal(role.value), sql.Literal(10 ** exponent(currency)))
        for role in BALANCE_ROLES
    ]
    numbers = packed([*map(sql.SQL, NUMBERS.values()), *closing])
    return sql.SQL(RECORD).format(numbers=numbers, proposal=sql.Literal(proposal))


def changed(session: Session, plain: PlainReading, record: pa.Table | None, most: int) -> Changed:
    """Against what is on record; all are new where nothing is. At most so many positions."""
    amounts, facts = _amounts(plain), _facts(plain)
    if record is None:
        size = np.max(np.abs(np.stack([*amounts.values()])), axis=0)
        return _told(session, plain, np.ones(size.size, np.bool_), size, most, [])
    keys = in_one_piece(record["line"])
    names = [*NUMBERS, *(role.value for role in BALANCE_ROLES)]
    numbers = dict(zip(names, numbers_of(record["numbers"], names), strict=True))
    place = pc.index_in(plain.key, value_set=keys).fill_null(-1).to_numpy().astype(np.int64)
    known, was = place >= 0, np.maximum(place, 0)
    size = np.zeros(place.size, np.int64)
    differs = ~known
    for name, now in amounts.items():
        by = np.abs(now - np.where(known, _of(numbers[name], was), 0))
        size = np.maximum(size, by)
        differs |= by != 0
    for name, now in facts.items():
        differs |= now != _of(numbers[name], was)
    for name, spelt in _words(plain).items():
        differs |= ~_same(spelt, record[name], was)
    others = keys.filter(pa.array(~np.isin(np.arange(len(keys)), place)))
    return _told(session, plain, differs, size, most, others.to_pylist())


def _told(
    session: Session,
    plain: PlainReading,
    differs: Bools,
    size: Ints,
    most: int,
    others: Sequence[str],
) -> Changed:
    rows = np.flatnonzero(differs)
    largest = rows[np.argsort(-size[rows], kind="stable")][:most]
    return Changed(rows.size, plain_positions(session, plain, largest), others)


def _amounts(plain: PlainReading) -> dict[str, Ints]:
    """Those that are compared: of the roles the closing balances."""
    found, closing = plain.close.positions, plain.close.closing.by_role
    return {
        "recognised": found.recognised,
        "catch_up": found.catch_up,
        "billed": found.billed,
        "fx": found.fx,
        **{role.value: row for role, row in zip(BALANCE_ROLES, closing, strict=True)},
    }


def _facts(plain: PlainReading) -> dict[str, Ints]:
    lines = plain.close.lines
    return {
        "price": lines.amount,
        "service_start": lines.start,
        "service_end": plain.service_end,
        "held": np.zeros_like(lines.amount),
    }


def _words(plain: PlainReading) -> dict[str, Coded]:
    lines = plain.close.lines
    currency = Coded(lines.source, lines.currencies)
    return {"method": plain.method, "account": plain.account, "price_currency": currency}


def _of(numbers: Ints, rows: Ints) -> Ints:
    found: Ints = numbers[rows] if numbers.size else np.zeros_like(rows)
    return found


def _same(now: Coded, column: pa.ChunkedArray, rows: Ints) -> Bools:
    was = Coded.of(column)
    if not was.code.size:
        return np.zeros(rows.size, np.bool_)
    places = {text: place for place, text in enumerate(was.texts)}
    code = np.array([places.get(text, -1) for text in now.texts], np.int64)[now.code]
    same: Bools = code == was.code[rows]
    return same


def plain_positions(session: Session, plain: PlainReading, rows: Ints) -> tuple[LinePosition, ...]:
    """Some of the plain lines as positions, in the order asked for."""
    asked = {"documents": plain.document[rows].tolist(), "numbers": plain.number[rows].tolist()}
    words = (
        session.connection().execute(text(TEXTS.format(label=LABEL)), asked).all()
        if rows.size
        else []
    )
    return tuple(
        _position(plain, row, *each) for row, each in zip(rows.tolist(), words, strict=True)
    )


def _position(
    plain: PlainReading,
    row: int,
    document: str,
    content_hash: str,
    counterparty: str,
    label: str,
    product: str | None,
) -> LinePosition:
    close = plain.close
    lines, found, figures = close.lines, close.positions, close.figures
    source = lines.currencies[int(lines.source[row])]

    def functional(values: Ints) -> Money:
        return Money(int(values[row]), plain.currency)

    def in_document(values: Ints) -> Money:
        return Money(int(values[row]), source)

    def by_role(table: Ints) -> Mapping[Role, Money]:
        return {
            role: Money(int(share), plain.currency)
            for role, share in zip(BALANCE_ROLES, table[:, row], strict=True)
            if share
        }

    dimensions = plain.dimensions.texts[int(plain.dimensions.code[row])]
    days: Any = (lines.start[row], plain.service_end[row])
    start, end = (date.fromordinal(int(day)) for day in days)
    return LinePosition(
        line=plain.key[row].as_py(),
        unit=plain.unit[row].as_py(),
        document=document,
        document_hash=content_hash,
        counterparty=counterparty,
        label=label,
        product=product,
        is_cost=bool(lines.is_cost[row]),
        method=plain.method.texts[int(plain.method.code[row])],
        service_start=start,
        service_end=end,
        dates_from=plain.dates_from.texts[int(plain.dates_from.code[row])],
        price=in_document(lines.amount),
        billed=functional(found.billed),
        billed_to_date=functional(found.billed_to_date),
        recognised=functional(found.recognised),
        own=functional(found.own),
        catch_up=functional(found.catch_up),
        recognised_to_date=functional(found.recognised_to_date),
        billed_in_document=in_document(figures.billed),
        recognised_in_document=in_document(figures.recognised),
        ahead=functional(found.ahead),
        in_a_year=functional(found.in_a_year),
        fx=functional(found.fx),
        opening=by_role(close.opening.by_role),
        closing=by_role(close.closing.by_role),
        non_current=functional(close.closing.non_current),
        negative=bool(found.negative[row]),
        account=plain.account.texts[int(plain.account.code[row])],
        dimensions=dimensions_of(dimensions),
    )
