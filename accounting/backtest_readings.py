"""The right balances at each month's end: the book read month by month, each family of documents
only where something of it changed.

Documents that name each other are a family; no line depends on a document of another one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accounting.book import Book
from accounting.bulk import AtOnce
from accounting.documents import Document
from accounting.engine import read_lines
from accounting.lines import lines_known
from accounting.money import Money
from accounting.policy import RecognitionPolicy, Role
from accounting.positions import Member, balances
from accounting.recognition import RevenueLine
from accounting.rows import Lines

Effects = Mapping[Role, int]
"""What something adds to the balances, by role on its normal side; minor units, no zeros."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a book at the end of a month, alone and with their units, and its balances by
    role and line. `held` says why lines have no figures.
    """

    lines: Mapping[str, RevenueLine]
    members: Mapping[str, list[Member]]
    by_line: Mapping[Role, Mapping[str, int]]
    held: tuple[str, ...] = ()

    def total(self, role: Role) -> int:
        """The balance of a role."""
        return sum(self.by_line.get(role, {}).values())

    def totals(self) -> Effects:
        """The balances."""
        return {role: self.total(role) for role in self.by_line}


class Families:
    """Which documents belong together, by a document's id."""

    def __init__(self, book: Book) -> None:
        self._leads: dict[str, str] = {}
        for document in book.documents:
            self._leads.setdefault(document.id, document.id)
            for other in _linked(document):
                self._join(document.id, other)
        for said in book.overrides:
            if said.obligation:
                self._join(_home(said.line), _home(said.obligation))
        self.documents: dict[str, list[Document]] = {}
        for document in book.documents:
            self.documents.setdefault(self.of(document.id), []).append(document)

    def of(self, name: str) -> str:
        """The name of the family of a document, or of whatever is named after it."""
        while (lead := self._leads.get(name, name)) != name:
            self._leads[name] = self._leads.get(lead, lead)
            name = lead
        return name

    def _join(self, one: str, other: str) -> None:
        self._leads[self.of(one)] = self.of(other)


def reading_of(book: Book, policy: RecognitionPolicy, at: date) -> Reading:
    """The right balances at the end of the day."""
    return _read(lines_known(book, policy, at, with_imports=False), policy, at)


def readings_of(book: Book, policy: RecognitionPolicy, days: Sequence[date]) -> list[Reading]:
    """The right balances at the end of each of the days, which ascend."""
    families = Families(book)
    turns = _turns(book, families)
    known: dict[str, Lines] = {}
    readings = []
    before = date.min
    for day in days:
        changed = {name for name, when in turns.items() if any(before < on <= day for on in when)}
        documents = [each for name in changed for each in families.documents.get(name, ())]
        found = lines_known(
            replace(book, documents=tuple(documents)), policy, day, with_imports=False
        )
        known |= _by_family(found, families, changed)
        readings.append(_read(_together(known.values()), policy, day))
        before = day
    return readings


def _turns(book: Book, families: Families) -> dict[str, set[date]]:
    """The days from which a family may read otherwise."""
    turns: dict[str, set[date]] = {name: set() for name in families.documents}
    homes: dict[str, str] = {}
    for document in book.documents:
        days = {document.known, document.date, document.effective}
        days |= {line.effective for line in document.lines}
        turns[families.of(document.id)] |= {day for day in days if day is not None}
        homes[document.id] = families.of(document.id)
    for report in book.reports:
        homes[report.id] = families.of(_home(report.line))
        turns.setdefault(homes[report.id], set()).update((report.known, report.date))
    for void in book.voids:
        # What takes back anything else (a word, a void) may concern every family.
        concerned = [homes[void.against]] if void.against in homes else list(turns)
        for name in concerned:
            turns[name].update((void.known, void.date))
    return turns


def _by_family(found: Lines, families: Families, changed: Iterable[str]) -> dict[str, Lines]:
    parted = {name: Lines() for name in changed}

    def part(key: str) -> Lines:
        return parted.setdefault(families.of(_home(key)), Lines())

    for key, line in found.lines.items():
        part(key).lines[key] = line
    for key in found.held:
        part(key).held.add(key)
    for key, billed_by in found.billed_by.items():
        part(key).billed_by[key] = billed_by
    for exception in found.exceptions:
        part(exception.subject).exceptions.append(exception)
    return parted


def _together(parts: Iterable[Lines]) -> Lines:
    whole = Lines()
    for part in parts:
        whole.lines |= part.lines
        whole.held |= part.held
        whole.billed_by |= part.billed_by
        whole.exceptions += part.exceptions
    return whole


def _read(lines: Lines, policy: RecognitionPolicy, at: date) -> Reading:
    found = read_lines(lines, at, AtOnce())
    units: dict[str, list[Member]] = {}
    for key, stands in found.standings.items():
        line = lines.lines[key]
        alone = member(line, stands.ahead, policy, negative=stands.is_negative)
        units.setdefault(line.unit, []).append(alone)
    by_line: dict[Role, dict[str, int]] = {}
    for part in balances(each for members in units.values() for each in members).parts:
        of_role = by_line.setdefault(part.role, {})
        of_role[part.line] = of_role.get(part.line, 0) + part.amount.minor
    told = (each.message for each in lines.exceptions if each.subject in lines.held)
    return Reading(lines.lines, units, by_line, tuple(told))


def member(line: RevenueLine, ahead: int, policy: RecognitionPolicy, *, negative: bool) -> Member:
    """A line of its unit, so much being ahead of it."""
    currency = policy.functional_currency
    return Member(
        line=line.key,
        unit=line.unit,
        is_cost=line.is_cost,
        ahead=Money(ahead, currency),
        in_a_year=Money.zero(currency),
        negative=negative,
        account=line.account,
        dimensions=line.dimensions,
    )


def totals_of(members: Iterable[Member]) -> Effects:
    """The balances of units, by role."""
    sums: dict[Role, int] = {}
    for part in balances(members).parts:
        sums[part.role] = sums.get(part.role, 0) + part.amount.minor
    return sums


def less(alternative: Effects, right: Effects) -> Effects:
    """The difference of two."""
    roles = {*alternative, *right}
    found = {role: alternative.get(role, 0) - right.get(role, 0) for role in roles}
    return {role: amount for role, amount in found.items() if amount}


def _home(key: str) -> str:
    return key.partition("/")[0]


def _linked(document: Document) -> Iterator[str]:
    for name in (document.contract, document.credits, document.modifies):
        if name:
            yield name
    for line in document.lines:
        for key in (line.obligation, line.against, line.expense):
            if key:
                yield _home(key)
