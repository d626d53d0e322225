"""References: what each name in a document stands for; one that stands for nothing is a fault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scenario.document_parts import (
    BillCreditPart,
    BillPart,
    ContractPart,
    CreditNotePart,
    DeliveryPart,
    ExpensePart,
    InvoicePart,
    LedgerPart,
    OverridePart,
    UsagePart,
)
from scenario.errors import Faults, Place
from scenario.ledgers import Entry, Ledger, Target
from scenario.shape import Shape

CREDITED = {CreditNotePart: InvoicePart, BillCreditPart: BillPart}
"""What a credit may credit: a credit note an invoice's line, a bill credit a bill's."""


@dataclass(slots=True)
class References:
    """The names of all entities: a document's own entity is asked first."""

    ledgers: Mapping[str, Ledger]
    functional: Mapping[str, str]
    shape: Shape
    faults: Faults
    currencies: dict[int, str] = field(default_factory=dict)

    def _look(
        self, entry: Entry, ask: Callable[[Ledger, str], Target | None], reference: str
    ) -> Target | None:
        own = self.ledgers[entry.entity]
        others = [ledger for name, ledger in self.ledgers.items() if name != entry.entity]
        for ledger in (own, *others):
            if (found := ask(ledger, reference)) is not None:
                return found
        return None

    def _or_fault(
        self, found: Target | None, place: Place, reference: str, what: str
    ) -> Target | None:
        if found is None and not self.shape.may_be_unread(reference):
            self.faults.add(place, f"There is no {what} “{reference}”.")
        return found

    def obligation(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """What an invoice's line bills: an obligation, or a contract as a whole."""
        found = self._look(entry, Ledger.obligation, reference)
        if found is None and self.shape.unread_contracts:
            return None
        return self._or_fault(found, place, reference, "obligation or contract")

    def line(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """Any line: of the ledger, an expense, or an obligation."""
        found = self._look(entry, Ledger.line, reference)
        if found is None and self.shape.unread_contracts:
            return None
        if found is None and self._look(entry, Ledger.contract, reference):
            self.faults.add(place, f"“{reference}” is a contract; name one of its obligations.")
            return None
        return self._or_fault(found, place, reference, "line")

    def credited(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """The line that a credit credits."""
        wanted = CREDITED[type(entry.part)]
        found = self._look(entry, Ledger.line, reference)
        if found is not None and not all(isinstance(e.part, wanted) for e in found.entries):
            found = None
        what = "line of an invoice" if wanted is InvoicePart else "line of a bill"
        return self._or_fault(found, place, reference, what)

    def expense(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """The expense that a bill's line bills."""
        found = self._look(entry, Ledger.line, reference)
        if found is not None and not all(isinstance(e.part, ExpensePart) for e in found.entries):
            found = None
        return self._or_fault(found, place, reference, "expense")

    def contract(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """A contract, under the first one's id."""
        found = self._look(entry, Ledger.contract, reference)
        return self._or_fault(found, place, reference, "contract")

    def document(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """A document of any kind."""
        found = self._look(entry, Ledger.document, reference)
        return self._or_fault(found, place, reference, "document")

    def paid(self, entry: Entry, reference: str, place: Place) -> Target | None:
        """A document that has an amount to pay."""
        found = self._look(entry, Ledger.document, reference)
        if found is not None and not any(self._has_currency(e) for e in found.entries):
            found = None
        return self._or_fault(found, place, reference, "document with an amount")

    def _has_currency(self, entry: Entry) -> bool:
        return isinstance(entry.part, LedgerPart | ContractPart | ExpensePart)

    def currency_of(self, entry: Entry, through: frozenset[int] = frozenset()) -> str:
        """The currency of a document's amounts: its own, that of what it speaks of, functional."""
        if entry.index in self.currencies:
            return self.currencies[entry.index]
        currency = getattr(entry.part, "currency", None)
        if currency is None and entry.index not in through:
            currency = self._inherited(entry, through | {entry.index})
        self.currencies[entry.index] = currency or self.functional[entry.entity]
        return self.currencies[entry.index]

    def _inherited(self, entry: Entry, through: frozenset[int]) -> str | None:
        """That of what a credit credits, a modification restates, a report or payment is about."""
        found: Target | None = None
        match entry.part:
            case CreditNotePart(lines=lines) | BillCreditPart(lines=lines):
                for name in [line.against for line in lines if line.against is not None]:
                    found = found or self._look(entry, Ledger.line, name)
            case ContractPart(modifies=str(signed)):
                root = self.ledgers[entry.entity].roots.get(signed, signed)
                found = self._look(entry, Ledger.document, root)
            case (
                DeliveryPart(obligation=line) | UsagePart(obligation=line) | OverridePart(line=line)
            ):
                found = self._look(entry, Ledger.line, line)
            case _:
                against = getattr(entry.part, "against", None)
                if against is not None:
                    found = self._look(entry, Ledger.document, against)
        return self.currency_of(found.entries[0], through) if found else None
