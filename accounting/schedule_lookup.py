"""Which line of which document a row of a schedule names, as the book was known at adoption. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounting.book import Book
from accounting.contracts import obligation_key, roots
from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.engine import read_at
from accounting.known import known_at
from accounting.ledger_lines import role_of_account
from accounting.policy import RecognitionPolicy
from accounting.schedule_rows import Fault, Naming, Refusal, ScheduleRow

NAMES_SHOWN = 8
Name = tuple[DocumentKind, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a document that a row may mean: its place there (from 1) and its key."""

    position: int
    line: DocumentLine
    key: str


class Lookup:
    """The book as it was known at t0, computed, with every name by which a row may call it."""

    def __init__(self, book: Book, policy: RecognitionPolicy) -> None:
        self.book, self.policy, self.day = book, policy, book.adopted_on
        self.first = roots(book.documents)
        self.known = known_at(book, self.day)
        self.reading = read_at(book, policy, self.day, with_imports=False)
        self.held = self.reading.lines.held
        self.then = {(d.kind, d.id): d for d in self.known.documents}
        self.versions: dict[Name, list[Document]] = {}
        for document in book.documents:
            self.versions.setdefault((document.kind, document.id), []).append(document)
        self.by_id: dict[str, list[Name]] = {}
        self.by_number: dict[str, list[Name]] = {}
        for name, versions in self.versions.items():
            shown = self.then.get(name, versions[-1])
            self.by_id.setdefault(shown.id, []).append(name)
            self.by_number.setdefault(shown.number, []).append(name)
        self.bills: dict[str, list[str]] = {}
        for row, lines in self.reading.lines.billed_by.items():
            for line in lines:
                self.bills.setdefault(line, []).append(row)

    def held_by(self, key: str) -> str:
        """Why a line has no figures at adoption."""
        for exception in self.reading.lines.exceptions:
            if exception.subject == key:
                return exception.message
        if key in self.held:
            return "An exception on what it bills, or on what bills it, holds it."
        return f"{key} is not among the lines known at {self.day} any more."

    def document(self, row: ScheduleRow, by: Naming) -> Document | Fault:
        """The document that the row names, as it was known at t0."""
        if not row.document:
            return Fault(Refusal.NO_DOCUMENT, "The row names no document.")
        found: dict[Name, None] = {}
        if by is not Naming.NUMBER:
            found |= dict.fromkeys(self.by_id.get(row.document, ()))
        if by is not Naming.ID:
            found |= dict.fromkeys(self.by_number.get(row.document, ()))
        here = {name: None for name in found if name in self.then} or found
        if not found:
            return Fault(
                Refusal.UNKNOWN_DOCUMENT,
                f"No document is called {row.document!r}. Write its number as the ledger or CRM "
                "shows it, or its id there.",
            )
        if len(here) > 1:
            named = ", ".join(f"{_kind(kind)} with id {id_}" for kind, id_ in here)
            return Fault(
                Refusal.SEVERAL_DOCUMENTS,
                f"{row.document!r} is the name of {len(here)} documents: {named}. Give ids, in a "
                "column that is called “document id”.",
            )
        (name,) = here
        return self.then.get(name) or self._not_there(self.versions[name])

    def _not_there(self, versions: Sequence[Document]) -> Fault:
        """Why a document is not among those known at t0."""
        newest = versions[-1]
        seen = [d for d in versions if d.known <= self.day]
        if newest.date > self.day:
            return Fault(
                Refusal.AFTER_ADOPTION,
                f"{newest.number} is dated {newest.date}, after the adoption on {self.day}: "
                "nothing of it was recognised before. Take the row out.",
            )
        if newest.voided or seen:
            return Fault(Refusal.VOID, f"{newest.number} is void. Take the row out.")
        return Fault(
            Refusal.NOT_KNOWN_AT_ADOPTION,
            f"{newest.number} became known on {newest.known}, after the adoption on {self.day}. "
            "Take the row out: it lands in the first open period.",
        )

    def _choices(self, document: Document) -> list[Choice]:
        def key(line: DocumentLine) -> str:
            if document.kind is DocumentKind.EXPENSE:
                return document.id
            name = document.line_key(line)
            return obligation_key(name, self.first) if _is_contract(document) else name

        return [Choice(n, line, key(line)) for n, line in enumerate(document.lines, 1)]

    def line(self, row: ScheduleRow, document: Document, by: Naming) -> Choice | Fault:
        """The line of the document that the row names; the only one where it names none."""
        choices = self._choices(document)
        if not choices:
            return Fault(Refusal.LINE_NOT_FOUND, f"{document.number} has no lines.")
        if not row.line:
            in_scope = [c for c in choices if self._is_known(c.key)] or choices
            if len(in_scope) == 1:
                return in_scope[0]
            return Fault(
                Refusal.LINE_NOT_CLEAR,
                f"{document.number} has {len(in_scope)} lines: say which. {_named(in_scope)}",
            )
        fitting: dict[str, Choice] = {}
        for choice in choices:
            is_id = by is not Naming.NUMBER and row.line in (choice.line.id, choice.key)
            is_place = by is not Naming.ID and row.line.lstrip("0") == str(choice.position)
            if is_id or is_place:
                fitting[choice.key] = choice
        if len(fitting) == 1:
            return next(iter(fitting.values()))
        if fitting:
            return Fault(
                Refusal.LINE_NOT_CLEAR,
                f"{row.line!r} is the id of one line of {document.number} and the position of "
                "another. Call the column “line id” or “position”.",
            )
        return Fault(
            Refusal.LINE_NOT_FOUND,
            f"{document.number} has no line {row.line!r}. {_named(choices)}",
        )

    def _is_known(self, key: str) -> bool:
        return key in self.reading.standings or key in self.held or key in self.bills

    def fault(self, document: Document, choice: Choice) -> Fault | None:
        """Why the line has no R of its own that a row could say; None where it has."""
        key = choice.key
        if key in self.bills:
            return self._bills_another(document, choice)
        if key in self.held:
            return Fault(
                Refusal.HELD,
                f"An exception holds {key}: {self.held_by(key)} Resolve it first.",
            )
        if key in self.reading.standings:
            return None
        override = self.known.overrides.get(key)
        if override is not None and override.excluded:
            why = "a person excluded it from recognition"
        elif not _is_contract(document) and role_of_account(self.policy, document, choice.line):
            why = "it credits another line, and what is earned is that line's"
        else:
            why = f"its account, {choice.line.account or 'none'}, is not one of the close's"
        return Fault(Refusal.OUT_OF_SCOPE, f"{key} has no figure of its own: {why}.")

    def _bills_another(self, document: Document, choice: Choice) -> Fault:
        rows = sorted(self.bills[choice.key])
        named = []
        for row in rows[:NAMES_SHOWN]:
            home, _, line = row.partition("/")
            contract = self.known.contracts.get(home)
            number = contract.number if contract is not None else home
            named.append(f"document {number}, line {line}" if line else f"document {number}")
        return Fault(
            Refusal.BILLS_ANOTHER,
            f"Line {choice.line.id or choice.position} of {document.number} bills "
            f"{', '.join(rows[:NAMES_SHOWN])}, and that is what is earned. "
            f"Name that instead: {'; '.join(named)}.",
        )


def _is_contract(document: Document) -> bool:
    return document.kind is DocumentKind.CONTRACT


def _kind(kind: DocumentKind) -> str:
    return kind.value.replace("_", " ")


def _named(choices: Sequence[Choice]) -> str:
    shown = [
        f"{c.position}: {c.line.id or c.key} ({c.line.text or c.line.product or c.line.amount})"
        for c in choices[:NAMES_SHOWN]
    ]
    more = len(choices) - len(shown)
    return f"There are {'; '.join(shown)}{f'; and {more} more' if more else ''}."
