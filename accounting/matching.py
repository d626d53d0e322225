"""What a ledger line bills: an obligation, a whole contract, an expense, or nothing but itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounting.contracts import Contract, contracts_of, obligation_key
from accounting.documents import Document, DocumentLine, Override
from accounting.known import Known


@dataclass(frozen=True, slots=True)
class Bills:
    """The line bills this obligation (its key) of a contract."""

    contract: str
    obligation: str


@dataclass(frozen=True, slots=True)
class BillsWhole:
    """The line bills a contract as a whole: it is split over the obligations as signed."""

    contract: str


@dataclass(frozen=True, slots=True)
class BillsExpense:
    """The line of a bill names an expense that was known before."""

    expense: str


@dataclass(frozen=True, slots=True)
class OfItsOwn:
    """The line bills nothing that is known: a line of its own."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The contract is known, but not which of its lines is meant."""

    contract: str
    message: str


Match = Bills | BillsWhole | BillsExpense | OfItsOwn | Unclear


def billable_of(known: Known, first: Mapping[str, str]) -> "Billable":
    """What the known documents offer to bill."""
    contracts = contracts_of(known.documents, first)
    return Billable(
        first=first,
        contracts=contracts,
        obligations={
            contract.id: frozenset(
                f"{contract.id}/{line.id}"
                for document in (contract.signed, *contract.modifications)
                for line in document.lines
            )
            for contract in contracts.values()
        },
        expenses=known.expenses,
    )


@dataclass(frozen=True, slots=True)
class Billable:
    """What can be billed: contracts with the keys of their obligations, expenses; by id."""

    first: Mapping[str, str]
    contracts: Mapping[str, Contract]
    obligations: Mapping[str, frozenset[str]]
    expenses: Mapping[str, Document]

    def match(self, document: Document, line: DocumentLine, override: Override | None) -> Match:
        """What the line bills: a person's word first, then the line's, then its document's.

        What is named and not known (void, or not yet here) is billed by nobody: a line of its own.
        """
        if document.kind.is_cost:
            known = line.expense is not None and line.expense in self.expenses
            return BillsExpense(line.expense or "") if known else OfItsOwn()
        named = (override.obligation if override else None) or line.obligation
        if named is not None:
            return self._named(named)
        root = self.first.get(document.contract or "", document.contract or "")
        if root not in self.contracts or document.kind.is_credit:
            return OfItsOwn()
        return self._by_product(self.contracts[root], document, line)

    def _named(self, reference: str) -> Match:
        key = obligation_key(reference, self.first)
        contract = key.partition("/")[0]
        if key in self.contracts:
            return BillsWhole(key)
        if key in self.obligations.get(contract, frozenset()):
            return Bills(contract, key)
        return OfItsOwn()

    def _by_product(self, contract: Contract, document: Document, line: DocumentLine) -> Match:
        listed: dict[str, DocumentLine] = {}
        for source in (contract.signed, *contract.modifications):
            for each in source.lines:
                listed[f"{contract.id}/{each.id}"] = each
        fitting = [
            key
            for key, each in listed.items()
            if each.product == line.product and key in self.obligations[contract.id]
        ]
        if len(fitting) == 1:
            return Bills(contract.id, fitting[0])
        found = "none of its lines is" if not fitting else f"{len(fitting)} of its lines are"
        return Unclear(
            contract.id,
            f"{document.number} bills contract {contract.signed.number}, but {found} for product "
            f"{line.product or '(none)'}. Say which contract line it bills, or exclude the line.",
        )
