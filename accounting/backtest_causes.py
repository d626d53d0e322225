"""What an old process can have done wrong: hypotheses, each with what it would make of a balance.

A hypothesis changes the book (a credit note is not there, a line has other dates, a document
another rate) and reads it anew by the core's own rules: what the accounts hold then, less what they
should, is its effect. None is a guess: an effect is exact to the minor unit, or it explains nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from accounting.backtest_differences import Cause
from accounting.backtest_readings import (
    Effects,
    Families,
    Reading,
    less,
    member,
    reading_of,
    totals_of,
)
from accounting.book import Book
from accounting.currency import document_rate, measured
from accounting.documents import Document, Effect, Override
from accounting.errors import MissingRateError
from accounting.methods import method_named
from accounting.periods import ONE_DAY, Period, month_end
from accounting.policy import RecognitionPolicy, Role
from accounting.recognition import RevenueLine, ahead_of, standing
from accounting.segments import Life

NOTHING: Effects = {}
SUPPOSED = "\uffff supposed"
"""Names what is only supposed of a line: it counts after every word that people said of it."""
RATE_DAYS = 7
RATES_STATED_MAX = 3
"""A wrong rate is looked for among those of so many days before and after a document's own, and so
many that the documents nearest to it state.
"""


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
        self._numbers = {document.id: document.number for document in self.book.documents}
        self._families = Families(self.book)
        self._stated: dict[str, list[tuple[date, str, Fraction]]] = {}
        for document in self.book.documents:
            if document.rate is not None:
                told = (document.date, document.number, Fraction(document.rate))
                self._stated.setdefault(document.currency, []).append(told)
        self._whole_by_dates = self.policy.single_period or self.policy.immaterial_below is not None

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
        for line in self.readings[month + 1].lines.values():
            effect = self._without_release(line, month)
            if effect:
                yield Hypothesis(
                    Cause.MISSING_RELEASE,
                    line.counterparty,
                    self._numbers[line.document],
                    line.key,
                    "",
                    _always(effect),
                )

    def _without_release(self, line: RevenueLine, month: int) -> Effects:
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
        return self._with(line, ahead, month, negative=stuck <= 0 and billed <= 0)

    def _with(self, line: RevenueLine, ahead: int, month: int, *, negative: bool) -> Effects:
        """What it adds to the balances if so much were ahead of the line."""
        members = self.readings[month + 1].members.get(line.unit, [])
        alone = member(line, ahead, self.policy, negative=negative)
        others = [alone if each.line == line.key else each for each in members]
        return less(totals_of(others), totals_of(members))

    def _late(self, month: int) -> Iterator[Hypothesis]:
        """A credit note of the month is not there yet, or takes effect from its own date."""
        for document in self.book.documents:
            if not document.kind.is_credit or document.date not in self.months[month]:
                continue
            name, customer = document.number, document.counterparty
            effect = self._effect(document.id, without=document.id)
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
            begins = (billed_on, service.start, _shifted(service.start, -1))
            if not any(day in self.months[month] for day in begins):
                continue
            for words, other in _other_dates(service, billed_on):
                starts = (billed_on, service.start, other.start)
                if other == service or not any(day in self.months[month] for day in starts):
                    continue
                effect = self.over(line, other)
                if month == 0 or not effect(month - 1):
                    yield Hypothesis(
                        Cause.WRONG_DATES,
                        line.counterparty,
                        self._numbers[line.document],
                        line.key,
                        words,
                        effect,
                    )

    def over(self, line: RevenueLine, other: Period) -> Callable[[int], Effects]:
        """The effect of other days. A line that nothing has changed is reckoned by itself; what
        changes it later counts over the other days, too, and takes a reading.
        """
        said = Override(
            line=line.key,
            reason=SUPPOSED,
            id=SUPPOSED,
            service_start=other.start,
            service_end=other.end,
        )
        read = self._effect(line.document, override=said)
        terms = line.life.segments[0].terms
        if self._whole_by_dates or line.life != Life.of(line.life.total, terms) or terms.manual:
            return read
        life = Life.of(line.life.total, replace(terms, service=other, known_start=other.start))

        @cache
        def effect(month: int) -> Effects:
            now = self.readings[month + 1].lines.get(line.key)
            if now is None:
                return NOTHING
            if now.life != line.life or line.key not in self._stand(line.unit, month):
                return read(month)
            try:
                stands = standing(replace(now, life=life), self.months[month].end)
            except MissingRateError:
                return NOTHING
            return self._with(now, stands.ahead, month, negative=stands.is_negative)

        return effect

    def _stand(self, unit: str, month: int) -> set[str]:
        return {each.line for each in self.readings[month + 1].members.get(unit, ())}

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
                    effect = self._effect(document.id, rate=rate)
                    yield Hypothesis(
                        Cause.CURRENCY, document.counterparty, document.number, "", words, effect
                    )

    def _other_rates(self, document: Document) -> Iterator[tuple[str, Fraction]]:
        """The rates that people take by mistake, each once, with its words."""
        functional = self.policy.functional_currency
        found = {Fraction(1): "taken without any conversion"}
        near = [document.date + timedelta(days=days) for days in range(-RATE_DAYS, RATE_DAYS + 1)]
        for day in (*near, month_end(document.date)):
            rate = self.book.rates.spot(document.currency, functional, day)
            if rate is not None:
                found.setdefault(rate, f"converted at the rate of {day}")
        stated: dict[Fraction, str] = {}
        for _, number, rate in sorted(
            (abs((on - document.date).days), number, rate)
            for on, number, rate in self._stated.get(document.currency, ())
        ):
            if len(stated) <= RATES_STATED_MAX:  # its own is the first of them
                stated.setdefault(rate, f"converted at the rate of {number}")
        return ((words, rate) for rate, words in (stated | found).items())

    def _effect(
        self,
        document: str,
        *,
        without: str = "",
        override: Override | None = None,
        rate: Fraction | None = None,
    ) -> Callable[[int], Effects]:
        """The effect at a month's end of a document that is not there, another word, or another rate
        of the document.
        """
        family = tuple(self._families.documents[self._families.of(document)])
        right = other = replace(self.book, documents=family)
        if without:
            other = replace(other, documents=tuple(e for e in family if e.id != without))
        if override is not None:
            other = replace(other, overrides=(*other.overrides, override))
        if rate is not None:
            at_rate = (_at_rate(each, rate) if each.id == document else each for each in family)
            other = replace(other, documents=tuple(at_rate))

        @cache
        def effect(month: int) -> Effects:
            at = self.months[month].end
            wrong, so = (reading_of(each, self.policy, at) for each in (other, right))
            if wrong.held != so.held:
                return NOTHING
            return less(wrong.totals(), so.totals())

        return effect


def _always(effect: Effects) -> Callable[[int], Effects]:
    return lambda _month: effect


def _at_rate(document: Document, rate: Fraction) -> Document:
    # A document states its rate as a decimal; the core reads any exact number.
    return replace(document, rate=rate)  # type: ignore[arg-type]


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
