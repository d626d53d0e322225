"""Xero's error answers, word for word where the words are known."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from sandbox.wire import answer


def _titled(status: int, title: str, detail: str) -> Response:
    return answer(
        {
            "Type": None,
            "Title": title,
            "Status": status,
            "Detail": detail,
            "Instance": str(uuid.uuid4()),
            "Extensions": {},
        },
        status,
    )


def expired() -> Response:
    at = datetime.now(tz=UTC)
    return _titled(401, "Unauthorized", f"TokenExpired: token expired at {at:%m/%d/%Y %H:%M:%S}")


def unauthorised() -> Response:
    return _titled(401, "Unauthorized", "AuthenticationUnsuccessful")


def forbidden() -> Response:
    return _titled(403, "Forbidden", "AuthenticationUnsuccessful")


def not_found() -> Response:
    return answer("The resource you're looking for cannot be found", 404)


def throttled(retry_after_s: int) -> Response:
    """429: plain text, with the headers that say how long."""
    return answer(
        "Rate Limit Exceeded",
        429,
        {"Retry-After": str(retry_after_s), "X-Rate-Limit-Problem": "minute"},
    )


def nothing() -> Response:
    """An empty list of journals."""
    return answer({"ManualJournals": []})


def broken(status: int) -> Response:
    """500 and 503; bodies are our reading."""
    if status == 503:
        return answer("The API is currently unavailable", 503)
    return answer(
        {
            "ErrorNumber": 0,
            "Type": "UnhandledException",
            "Message": "An error occurred in Xero. Check the API Status page http://status.developer.xero.com for current service status.",
        },
        500,
    )


def exception(number: int, kind: str, message: str) -> Response:
    return answer({"ErrorNumber": number, "Type": kind, "Message": message}, 400)


def query(message: str) -> Response:
    return exception(16, "QueryParseException", message)


def validation(elements: list[dict[str, Any]]) -> Response:
    """400: each element is echoed with its ValidationErrors."""
    return answer(
        {
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": elements,
        },
        400,
    )
