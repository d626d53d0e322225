"""Sending messages to people: one Protocol; a file that keeps them, for the demo and for scripts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from connectors.errors import ConnectorError


class NotifierError(ConnectorError):
    """The message was not taken, as far as the target lets us know; it is sent again."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message for everybody who has a role. The same `id` again is the same message.

    `to` are the addresses of those of them who have one; the office's `channel` of the role gets it
    as well, unless each of them has.
    """

    id: str
    role: str
    title: str
    body: str
    to: tuple[str, ...] = ()
    channel: bool = True


class Notifier(Protocol):
    """A way to reach people."""

    def send(self, message: Message) -> None:
        """Hand the message over. Raises NotifierError when it was not taken."""
        ...


class FileNotifier:
    """One JSON object a line; a message that stands there already is not written again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, message: Message) -> None:
        """Append the message. Raises NotifierError."""
        try:
            if message.id in self._ids():
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a") as out:
                out.write(json.dumps(asdict(message)) + "\n")
        except OSError as error:
            raise NotifierError(f"{self._file} can't be written: {error.strerror}.") from error

    def _ids(self) -> set[str]:
        if not self._file.exists():
            return set()
        found = set()
        for line in self._file.read_text().splitlines():
            try:
                found.add(str(json.loads(line)["id"]))
            except (ValueError, KeyError, TypeError):
                continue  # a line that a crash cut off, or another program's
        return found
