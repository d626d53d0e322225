"""The European Central Bank's file: the numbers as it writes them, or a refusal."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from connectors.ecb import ReferenceRate, read_reference_file
from connectors.errors import PayloadError
from tieout.administration import shipped_history

HISTORY = b"Date,USD,BGN,GBP,\n2026-10-01,1.1298,N/A,0.85373,\n2026-09-30,1.1355,1.9558,0.85463,\n"
ONE_DAY = b"Date, USD, GBP, \n30 September 2026, 1.1355, 0.85463, \n"


def zipped(*files: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize("content", [HISTORY, zipped(("eurofxref-hist.csv", HISTORY))])
def test_a_history_gives_each_days_rates_oldest_first(content: bytes) -> None:
    found = read_reference_file(content)
    assert found.rates == (
        ReferenceRate(date(2026, 9, 30), "BGN", Decimal("1.9558")),
        ReferenceRate(date(2026, 9, 30), "GBP", Decimal("0.85463")),
        ReferenceRate(date(2026, 9, 30), "USD", Decimal("1.1355")),
        ReferenceRate(date(2026, 10, 1), "GBP", Decimal("0.85373")),
        ReferenceRate(date(2026, 10, 1), "USD", Decimal("1.1298")),
    )
    assert found.origin == f"ECB reference file, SHA-256 {found.sha256}"


def test_the_file_of_one_day_writes_its_day_in_words() -> None:
    assert read_reference_file(ONE_DAY).rates[0] == ReferenceRate(
        date(2026, 9, 30), "GBP", Decimal("0.85463")
    )


def test_a_rate_keeps_the_digits_that_the_bank_gave_it() -> None:
    (rate,) = read_reference_file(b"Date,TRL,\n2004-12-31,1836200.0,\n").rates
    assert str(rate.rate) == "1836200.0"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "first column is not Date"),
        (b"<html>", "first column is not Date"),
        (b"Date,USD,\n", "holds no rate"),
        (b"Date,USD,\n2026-09-30,N/A,\n", "holds no rate"),
        (b"Date,USD,\nyesterday,1.1,\n", "'yesterday' is not a day"),
        (b"Date,USD,\n2026-09-30,many,\n", "USD on 2026-09-30 is 'many'"),
        (b"Date,USD,\n2026-09-30,-1,\n", "USD on 2026-09-30 is '-1'"),
        (b"Date,USD,\n2026-09-30,NaN,\n", "USD on 2026-09-30 is 'NaN'"),
        (b"\xff\xfe\x00", "neither the bank's CSV nor a zip"),
        (b"PK\x03\x04nonsense", "neither the bank's CSV nor a zip"),
        (zipped(("a.csv", HISTORY), ("b.csv", HISTORY)), "neither the bank's CSV nor a zip"),
        (zipped(("a.csv", b"0" * 50_000_001)), "too large to be rates"),
    ],
)
def test_what_is_no_file_of_rates_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(PayloadError, match=told):
        read_reference_file(content)


def test_the_history_that_we_ship_reaches_past_the_demos_september() -> None:
    found = read_reference_file(shipped_history())
    assert found.rates[-1].day >= date(2026, 9, 30)
    assert ReferenceRate(date(2026, 9, 30), "USD", Decimal("1.1355")) in found.rates
