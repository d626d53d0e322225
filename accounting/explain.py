"""How the figures of a line came about: every one as a sum whose terms are put in words.

No second calculation: the terms are read from the segments, billings, layers and rates that gave
the figures, and each sum is compared with the position's figure to the minor unit.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from accounting.book import FrozenLine, LinePosition
from accounting.engine import Subledger
from accounting.errors import ExplanationError
from accounting.explain_earned import earned_terms, negated
from accounting.explain_worth import Worth, billed_in_document_terms, billed_terms
from accounting.explained import CLOSING, DatesRead, Explanation, RateUsed, Sum, Term, figure_of
from accounting.money import Money
from accounting.policy import BEHIND_ROLES
from accounting.recognition import RevenueLine, Standing, a_year_on
from accounting.segments import USAGE
from accounting.service_period import FROM_TEXT
from accounting.written import amount, day

HELD = "Held by an exception: it stands as last closed, and nothing of it moves."
GONE = "Void, excluded or billed elsewhere: what was frozen of it is taken back."
KEPT = "as last frozen"


def explain(subledger: Subledger, key: str, at: date) -> Explanation:
    """How each figure of the line came about, at the end of the subledger's period.

    Raises KeyError for a line that has no position, ExplanationError where a sum comes to another
    figure than the position's.
    """
    position = next((row for row in subledger.positions if row.line == key), None)
    if position is None:
        raise KeyError(key)
    frozen = subledger.start.frozen.get(key)
    standing = subledger.now.standings.get(key)
    if standing is None:
        sums = tuple(_still(position, frozen))
        return Explanation(key, sums, note=HELD if position.held else GONE)
    told = _Told(subledger, subledger.now.lines.lines[key], standing, position, frozen, at)
    return Explanation(
        line=key,
        sums=tuple(told.sums()),
        chosen=told.line.chosen,
        dates_read=_dates_read(told.line),
        rates=tuple(told.rates()),
    )


def _dates_read(line: RevenueLine) -> DatesRead | None:
    if line.dates_from != FROM_TEXT or not line.readings:
        return None
    reading = line.readings[0]
    first, last = reading.span
    matched = line.text[first:last]
    return DatesRead(line.text, reading.rule, matched, format(reading.confidence, "f"))


def _sum(position: LinePosition, figure: str, title: str, terms: Iterable[Term]) -> Sum:
    return Sum.of(figure, title, terms, figure_of(position, figure))


def _still(position: LinePosition, frozen: FrozenLine | None) -> Iterator[Sum]:
    """A line that is held, or gone: only what was frozen is left to tell."""
    if frozen is None:
        raise ExplanationError(f"{position.line} neither stands nor was it frozen. Report it.")
    kept = (("recognised_to_date", frozen.recognised), ("billed_to_date", frozen.billed))
    for figure, was in kept:
        terms = [Term(KEPT, was.minor)] if position.held else []
        yield _sum(position, figure, TITLES[figure], terms)
    sign = 0 if position.held else -1
    moved = (("catch_up", frozen.recognised), ("billed", frozen.billed))
    for figure, was in moved:
        terms = [Term("what was frozen, taken back", sign * was.minor)] if sign else []
        yield _sum(position, figure, TITLES[figure], terms)
    yield _sum(
        position, "ahead", TITLES["ahead"], [Term(KEPT, frozen.ahead.minor)] if not sign else []
    )
    yield _gain(position, frozen)


TITLES = {
    "price": "Price",
    "recognised_in_document": "Recognised to date, in the document's currency",
    "billed_in_document": "Billed to date, in the document's currency",
    "recognised_to_date": "Recognised to date",
    "billed_to_date": "Billed to date",
    "own": "Recognised in this close: the period's own part",
    "catch_up": "Recognised in this close: catch-up",
    "recognised": "Recognised in this close",
    "billed": "Billed in this close",
    "ahead": "Billed ahead of what is earned (behind it: negative), before netting",
    "fx": "Exchange gain (loss negative)",
    "non_current": "Of deferred revenue not released within a year",
}
"""The figures that are explained, by their names in a position, in the order of reading."""


class _Told:
    """One line that stands, sum by sum."""

    def __init__(
        self,
        subledger: Subledger,
        line: RevenueLine,
        standing: Standing,
        position: LinePosition,
        frozen: FrozenLine | None,
        at: date,
    ) -> None:
        self.subledger, self.line, self.standing = subledger, line, standing
        self.position, self.frozen, self.at = position, frozen, at
        self.start = subledger.start.day
        self.foreign = not line.conversion.is_same
        self.now = Worth.of(line, at) if self.foreign else None

    def rates(self) -> Iterator[RateUsed]:
        """The rates that the figures rest on."""
        if self.now is not None:
            yield from self.now.rates(self.standing.recognised)

    def sums(self) -> Iterator[Sum]:
        """Every figure of the line."""
        line, at = self.line, self.at
        document = earned_terms(line.life, at, line.conversion.source)
        billed_document = billed_in_document_terms(line, at)
        yield self._of("price", self._price())
        if self.now is None:
            recognised, billed = document, billed_document
        else:
            yield self._of("recognised_in_document", document)
            yield self._of("billed_in_document", billed_document)
            recognised, billed = self.now.recognised(), billed_terms(line, at)
        yield self._of("recognised_to_date", recognised)
        yield self._of("billed_to_date", billed)
        yield from self._moved()
        yield self._of("ahead", self._ahead())
        if self.foreign:
            yield _gain(self.position, self.frozen)
        yield from self._netted()
        yield from self._non_current()

    def _of(self, figure: str, terms: Iterable[Term]) -> Sum:
        return _sum(self.position, figure, TITLES[figure], terms)

    def _price(self) -> Iterator[Term]:
        """P: what is listed, what credits took off it, what the contract's other events made of it."""
        line = self.line
        if line.method == USAGE:
            yield Term("Usage has no price that is fixed: what is used is earned", line.price.minor)
            return
        yield Term("As its document lists it last", line.listed)
        if line.credited:
            yield Term("credited since", -line.credited)
        if rest := line.price.minor - line.listed + line.credited:
            words = "its share of the contract's price, a change of the contract, or a final bill"
            yield Term(f"more or less by {words}", rest)

    def _moved(self) -> Iterator[Sum]:
        """The movement: what is known now, at both ends of the period, and what was frozen."""
        position, start = self.position, self.start
        to_date, billed = position.recognised_to_date, position.billed_to_date
        then = to_date - position.own
        by_then = self._earned_at_start(then)
        known = f"earned by {day(start)}, as known now"
        yield Sum.of("before", f"As known now, earned by {day(start)}", by_then, then)
        yield self._of("own", [*self._to_date(to_date), Term(f"less what is {known}", -then.minor)])
        zero = Money.zero(to_date.currency)
        was = self.frozen.recognised if self.frozen else zero
        yield self._of("catch_up", [Term(f"What is {known}", then.minor), *self._less_frozen(was)])
        yield self._of("recognised", self._own_and_catch_up())
        was_billed = self.frozen.billed if self.frozen else zero
        yield self._of(
            "billed", [Term("Billed to date", billed.minor), *self._less_frozen(was_billed)]
        )

    def _earned_at_start(self, then: Money) -> tuple[Term, ...]:
        if self.foreign:
            return Worth.of(self.line, self.start).recognised()
        return earned_terms(self.line.life, self.start, then.currency)

    def _to_date(self, to_date: Money) -> list[Term]:
        return [Term(f"Recognised by {day(self.at)}", to_date.minor)]

    def _less_frozen(self, was: Money) -> list[Term]:
        words = "less what was frozen" if self.frozen else "nothing was frozen of it before"
        return [Term(words, -was.minor)]

    def _own_and_catch_up(self) -> list[Term]:
        return [
            Term("The period's own part", self.position.own.minor),
            Term("catch-up", self.position.catch_up.minor),
        ]

    def _ahead(self) -> tuple[Term, ...]:
        if self.now is not None:
            return self.now.ahead(self.standing.recognised)
        return (
            Term("Billed to date", self.standing.billed),
            Term("less recognised to date", -self.standing.recognised),
        )

    def _netted(self) -> Iterator[Sum]:
        """The line's share of its unit's balance."""
        unit = [row for row in self.subledger.positions if row.unit == self.position.unit]
        net = Money.sum((row.ahead for row in unit), self.position.ahead.currency)
        others = len(unit) - 1
        for role in self.position.closing:
            accrued = role in BEHIND_ROLES
            minor = -self.position.ahead.minor if accrued else self.position.ahead.minor
            words = "The line's own part, as above"
            if others:
                lines = "line" if others == 1 else "lines"
                words = (
                    f"The line's own part; netted with {others} more {lines}, together "
                    f"{amount(abs(net).minor, net.currency)} {'ahead' if net.minor > 0 else 'behind'}"
                )
            title = f"Closing: {role.value.replace('_', ' ')}"
            yield _sum(self.position, f"{CLOSING}{role}", title, [Term(words, minor)])

    def _non_current(self) -> Iterator[Sum]:
        later = self.position.non_current
        if later is None or not later:
            return
        alone = self.position.in_a_year
        words = f"Billed to date, less what will be earned by {day(a_year_on(self.at))}"
        terms = [Term(words, alone.minor)]
        if alone != later:
            more = "its unit defers less than that: its share of what the unit defers"
            terms.append(Term(more, later.minor - alone.minor))
        yield self._of("non_current", terms)


def _gain(position: LinePosition, frozen: FrozenLine | None) -> Sum:
    """By identity: opening + billed − recognised − closing; of costs with the sign turned."""
    opening = frozen.ahead.minor if frozen else 0
    terms = (
        Term("Ahead at the start, as frozen", opening),
        Term("billed in this close", position.billed.minor),
        Term("less recognised in this close", -position.recognised.minor),
        Term("less ahead at the end", -position.ahead.minor),
    )
    turned = negated(terms) if position.is_cost else terms
    return _sum(position, "fx", TITLES["fx"], turned)
