"""Canonical JSON: RFC 8785's bytes over a subset where nobody can differ, and their SHA-256.

Keys are ASCII; values are strings, integers below 2^53, booleans, null, lists and objects. There
are no floats: amounts travel as text. Within this subset sorted-key JSON is RFC 8785 exactly.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from controls.errors import CanonicalError

INTEGER_BELOW = 2**53


def _check(value: Any, path: str) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) >= INTEGER_BELOW:
                raise CanonicalError(f"{path}: {value} is too large; write it as text.")
        case list() | tuple():
            for index, item in enumerate(value):
                _check(item, f"{path}[{index}]")
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise CanonicalError(f"{path}: key {key!r} is not ASCII text.")
                _check(item, f"{path}.{key}")
        case _:
            raise CanonicalError(f"{path}: {type(value).__name__} has no canonical form here.")


def canonical(value: Any) -> bytes:
    """The value's canonical bytes. Raises CanonicalError outside the subset, naming the path."""
    _check(value, "$")
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # a lone surrogate: no UTF-8 form
        raise CanonicalError(f"$: {error}") from error


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
