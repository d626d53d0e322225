"""Plain lines into the tables: their figures by binary COPY, their texts joined to them by Postgres.

NumPy lays out COPY's own bytes, so no figure ever becomes a Python object. All of it inside the
session's transaction: a proposal stands whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlmodel import Session

from accounting.book import JournalKind
from accounting.money import exponent
from accounting.policy import BALANCE_ROLES, BEHIND_ROLES, Role
from accounting.vectorised_arithmetic import Ints
from store.errors import MissingRightError
from store.plain_arrays import PlainReading
from store.plain_query import LABEL, LINE_KEY

ROWS_AT_ONCE = 50_000
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
"""How binary COPY begins: no flags, no extension."""
TRAILER = b"\xff\xff"

FIGURES = (
    "billed",
    "billed_to_date",
    "own",
    "catch_up",
    "recognised_to_date",
    "billed_document",
    "recognised_document",
    "ahead",
    "in_a_year",
    "fx",
    "non_current",
)
"""The columns of `position` that end in _minor, but for the price."""

POSITIONS = """
insert into position (
    proposal_id, line, unit, document, document_hash, counterparty, label, product, is_cost, method,
    service_start, service_end, dates_from, price_minor, price_currency, negative, held, account,
    dimensions, coded, opening, closing, {minors}
)
select {proposal}, {key}, {unit}, document.source_id, document.content_hash, document.counterparty,
    {label}, line.product, document.kind in ('bill', 'bill_credit'), ({methods}::text[])[figure.method + 1],
    line.service_start, line.service_end, ({dates_from}::text[])[figure.dates_from + 1],
    line.amount_minor, document.currency, figure.negative = 1, false,
    ({accounts}::text[])[figure.account + 1], ({dimensions}::text[])[figure.dimensions + 1], '{{}}',
    {opening}, {closing}, {figures}
from plain_figure figure
    join document on document.id = figure.document_id
    join document_line line
        on line.document_id = figure.document_id and line.number = figure.number
"""

PARTS = """
insert into journal_part (
    proposal_id, journal_id, line, unit, role, account, dimensions, amount_minor, catch_up_minor
)
select {proposal}, nullif(part.journal, 0), {key}, {unit}, ({roles}::text[])[part.role + 1],
    ({accounts}::text[])[part.account + 1], ({dimensions}::text[])[part.dimensions + 1],
    part.amount, part.catch_up
from plain_part part
    join document on document.id = part.document_id
    join document_line line on line.document_id = part.document_id and line.number = part.number
"""

PART = (
    "document_id",
    "number",
    "account",
    "dimensions",
    "journal",
    "role",
    "amount",
    "catch_up",
)
"""The columns of what is copied of it."""


def save(
    session: Session, proposal: int, plain: PlainReading, journals: Mapping[JournalKind, int]
) -> None:
    """The positions and parts of a proposal's plain lines; `journals` are its journals by kind.

    Raises MissingRightError.
    """
    driver: Any = session.connection().connection.driver_connection
    key = sql.SQL(LINE_KEY)
    words = {
        "proposal": sql.Literal(proposal),
        "key": key,
        "unit": sql.SQL("document.source_id") if plain.by_contract else key,
        "label": sql.SQL(LABEL),
        "methods": sql.Literal(list(plain.method.texts)),
        "dates_from": sql.Literal(list(plain.dates_from.texts)),
        "accounts": sql.Literal(list(plain.account.texts)),
        "dimensions": sql.Literal(list(plain.dimensions.texts)),
    }
    with driver.cursor() as cursor:
        cursor.execute("set local work_mem = '256MB'; set local jit = off")
        figures = _figures(plain)
        _copy(cursor, "plain_figure", [*figures], [figures])
        cursor.execute(_statement(POSITIONS, plain.currency, **words))
        _copy(cursor, "plain_part", PART, _parts(plain, journals))
        cursor.execute(_statement(PARTS, plain.currency, **words))
        cursor.execute("drop table plain_figure; drop table plain_part")


def _figures(plain: PlainReading) -> dict[str, Ints]:
    close = plain.close
    found = close.positions
    by_name = {
        "billed_document": close.figures.billed,
        "recognised_document": close.figures.recognised,
        "non_current": close.closing.non_current,
    }
    shares = {}
    for name, table in (("opening", close.opening.by_role), ("closing", close.closing.by_role)):
        # A line stands on one side of its unit: its shares of the other roles are nothing.
        shares[f"{name}_role"] = np.argmax(table != 0, axis=0)
        shares[name] = table.sum(axis=0)
    return {
        "document_id": plain.document,
        "number": plain.number,
        "method": plain.method.code,
        "dates_from": plain.dates_from.code,
        "account": plain.account.code,
        "dimensions": plain.dimensions.code,
        "negative": found.negative.astype(np.int64),
        **shares,
        **{each: by_name[each] if each in by_name else getattr(found, each) for each in FIGURES},
    }


def _statement(text: str, currency: str, **words: sql.Composable) -> sql.Composed:
    decimals = exponent(currency)
    return sql.SQL(text).format(
        minors=sql.SQL(", ").join(sql.Identifier(f"{name}_minor") for name in FIGURES),
        figures=sql.SQL(", ").join(sql.Identifier("figure", name) for name in FIGURES),
        opening=_share("opening", decimals),
        closing=_share("closing", decimals),
        roles=sql.Literal([role.value for role in BALANCE_ROLES]),
        **words,
    )


def _share(name: str, decimals: int) -> sql.Composed:
    """A share of a balance by its role, in whole units of the currency as text; {} of nothing."""
    return sql.SQL(
        "case {amount} when 0 then '{{}}' else jsonb_build_object(({roles}::text[])[{role} + 1],"
        " ({amount}::numeric / {unit})::numeric(40, {decimals})::text) end"
    ).format(
        amount=sql.Identifier("figure", name),
        role=sql.Identifier("figure", f"{name}_role"),
        roles=sql.Literal([role.value for role in BALANCE_ROLES]),
        unit=sql.Literal(10**decimals),
        decimals=sql.Literal(decimals),
    )


def _parts(plain: PlainReading, journals: Mapping[JournalKind, int]) -> Iterable[dict[str, Ints]]:
    """What each journal moves of each line, and what stood in the books at adoption, of no journal."""
    close = plain.close
    if close.adopted is not None:
        for role, amounts in zip(BALANCE_ROLES, close.adopted, strict=True):
            yield _part(plain, 0, role, amounts, np.zeros_like(amounts))
    late = close.positions.catch_up
    behind = np.zeros(late.size, np.bool_)
    for kind, moved in close.moves.items():
        for role, amounts in moved:
            if role in BEHIND_ROLES and kind is not JournalKind.REMEASUREMENT:
                behind |= amounts != 0
    for kind, moved in close.moves.items():
        for role, amounts in moved:
            # A line's catch-up is told once: with what is behind, where that moves (journals.py).
            if kind is JournalKind.REMEASUREMENT:
                told = np.zeros_like(late)
            else:
                told = late if role in BEHIND_ROLES else np.where(behind, 0, -late)
            # What moves to and fro on the same accounts makes no journal.
            if kind in journals:
                yield _part(plain, journals[kind], role, amounts, told)


def _part(
    plain: PlainReading, journal: int, role: Role, amounts: Ints, late: Ints
) -> dict[str, Ints]:
    rows = np.flatnonzero(amounts)
    same = np.zeros_like(rows)
    return {
        "document_id": plain.document[rows],
        "number": plain.number[rows],
        "account": plain.account.code[rows],
        "dimensions": plain.dimensions.code[rows],
        "journal": same + journal,
        "role": same + BALANCE_ROLES.index(role),
        "amount": amounts[rows],
        "catch_up": late[rows],
    }


def _copy(
    cursor: Any, table: str, names: Sequence[str], blocks: Iterable[Mapping[str, Ints]]
) -> None:
    """Blocks of columns into a table of this transaction's own, all bigint."""
    shape = sql.SQL(", ").join(sql.SQL("{} bigint").format(sql.Identifier(name)) for name in names)
    into = sql.Identifier(table)
    try:
        cursor.execute(sql.SQL("create temp table {} ({}) on commit drop").format(into, shape))
    except InsufficientPrivilege as error:
        raise MissingRightError(
            "The worker's log-in may not make temporary tables, which a book of so many lines needs. "
            "Nothing was written. As the owner: grant temporary on database … to tieout_worker."
        ) from error
    with cursor.copy(sql.SQL("copy {} from stdin (format binary)").format(into)) as copy:
        copy.write(SIGNATURE)
        for columns in blocks:
            for image in _images([columns[name] for name in names]):
                copy.write(image)
        copy.write(TRAILER)
    cursor.execute(sql.SQL("analyze {}").format(into))


def _images(columns: Sequence[Ints]) -> Iterable[memoryview]:
    """Rows as binary COPY reads them: how many fields, then each field's length and bytes. Each
    image is written over the one before.
    """
    fields = [
        field
        for number in range(len(columns))
        for field in ((f"length{number}", ">i4"), (f"value{number}", ">i8"))
    ]
    count = columns[0].size
    rows = np.empty(min(ROWS_AT_ONCE, count), [("fields", ">i2"), *fields])
    rows["fields"] = len(columns)
    for number in range(len(columns)):
        rows[f"length{number}"] = 8
    for start in range(0, count, ROWS_AT_ONCE):
        image = rows[: count - start]
        for number, column in enumerate(columns):
            image[f"value{number}"] = column[start : start + image.size]
        yield image.view(np.uint8).data
