"""The European Central Bank's reference rates: the file it publishes, read exactly. Pure.

Columns: Date, then a currency each; units of the currency for one euro; N/A where there is none.
(www.ecb.europa.eu, euro foreign exchange reference rates: eurofxref-hist.zip, eurofxref.zip.)
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from connectors.errors import PayloadError

MISSING = frozenset({"", "N/A"})
UNPACKED_BYTES_MAX = 50_000_000
"""The whole history since 1999 is under 2 MB."""
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """Units of the currency for one euro on a day."""

    day: date
    currency: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """What a file holds, oldest day first, and the SHA-256 of its bytes as they came."""

    rates: tuple[ReferenceRate, ...]
    sha256: str

    @property
    def origin(self) -> str:
        """How rates name the file that they came from."""
        return f"ECB reference file, SHA-256 {self.sha256}"

    @property
    def last(self) -> date:
        """The newest day."""
        return self.rates[-1].day


def read_reference_file(content: bytes, since: date = date.min) -> ReferenceFile:
    """The rates in the bank's CSV, or in the zip that holds it, from a day on. Raises PayloadError."""
    text = _unpacked(content)
    rows = csv.reader(io.StringIO(text))
    header = [cell.strip() for cell in next(rows, [])]
    if not header or header[0] != "Date":
        raise PayloadError("This is not the bank's file of rates: its first column is not Date.")
    currencies = header[1:]
    found = [rate for row in rows if row for rate in _of_day(row, currencies, since)]
    if not found:
        raise PayloadError(f"The file holds no rate{_from(since)}.")
    found.sort(key=lambda rate: (rate.day, rate.currency))
    return ReferenceFile(tuple(found), hashlib.sha256(content).hexdigest())


def _unpacked(content: bytes) -> str:
    try:
        if content.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                (only,) = archive.infolist()
                if only.file_size > UNPACKED_BYTES_MAX:
                    raise PayloadError(f"{only.filename} in the zip is too large to be rates.")
                content = archive.read(only)
        return content.decode("utf-8-sig")
    except (zipfile.BadZipFile, ValueError) as error:
        raise PayloadError(
            "The file is neither the bank's CSV nor a zip that holds it alone."
        ) from error


def _from(since: date) -> str:
    return "" if since == date.min else f" from {since} on"


def _of_day(row: list[str], currencies: list[str], since: date) -> Iterator[ReferenceRate]:
    cells = [cell.strip() for cell in row]
    day = _day(cells[0])
    if day < since:
        return
    for currency, cell in zip(currencies, cells[1:], strict=False):
        if not currency or cell in MISSING:
            continue
        try:
            rate = Decimal(cell)
        except InvalidOperation:
            rate = Decimal(0)
        if not rate.is_finite() or rate <= 0:
            raise PayloadError(f"{currency} on {day} is {cell!r}, not a rate.")
        yield ReferenceRate(day, currency, rate)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass  # the file of one day writes "30 September 2026"
    try:
        return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise PayloadError(f"{text!r} is not a day in the bank's file.") from None
