"""Which contract line an invoice line bills: by stored ids, a person's word first."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounting.documents import Document, DocumentKind, DocumentLine, Override


@dataclass(frozen=True, slots=True)
class Bills:
    """The line bills this contract line (its key)."""

    obligation: str


@dataclass(frozen=True, slots=True)
class OfItsOwn:
    """The line bills no contract that is known: a line of its own."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The contract is known, but not which of its lines is meant."""

    contract: str
    message: str


def match(
    document: Document,
    line: DocumentLine,
    override: Override | None,
    contracts: Mapping[str, Document],
) -> Bills | OfItsOwn | Unclear:
    """What an invoice line bills. `contracts` are the known ones that are not void, by id."""
    if document.kind is not DocumentKind.INVOICE:
        return OfItsOwn()
    if override is not None and override.obligation is not None:
        for contract in contracts.values():
            if any(contract.line_key(each) == override.obligation for each in contract.lines):
                return Bills(override.obligation)
    named = contracts.get(document.contract or "")
    if named is None:
        return OfItsOwn()
    fitting = [each for each in named.lines if each.product == line.product]
    if len(fitting) == 1:
        return Bills(named.line_key(fitting[0]))
    found = "none of its lines is" if not fitting else f"{len(fitting)} of its lines are"
    return Unclear(
        named.id,
        f"{document.number} bills contract {named.number}, but {found} for product "
        f"{line.product or '(none)'}. Say which contract line it bills, or exclude the line.",
    )
