"""`tieout adoption`: one sentence for what is missing, a line for each row, exit code 1 if refused."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.tieout.command import tieout
from tieout.embedded.ports import any_free

GOOD = {
    "row": 2, "document": "INV-1", "line_written": "", "line": "INV-1/1", "label": "INV-1: Plan",
    "currency": "GBP", "recognised": "600.00", "computed": "620.00", "difference": "-20.00",
    "refused": "", "message": "",
}  # fmt: skip
BAD = {
    **GOOD, "row": 3, "document": "INV-0", "line": "", "refused": "unknown_document",
    "message": "No document is called 'INV-0'.",
}  # fmt: skip
TOLD: dict[str, Any] = {
    "rows": [GOOD],
    "refused": 0,
    "computed": [{"line": "INV-2/1", "recognised": "1.00", "currency": "GBP"}],
    "held": [{"line": "INV-5/1", "message": "Nothing says over which days."}],
    "totals": [
        {"role": "deferred_revenue", "account": "850", "positions": "3050.00", "ledger": "",
         "difference": ""},
    ],
    "settled_lines": 7,
    "message": "1 rows were imported.",
    "next_step": "Start the close.",
}  # fmt: skip


class Page(BaseHTTPRequestHandler):
    """Answers as the API would: one refused row where the file says so."""

    asked: list[tuple[str, str, bytes]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.answer(200, TOLD)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        dry_run = parse_qs(urlsplit(self.path).query)["dry_run"][0]
        self.asked.append((urlsplit(self.path).path, dry_run, body))
        if body == b"broken":
            self.answer(422, {"error": "schedule", "message": "It is no schedule."})
        elif body == b"refused":
            refused = {**TOLD, "rows": [GOOD, BAD], "refused": 1, "totals": []}
            self.answer(200 if dry_run == "true" else 422, refused)
        else:
            self.answer(200, TOLD)

    def answer(self, status: int, told: Any) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_words: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[dict[str, str]]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"url": f"http://127.0.0.1:{server.server_port}", "token": "t"}
    server.shutdown()
    server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "schedule.csv"


def test_each_row_and_line_is_told(page: dict[str, str], file: Path) -> None:
    file.write_bytes(b"good")
    done = tieout("adoption", "import", "uk", str(file), **page)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "row     2  INV-1/1  600.00 GBP, computed 620.00, difference -20.00",
        "no row     INV-2/1  computed 1.00 GBP",
        "held       INV-5/1  Nothing says over which days.",
        "850 deferred revenue: positions 3050.00, ledger not read yet, difference unknown",
        "7 lines without a row are earned and billed in full.",
        "1 rows were imported. Start the close.",
    ]
    assert Page.asked[-1] == ("/api/v1/entities/uk/adoption", "false", b"good")


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_refused_row_is_named_and_ends_with_code_1(
    dry: list[str], page: dict[str, str], file: Path
) -> None:
    file.write_bytes(b"refused")
    done = tieout("adoption", "import", "uk", str(file), *dry, **page)
    assert done.returncode == 1
    assert (
        "row     3  INV-0  refused (unknown_document): No document is called 'INV-0'."
        in done.stdout.splitlines()
    )
    assert Page.asked[-1][1] == ("true" if dry else "false")
    told = tieout("adoption", "import", "uk", str(file), *dry, "--json", **page)
    assert (told.returncode, json.loads(told.stdout)["refused"]) == (1, 1)


def test_what_is_in_force_is_shown(page: dict[str, str]) -> None:
    done = tieout("adoption", "show", "uk", "--json", **page)
    assert (done.returncode, json.loads(done.stdout)) == (0, TOLD)


def test_what_is_missing_or_wrong_is_one_sentence(page: dict[str, str], file: Path) -> None:
    def sentence(*words: str, **settings: str) -> str:
        done = tieout("adoption", *words, **settings)
        assert (done.returncode != 0, done.stdout, "Traceback" in done.stderr) == (True, "", False)
        return done.stderr

    assert f"{file} can't be read" in sentence("import", "uk", str(file), **page)
    file.write_bytes(b"broken")
    assert sentence("import", "uk", str(file), **page) == "It is no schedule.\n"
    assert "Set TIEOUT_URL" in sentence("show", "uk")
    nowhere = f"http://127.0.0.1:{any_free()}"
    told = sentence("import", "uk", str(file), url=nowhere, token="t")
    assert "does not answer" in told
    assert "Missing argument" in sentence("import", "uk")
