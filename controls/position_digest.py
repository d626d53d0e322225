"""The digest of all positions of a proposal, column by column: what approvals bind to of them.

A column of numbers is hashed as signed 64-bit integers, most significant byte first; one of texts as
the lengths of their UTF-8 forms (unsigned 32 bits, the same order), then all of them end to end. So
a million lines are hashed as fast as they can be read, and anybody can do it again.
"""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence

from accounting.book import Dimensions, LinePosition
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, Role
from controls.canonical import canonical
from controls.errors import CanonicalError

Hashable = bytes | memoryview
"""What a column is made of when it is hashed."""
NO_DAY = 0
"""Where there is no day; others are proleptic ordinals, as `date.toordinal` counts them."""


def numbers_of(position: LinePosition) -> dict[str, int]:
    """The numbers of one position by the names of their columns; amounts in minor units."""
    later = position.non_current
    start, end = position.service_start, position.service_end
    return {
        "is_cost": position.is_cost,
        "service_start": start.toordinal() if start else NO_DAY,
        "service_end": end.toordinal() if end else NO_DAY,
        "price": position.price.minor,
        "recognised_to_date": position.recognised_to_date.minor,
        "own": position.own.minor,
        "catch_up": position.catch_up.minor,
        "billed": position.billed.minor,
        "billed_to_date": position.billed_to_date.minor,
        "recognised_in_document": position.recognised_in_document.minor,
        "billed_in_document": position.billed_in_document.minor,
        "ahead": position.ahead.minor,
        "in_a_year": position.in_a_year.minor,
        "fx": position.fx.minor,
        "non_current": later.minor if later is not None else 0,
        "negative": position.negative,
        "held": position.held,
        **_by_role("coded", position.coded),
        **_by_role("opening", position.opening),
        **_by_role("closing", position.closing),
    }


def _by_role(name: str, amounts: Mapping[Role, Money]) -> dict[str, int]:
    return {
        f"{name}/{role.value}": amounts[role].minor if role in amounts else 0
        for role in BALANCE_ROLES
    }


def texts_of(position: LinePosition) -> dict[str, str]:
    """The texts of one position by the names of their columns."""
    return {
        "line": position.line,
        "unit": position.unit,
        "document_hash": position.document_hash,
        "method": position.method,
        "dates_from": position.dates_from,
        "price_currency": position.price.currency,
        "account": position.account,
        "dimensions": dimensions_told(position.dimensions),
    }


def dimensions_told(dimensions: Dimensions) -> str:
    """Tracking as it is hashed: canonical JSON."""
    return canonical([list(pair) for pair in dimensions]).decode()


def positions_digest(positions: Sequence[LinePosition]) -> str:
    """SHA-256, in hexadecimal, of positions in the order of their lines.

    Raises CanonicalError where a figure is no number of 64 bits.
    """
    numbers = [numbers_of(each) for each in positions]
    texts = [texts_of(each) for each in positions]
    columns: dict[str, Iterable[Hashable]] = {}
    for name in numbers[0] if numbers else ():
        columns[name] = [number_bytes([each[name] for each in numbers])]
    for name in texts[0] if texts else ():
        columns[name] = text_bytes([each[name] for each in texts])
    return columns_digest(len(positions), columns)


def number_bytes(values: Sequence[int]) -> bytes:
    """A column of numbers as it is hashed. Raises CanonicalError."""
    try:
        return struct.pack(f">{len(values)}q", *values)
    except struct.error as error:
        raise CanonicalError(f"A position has a figure beyond 64 bits: {error}.") from error


def text_bytes(values: Sequence[str]) -> tuple[bytes, bytes]:
    """A column of texts as it is hashed: lengths, then the texts. Raises CanonicalError."""
    try:
        encoded = [each.encode() for each in values]
    except UnicodeEncodeError as error:
        raise CanonicalError(f"A position has a text with no UTF-8 form: {error}.") from error
    return struct.pack(f">{len(encoded)}I", *(len(each) for each in encoded)), b"".join(encoded)


def columns_digest(lines: int, columns: Mapping[str, Iterable[Hashable]]) -> str:
    """SHA-256, in hexadecimal, of so many lines, their columns by name."""
    found = hashlib.sha256(struct.pack(">q", lines))
    for name in sorted(columns):
        found.update(name.encode() + b"\0")
        for each in columns[name]:
            found.update(each)
    return found.hexdigest()
