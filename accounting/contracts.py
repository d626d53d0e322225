"""A contract with the modifications that restate it, under the first one's id (docs §7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounting.documents import Document, DocumentKind, Treatment


@dataclass(slots=True)
class Contract:
    """A contract as signed, and what restates it. `id` names its obligations and its unit."""

    signed: Document
    modifications: list[Document] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The first contract's id."""
        return self.signed.id


def roots(documents: Iterable[Document]) -> dict[str, str]:
    """The first contract of each contract: itself, but for one that restates another.

    A separate modification is a contract of its own (docs/accounting.md §7).
    """
    parents = {
        document.id: document.modifies
        for document in documents
        if document.kind is DocumentKind.CONTRACT
        and document.modifies is not None
        and document.treatment is not Treatment.SEPARATE
    }
    found: dict[str, str] = {}
    for start in parents:
        name, seen = start, {start}
        while (parent := parents.get(name)) is not None and parent not in seen:
            seen.add(parent)
            name = parent
        found[start] = name
    return found


def obligation_key(reference: str, first: Mapping[str, str]) -> str:
    """The key under the first contract's id of "M-1/seats", or the first contract of "M-1"."""
    contract, slash, line = reference.partition("/")
    return f"{first.get(contract, contract)}{slash}{line}"


def contracts_of(documents: Iterable[Document], first: Mapping[str, str]) -> dict[str, Contract]:
    """The contracts that are known, by the first one's id, each with its modifications."""
    known = [d for d in documents if d.kind is DocumentKind.CONTRACT]
    contracts = {d.id: Contract(d) for d in known if d.id not in first}
    for document in known:
        if document.id in first and first[document.id] in contracts:
            contracts[first[document.id]].modifications.append(document)
    return contracts


def effective_date(document: Document) -> date:
    """The day from which a modification restates its contract."""
    return document.effective or document.date
