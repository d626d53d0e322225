"""`tieout scenario` as a process: what it prints and how it ends."""

import json
from pathlib import Path

import pytest

from tests.scenario.book import Data, book, invoice, line
from tests.tieout.command import tieout


@pytest.fixture
def write(tmp_path: Path):
    def written(name: str, data: Data) -> str:
        path = tmp_path / name
        path.write_text(json.dumps(data))
        return str(path)

    return written


def expecting(deferred: str) -> Data:
    return book(invoice(), expect={"2026-01": {"main": {"deferred": deferred}}})


def test_run_prints_json(write) -> None:
    done = tieout("scenario", "run", write("a.json", book(invoice())), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["2026-01"]["main"]["deferred"] == "66.15"


def test_run_prints_tables_and_says_what_an_exception_asks(write) -> None:
    undated = invoice("INV-[2]", {"id": "1", "amount": "5.00"})
    done = tieout("scenario", "run", write("a.json", book(invoice(), undated)))
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("2026-02  main", "66.15", "INV-1/1", "deferral", "no_service_period: INV-[2]/1"):
        assert word in done.stdout


def test_run_refuses_with_every_path_and_code_2(write) -> None:
    file = write("a.json", book(invoice("INV-1", line("1.5")), invoice(date="soon")))
    done = tieout("scenario", "run", file, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    told = done.stderr.splitlines()
    assert [text.split(": ")[:2] for text in told] == [
        [file, "$.documents[0].lines[0].amount"],
        [file, "$.documents[1].date"],
    ]


def test_check_says_a_line_for_each_file(write) -> None:
    files = [write("a.json", expecting("66.15")), write("b.json", expecting("66.15"))]
    done = tieout("scenario", "check", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"{file}: 1 as expected" for file in files]


def test_check_ends_with_1_and_shows_what_differs(write) -> None:
    right, wrong = write("a.json", expecting("66.15")), write("b.json", expecting("66.14"))
    done = tieout("scenario", "check", wrong, right)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{wrong}: 1 of 1 differ",
        '  $.expect["2026-01"].main.deferred',
        "    expected 66.14",
        "    found    66.15",
        f"{right}: 1 as expected",
    ]


def test_check_ends_with_2_where_a_file_is_refused(write, tmp_path: Path) -> None:
    wrong, gone = write("b.json", expecting("66.14")), str(tmp_path / "gone.json")
    done = tieout("scenario", "check", gone, wrong)
    assert done.returncode == 2
    assert done.stdout.splitlines()[:2] == [f"{gone}: refused", f"{wrong}: 1 of 1 differ"]
    assert done.stderr == f"{gone}: $: The file can't be read: No such file or directory.\n"
