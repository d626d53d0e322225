"""A client of our own JSON API: what scripts and the demo's people act through."""

import secrets
from types import TracebackType
from typing import Any, Self

import httpx

from tieout.errors import TieoutError

TIMEOUT_S = 30
UPLOAD_TIMEOUT_S = 600


class ApiRefusedError(TieoutError):
    """The API said no: its words, its status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ApiClient:
    """One person's connection to the API. Close it, or use it in a `with`."""

    def __init__(self, url: str, token: str = "") -> None:
        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", timeout=TIMEOUT_S)
        if token:
            self._http.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def log_in(self, name: str, password: str) -> None:
        """Log in; later calls are this person's."""
        answer = self.call("POST", "/login", {"name": name, "password": password})
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> Any:
        """One call; a POST that lacks a nonce gets one. Raises ApiRefusedError, or TieoutError
        when the API can't be reached.
        """
        if method == "POST" and body is not None and path not in ("/login", "/password"):
            body = {"nonce": secrets.token_urlsafe(16), **body}
        try:
            answer = self._http.request(method, path, json=body, timeout=timeout_s)
        except httpx.HTTPError as error:
            raise TieoutError(f"The page at {self._http.base_url} does not answer.") from error
        if answer.is_error:
            raise ApiRefusedError(_words(answer), answer.status_code)
        return answer.json() if answer.content else None

    def upload(self, path: str, content: bytes, **asked: str) -> Any:
        """Send a file; what the API makes of it, rows that it refused included.

        Raises as `call` does where it made nothing of it.
        """
        try:
            answer = self._http.post(path, content=content, params=asked, timeout=UPLOAD_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise TieoutError(f"The page at {self._http.base_url} does not answer.") from error
        told = answer.json() if _is_json(answer) else {}
        if answer.is_error and not (isinstance(told, dict) and "rows" in told):
            raise ApiRefusedError(_words(answer), answer.status_code)
        return told

    def send_files(self, path: str, files: dict[str, bytes]) -> Any:
        """A POST with files by their field, or with none. Raises as `call` does."""
        sent = {name: (name, content) for name, content in files.items()}
        try:
            answer = self._http.post(path, files=sent or None, timeout=UPLOAD_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise TieoutError(f"The page at {self._http.base_url} does not answer.") from error
        if answer.is_error:
            raise ApiRefusedError(_words(answer), answer.status_code)
        return answer.json()


def _is_json(answer: httpx.Response) -> bool:
    return "application/json" in str(answer.headers.get("Content-Type", ""))


def _words(answer: httpx.Response) -> str:
    try:
        data = answer.json()
        return str(data.get("message") or data.get("detail") or data)
    except ValueError:
        return f"The page answered {answer.status_code}."
