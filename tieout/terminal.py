"""What commands share: a line for the person at the terminal, and calls of the JSON API."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tieout.errors import TieoutError
from tieout.settings import read_settings, required

if TYPE_CHECKING:
    from tieout.client import ApiClient

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """One call of the JSON API, with the token and address of the environment."""
    with connected() as client:
        return client.call(method, path, body)


def connected() -> "ApiClient":
    """A client of the JSON API, with the token and address of the environment."""
    from tieout.client import ApiClient

    settings = read_settings()
    url = required(settings.url, "url", "the address of the page, such as http://127.0.0.1:8000")
    token = required(settings.token, "token", "a token from POST /api/v1/login")
    return ApiClient(url, token)


def read(file: Path) -> bytes:
    """A file's bytes. Raises TieoutError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise TieoutError(f"{file} can't be read: {error.strerror}.") from error


def show(answer: Any, *, as_json: bool) -> None:
    """The answer as JSON, or a line for each close in it."""
    if as_json or not (isinstance(answer, list) or "step" in answer):
        say(json.dumps(answer, indent=None if as_json else 2, ensure_ascii=False))
        return
    for close in answer if isinstance(answer, list) else [answer]:
        say(f"{close['entity']:6} {close['period']} {close['step']:11} {close['detail']}")
