"""A scenario's data as parts: what is not written as the format says is a fault with its place.

A part that can't be read is left out, so that the faults of the others are found in the same run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from scenario.errors import Faults, Place, TextDueError
from scenario.fields import shown
from scenario.parts import CALENDAR_FORMS, ScenarioPart
from scenario.text import BareNumber, keys_twice

_TOP_TEXTS = ("id", "title", "source", "note")
_SOFT_OF_ENTITY = ("policy", "adoption", "locale")

_SENTENCES = {
    "missing": "is missing.",
    "extra_forbidden": "is not a key that stands here.",
    "string_too_short": "is empty.",
    "string_too_long": "is longer than {max_length} characters.",
    "string_unicode": "holds characters that are no text.",
    "list_type": "is not a list.",
    "dict_type": "is not an object.",
    "model_type": "is not an object.",
    "model_attributes_type": "is not an object.",
    "bool_type": "is neither true nor false (without quotes).",
    "int_type": "is not a whole number (without quotes).",
    "too_short": "has too few entries: {actual_length}, where at least {min_length} are due.",
    "too_long": "has too many entries: {actual_length}, where at most {max_length} are due.",
    "greater_than_equal": "is below {ge}.",
    "less_than_equal": "is above {le}.",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts that could be read, where they stand, and the documents that could not be read.

    `documents` and `rates` are the parts' positions in the file. `unread` are the ids of the
    documents that are left out; `unread_any`: one of them has no readable id.
    """

    part: ScenarioPart
    documents: tuple[int, ...]
    rates: tuple[int, ...]
    unread: frozenset[str] = frozenset()
    unread_contracts: bool = False
    unread_any: bool = False

    def without(self, ids: Iterable[str]) -> "Shape":
        """The same, with more documents that are left out."""
        return replace(self, unread=self.unread | frozenset(ids))

    def may_be_unread(self, reference: str) -> bool:
        """Whether a reference to nothing may be one to a document that could not be read."""
        return self.unread_any or any(
            reference == name or reference.startswith(f"{name}/") for name in self.unread
        )


@dataclass(slots=True)
class _LeftOut:
    """What is taken out of the data before it is read again."""

    data: dict[str, Any]
    documents: set[int] = field(default_factory=set)
    rates: set[int] = field(default_factory=set)

    def leave_out(self, error: Mapping[str, Any]) -> bool:
        """Take out the part in which the fault lies. False where nothing can be read without it."""
        match error["loc"]:
            case ("documents", int(index), *_):
                self.documents.add(index)
            case ("rates", int(index), *_):
                self.rates.add(index)
            case ("expect" | "reporting_currency", *_):
                self.data.pop(str(error["loc"][0]), None)
            case (str(key),) if key in _TOP_TEXTS:
                self.data[key] = "?"
            case (str(key),) if error["type"] == "extra_forbidden":
                self.data.pop(key)
            case ("entities", int(index), str(key), *rest):
                unknown = not rest and error["type"] == "extra_forbidden"
                if not unknown and key not in _SOFT_OF_ENTITY:
                    return False
                entities = list(self.data["entities"])
                entities[index] = {k: v for k, v in entities[index].items() if k != key}
                self.data["entities"] = entities
            case _:
                return False
        return True


def shape_of(data: object, faults: Faults) -> Shape | None:
    """The scenario's parts. None where the whole can't be read; what is wrong is in `faults`."""
    for place in keys_twice(data):
        faults.add(place, "stands twice in the same object; keep one.")
    if not isinstance(data, dict):
        faults.add((), "is not an object.")
        return None
    try:
        part = ScenarioPart.model_validate(data)
    except ValidationError as error:
        return _without_the_faulty(data, error, faults)
    return Shape(part, _positions(data, "documents", set()), _positions(data, "rates", set()))


def _positions(data: Mapping[str, Any], key: str, without: set[int]) -> tuple[int, ...]:
    return tuple(index for index in range(len(data.get(key, ()))) if index not in without)


def _without_the_faulty(
    data: dict[str, Any], error: ValidationError, faults: Faults
) -> Shape | None:
    left = _LeftOut(dict(data))
    readable = True
    for detail in error.errors(include_url=False):
        faults.add(_place(detail, data), _sentence(detail))
        readable = left.leave_out(detail) and readable
    if not readable:
        return None
    unread = [data["documents"][index] for index in sorted(left.documents)]
    documents = _positions(data, "documents", left.documents)
    rates = _positions(data, "rates", left.rates)
    left.data["documents"] = [data["documents"][index] for index in documents]
    left.data["rates"] = [data["rates"][index] for index in rates]
    try:
        part = ScenarioPart.model_validate(left.data)
    except ValidationError:
        return None
    ids = [raw.get("id") if isinstance(raw, dict) else None for raw in unread]
    return Shape(
        part,
        documents,
        rates,
        unread=frozenset(name for name in ids if isinstance(name, str)),
        unread_contracts=any(
            isinstance(raw, dict) and raw.get("kind") == "contract" for raw in unread
        ),
        unread_any=not all(isinstance(name, str) for name in ids),
    )


def _place(detail: Mapping[str, Any], data: dict[str, Any]) -> Place:
    """Where the fault lies in the file: pydantic also names the branch that it tried."""
    steps = [step for step in detail["loc"] if step != "[key]"]
    if (
        len(steps) > 2
        and steps[0] == "documents"
        and steps[2] == data["documents"][steps[1]]["kind"]
    ):
        del steps[2]
    if len(steps) > 3 and steps[2] == "fiscal_calendar" and steps[3] in CALENDAR_FORMS:
        del steps[3]
    if detail["type"] in ("union_tag_not_found", "union_tag_invalid"):
        steps.append("kind")
    return tuple(steps)


def _sentence(detail: Mapping[str, Any]) -> str:
    """The fault in plain words."""
    kind, value = detail["type"], detail["input"]
    match kind:
        case "value_error" if not isinstance(detail["ctx"]["error"], TextDueError):
            return str(detail["ctx"]["error"])
        case "value_error" | "string_type":
            return f"is {_what(value)} where text is due: write it in quotes."
        case "union_tag_not_found":
            return "is missing."
        case "union_tag_invalid":
            told = detail["ctx"]["expected_tags"].replace("'", "")
            return f"{shown(value['kind'])} is not a kind of document; it is one of {told}."
        case "literal_error":
            return f"{shown(value)} is not {detail['ctx']['expected']}."
        case "list_type" if detail["loc"][-1] == "fiscal_calendar":
            return "is not a calendar."
        case _ if kind in _SENTENCES:
            return _SENTENCES[kind].format(**detail.get("ctx", {}))
        case _:
            return str(detail["msg"])


def _what(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | BareNumber():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a number"
