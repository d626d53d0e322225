"""A scenario's text as data: JSON in which a key that stands twice is seen, and no float is made."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from scenario.errors import Fault, Place, ScenarioError

INTEGER_DIGITS_MAX = 18
"""Counts (a version, weeks, months) are written as numbers; none needs more digits than this."""


@dataclass(frozen=True, slots=True)
class BareNumber:
    """A number as it was written, where only text or a count can be meant: never computed with."""

    written: str


class _Pairs(dict[str, object]):
    """An object of the file, with the keys that stood in it more than once."""

    twice: tuple[str, ...] = ()


def _pairs(given: list[tuple[str, object]]) -> _Pairs:
    pairs = _Pairs(given)
    if len(pairs) < len(given):
        times = Counter(key for key, _ in given)
        pairs.twice = tuple(key for key, count in times.items() if count > 1)
    return pairs


def _integer(written: str) -> object:
    return BareNumber(written) if len(written) > INTEGER_DIGITS_MAX else int(written)


def read_json(text: str | bytes) -> object:
    """The data of a JSON text. Raises ScenarioError where it is none.

    Numbers with a fraction or an exponent, NaN and Infinity are kept as BareNumber; keys that
    stand twice are remembered for `keys_twice`.
    """
    try:
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        data: object = json.loads(
            decoded,
            object_pairs_hook=_pairs,
            parse_float=BareNumber,
            parse_int=_integer,
            parse_constant=BareNumber,
        )
    except UnicodeDecodeError as error:
        raise ScenarioError([Fault("$", f"is not UTF-8 text (byte {error.start}).")]) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ScenarioError([Fault("$", f"is not JSON: {error.msg} at {where}.")]) from None
    except RecursionError:
        raise ScenarioError([Fault("$", "is nested too deeply to be a scenario.")]) from None
    return data


def keys_twice(data: object) -> Iterator[Place]:
    """The keys that stood twice in one object of a text that `read_json` read."""
    open_places: list[tuple[Place, object]] = [((), data)]
    while open_places:
        place, here = open_places.pop()
        if isinstance(here, _Pairs):
            yield from ((*place, key) for key in here.twice)
        if isinstance(here, dict):
            open_places += [((*place, key), value) for key, value in here.items()]
        elif isinstance(here, list):
            open_places += [((*place, index), value) for index, value in enumerate(here)]
