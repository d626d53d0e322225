"""The sheets of a CSV or XLSX file as rows of cells; blank rows are left out, numbers stay exact."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.errors import ScheduleError
from connectors.schedule_cells import Cell, number_cell, unreadable

SCHEDULE_BYTES_MAX = 5_000_000
SCHEDULE_ROWS_MAX = 20_000
"""Rows that hold something, in one sheet, the header among them."""
COLUMNS_MAX = 200
UNPACKED_BYTES_MAX = 100_000_000
SHEETS_MAX = 50

ZIP = b"PK\x03\x04"
COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
"""Old Excel files are such, and so are encrypted new ones ([MS-OFFCRYPTO] §1.3.2)."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOK = "xl/workbook.xml"
BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
DELIMITERS = (",", ";", "\t", "|")
SAYS_DELIMITER = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
NO_SPREADSHEET = "The file is no spreadsheet that can be read: save it as XLSX or CSV."


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something, with its number in the sheet."""

    number: int
    cells: tuple[Cell, ...]


def tables(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    """Each sheet by name; a CSV file is one without a name. Raises ScheduleError."""
    if len(content) > SCHEDULE_BYTES_MAX:
        raise ScheduleError(
            f"The file has {len(content):,} bytes; a schedule has {SCHEDULE_BYTES_MAX:,} at most."
        )
    if not content.strip():
        raise ScheduleError("The file is empty. A schedule has a header and a row for each line.")
    if content.startswith(COMPOUND_FILE):
        if ENCRYPTED in content:
            raise ScheduleError("The file is protected by a password. Save it without one.")
        raise ScheduleError("The file is in Excel's format of before 2007. Save it as XLSX.")
    if content.startswith(ZIP):
        yield from _workbook(content)
    else:
        yield "", _filled(enumerate(_csv_cells(_text(content)), 1))


def _filled(rows: Iterable[tuple[int, tuple[Cell, ...]]]) -> list[Row]:
    """The rows that hold something. Raises ScheduleError above SCHEDULE_ROWS_MAX of them."""
    found = []
    for number, cells in rows:
        if any(cell.text or cell.fault for cell in cells):
            found.append(Row(number, cells))
        if len(found) > SCHEDULE_ROWS_MAX:
            raise ScheduleError(
                f"The file has more than {SCHEDULE_ROWS_MAX:,} rows. Leave out lines that are "
                "earned and billed in full."
            )
    return found


def _text(content: bytes) -> str:
    """As UTF-8, as UTF-16 where a mark says so, else as Windows wrote text in Western Europe.

    Of what the last one could get wrong nothing counts that is not matched with a document.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not BINARY.search(text):
            return text
    raise ScheduleError(NO_SPREADSHEET)


def _csv_cells(text: str) -> Iterator[tuple[Cell, ...]]:
    said = SAYS_DELIMITER.match(text)
    if said:
        yield ()  # the line counts where rows are counted
        text = text[said.end() :]
    delimiter = said[1] if said else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield tuple(Cell(cell.strip()) for cell in row)
    except csv.Error as error:
        raise ScheduleError(
            f"The file can't be read as CSV after its line {reader.line_num}: {error}."
        ) from error


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _workbook(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    from openpyxl import load_workbook

    _refuse_what_is_no_workbook(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets[:SHEETS_MAX]:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=COLUMNS_MAX)
            yield sheet.title, _filled(enumerate((_trimmed(row) for row in rows), 1))
    except ScheduleError:
        raise
    except Exception as error:  # a damaged workbook fails in whatever part is damaged
        raise ScheduleError(NO_SPREADSHEET) from error


def _refuse_what_is_no_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ScheduleError("The file is damaged: it can't be unpacked. Save it again.") from error
    if any(part.flag_bits & 0x1 for part in parts):
        raise ScheduleError("The file is protected by a password. Save it without one.")
    if WORKBOOK not in {part.filename for part in parts}:
        raise ScheduleError(NO_SPREADSHEET)
    if sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise ScheduleError("The workbook is too large once unpacked. Keep the schedule alone.")


def _trimmed(row: Iterable[Any]) -> tuple[Cell, ...]:
    """The cells of a row without the empty ones at its end."""
    cells = [_cell(cell.value, cell.data_type) for cell in row]
    while cells and not (cells[-1].text or cells[-1].fault):
        cells.pop()
    return tuple(cells)


def _cell(value: object, kind: str) -> Cell:
    """A cell as openpyxl read it."""
    match value:
        case None:
            return Cell()
        case _ if kind == "f":
            return unreadable("A cell holds a formula. Paste its values in its place.")
        case _ if kind == "e":
            return unreadable(f"A cell holds the error {value}. Correct it in the sheet.")
        case bool():
            return unreadable(f"A cell holds {str(value).upper()} where no truth value belongs.")
        case int() | float():
            return number_cell(value)
        case date() | datetime() | time() | timedelta():
            return unreadable(f"A cell holds the date or time {value}. Format the column as text.")
        case _:
            return Cell(str(value).strip())
