"""Answers that no contract knows: told as errors of ours, never taken for an empty list or absence."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from accounting.documents import DocumentKind
from connectors.errors import ConnectorError, LedgerUnavailableError, PayloadError
from connectors.ledger import Ledger, NoAnswer
from tests.connectors.doors import (
    BOOKS,
    DAY,
    OPEN,
    MemoryVault,
    fields_of,
    of_kind,
    open_salesforce,
    release,
)
from tests.sandbox.wiring import Sandbox

GRANT = json.dumps({"access_token": "a", "refresh_token": "r", "expires_in": 1800})


class Strange:
    """A vendor that answers every token request with `grant` and all else with `body`."""

    def __init__(self) -> None:
        self.grant, self.body, self.status = GRANT, "{}", 200
        strange = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                log_in = "token" in self.path
                text = (strange.grant if log_in else strange.body).encode()
                self.send_response(strange.status if log_in else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = answer  # noqa: N815

            def log_message(self, *_words: Any) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def strange() -> Iterator[Strange]:
    found = Strange()
    yield found
    found.server.shutdown()
    found.server.server_close()


def opened(strange: Strange, sandbox: Sandbox, entity: str) -> Ledger:
    books = BOOKS[entity]
    fields = fields_of(sandbox, books.connection, base_url=strange.url)
    return OPEN[books.vendor](books.connection, fields, MemoryVault(), books.currency, 5)


READS: dict[str, Callable[[Ledger], Any]] = {
    "check": lambda ledger: ledger.check(),
    "documents": lambda ledger: of_kind(ledger, DocumentKind.INVOICE),
    "lock dates": lambda ledger: ledger.lock_dates(),
    "balances": lambda ledger: ledger.balances(DAY),
    "find": lambda ledger: ledger.find(release("uk", "T2609-0001-aaaaaaaa")),
    "journals": lambda ledger: list(ledger.journals(datetime(2026, 1, 1, tzinfo=UTC))),
}
BODIES = [
    "{}",
    "[]",
    "null",
    '{"Organisations": [], "ManualJournals": null, "Invoices": {}}',
    "<p>",
]


@pytest.mark.parametrize("entity", ["uk", "us"])
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("name", READS)
def test_a_read_that_cannot_be_understood_is_an_error_and_no_absence(
    entity: str, body: str, name: str, strange: Strange, sandbox: Sandbox
) -> None:
    strange.body = body
    with pytest.raises(ConnectorError):
        READS[name](opened(strange, sandbox, entity))


@pytest.mark.parametrize("entity", ["uk", "us"])
@pytest.mark.parametrize("body", BODIES)
def test_a_posting_answered_so_is_in_doubt(
    entity: str, body: str, strange: Strange, sandbox: Sandbox
) -> None:
    strange.body = body
    answer = opened(strange, sandbox, entity).post(release(entity, "T2609-0001-aaaaaaaa"), "key")
    assert isinstance(answer, NoAnswer)


@pytest.mark.parametrize("connection", ["uk", "us", "salesforce"])
@pytest.mark.parametrize(
    ("status", "grant"),
    [(200, "<p>Log in to the hotel's network"), (200, "{}"), (200, "[]"), (500, "oops"), (429, "")],
)
def test_a_log_in_server_in_trouble_is_tried_again_and_not_taken_for_a_refusal(
    connection: str, status: int, grant: str, strange: Strange, sandbox: Sandbox
) -> None:
    strange.status, strange.grant = status, grant
    with pytest.raises(LedgerUnavailableError, match="log-in server"):
        if connection == "salesforce":
            open_salesforce(sandbox, base_url=strange.url).check()
        else:
            opened(strange, sandbox, connection).check()


def test_a_crm_that_answers_without_records_is_told(strange: Strange, sandbox: Sandbox) -> None:
    strange.grant = json.dumps({"access_token": "a", "instance_url": "https://nowhere.example"})
    with pytest.raises(PayloadError, match="Salesforce"):
        open_salesforce(sandbox, base_url=strange.url).check()
