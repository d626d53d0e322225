"""The `where`, `order` and If-Modified-Since that Xero's clients send.

A subset: comparisons joined by AND (or &&), literals as text, DateTime(y,m,d), Guid("…"), numbers
and booleans. Anything else is refused with 400, as a query that Xero cannot parse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

CLAUSE = re.compile(
    r"""\s*(?P<field>[A-Za-z][\w.]*)\s*(?P<op>==|!=|>=|<=|>|<|=)\s*
    (?P<value>"(?:[^"\\]|\\.)*"|DateTime\(\s*\d+\s*,\s*\d+\s*,\s*\d+\s*(?:,[\s\d,]*)?\)
    |Guid\("[^"]*"\)|true|false|-?\d+(?:\.\d+)?)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
JOINT = re.compile(r"(?:AND\b|&&)", re.IGNORECASE)
STAMP = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


class QueryError(ValueError):
    """A `where` or `order` that cannot be read; the text is for the caller."""


def comparable(value: Any) -> Any:
    """A value of our JSON as something that compares: stamps as dates, numbers as text."""
    if isinstance(value, str):
        found = STAMP.fullmatch(value)
        if found:
            return datetime.fromtimestamp(int(found[1]) / 1000, tz=UTC)
    return value


def look_up(row: dict[str, Any], path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            raise QueryError(f"No property or field '{path}' exists in this type")
        value = value[name]
    return comparable(value)


def literal(text: str) -> Any:
    lowered = text.lower()
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if lowered.startswith("datetime"):
        parts = [int(part) for part in re.findall(r"\d+", text)]
        year, month, day, hour, minute, second = (parts + [0] * 3)[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    if lowered.startswith("guid"):
        return text[6:-2].lower()
    if lowered in {"true", "false"}:
        return lowered == "true"
    raise QueryError(f"Comparison with {text} is not supported")


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
}


def matcher(where: str | None) -> Callable[[dict[str, Any]], bool]:
    """The test that a `where` stands for; raises QueryError."""
    clauses: list[tuple[str, str, Any]] = []
    rest = (where or "").strip()
    while rest:
        found = CLAUSE.match(rest)
        if not found:
            raise QueryError(f"Unable to parse where clause near '{rest[:40]}'")
        clauses.append((found["field"], found["op"], literal(found["value"])))
        rest = rest[found.end() :]
        if rest:
            joint = JOINT.match(rest)
            if not joint:
                raise QueryError(f"Unable to parse where clause near '{rest[:40]}'")
            rest = rest[joint.end() :]
            if not rest.strip():
                raise QueryError("The where clause ends after AND")

    def fits(row: dict[str, Any]) -> bool:
        try:
            return all(COMPARE[op](look_up(row, field), value) for field, op, value in clauses)
        except TypeError as error:
            raise QueryError(f"Operator cannot be applied: {error}") from error

    return fits


def ordered(rows: list[dict[str, Any]], order: str | None) -> list[dict[str, Any]]:
    """Rows in the order asked for, else as they come (UpdatedDateUTC ascending)."""
    for part in reversed((order or "").split(",")):
        if not part.strip():
            continue
        name, _, direction = part.strip().partition(" ")
        descending = direction.strip().upper() in {"DESC", "DESCENDING"}
        rows = sorted(rows, key=lambda row, at=name: look_up(row, at), reverse=descending)  # type: ignore[misc]
    return rows


def modified_since(header: str | None) -> int:
    """If-Modified-Since as milliseconds: ISO 8601 (what xero-python sends, UTC if it names no
    offset) or RFC 1123. An unreadable one counts as absent, our reading.
    """
    if not header:
        return 0
    try:
        moment = datetime.fromisoformat(header.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(header)
        except ValueError:
            return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def read_date(value: Any) -> date | None:
    """A date of a request: YYYY-MM-DD (with or without a time) or /Date(ms)/; None if unreadable."""
    text = str(value)
    found = STAMP.fullmatch(text)
    if found:
        return datetime.fromtimestamp(int(found[1]) / 1000, tz=UTC).date()
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
