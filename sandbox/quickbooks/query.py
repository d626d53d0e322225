"""The query language: SELECT … FROM one entity, WHERE joined by AND, ORDERBY, paging.

Our reading: a comparison of a time without an offset is in the company's Pacific offset; the
default order is Id descending; a property that is not listed here is not queryable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from sandbox.quickbooks import faults
from sandbox.quickbooks.faults import PACIFIC

Row = dict[str, Any]
SENTENCE = re.compile(
    r"""^\s*select\s+(?P<what>.+?)\s+from\s+(?P<entity>\w+)
    (?:\s+where\s+(?P<where>.+?))?
    (?:\s+order\s*by\s+(?P<order>.+?))?
    (?:\s+startposition\s+(?P<start>-?\d+))?
    (?:\s+maxresults\s+(?P<most>-?\d+))?\s*;?\s*$""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
TEXT = r"'(?:[^'\\]|\\.|'')*'"
CLAUSE = re.compile(
    rf"""\s*(?P<field>[A-Za-z][\w.]*)\s*(?:
    (?P<op>=|!=|<>|>=|<=|>|<|\blike\b)\s*(?P<value>{TEXT}|true|false|-?[\d.]+)
    |\bin\s*\((?P<list>[^()]*)\))\s*""",
    re.VERBOSE | re.IGNORECASE,
)
EACH = re.compile(rf"{TEXT}|[^,\s']+")
QUERYABLE = frozenset(
    [
        "Id",
        "DocNumber",
        "TxnDate",
        "DueDate",
        "MetaData.LastUpdatedTime",
        "MetaData.CreateTime",
        "TotalAmt",
        "Balance",
        "CustomerRef",
        "VendorRef",
        "Active",
        "Name",
        "DisplayName",
        "FullyQualifiedName",
        "AcctNum",
        "AccountType",
        "Classification",
        "Sku",
        "Type",
        "CompanyName",
    ]
)
PAGE_MAX = 1000
PAGE = 100


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query; `start` counts from 1."""

    entity: str
    count: bool
    where: tuple[tuple[str, str, tuple[str, ...]], ...]
    order: tuple[tuple[str, bool], ...]
    start: int
    most: int


def parse(sentence: str) -> Query:
    """Raises FaultError 4000 for a sentence that cannot be read, 4001 for one that may not be."""
    found = SENTENCE.match(sentence)
    if not found:
        raise faults.unparsable(f'Encountered " <IDENTIFIER> "{sentence[:40]}" at line 1.')
    start = int(found["start"]) if found["start"] else 1
    most = int(found["most"]) if found["most"] else PAGE
    for given, low, high in ((start, 1, None), (most, 1, PAGE_MAX)):
        if given < low:
            raise faults.query(f"value {given} is too small. Min allowed value is {low}")
        if high and given > high:
            raise faults.query(f"value {given} is too large. Max allowed value is {high}")
    order = []
    for part in (found["order"] or "").split(","):
        if part.strip():
            field, _, way = part.strip().partition(" ")
            order.append((_queryable(field), way.strip().lower() == "desc"))
    return Query(
        found["entity"],
        re.fullmatch(r"count\s*\(\s*\*\s*\)", found["what"].strip(), re.IGNORECASE) is not None,
        tuple(_clauses(found["where"] or "")),
        tuple(order),
        start,
        most,
    )


def _queryable(field: str) -> str:
    if field not in QUERYABLE:
        raise faults.query(f"property '{field}' is not queryable")
    return field


def _clauses(where: str) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    rest = where.strip()
    while rest:
        found = CLAUSE.match(rest)
        if not found:
            raise faults.unparsable(f'Encountered "{rest[:40]}" in the where clause.')
        values = EACH.findall(found["list"]) if found["list"] is not None else [found["value"]]
        op = (found["op"] or "in").lower()
        yield _queryable(found["field"]), op, tuple(_unquoted(value) for value in values)
        rest = rest[found.end() :]
        if rest:
            joint = re.match(r"and\s+", rest, re.IGNORECASE)
            if not joint:
                raise faults.unparsable(f'Encountered "{rest[:40]}", was expecting AND.')
            rest = rest[joint.end() :]


def _unquoted(text: str) -> str:
    if text.startswith("'"):
        return re.sub(r"\\(.)|'(')", lambda found: found[1] or found[2], text[1:-1])
    return text


def _plain(row: Row, field: str) -> str:
    value: Any = row
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, orjson.Fragment):
        return str(value.contents)
    return "" if value is None else str(value)


def _comparable(field: str, text: str) -> Any:
    if field.startswith("MetaData."):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise faults.query(f"value {text} is not a valid date time") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)
    if field in {"TotalAmt", "Balance", "Id"}:
        try:
            return Decimal(text or "0")
        except InvalidOperation:
            raise faults.query(f"value {text} is not a number") from None
    return text.lower() if text in {"true", "false", "True", "False"} else text


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<>": lambda left, right: bool(left != right),
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
}


def _fits(row: Row, field: str, op: str, values: tuple[str, ...]) -> bool:
    left = _comparable(field, _plain(row, field))
    if op == "in":
        return left in [_comparable(field, value) for value in values]
    if op == "like":
        pattern = ".*".join(re.escape(part) for part in values[0].split("%"))
        return re.fullmatch(pattern, str(left), re.IGNORECASE | re.DOTALL) is not None
    return COMPARE[op](left, _comparable(field, values[0]))


def run(query: Query, rows: list[Row]) -> Row:
    """The QueryResponse. Name lists show only active rows unless Active is asked for."""
    kept = [row for row in rows if all(_fits(row, *clause) for clause in query.where)]
    if not any(field == "Active" for field, _, _ in query.where):
        kept = [row for row in kept if row.get("Active", True)]
    if query.count:
        return {"totalCount": len(kept)}
    for field, descending in reversed(query.order or (("Id", True),)):
        kept.sort(key=lambda row, at=field: _comparable(at, _plain(row, at)), reverse=descending)  # type: ignore[misc]
    page = kept[query.start - 1 : query.start - 1 + query.most]
    if not page:
        return {}
    return {query.entity: page, "startPosition": query.start, "maxResults": len(page)}
