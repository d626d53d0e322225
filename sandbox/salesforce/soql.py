"""A small subset of SOQL: SELECT fields FROM one object WHERE comparisons joined by AND,
ORDER BY, LIMIT. COUNT() is known; OR, NOT, subqueries and functions are MALFORMED_QUERY here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.salesforce.objects import FIELDS, Row, plain

SENTENCE = re.compile(
    r"""^\s*select\s+(?P<fields>.+?)\s+from\s+(?P<object>\w+)
    (?:\s+where\s+(?P<where>.+?))?
    (?:\s+order\s+by\s+(?P<order>.+?))?
    (?:\s+limit\s+(?P<limit>\d+))?\s*$""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
TEXT = r"'(?:[^'\\]|\\.)*'"
CLAUSE = re.compile(
    rf"""\s*(?P<field>[A-Za-z]\w*)\s*(?:
    (?P<op>=|!=|<>|>=|<=|>|<)\s*(?P<value>{TEXT}|[\w.:+-]+)
    |\s(?P<not>not\s+)?in\s*\((?P<list>[^()]*)\))\s*""",
    re.VERBOSE | re.IGNORECASE,
)
EACH = re.compile(rf"{TEXT}|[^,\s']+")


class SoqlError(Exception):
    """A query that Salesforce refuses: its error code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Soql:
    """A parsed query."""

    object: str
    fields: tuple[str, ...]
    count: bool
    where: tuple[tuple[str, str, tuple[Any, ...]], ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None


def malformed(near: str) -> SoqlError:
    return SoqlError("MALFORMED_QUERY", f"unexpected token: '{near[:40]}'")


def parse(text: str) -> Soql:
    """Raises SoqlError: MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD."""
    found = SENTENCE.match(text)
    if not found:
        raise malformed(text.strip() or "<EOF>")
    name = next((each for each in FIELDS if each.lower() == found["object"].lower()), None)
    if name is None:
        raise SoqlError(
            "INVALID_TYPE",
            f"sObject type '{found['object']}' is not supported. If you are attempting to use a"
            " custom object, be sure to append the '__c' after the entity name.",
        )
    count = re.fullmatch(r"count\(\s*\)", found["fields"].strip(), re.IGNORECASE) is not None
    asked = [] if count else [field.strip() for field in found["fields"].split(",")]
    if any(not re.fullmatch(r"\w+", field) for field in asked):
        raise malformed(found["fields"])
    order = []
    for part in (found["order"] or "").split(","):
        if part.strip():
            pieces = re.fullmatch(
                r"(\w+)(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?",
                part.strip(),
                re.IGNORECASE,
            )
            if not pieces:
                raise malformed(part)
            order.append((known(name, pieces[1]), (pieces[2] or "").lower() == "desc"))
    return Soql(
        name,
        tuple(known(name, field) for field in asked),
        count,
        tuple(clauses(name, found["where"] or "")),
        tuple(order),
        int(found["limit"]) if found["limit"] else None,
    )


def known(name: str, field: str) -> str:
    """The field by its proper spelling."""
    for each in FIELDS[name]:
        if each.lower() == field.lower():
            return each
    raise SoqlError(
        "INVALID_FIELD",
        f"No such column '{field}' on entity '{name}'. If you are attempting to use a custom"
        " field, be sure to append the '__c' after the custom field name. Please reference your"
        " WSDL or the describe call for the appropriate names.",
    )


def clauses(name: str, where: str) -> list[tuple[str, str, tuple[Any, ...]]]:
    found_all = []
    rest = where.strip()
    while rest:
        found = CLAUSE.match(rest)
        if not found:
            raise malformed(rest)
        field = known(name, found["field"])
        values = EACH.findall(found["list"]) if found["list"] is not None else [found["value"]]
        op = found["op"] or ("not in" if found["not"] else "in")
        found_all.append((field, op, tuple(typed(name, field, value) for value in values)))
        rest = rest[found.end() :]
        if rest:
            joint = re.match(r"and\s+", rest, re.IGNORECASE)
            if not joint:
                raise malformed(rest)
            rest = rest[joint.end() :]
    return found_all


def typed(name: str, field: str, text: str) -> Any:
    """A literal as the field's type; a literal of another type is INVALID_FIELD."""
    kind = FIELDS[name][field]
    quoted = text.startswith("'")
    if text.lower() == "null":
        return None
    try:
        if kind == "boolean" and text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if kind == "datetime" and not quoted:
            return datetime.fromisoformat(text)
        if kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return text
        if kind in {"currency", "double", "int", "percent"} and not quoted:
            return Decimal(text)
    except (ValueError, InvalidOperation):
        raise malformed(text) from None
    if kind in {"id", "reference", "string", "picklist"} and quoted:
        value = re.sub(r"\\(.)", r"\1", text[1:-1])
        return value[:15] if kind in {"id", "reference"} and len(value) in {15, 18} else value
    raise SoqlError(
        "INVALID_FIELD",
        f"value of filter criterion for field '{field}' must be of type {kind}"
        + ("" if quoted else " and should be enclosed in quotes" * (kind in {"string", "id"})),
    )


def value_of(name: str, row: Row, field: str) -> Any:
    value = plain(row[field])
    kind = FIELDS[name][field]
    if value is None:
        return None
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind in {"currency", "double", "int", "percent"}:
        return Decimal(str(value))
    return value[:15] if kind in {"id", "reference"} else value


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda left, right: bool(left >= right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    "<": lambda left, right: bool(left < right),
}


def fits(query: Soql, row: Row) -> bool:
    for field, op, values in query.where:
        left = value_of(query.object, row, field)
        if op in {"=", "in"}:
            good = left in values
        elif op in {"!=", "<>", "not in"}:
            good = left not in values
        else:
            good = left is not None and COMPARE[op](left, values[0])
        if not good:
            return False
    return True


def run(query: Soql, rows: list[Row]) -> list[Row]:
    """The rows that fit, in order, with the fields asked for."""
    kept = [row for row in rows if fits(query, row)]
    for field, descending in reversed(query.order):
        kept.sort(
            key=lambda row, at=field: (  # type: ignore[misc]
                value_of(query.object, row, at) is not None,
                value_of(query.object, row, at) or 0,
            ),
            reverse=descending,
        )
    kept = kept[: query.limit] if query.limit is not None else kept
    return [{field: row[field] for field in query.fields} for row in kept]
