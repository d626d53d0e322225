"""From a line of the subledger to its documents: what bills it, credits it, restates it.

Read by the core's own rules from the documents around the lines that are asked about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from accounting.book import Book
from accounting.contracts import obligation_key, roots
from accounting.documents import Document, DocumentKind, Override
from accounting.known import Known, known_at
from accounting.ledger_lines import ledger_of
from accounting.matching import (
    Billable,
    Bills,
    BillsExpense,
    BillsWhole,
    Match,
    OfItsOwn,
    Unclear,
    billable_of,
)
from accounting.policy import RecognitionPolicy
from models import CloseRow, PositionRow
from store import Work

ITS_OWN = "lists it"
BILLS, CREDITS, RESTATES = "bills it", "credits it", "changes it"
Name = tuple[str, str]
"""A document's kind and id."""


@dataclass(slots=True)
class Touching:
    """What touches one line: documents by name with what they do to it, and their lines' keys."""

    documents: dict[Name, str] = field(default_factory=dict)
    lines: set[str] = field(default_factory=set)

    def add(self, document: Document, what: str, line: str = "") -> None:
        """A document; the first thing that it does to the line is told."""
        self.documents.setdefault((document.kind, document.id), what)
        if line:
            self.lines.add(line)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The documents around some lines, in every version, and how they touch the lines on a day."""

    versions: Mapping[Name, tuple[Document, ...]]
    overrides: tuple[Override, ...]
    first: Mapping[str, str]
    policy: RecognitionPolicy
    adopted_on: date

    def newest(self, name: Name, at: date) -> Document | None:
        """The version that a close sees at the end of the day; None before the first one."""
        known = [version for version in self.versions.get(name, ()) if version.known <= at]
        return max(known, key=lambda version: version.version, default=None)

    def own(self, row: PositionRow, touching: Touching, at: date) -> Document | None:
        """The line's own document, as a close sees it at the end of the day."""
        for name in touching.documents:
            if name[1] == row.document:
                return self.newest(name, at)
        return None

    def number(self, document: str) -> str:
        """What people call the document with this id; the id itself where it is not around."""
        numbers = [v[-1].number for name, v in self.versions.items() if name[1] == document]
        return numbers[0] if numbers else document

    def touching(self, rows: Iterable[PositionRow], at: date) -> dict[str, Touching]:
        """What touches each of the lines, as known at the end of the day."""
        found = {row.line: Touching() for row in rows}
        known = self._known(at)
        billable = billable_of(known, self.first)
        for row in rows:
            self._own(found[row.line], row, billable, at)
        ledger, asked = ledger_of(known, billable, self.policy), _Asked.of(found)
        for line in ledger.lines.values():
            for key in asked.touched(line.match, line.key):
                what = ITS_OWN if key == line.key else BILLS
                found[key].add(line.document, what, line.key)
        for credit in ledger.credits:
            for key in asked.touched(credit.credited.match, credit.credited.key):
                found[key].add(credit.document, CREDITS, credit.key)
        return found

    def _known(self, at: date) -> Known:
        book = Book(
            functional_currency=self.policy.functional_currency,
            adopted_on=self.adopted_on,
            documents=tuple(d for versions in self.versions.values() for d in versions),
            overrides=self.overrides,
        )
        known = known_at(book, at)
        said = {obligation_key(key, self.first): o for key, o in known.overrides.items()}
        return replace(known, overrides=said)

    def _own(self, touching: Touching, row: PositionRow, billable: Billable, at: date) -> None:
        """The document that first lists the line, void or not, and what restates its contract."""
        touching.lines.add(row.line)
        for kind in DocumentKind:
            own = self.newest((kind, row.document), at)
            if own is not None and kind.is_cost == row.is_cost:
                touching.add(own, ITS_OWN)
        contract = billable.contracts.get(row.line.partition("/")[0])
        for document in contract.modifications if contract else ():
            touching.add(document, RESTATES)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The lines asked about, by key and by the contract whose obligations they are."""

    lines: Mapping[str, Touching]
    by_contract: Mapping[str, list[str]]

    @classmethod
    def of(cls, lines: Mapping[str, Touching]) -> "_Asked":
        by_contract: dict[str, list[str]] = {}
        for key in lines:
            by_contract.setdefault(key.partition("/")[0], []).append(key)
        return cls(lines, by_contract)

    def touched(self, match: Match, key: str) -> list[str]:
        """Which of them the ledger line is, or bills."""
        match match:
            case Bills(obligation=obligation):
                wanted = {key, obligation}
            case BillsWhole(contract=contract) | Unclear(contract=contract):
                wanted = {key, *self.by_contract.get(contract, ())}
            case BillsExpense(expense=expense):
                wanted = {key, expense}
            case OfItsOwn():
                wanted = {key}
        return sorted(wanted & self.lines.keys())


def evidence_of(work: Work, close: CloseRow, rows: Iterable[PositionRow]) -> Evidence:
    """The evidence of these lines of the close's proposal, read by the policy that applied."""
    assert close.proposal_id is not None
    config = work.config.version(work.proposals.get(close.proposal_id).config_id)
    entity = config.entity(close.entity_id)
    overrides = work.approvals.overrides(close.entity_id)
    ids = {each for row in rows for each in (row.document, row.line.partition("/")[0])}
    ids |= {
        override.line.partition("/")[0]
        for override in overrides
        if override.obligation is not None and override.obligation.partition("/")[0] in ids
    }
    versions: dict[Name, list[Document]] = {}
    for document in work.evidence.around(close.entity_id, ids):
        versions.setdefault((document.kind, document.id), []).append(document)
    return Evidence(
        versions={name: tuple(found) for name, found in versions.items()},
        overrides=overrides,
        first=roots(document for found in versions.values() for document in found),
        policy=entity.policy(config.sha256),
        adopted_on=entity.adopted_on,
    )
