"""Which documents a scenario has, by entity: what their ids and lines are called, what is used twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accounting.documents import Treatment
from scenario.document_parts import (
    AnyDocument,
    BillCreditPart,
    BillPart,
    ContractPart,
    CreditNotePart,
    DeliveryPart,
    ExpensePart,
    InvoicePart,
    LedgerLinePart,
    LedgerPart,
    MeasuredPart,
    ObligationPart,
    UsagePart,
)
from scenario.errors import Faults, Place

_LINED = (InvoicePart, CreditNotePart, BillPart, BillCreditPart, ContractPart, ExpensePart)
_REPORTS = (DeliveryPart, UsagePart)


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the file: its part, its position and its entity."""

    part: AnyDocument
    index: int
    entity: str = ""

    @property
    def place(self) -> Place:
        """Where it stands in the file."""
        return "documents", self.index

    @property
    def version(self) -> int:
        """1 unless said."""
        return self.part.version or 1

    @property
    def family(self) -> str:
        """Documents of one family can't share an id: it would name two things."""
        if isinstance(self.part, _LINED):
            return "lined"
        return "report" if isinstance(self.part, _REPORTS) else self.part.kind

    def measured(self) -> Iterator[tuple[str, MeasuredPart]]:
        """Its lines by key, as this document calls them."""
        if isinstance(self.part, ExpensePart):
            yield self.part.id, self.part
        elif isinstance(self.part, ContractPart):
            yield from ((f"{self.part.id}/{line.id}", line) for line in self.part.obligations)
        elif isinstance(self.part, LedgerPart):
            yield from ((f"{self.part.id}/{line.id}", line) for line in self.part.lines)


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference names: the key under which the core knows it, and the documents it is of."""

    key: str
    entries: tuple[Entry, ...]


@dataclass(slots=True)
class Ledger:
    """The documents of one entity. `lines` are its lines by the core's key: of a contract, under
    the first one's id. `roots` are the first contracts by contract.
    """

    entries: tuple[Entry, ...]
    documents: dict[str, list[Entry]] = field(default_factory=dict)
    lines: dict[str, list[tuple[Entry, MeasuredPart]]] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    separate_from: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry], faults: Faults) -> "Ledger":
        """The ledger of these documents; ids that are used twice and circles are faults."""
        ledger = cls(tuple(entries))
        for entry in ledger.entries:
            ledger.documents.setdefault(entry.part.id, []).append(entry)
        _used_twice(ledger.entries, faults)
        ledger._follow_contracts(faults)
        owners: dict[str, str] = {}
        for entry in ledger.entries:
            if not isinstance(entry.part, _LINED):
                continue
            for own_key, line in entry.measured():
                key = ledger.canonical(own_key)
                ledger.lines.setdefault(key, []).append((entry, line))
                if owners.setdefault(own_key, entry.part.id) != entry.part.id:
                    faults.add((*entry.place, "id"), f"makes {own_key} the name of two lines.")
        return ledger

    def _follow_contracts(self, faults: Faults) -> None:
        contracts = {
            entry.part.id: entry.part
            for entry in sorted(self.entries, key=lambda e: e.version)
            if isinstance(entry.part, ContractPart)
        }
        for key in ("modifies", "renews"):
            links = {name: getattr(part, key) for name, part in contracts.items()}
            for entry in self.entries:
                if isinstance(entry.part, ContractPart) and _in_circle(entry.part.id, links):
                    faults.add(
                        (*entry.place, key), f"is circular: it leads back to {entry.part.id}."
                    )
        restates = {
            name: part.modifies
            for name, part in contracts.items()
            if part.treatment is not Treatment.SEPARATE
        }
        for name in contracts:
            self.roots[name] = _end_of(name, restates)
        for name, part in contracts.items():
            if part.treatment is Treatment.SEPARATE and part.modifies is not None:
                signed = self.roots.get(part.modifies, part.modifies)
                self.separate_from.setdefault(signed, []).append(name)
                self.separate_from.setdefault(name, []).append(signed)

    def canonical(self, key: str) -> str:
        """The key under the first contract's id; any other key as it is."""
        name = self._contract_in(key)
        return key if name is None else self.roots[name] + key[len(name) :]

    def _contract_in(self, key: str) -> str | None:
        """The contract with whose id the key begins. Ids may hold slashes themselves."""
        name = key
        while name not in self.roots:
            name, slash, _ = name.rpartition("/")
            if not slash:
                return None
        return name

    def line(self, reference: str) -> Target | None:
        """The line that is named: of a ledger document, of an expense, or an obligation."""
        key = self.canonical(reference)
        if key in self.lines:
            return Target(key, tuple(entry for entry, _ in self.lines[key]))
        name = self._contract_in(reference)
        for other in self.separate_from.get(self.roots[name], ()) if name is not None else ():
            key = other + reference[len(name or "") :]
            if key in self.lines:
                return Target(key, tuple(entry for entry, _ in self.lines[key]))
        return None

    def obligation(self, reference: str) -> Target | None:
        """The obligation that is named, or the contract as a whole."""
        found = self.line(reference) or self.contract(reference)
        if found is None or not all(isinstance(e.part, ContractPart) for e in found.entries):
            return None
        return found

    def contract(self, reference: str) -> Target | None:
        """The contract that is named, under the first one's id."""
        found = self.document(reference)
        if found is None or not all(isinstance(e.part, ContractPart) for e in found.entries):
            return None
        return Target(self.roots[reference], found.entries)

    def document(self, reference: str) -> Target | None:
        """The document that is named, of any kind."""
        entries = self.documents.get(reference)
        return Target(reference, tuple(entries)) if entries else None


def _used_twice(entries: Iterable[Entry], faults: Faults) -> None:
    seen: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        others = seen.setdefault((entry.family, entry.part.id), [])
        if any(o.part.kind != entry.part.kind or o.version == entry.version for o in others):
            faults.add(
                (*entry.place, "id"),
                f"“{entry.part.id}” is used twice: another id is due, or, for an edit, the same "
                "kind and a higher version.",
            )
        others.append(entry)
        _lines_used_twice(entry, faults)


def _lines_used_twice(entry: Entry, faults: Faults) -> None:
    part = entry.part
    key = "obligations" if isinstance(part, ContractPart) else "lines"
    if isinstance(part, ExpensePart) or not isinstance(part, _LINED):
        return
    lines: Sequence[ObligationPart | LedgerLinePart] = (
        part.obligations if isinstance(part, ContractPart) else part.lines
    )
    ids: set[str] = set()
    for index, line in enumerate(lines):
        if line.id in ids:
            faults.add((*entry.place, key, index, "id"), f"“{line.id}” is used twice in {part.id}.")
        ids.add(line.id)


def _in_circle(start: str, links: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    name = links.get(start)
    while name is not None and name not in seen:
        if name == start:
            return True
        seen.add(name)
        name = links.get(name)
    return False


def _end_of(start: str, links: Mapping[str, str | None]) -> str:
    seen, name = {start}, start
    while (after := links.get(name)) is not None and after not in seen:
        seen.add(after)
        name = after
    return name
