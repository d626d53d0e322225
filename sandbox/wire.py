"""JSON on the wire: amounts as exact number literals, never through a float."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


def text(minor: int) -> str:
    """Minor units as a decimal text: 1234 -> "12.34"."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def number(minor: int) -> orjson.Fragment:
    """Minor units as a JSON number with two decimals."""
    return orjson.Fragment(text(minor))


def literal(digits: str) -> orjson.Fragment:
    """A decimal text as a JSON number."""
    return orjson.Fragment(digits)


def answer(
    body: Any, status: int = 200, headers: dict[str, str] | None = None, kind: str = ""
) -> Response:
    """A JSON answer; a str goes out as plain text."""
    if isinstance(body, str):
        return Response(body, status, headers, media_type=kind or "text/plain")
    return Response(orjson.dumps(body), status, headers, media_type=kind or "application/json")
