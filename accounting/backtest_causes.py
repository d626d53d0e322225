"""What an old process can have done wrong: hypotheses, each with what it would make of a balance.

A hypothesis changes the book (a credit note is not there, a line has other dates, a document
another rate) and reads it anew by the core's own rules: what the accounts hold then, less what they
should, is its effect. None is a guess: an effect is exact to the minor unit, or it explains nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from accounting.backtest_differences import Cause
from accounting.book import Book
from accounting.bulk import AtOnce
from accounting.currency import document_rate, measured
from accounting.documents import Document, Effect, Override
from accounting.engine import read_at
from accounting.errors import MissingRateError
from accounting.methods import method_named
from accounting.money import Money
from accounting.periods import ONE_DAY, Period, month_end
from accounting.policy import RecognitionPolicy, Role
from accounting.positions import Member, balances
from accounting.recognition import RevenueLine, ahead_of

Effects = Mapping[Role, int]
NOTHING: Effects = {}
SUPPOSED = "\uffff supposed"
"""Names what is only supposed of a line: it counts after every word that people said of it."""
RATE_DAYS = 7
"""A wrong rate is looked for among those of so many days before and after a document's own."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One thing done wrong: `effect` is what it adds to the balances at the end of a month.

    `document` is the number of what is concerned, `words` what was done with it instead.
    """

    cause: Cause
    customer: str
    document: str
    line: str
    words: str
    effect: Callable[[int], Effects]


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a book at the end of a month, and its balances by role and line."""

    lines: Mapping[str, RevenueLine]
    members: Mapping[str, list[Member]]
    by_line: Mapping[Role, Mapping[str, int]]
    held: tuple[str, ...] = ()

    def total(self, role: Role) -> int:
        """The balance of a role."""
        return sum(self.by_line.get(role, {}).values())


def reading_of(book: Book, policy: RecognitionPolicy, at: date) -> Reading:
    """The right balances at the end of the day."""
    found = read_at(book, policy, at, with_imports=False, reckoner=AtOnce())
    units: dict[str, list[Member]] = {}
    for key, stands in found.standings.items():
        line = found.lines.lines[key]
        units.setdefault(line.unit, []).append(
            _member(line, stands.ahead, policy.functional_currency, negative=stands.is_negative)
        )
    every = [member for members in units.values() for member in members]
    by_line: dict[Role, dict[str, int]] = {}
    for part in balances(every).parts:
        of_role = by_line.setdefault(part.role, {})
        of_role[part.line] = of_role.get(part.line, 0) + part.amount.minor
    told = tuple(
        each.message for each in found.lines.exceptions if each.subject in found.lines.held
    )
    return Reading(found.lines.lines, units, by_line, told)


def _member(line: RevenueLine, ahead: int, currency: str, *, negative: bool) -> Member:
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


def _sums(members: Iterable[Member]) -> dict[Role, int]:
    sums: dict[Role, int] = {}
    for part in balances(members).parts:
        sums[part.role] = sums.get(part.role, 0) + part.amount.minor
    return sums


def _less(alternative: Effects, right: Effects) -> Effects:
    roles = {*alternative, *right}
    found = {role: alternative.get(role, 0) - right.get(role, 0) for role in roles}
    return {role: amount for role, amount in found.items() if amount}


@dataclass
class Causes:
    """Every hypothesis that starts to have an effect in a month."""

    book: Book
    policy: RecognitionPolicy
    months: Sequence[Period]
    readings: Sequence[Reading]
    """At the day before the first month, then at each month's end."""
    _found: dict[int, list[Hypothesis]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._documents = {document.id: document for document in self.book.documents}
        self._families = _families(self.book)

    def of(self, month: int) -> list[Hypothesis]:
        """Those of a month, in the order in which they are preferred."""
        if month not in self._found:
            found = (
                *self._missing(month),
                *self._late(month),
                *self._dated(month),
                *self._converted(month),
            )
            self._found[month] = [each for each in found if each.effect(month)]
        return self._found[month]

    def moving(self, month: int, role: Role) -> int:
        """How many lines have a part in the account at the month's end, or had at its start."""
        before, now = self.readings[month], self.readings[month + 1]
        return len(before.by_line.get(role, {}).keys() | now.by_line.get(role, {}).keys())

    def _missing(self, month: int) -> Iterator[Hypothesis]:
        """What each line earned in the month is not booked; what it comes to stays as it is."""
        now = self.readings[month + 1]
        for members in now.members.values():
            for member in members:
                line = now.lines[member.line]
                effect = self._without_release(line, members, month)
                if effect:
                    yield Hypothesis(
                        Cause.MISSING_RELEASE,
                        line.counterparty,
                        self._number(line),
                        line.key,
                        "",
                        lambda _month, effect=effect: effect,  # type: ignore[misc]
                    )

    def _without_release(self, line: RevenueLine, members: list[Member], month: int) -> Effects:
        end, before = self.months[month].end, self.months[month].day_before
        stuck, reached = line.life.recognised(before), line.life.recognised(end)
        if stuck == reached:
            return NOTHING
        billed = sum(each.amount for each in line.billings if each.date <= end)
        ahead = billed - stuck
        if not line.conversion.is_same:
            try:
                state = measured(line.life, line.billings, line.conversion, end)
                ahead = ahead_of(line, state, stuck, end, remeasured=line.remeasured).total
            except MissingRateError:
                return NOTHING
        currency = self.policy.functional_currency
        alone = _member(line, ahead, currency, negative=stuck <= 0 and billed <= 0)
        others = [alone if each.line == line.key else each for each in members]
        return _less(_sums(others), _sums(members))

    def _late(self, month: int) -> Iterator[Hypothesis]:
        """A credit note of the month is not there yet, or takes effect from its own date."""
        for document in self.book.documents:
            if not document.kind.is_credit or document.date not in self.months[month]:
                continue
            name, customer = document.number, document.counterparty
            kept = [each for each in self._family(document.id) if each.id != document.id]
            effect = self._effect(document.id, documents=tuple(kept))
            yield Hypothesis(Cause.LATE_CREDIT_NOTE, customer, name, "", "left out", effect)
            for line in document.lines:
                key = document.line_key(line)
                said = Override(
                    line=key,
                    reason=SUPPOSED,
                    id=SUPPOSED,
                    effect=line.effect or Effect.PRICE,
                    effective=document.date,
                )
                effect = self._effect(document.id, override=said)
                words = "taken from its own date"
                yield Hypothesis(Cause.LATE_CREDIT_NOTE, customer, name, key, words, effect)

    def _dated(self, month: int) -> Iterator[Hypothesis]:
        """A line of the month is released over other days."""
        for line in self.readings[month + 1].lines.values():
            if line.service_start is None or line.service_end is None or not line.billings:
                continue
            if not method_named(line.method).over_time:
                continue
            service = Period(line.service_start, line.service_end)
            billed_on = min(each.date for each in line.billings)
            for words, other in _other_dates(service, billed_on):
                starts = (billed_on, service.start, other.start)
                if other == service or not any(day in self.months[month] for day in starts):
                    continue
                said = Override(
                    line=line.key,
                    reason=SUPPOSED,
                    id=SUPPOSED,
                    service_start=other.start,
                    service_end=other.end,
                )
                effect = self._effect(line.document, override=said)
                if month == 0 or not effect(month - 1):
                    yield Hypothesis(
                        Cause.WRONG_DATES,
                        line.counterparty,
                        self._number(line),
                        line.key,
                        words,
                        effect,
                    )

    def _converted(self, month: int) -> Iterator[Hypothesis]:
        """A document of the month in foreign currency is converted at another rate."""
        functional = self.policy.functional_currency
        for document in self.book.documents:
            foreign = document.currency != functional
            if not foreign or document.date not in self.months[month]:
                continue
            own = document_rate(document, self.book.rates, functional)
            for words, rate in self._other_rates(document):
                if rate != own:
                    effect = self._effect(document.id, rates={document.id: rate})
                    yield Hypothesis(
                        Cause.CURRENCY, document.counterparty, document.number, "", words, effect
                    )

    def _other_rates(self, document: Document) -> Iterator[tuple[str, Fraction]]:
        functional = self.policy.functional_currency
        yield "taken without any conversion", Fraction(1)
        near = [document.date + timedelta(days=days) for days in range(-RATE_DAYS, RATE_DAYS + 1)]
        for day in (*near, month_end(document.date)):
            rate = self.book.rates.spot(document.currency, functional, day)
            if rate is not None:
                yield f"converted at the rate of {day}", rate
        for other in self.book.documents:
            if other.currency == document.currency and other.rate is not None:
                yield f"converted at the rate of {other.number}", Fraction(other.rate)

    def _number(self, line: RevenueLine) -> str:
        return self._documents[line.document].number

    def _family(self, document: str) -> tuple[Document, ...]:
        return self._families[document]

    def _effect(
        self,
        document: str,
        *,
        documents: tuple[Document, ...] | None = None,
        override: Override | None = None,
        rates: Mapping[str, Fraction] = {},  # never changed
    ) -> Callable[[int], Effects]:
        """The effect at a month's end of other documents, another word, or another rate."""
        family = self._family(document)
        right = replace(self.book, documents=family)
        other = replace(
            right,
            documents=family if documents is None else documents,
            overrides=(*right.overrides, override) if override is not None else right.overrides,
        )
        if rates:
            other = replace(other, documents=tuple(_at_rate(each, rates) for each in family))

        @cache
        def effect(month: int) -> Effects:
            at = self.months[month].end
            wrong, so = (reading_of(each, self.policy, at) for each in (other, right))
            if wrong.held != so.held:
                return NOTHING
            return _less(
                {role: wrong.total(role) for role in wrong.by_line},
                {role: so.total(role) for role in so.by_line},
            )

        return effect


def _at_rate(document: Document, rates: Mapping[str, Fraction]) -> Document:
    if document.id not in rates:
        return document
    # A document states its rate as a decimal; the core reads any exact number.
    return replace(document, rate=rates[document.id])  # type: ignore[arg-type]


def _other_dates(service: Period, billed_on: date) -> Iterator[tuple[str, Period]]:
    """The days that people take by mistake, each with its words."""
    start, end = service.start, service.end
    yield "from the invoice's date", Period(billed_on, billed_on + (end - start))
    yield "at once, on the invoice's date", Period(billed_on, billed_on)
    yield "from one month late", Period(_shifted(start, 1), _shifted(end, 1))
    yield "from one month early", Period(_shifted(start, -1), _shifted(end, -1))
    for words, last in (
        ("to an end one month late", _shifted(end, 1)),
        ("to an end one month early", _shifted(end, -1)),
        ("to an end one year late", _shifted(end, 12)),
        ("to an end one year early", _shifted(end, -12)),
    ):
        if last >= start:
            yield words, Period(start, last)
    first = start.replace(day=1)
    yield "over whole months", Period(first, max(month_end(end), first))
    until = max(end.replace(day=1) - ONE_DAY, first)
    yield "over whole months, the last one left out", Period(first, until)


def _shifted(day: date, months: int) -> date:
    """So many months later; a month's last day stays one."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    last = month_end(first)
    return last if day == month_end(day) else last.replace(day=min(day.day, last.day))


def _families(book: Book) -> dict[str, tuple[Document, ...]]:
    """For each document those that it is linked with, directly or over others."""
    leads: dict[str, str] = {document.id: document.id for document in book.documents}

    def lead(name: str) -> str:
        while leads.setdefault(name, name) != name:
            leads[name] = leads[leads[name]]
            name = leads[name]
        return name

    for document in book.documents:
        for other in _linked(document):
            leads[lead(document.id)] = lead(other)
    for said in book.overrides:
        if said.obligation:
            leads[lead(said.line.partition("/")[0])] = lead(said.obligation.partition("/")[0])
    families: dict[str, list[Document]] = {}
    for document in book.documents:
        families.setdefault(lead(document.id), []).append(document)
    return {document.id: tuple(families[lead(document.id)]) for document in book.documents}


def _linked(document: Document) -> Iterator[str]:
    for name in (document.contract, document.credits, document.modifies):
        if name:
            yield name
    for line in document.lines:
        for key in (line.obligation, line.against, line.expense):
            if key:
                yield key.partition("/")[0]
