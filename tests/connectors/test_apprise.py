"""Messages through Apprise: to whoever is tagged with the role, and an answer that can be trusted."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("apprise", reason="the extra `notify` is not installed")

from connectors.apprise_notifier import AppriseNotifier
from connectors.errors import ConnectionConfigError
from connectors.notifier import Message, NotifierError

WAITS = Message("controller-1", "controller", "Tieout: 1 thing waits for you", "uk 2026-09 …")


class Target:
    """A web hook that keeps what it is sent and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[dict[str, Any]] = []
        target = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                target.taken.append(json.loads(self.rfile.read(length)))
                self.send_response(target.status)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Nobody reads it."""

        self.server = HTTPServer(("127.0.0.1", 0), Hook)
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def target() -> Iterator[Target]:
    opened = Target()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def addresses(tmp_path: Path, target: Target, tag: str) -> Path:
    file = tmp_path / "apprise.txt"
    file.write_text(f"{tag}=json://127.0.0.1:{target.server.server_port}/\n")
    return file


@pytest.mark.parametrize("tag", ["controller", "always"])
def test_a_message_reaches_those_who_are_tagged_with_its_role(
    tag: str, target: Target, tmp_path: Path
) -> None:
    AppriseNotifier(addresses(tmp_path, target, tag)).send(WAITS)
    ((title, body),) = [(sent["title"], sent["message"]) for sent in target.taken]
    assert (title, body) == (WAITS.title, WAITS.body)


def test_what_reaches_nobody_or_is_not_taken_is_said(target: Target, tmp_path: Path) -> None:
    with pytest.raises(NotifierError, match="tag an address with controller"):
        AppriseNotifier(addresses(tmp_path, target, "preparer")).send(WAITS)
    assert target.taken == []
    target.status = 500
    with pytest.raises(NotifierError, match="was not taken"):
        AppriseNotifier(addresses(tmp_path, target, "controller")).send(WAITS)


def test_a_file_without_an_address_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    for name in ("empty.txt", "missing.txt"):
        with pytest.raises(ConnectionConfigError, match=name):
            AppriseNotifier(tmp_path / name)
