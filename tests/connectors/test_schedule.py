"""Adoption schedules as people save them: read exactly, or refused with the reason."""

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from accounting.schedule_rows import Naming, Refusal, Schedule, ScheduleRow
from connectors import schedule_files
from connectors.errors import ScheduleError
from connectors.schedule import SCHEDULE_BYTES_MAX, read_schedule
from connectors.schedule_cells import Cell, amount_of, number_cell


def workbook(*rows: list[Any], **more: list[list[Any]]) -> bytes:
    book = Workbook()
    sheets = {"Schedule": list(rows), **more}
    for number, (title, content) in enumerate(sheets.items()):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        sheet.title = title
        for row in content:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def csv(text: str, encoding: str = "utf-8") -> Schedule:
    return read_schedule(text.encode(encoding))


def only(schedule: Schedule) -> ScheduleRow:
    (row,) = schedule.rows
    return row


def refusal(row: ScheduleRow) -> Refusal:
    assert row.fault is not None
    return row.fault.refusal


HEADER = ["Document", "Line", "Recognised to date", "Currency"]


def test_a_csv_and_a_workbook_of_the_same_rows_read_alike() -> None:
    text = "document,line,recognised to date,currency\nINV-1,1,1234.56,GBP\nINV-2,,-5,\n"
    rows = (
        ScheduleRow(2, "INV-1", "1", Decimal("1234.56"), None, "GBP"),
        ScheduleRow(3, "INV-2", "", Decimal(-5)),
    )
    assert csv(text).rows == rows
    kept = workbook(HEADER, ["INV-1", 1, 1234.56, "GBP"], ["INV-2", None, -5])
    assert read_schedule(kept).rows == rows


@pytest.mark.parametrize(
    ("header", "documents_by", "lines_by"),
    [
        ("document,line,deferred", Naming.EITHER, Naming.EITHER),
        (" DOCUMENT ID , Line_ID ,Deferred Revenue", Naming.ID, Naming.ID),
        ("Invoice No.,Position,De ferred", Naming.NUMBER, Naming.NUMBER),
        ("Customer,Invoice Number,line no,DEFERRED", Naming.NUMBER, Naming.NUMBER),
    ],
)
def test_a_header_is_read_whatever_its_case_and_spaces(
    header: str, documents_by: Naming, lines_by: Naming
) -> None:
    more = "ACME," if header.startswith("Customer") else ""
    schedule = csv(f"{header}\n{more}INV-1,2,10.00\n")
    assert (schedule.documents_by, schedule.lines_by) == (documents_by, lines_by)
    assert only(schedule) == ScheduleRow(2, "INV-1", "2", None, Decimal("10.00"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_and_encoding_that_spreadsheets_save_is_read(
    encoding: str, delimiter: str
) -> None:
    text = "Kunde,Document,Recognized\r\nMüller & Söhne,RE-7,12.50\r\n".replace(",", delimiter)
    row = only(csv(text, encoding))
    assert (row.document, row.recognised) == ("RE-7", Decimal("12.50"))


def test_excels_line_about_the_delimiter_is_followed_and_counts_as_a_row() -> None:
    row = only(csv("sep=;\r\ndocument;deferred\r\nRE-7;1.234,50\r\n"))
    assert (row.row, row.deferred) == (3, Decimal("1234.50"))


def test_blank_rows_are_left_out_and_the_others_keep_their_numbers() -> None:
    assert [r.row for r in csv("\ndocument,deferred\nA,1\n,\n\nB,2\n").rows] == [3, 6]
    kept = workbook([], HEADER, ["A", None, 1], [], [None], ["B", None, 2])
    assert [r.row for r in read_schedule(kept).rows] == [3, 6]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.56", "1234.56"), ("1234,56", "1234.56"), ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"), ("1 234,56", "1234.56"), ("1\u00a0234.56", "1234.56"),
        ("1'234.56", "1234.56"), ("1,234,567", "1234567"), ("1.234.567", "1234567"),
        ("(12.50)", "-12.50"), ("-12.50", "-12.50"), ("\u221212.50", "-12.50"), ("0", "0"),
        ("0,123", "0.123"), ("1.234", "1.234"), ("+7", "7"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert amount_of(Cell(text)) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["1,234", "12,34.5", "=A1*2", "#N/A", "€5", "5-", "1,2,3", "ten", "1e3", "NaN", "٣", "()", "-"],
)
def test_what_is_no_amount_or_two_is_refused(text: str) -> None:
    row = only(csv(f'document,deferred\nINV-1,"{text}"\n'))
    assert refusal(row) is Refusal.NOT_AN_AMOUNT


@pytest.mark.parametrize(
    ("kept", "meant"),
    [(1.1, "1.1"), (1234.56, "1234.56"), (1e5, "1E+5"), (123456789012.345, "123456789012.345")],
)
def test_a_number_of_a_workbook_is_what_was_written(kept: float, meant: str) -> None:
    assert number_cell(kept).number == Decimal(meant)


@pytest.mark.parametrize("kept", [0.1 + 0.2, 100 / 3, 1234567890123456, 1e16 + 2, float("inf")])
def test_a_number_of_more_than_15_digits_is_refused_never_rounded(kept: float) -> None:
    fault = number_cell(kept).fault
    assert fault is not None
    assert fault.refusal is Refusal.NOT_EXACT


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["INV-1", None, "=1+1"], "holds a formula"),
        (["INV-1", None, "#DIV/0!"], "the error #DIV/0!"),
        (["INV-1", None, True], "holds TRUE"),
        (["INV-1", None, date(2026, 8, 31)], "the date or time 2026-08-31"),
        ([date(2026, 8, 31), None, 5], "the date or time 2026-08-31"),
        (["=A1", None, 5], "holds a formula"),
    ],
)
def test_a_cell_that_no_schedule_can_mean_is_refused_by_name(row: list[Any], told: str) -> None:
    found = only(read_schedule(workbook(HEADER, row)))
    assert refusal(found) is Refusal.UNREADABLE_CELL
    assert found.fault is not None
    assert told in found.fault.message


def test_a_formula_beside_the_schedule_does_no_harm() -> None:
    row = only(read_schedule(workbook([*HEADER, "Left"], ["INV-1", None, 5, "GBP", "=C2*2"])))
    assert (row.fault, row.recognised) == (None, Decimal(5))


@pytest.mark.parametrize(
    "header", ["document,deferred", "document,deferred,", "document,deferred,,"]
)
def test_an_amount_that_the_delimiter_cuts_in_two_is_refused(header: str) -> None:
    assert refusal(only(csv(f"{header}\nINV-1,1,234.56\n"))) is Refusal.EXTRA_CELLS


def encrypted() -> bytes:
    return schedule_files.COMPOUND_FILE + bytes(600) + schedule_files.ENCRYPTED + bytes(100)


def archive(name: str, content: bytes = b"", flag: int = 0) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        made.writestr(name, content)
    found = bytearray(kept.getvalue())
    directory = found.index(b"PK\x01\x02")
    found[directory + 8] |= flag
    return bytes(found)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b" \r\n \n", "The file is empty"),
        (b"document,deferred\n", "a header and no row below it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no spreadsheet that can be read"),
        (b"%PDF-1.7\nsome text\n", "The first row here has: %PDF-1.7"),
        (b"customer,amount\nACME,5\n", "The first row here has: customer, amount"),
        (b"document,line\nINV-1,1\n", "A schedule has the columns document, line, and"),
        (b"deferred\n5\n", "A schedule has the columns"),
        (b"document,invoice,deferred\nA,B,5\n", "'document' and 'invoice' both say"),
        (b'document,deferred\n"INV-1,5\n', "can't be read as CSV"),
        (encrypted(), "protected by a password"),
        (schedule_files.COMPOUND_FILE + bytes(600), "Excel's format of before 2007"),
        (archive("word/document.xml"), "no spreadsheet that can be read"),
        (archive("xl/workbook.xml", b"<no/>"), "no spreadsheet that can be read"),
        (archive("xl/workbook.xml", flag=1), "protected by a password"),
        (b"PK\x03\x04 and then nothing", "can't be unpacked"),
        (workbook(), "The file is empty"),
        (workbook(["Document", "Amount"], ["INV-1", 5]), "The first row here has: Document, Amount"),
        (workbook(HEADER, ["A", 1, 1], Old=[HEADER, ["A", 1, 2]]), "'Schedule', 'Old' all look"),
        (b"document,deferred\n" + b"x" * SCHEDULE_BYTES_MAX, "5,000,000 at most"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_schedule_is_refused_in_one_sentence(content: bytes, told: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        read_schedule(content)
    assert told in str(refused.value)


def test_the_sheet_that_is_a_schedule_is_found_among_others() -> None:
    kept = workbook(["Notes"], Adoption=[HEADER, ["INV-1", 1, 5]], Empty=[])
    assert only(read_schedule(kept)).document == "INV-1"


def test_a_workbook_that_would_unpack_beyond_measure_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schedule_files, "UNPACKED_BYTES_MAX", 1_000_000)
    with pytest.raises(ScheduleError, match="too large once unpacked"):
        read_schedule(archive("xl/workbook.xml", b" " * 1_000_001))


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_files, "SCHEDULE_ROWS_MAX", 3)
    assert len(csv("document,deferred\nA,1\nB,2\n").rows) == 2
    with pytest.raises(ScheduleError, match="more than 3 rows"):
        csv("document,deferred\nA,1\nB,2\nC,3\n")
