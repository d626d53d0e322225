"""The schedule that a controller imports at adoption: CSV or XLSX, read exactly or refused. Pure.

One row a line, under a header. Columns, whatever their case, spaces or underscores: document;
line; recognised to date or deferred; currency. Others are left alone. What the rows mean is
accounting/adoption_schedule.py's to say.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accounting.schedule_rows import Fault, Naming, Refusal, Schedule, ScheduleRow
from connectors.errors import ScheduleError
from connectors.schedule_cells import Cell, amount_of
from connectors.schedule_files import SCHEDULE_BYTES_MAX, SCHEDULE_ROWS_MAX, Row, tables

__all__ = ["SCHEDULE_BYTES_MAX", "SCHEDULE_ROWS_MAX", "read_schedule"]


class Column(StrEnum):
    """What a column of a schedule says."""

    DOCUMENT = "document"
    LINE = "line"
    RECOGNISED = "recognised to date"
    DEFERRED = "deferred"
    CURRENCY = "currency"


NAMES: dict[str, tuple[Column, Naming]] = {
    "document": (Column.DOCUMENT, Naming.EITHER),
    "invoice": (Column.DOCUMENT, Naming.EITHER),
    "documentid": (Column.DOCUMENT, Naming.ID),
    "documentnumber": (Column.DOCUMENT, Naming.NUMBER),
    "documentno": (Column.DOCUMENT, Naming.NUMBER),
    "invoicenumber": (Column.DOCUMENT, Naming.NUMBER),
    "invoiceno": (Column.DOCUMENT, Naming.NUMBER),
    "line": (Column.LINE, Naming.EITHER),
    "lineid": (Column.LINE, Naming.ID),
    "linenumber": (Column.LINE, Naming.NUMBER),
    "lineno": (Column.LINE, Naming.NUMBER),
    "position": (Column.LINE, Naming.NUMBER),
    **dict.fromkeys(
        ("recognisedtodate", "recognizedtodate", "recognised", "recognized", "earnedtodate"),
        (Column.RECOGNISED, Naming.EITHER),
    ),
    **dict.fromkeys(
        ("deferred", "deferredrevenue", "deferredbalance", "prepaid", "prepayment"),
        (Column.DEFERRED, Naming.EITHER),
    ),
    "currency": (Column.CURRENCY, Naming.EITHER),
    "currencycode": (Column.CURRENCY, Naming.EITHER),
}
"""How a header may call a column, in lower case without spaces, and what names in it are."""

WANTED = "document, line, and recognised to date or deferred"


@dataclass(frozen=True, slots=True)
class _Header:
    """Where each column stands, from 0; how the document and line columns name things.

    `width` is where cells end that a row can have; None where more of them do no harm.
    """

    places: Mapping[Column, int]
    naming: Mapping[Column, Naming]
    width: int | None


def read_schedule(content: bytes) -> Schedule:
    """The rows of a CSV or XLSX file. Raises ScheduleError where the file as a whole is unusable.

    A row that can't be read carries its fault, so that each is told to the person.
    """
    found = list(tables(content))
    fitting = [
        (name, header, rows)
        for name, rows in found
        if (header := _header(rows, split=not name)) is not None
    ]
    if not fitting:
        raise ScheduleError(_not_there([rows for _, rows in found]))
    if len(fitting) > 1:
        named = ", ".join(repr(name) for name, _, _ in fitting)
        raise ScheduleError(f"The sheets {named} all look like a schedule. Keep one of them.")
    ((_, header, rows),) = fitting
    read = tuple(_row(row, header) for row in rows[1:])
    if not read:
        raise ScheduleError("The file holds a header and no row below it. Nothing was imported.")
    return Schedule(
        rows=read,
        documents_by=header.naming.get(Column.DOCUMENT, Naming.EITHER),
        lines_by=header.naming.get(Column.LINE, Naming.EITHER),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _header(rows: Sequence[Row], *, split: bool) -> _Header | None:
    """The columns of the first row that is not empty; None where it is no schedule's header.

    `split` says that rows were cut at a delimiter, which an amount may hold as well.
    """
    if not rows:
        return None
    places: dict[Column, int] = {}
    naming: dict[Column, Naming] = {}
    for place, cell in enumerate(rows[0].cells):
        column, by = NAMES.get(_plain(cell.text), (None, Naming.EITHER))
        if column is None:
            continue
        if column in places:
            first = rows[0].cells[places[column]].text
            raise ScheduleError(
                f"The columns {first!r} and {cell.text!r} both say “{column}”. Keep one of them."
            )
        places[column], naming[column] = place, by
    if Column.DOCUMENT not in places or not {Column.RECOGNISED, Column.DEFERRED} & set(places):
        return None
    named = [place for place, cell in enumerate(rows[0].cells, 1) if cell.text]
    return _Header(places, naming, named[-1] if split else None)


def _not_there(found: Sequence[Sequence[Row]]) -> str:
    """Why no sheet is a schedule, with what stands in the first one's header."""
    headers = [[cell.text for cell in rows[0].cells if cell.text] for rows in found if rows]
    if not headers:
        return "The file is empty. A schedule has a header and a row for each line."
    shown = ", ".join(headers[0][:12]) or "nothing that is text"
    return f"A schedule has the columns {WANTED}. The first row here has: {shown[:200]}."


def _row(row: Row, header: _Header) -> ScheduleRow:
    """One row as read, with its fault where a cell that counts can't be read."""
    cells = {
        column: row.cells[place] if place < len(row.cells) else Cell()
        for column, place in header.places.items()
    }
    empty = Cell()
    document, line = cells[Column.DOCUMENT], cells.get(Column.LINE, empty)
    currency = cells.get(Column.CURRENCY, empty)
    recognised = amount_of(cells.get(Column.RECOGNISED, empty))
    deferred = amount_of(cells.get(Column.DEFERRED, empty))
    fault = next(_faults(row, header, (document, line, currency), (recognised, deferred)), None)
    return ScheduleRow(
        row=row.number,
        document=document.text,
        line=line.text,
        recognised=recognised if isinstance(recognised, Decimal) else None,
        deferred=deferred if isinstance(deferred, Decimal) else None,
        currency=currency.text,
        fault=fault,
    )


def _faults(
    row: Row,
    header: _Header,
    names: Sequence[Cell],
    amounts: Sequence[Decimal | Fault | None],
) -> Iterator[Fault]:
    if header.width is not None and any(cell.text for cell in row.cells[header.width :]):
        yield Fault(
            Refusal.EXTRA_CELLS,
            "The row has more cells than the header: put an amount or text that holds the "
            "delimiter in quotation marks.",
        )
    for cell in names:
        if cell.fault is not None:
            yield cell.fault
    for amount in amounts:
        if isinstance(amount, Fault):
            yield amount
