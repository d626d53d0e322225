"""To which entity a document belongs: the one it names, or that of the document it speaks of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from scenario.document_parts import (
    BillCreditPart,
    BillPart,
    ContractPart,
    CreditNotePart,
    DeliveryPart,
    ExpensePart,
    InvoicePart,
    OverridePart,
    PaymentPart,
    UsagePart,
    VoidPart,
)
from scenario.errors import Faults
from scenario.ledgers import Entry, Ledger
from scenario.shape import Shape


def spoken_of(entry: Entry) -> Iterator[str]:
    """The ids and line keys that a document names, those that it depends on most first."""
    named: Iterable[str | None]
    match entry.part:
        case CreditNotePart(lines=credits):
            named = [line.against or line.obligation for line in credits]
        case BillCreditPart(lines=refunds):
            named = [line.against for line in refunds]
        case InvoicePart(lines=invoiced):
            named = [line.obligation for line in invoiced]
        case BillPart(lines=billed):
            named = [line.expense for line in billed]
        case ContractPart() as contract:
            named = [contract.modifies, contract.renews]
        case DeliveryPart(obligation=line) | UsagePart(obligation=line) | OverridePart(line=line):
            named = [line]
        case PaymentPart(against=other) | VoidPart(against=other):
            named = [other]
        case ExpensePart():
            named = []
    yield from (name for name in named if name is not None)


@dataclass(slots=True)
class _Search:
    """Entities of documents, each found once."""

    entities: Sequence[str]
    faults: Faults
    by_id: dict[str, list[Entry]] = field(default_factory=dict)
    found: dict[int, str] = field(default_factory=dict)

    def entity_of(self, entry: Entry, through: frozenset[int] = frozenset()) -> str:
        """The entity of a document, "" where nothing says it."""
        if entry.index in self.found:
            return self.found[entry.index]
        if entry.part.entity is not None:
            known = entry.part.entity in self.entities
            entity = entry.part.entity if known else ""
            if not known:
                place = (*entry.place, "entity")
                self.faults.add(place, f"There is no entity “{entry.part.entity}”.")
        elif len(self.entities) == 1:
            entity = self.entities[0]
        elif entry.index in through:
            return ""
        else:
            entity = self._through_others(entry, through | {entry.index})
        self.found[entry.index] = entity
        return entity

    def _through_others(self, entry: Entry, through: frozenset[int]) -> str:
        for name in spoken_of(entry):
            told = {self.entity_of(other, through) for other in self._named(name)} - {""}
            if len(told) == 1:
                return told.pop()
        versions = [o for o in self.by_id[entry.part.id] if o.part.kind == entry.part.kind]
        said = {other.part.entity or "" for other in versions} & set(self.entities)
        return said.pop() if len(said) == 1 else ""

    def _named(self, name: str) -> list[Entry]:
        """The documents of this id, or the one of which it is a line."""
        head = name
        while head and head not in self.by_id:
            head = head.rpartition("/")[0]
        return self.by_id.get(head, [])


def by_entity(
    entries: Iterable[Entry], entities: Sequence[str], shape: Shape, faults: Faults
) -> dict[str, Ledger]:
    """The ledgers by entity. A document for which nothing says whose it is, is a fault."""
    search = _Search(entities, faults)
    every = list(entries)
    for entry in every:
        search.by_id.setdefault(entry.part.id, []).append(entry)
    placed: dict[str, list[Entry]] = {entity: [] for entity in entities}
    for entry in every:
        entity = search.entity_of(entry)
        if entity:
            placed[entity].append(replace(entry, entity=entity))
        elif entry.part.entity is None and not any(map(shape.may_be_unread, spoken_of(entry))):
            faults.add(
                (*entry.place, "entity"),
                f"is missing, and nothing that the document speaks of says whose it is: "
                f"{', '.join(entities)}?",
            )
    return {entity: Ledger.of(found, faults) for entity, found in placed.items()}
