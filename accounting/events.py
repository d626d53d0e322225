"""What happens to lines after they were signed or invoiced: credits, modifications, imports (docs §7).

Events apply in the order of effective date, then document date, then id. A group is what an event
may touch together: a contract's obligations, an expense, or one ledger line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounting.allocation import as_listed, by_standalone_price, shares, standalone_weights
from accounting.contracts import effective_date
from accounting.courses import Course, Sources, opened, restated
from accounting.documents import Document, DocumentLine, Effect, Treatment
from accounting.exceptions import ExceptionCode
from accounting.methods import Terms
from accounting.periods import ONE_DAY
from accounting.policy import Allocation, Catch
from accounting.segments import USAGE, Life
from accounting.service_period import Fault, method_of


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit line that takes back part of a ledger line. `parts` is what it takes off each row,
    signed as the row is, minor units; `amount` is their sum, `position` the line's place in its
    document.
    """

    key: str
    document: Document
    against: str
    effect: Effect
    effective: date
    amount: int
    parts: Mapping[str, int]
    position: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """What an imported schedule says of a row's R at adoption."""

    key: str
    at: date
    recognised: int


Event = Credit | Document | Import


def _order(event: Event) -> tuple[date, int, date, str, int]:
    match event:
        case Credit():
            document = event.document
            return event.effective, 0, document.date, document.id, event.position
        case Document():
            return effective_date(event), 0, event.date, event.id, 0
        case Import():
            return event.at, 1, event.at, event.key, 0


def _exceeds(credit: int, left: int) -> bool:
    return credit > left if credit >= 0 else credit < left


@dataclass(slots=True)
class Group:
    """The rows that events may touch together, and what is left of each ledger line.

    `id` names the contract's rows; `at` is the day on which the book is read, `adopted_on` t0,
    `known_from` the day on which the contract became known. `refused` are the credits that take no part, with the reason, `said` the imported
    figures of rows that are added later only.
    """

    id: str
    sources: Sources
    at: date
    adopted_on: date
    known_from: date
    rows: dict[str, Course] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    refused: dict[str, Fault] = field(default_factory=dict)
    said: dict[str, Import] = field(default_factory=dict)

    def apply(self, events: Iterable[Event]) -> None:
        """All that happened, in order."""
        for event in sorted(events, key=_order):
            match event:
                case Credit():
                    self._credit(event)
                case Document():
                    self._modify(event)
                case Import():
                    self._import(event)

    def await_obligations(self, document: Document) -> None:
        """What a modification will add later can be billed before; nothing of it is earned yet."""
        for line in document.lines:
            key = f"{self.id}/{line.id}"
            if key not in self.rows:
                course = opened(self.sources, key, line, document, 0, is_contract=True)
                course.fault = None  # asked for when it is in force
                course.life = Life.dormant(course.terms or Terms(course.method, None))
                self.rows[key] = course

    def _import(self, event: Import) -> None:
        course = self.rows.get(event.key)
        if course is None:
            self.said[event.key] = event
        elif course.life is not None and course.terms is not None and self._differs(course, event):
            course.life = course.life.imported(event.at, event.recognised, course.terms)

    def _differs(self, course: Course, event: Import) -> bool:
        """Whether an imported figure holds and is another than the one computed."""
        return self._holds(course, event) and course.recognised(event.at) != event.recognised

    def _holds(self, course: Course, event: Import) -> bool:
        """An imported figure holds for what was known at t0, as far as it is known as it was."""
        override = self.sources.overrides.get(event.key)
        known = (self.known_from, course.document.known, override.known_on if override else None)
        return not course.forgets_import and all(day is None or day <= event.at for day in known)

    def _credit(self, credit: Credit) -> None:
        left = self.left.get(credit.against, 0)
        rows = {
            key: part
            for key, part in credit.parts.items()
            if credit.effect is not Effect.BILLING
            and not (key in self.rows and (self.rows[key].is_usage or self.rows[key].ended))
        }
        too_much = _exceeds(credit.amount, left) or any(
            _exceeds(part, self._left_of(key)) for key, part in rows.items() if part
        )
        if too_much:
            self.refused[credit.key] = Fault(
                ExceptionCode.CREDIT_EXCEEDS_LINE,
                f"Credit {credit.key} is above what is left of {credit.against}, or of the "
                "obligation that it bills. Correct the credit note, or exclude it.",
            )
            return
        self.left[credit.against] = left - credit.amount
        for key, part in rows.items():
            self._credit_row(self.rows[key], credit, part)

    def _left_of(self, key: str) -> int:
        """P of a row now: nothing of an obligation that is added later only."""
        course = self.rows.get(key)
        if course is None:
            return 0
        return course.life.total if course.life is not None else course.line.amount.minor

    def _credit_row(self, course: Course, credit: Credit, part: int) -> None:
        course.credited += part
        life, terms = course.life, course.terms
        if life is None or terms is None:
            return
        total = life.total - part
        by_policy = self.sources.policy.credit_note
        match credit.effect:
            case Effect.CANCEL:
                course.life = life.cancel(credit.effective, part)
            case Effect.PRICE if by_policy is Catch.PROSPECTIVE:
                course.life = life.prospective(credit.effective, total, terms)
            case Effect.PRICE | Effect.FULL:
                known_later = credit.document.known > self.adopted_on
                self._as_always(course, total, forgets=known_later)
            case Effect.BILLING:
                raise AssertionError("a billing credit touches no P")

    def _as_always(self, course: Course, total: int, *, forgets: bool) -> None:
        assert course.life is not None
        assert course.terms is not None
        course.life = course.life.retroactive(total, course.terms, keep_said=not forgets)
        if forgets:
            course.forgets_import = True

    def _modify(self, document: Document) -> None:
        """The document restates the contract's obligations from its effective date on."""
        day = effective_date(document)
        listed = {f"{self.id}/{line.id}": line for line in document.lines}
        earned = {key: course.recognised(day - ONE_DAY) for key, course in self.rows.items()}
        for key, line in listed.items():
            if key in self.rows:
                course = self.rows[key]
                fault = course.fault
                restated(self.sources, course, line)
                if fault is not None and day > self.at:
                    course.fault, course.terms = fault, None  # what was missing is still to come
        totals = self._new_totals(document, listed, earned)
        for key, line in listed.items():
            if key in self.rows:
                self._goes_on(self.rows[key], document, day, totals[key])
            else:
                self.rows[key] = opened(
                    self.sources, key, line, document, totals[key], is_contract=True
                )
                self._added(self.rows[key], document, day)
        for key, course in self.rows.items():
            if key not in listed and not course.ended:
                course.ended = True
                if course.life is not None:
                    course.life = course.life.stop(day)

    def _goes_on(self, course: Course, document: Document, day: date, total: int) -> None:
        course.ended = False
        if course.terms is None:
            course.life = None
            return
        if course.life is None:
            course.life = Life.of(total, course.terms)
            self._added(course, document, day)
            return
        course.life = course.life.listed_again()
        if document.treatment is Treatment.CATCH_UP:
            self._as_always(course, total, forgets=document.known > self.adopted_on)
        else:
            course.life = course.life.prospective(day, total, course.terms)

    def _added(self, course: Course, document: Document, day: date) -> None:
        """A new obligation earns from the modification's day on, at the earliest."""
        life, terms = course.life, course.terms
        if life is None or terms is None:
            return
        said = self.said.get(course.key)
        if document.treatment is not Treatment.CATCH_UP:
            before = Life.dormant(terms)
            if said is not None and self._holds(course, said):
                before = before.imported(said.at, said.recognised, terms)
            course.life = before.prospective(day, life.total, terms)

    def _new_totals(
        self, document: Document, listed: Mapping[str, DocumentLine], earned: Mapping[str, int]
    ) -> dict[str, int]:
        """Each listed obligation's whole-life total, less what credits took off it (docs §7)."""
        fixed = [key for key in listed if not self._is_usage(key, listed[key], document)]
        totals = {key: line.amount.minor for key, line in listed.items()}
        # As restated: a stand-alone price that the modification leaves out stays.
        lines = [self.rows[key].line if key in self.rows else listed[key] for key in fixed]
        credited = {key: self.rows[key].credited if key in self.rows else 0 for key in fixed}
        if not fixed:
            return totals
        if not by_standalone_price(lines, self.sources.policy.allocation):
            amounts = as_listed(lines, document.price, Allocation.NONE)
            return totals | {
                key: amount - credited[key] for key, amount in zip(fixed, amounts, strict=True)
            }
        absent = sum(
            earned[key]
            for key, course in self.rows.items()
            if key not in listed and not course.is_usage
        )
        price = (
            document.price.minor
            if document.price is not None
            else sum(line.amount.minor for line in lines) + absent
        )
        pool = price - absent - sum(credited.values())
        prospective = document.treatment is not Treatment.CATCH_UP
        if prospective:
            pool -= sum(earned.get(key, 0) for key in fixed)
        given = shares(pool, standalone_weights(lines), document.currency)
        return totals | {
            key: part + (earned.get(key, 0) if prospective else 0)
            for key, part in zip(fixed, given, strict=True)
        }

    def _is_usage(self, key: str, line: DocumentLine, document: Document) -> bool:
        if key in self.rows:
            return self.rows[key].is_usage
        return method_of(self.sources.policy, document, line) == USAGE
