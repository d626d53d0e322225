"""JSON from and to the wire without a float: numbers keep their value and their decimals."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from connectors.errors import ConnectionConfigError, PayloadError

CONNECT_TIMEOUT_S = 3
READ_TIMEOUT_S = 30
RETRY_AFTER_DEFAULT_S = 60


_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def _refused_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def read_json(body: str | bytes) -> Any:
    """Parse JSON with every fraction as Decimal. Raises PayloadError when it is not JSON.

    A character that no database holds (NUL, half of a surrogate pair) becomes U+FFFD.
    """
    try:
        value = json.loads(body, parse_float=Decimal, parse_constant=_refused_constant)
    except (ValueError, RecursionError) as error:
        raise PayloadError("The vendor's answer is not JSON.") from error
    encoded = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    return storable(value) if _UNSTORABLE.search(encoded) else value


def storable(value: Any) -> Any:
    """The value with U+FFFD for every character that no database holds."""
    match value:
        case str():
            return (
                value.replace("\0", "\ufffd")
                .encode("utf-16", "surrogatepass")
                .decode("utf-16", "replace")
            )
        case dict():
            return {storable(key): storable(item) for key, item in value.items()}
        case list():
            return [storable(item) for item in value]
        case _:
            return value


@contextmanager
def readable(what: str) -> Iterator[None]:
    """An answer of an unexpected shape is an error of ours: PayloadError, naming what it lacks."""
    try:
        yield
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise PayloadError(
            f"{what} can't be read: {type(error).__name__} {error}. Tell the support."
        ) from error


def rows_of(body: Any, key: str) -> list[dict[str, Any]]:
    """The list under the key. Raises PayloadError where there is none: that is no empty list."""
    rows = body.get(key) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PayloadError(f"The vendor's answer holds no list of {key}.")
    return rows


def write_json(value: Any) -> str:
    """JSON text of what `read_json` gave: 100.10 stays 100.10, keys keep their order."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return (
                "{" + ",".join(f"{json.dumps(k)}:{write_json(v)}" for k, v in value.items()) + "}"
            )
        case list() | tuple():
            return "[" + ",".join(write_json(item) for item in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def decimal_of(value: Any, what: str) -> Decimal:
    """A number from the wire, exact. Raises PayloadError for a float or anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise PayloadError(f"{what} is {value!r}, not a number.")
    try:
        found = Decimal(value)
    except ArithmeticError as error:
        raise PayloadError(f"{what} is {value!r}, not a number.") from error
    if not found.is_finite():
        raise PayloadError(f"{what} is {value!r}, not a number.")
    return found


def exact_double(amount: Decimal) -> Decimal:
    """The amount, proved to survive a client that writes doubles: at most 15 digits do.

    Raises PayloadError for one that would not.
    """
    if Decimal(repr(float(amount))) != amount:
        raise PayloadError(f"{amount} has more digits than the ledger's interface carries exactly.")
    return amount


def instant(text: str) -> datetime:
    """An ISO 8601 instant, in UTC. Raises PayloadError."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00").replace("+0000", "+00:00"))
    except ValueError as error:
        raise PayloadError(f"{text!r} is not a time.") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a connection as the connections file has them, asked for by name."""

    name: str
    values: dict[str, str]
    known: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.values) - set(self.known))
        if unknown:
            raise ConnectionConfigError(
                f"Connection {self.name}: {', '.join(unknown)} is not a field of this vendor."
            )

    def required(self, field: str) -> str:
        """The field's value. Raises ConnectionConfigError when it is missing."""
        value = self.values.get(field)
        if not value:
            raise ConnectionConfigError(f"Connection {self.name}: {field} is missing.")
        return value

    def __repr__(self) -> str:
        return f"Fields({self.name})"  # never the values: they hold credentials
