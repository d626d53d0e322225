"""The documents of a book as known on a day: versions, voids, who belongs where."""

from datetime import date
from typing import Any

from tests.second_opinion.calendars import day_of

Raw = dict[str, Any]
REFERENCES = ("against", "obligation", "line", "modifies")


def known_on(document: Raw) -> date:
    """The day on which it reaches us; an override without one is known from the start."""
    if document.get("known_on"):
        return day_of(document["known_on"])
    return date.min if document["kind"] == "override" else day_of(document["date"])


def latest_versions(documents: list[Raw], day: date) -> dict[str, Raw]:
    """By id, the highest version known on the day."""
    latest: dict[str, Raw] = {}
    for document in documents:
        if known_on(document) > day:
            continue
        seen = latest.get(document["id"])
        if seen is None or int(document.get("version", 1)) > int(seen.get("version", 1)):
            latest[document["id"]] = document
    return latest


def in_force(documents: list[Raw], day: date) -> dict[str, Raw]:
    """What is known and not void; a void that is itself void voids nothing."""
    latest = latest_versions(documents, day)

    def is_void(name: str, above: frozenset[str]) -> bool:
        return any(
            other["kind"] == "void"
            and other["against"] == name
            and other["id"] not in above
            and not is_void(other["id"], above | {other["id"]})
            for other in latest.values()
        )

    return {name: raw for name, raw in latest.items() if not is_void(name, frozenset({name}))}


def owner(reference: str, documents: list[Raw]) -> Raw | None:
    """The document that a reference names, by itself or by one of its lines."""
    by_id = {document["id"]: document for document in documents}
    if reference in by_id:
        return by_id[reference]
    return by_id.get(reference.rsplit("/", 1)[0])


def entity_of(document: Raw, documents: list[Raw], default: str, seen: int = 0) -> str:
    """Its own word, else the entity of what it speaks of, else the first entity."""
    if document.get("entity"):
        return str(document["entity"])
    spoken_of = [document.get(field) for field in REFERENCES]
    if document["kind"] in {"credit_note", "bill_credit"}:
        spoken_of += [line.get("against") for line in document["lines"]]
    for reference in spoken_of:
        other = owner(reference, documents) if reference else None
        if other is not None and other is not document and seen < len(documents):
            return entity_of(other, documents, default, seen + 1)
    for other in documents:
        if other["id"] == document["id"] and other.get("entity"):
            return str(other["entity"])
    return default


class Chains:
    """Which contract a modification restates; a separate one is a contract of its own."""

    def __init__(self, documents: list[Raw]) -> None:
        self.contracts: dict[str, Raw] = {}
        for raw in documents:
            if raw["kind"] == "contract":
                self.contracts[raw["id"]] = raw

    def is_head(self, name: str) -> bool:
        raw = self.contracts[name]
        return not raw.get("modifies") or raw.get("treatment") == "separate"

    def head(self, name: str) -> str:
        while not self.is_head(name):
            name = self.contracts[name]["modifies"]
        return name

    def family(self, name: str) -> str:
        """The first contract of all, through separate ones as well."""
        while self.contracts[name].get("modifies"):
            name = self.contracts[name]["modifies"]
        return name

    def lines_named(self, reference: str, lines: set[str]) -> list[str]:
        """The keys that a reference means: all of a contract, or one line; none if unknown."""
        if reference in self.contracts:
            return [reference]
        if reference in lines:
            return [reference]
        contract, _, obligation = reference.rpartition("/")
        if contract not in self.contracts:
            return []
        own = f"{self.head(contract)}/{obligation}"
        if own in lines:
            return [own]
        others = [name for name in self.contracts if self.family(name) == self.family(contract)]
        cousins = [f"{self.head(name)}/{obligation}" for name in others]
        return [key for key in cousins if key in lines][:1]
