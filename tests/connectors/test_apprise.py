"""Messages through Apprise: to whoever is tagged with the role, and an answer that can be trusted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
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


class MailServer:
    """Takes mail for anybody, and keeps who it is for and what it says."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        server = self

        class Session(StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 here")
                to = ""
                while line := self.rfile.readline().decode().strip():
                    match line.split(":", 1)[0].upper():
                        case "RCPT TO":
                            to = line.split("<")[1].rstrip(">")
                            self.say("250 fine")
                        case "DATA":
                            self.say("354 go on")
                            server.taken.append((to, self.until_the_dot()))
                            self.say("250 taken")
                        case "QUIT":
                            self.say("221 bye")
                            return
                        case _:
                            self.say("250 fine")

            def say(self, words: str) -> None:
                self.wfile.write(f"{words}\r\n".encode())

            def until_the_dot(self) -> str:
                lines = iter(self.rfile.readline, b".\r\n")
                return b"".join(lines).decode()

        self.server = ThreadingTCPServer(("127.0.0.1", 0), Session)
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    opened = MailServer()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def with_mail(tmp_path: Path, target: Target, mail: MailServer) -> AppriseNotifier:
    file = addresses(tmp_path, target, "controller")
    host, port = mail.server.server_address[:2]
    server = f"mailto://{host!s}:{port}/?from=close@example.com&mode=insecure"
    file.write_text(f"{file.read_text()}people={server}\n")
    return AppriseNotifier(file)


def test_people_are_written_to_one_by_one_and_the_channel_where_somebody_has_no_address(
    target: Target, mail: MailServer, tmp_path: Path
) -> None:
    notifier = with_mail(tmp_path, target, mail)
    to = ("carl@example.com", "cora@example.com")
    notifier.send(replace(WAITS, to=to, channel=False))
    assert [name for name, _text in mail.taken] == [*to]
    assert "close@example.com" not in [name for name, _text in mail.taken]
    assert all(WAITS.title in text and "cora" not in text for _name, text in mail.taken[:1])
    assert target.taken == []
    notifier.send(replace(WAITS, to=to[:1]))
    assert (len(mail.taken), len(target.taken)) == (3, 1)
    notifier.send(WAITS)
    assert (len(mail.taken), len(target.taken)) == (3, 2)


def test_without_a_mail_server_for_people_the_channel_gets_it_as_ever(
    target: Target, tmp_path: Path
) -> None:
    notifier = AppriseNotifier(addresses(tmp_path, target, "controller"))
    notifier.send(replace(WAITS, to=("carl@example.com",), channel=False))
    assert len(target.taken) == 1


def test_mail_that_is_not_taken_is_said_and_another_kind_of_target_is_refused(
    target: Target, mail: MailServer, tmp_path: Path
) -> None:
    notifier = with_mail(tmp_path, target, mail)
    mail.server.shutdown()
    mail.server.server_close()
    with pytest.raises(NotifierError, match="not taken by mail"):
        notifier.send(replace(WAITS, to=("carl@example.com",), channel=False))
    with pytest.raises(ConnectionConfigError, match="not a mail server"):
        AppriseNotifier(addresses(tmp_path, target, "people"))
