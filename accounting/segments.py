"""A line as a list of segments: R(t) in document currency, and what events do to it (docs §7)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from accounting.methods import ONE, Terms, fraction_earned, method_named
from accounting.money import round_half_away
from accounting.periods import ONE_DAY, Period

USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line's life: from `start` on (None: always) it earns `amount` on `opening`.

    Amounts in minor units. `floor` is the progress made before the segment, for methods that wait
    for reports. A segment `at_once` has earned all of its amount from its start on.
    """

    start: date | None
    opening: int
    amount: int
    terms: Terms
    floor: Fraction = Fraction(0)
    at_once: bool = False

    def recognised(self, at: date) -> int:
        """R at a day that lies in the segment."""
        if self.at_once:
            return self.opening + self.amount
        if self.terms.method == USAGE:
            return self.opening + sum(
                amount
                for day, amount in self.terms.usage
                if day <= at and (self.start is None or day >= self.start)
            )
        progress = fraction_earned(self.terms, at)
        if self.floor:
            progress = (progress - self.floor) / (ONE - self.floor)
        return self.opening + round_half_away(self.amount * progress)


@dataclass(frozen=True, slots=True)
class Life:
    """A line's segments in the order of time, its total P, and the cancellation in force.

    `cancelled` is the day from which R is P, `said` what an imported schedule says of R, and of
    which day.
    """

    total: int
    segments: tuple[Segment, ...]
    cancelled: date | None = None
    said: tuple[date, int] | None = None

    @classmethod
    def of(cls, total: int, terms: Terms) -> "Life":
        """A line to which nothing has happened yet."""
        return cls(total, (Segment(None, 0, total, terms),))

    @classmethod
    def dormant(cls, terms: Terms) -> "Life":
        """A line that is not in force yet: nothing is earned of it."""
        return cls(0, (Segment(None, 0, 0, terms, at_once=True),))

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        return self.segments[-1].terms

    def recognised(self, at: date) -> int:
        """R(t), the day included, in minor units of the document's currency."""
        for segment in reversed(self.segments):
            if segment.start is None or segment.start <= at:
                return segment.recognised(at)
        raise AssertionError("the first segment has no start")

    def turns(self) -> Iterator[date]:
        """The days from which R may jump or change its direction; between them it is monotone."""
        for segment in self.segments:
            if segment.start is not None:
                yield segment.start
            if not segment.at_once:
                yield from segment.terms.turns()

    def _from(self, day: date, segment: Segment, total: int) -> "Life":
        kept = tuple(s for s in self.segments if s.start is None or s.start < day)
        return replace(self, total=total, segments=(*kept, segment))

    def prospective(self, day: date, total: int, terms: Terms) -> "Life":
        """What was earned before the day stays; the rest of the new total is earned over what is
        left of the (new) terms. Where nothing is left, or the line is cancelled, on that day.
        """
        earned = self.recognised(day - ONE_DAY)
        left = total - earned
        at_once = Segment(day, earned, left, terms, at_once=True)
        if self.cancelled is not None:
            return self._from(day, at_once, total)
        if terms.method == USAGE:
            return self._from(day, Segment(day, earned, 0, terms), earned)
        if not method_named(terms.method).over_time:
            floor = fraction_earned(terms, day - ONE_DAY)
            rest = Segment(day, earned, left, terms, floor)
            return self._from(day, at_once if floor >= ONE else rest, total)
        assert terms.service is not None
        first = max(day, terms.service.start)
        if first > terms.service.end:
            return self._from(day, at_once, total)
        rest_terms = terms.over(Period(first, terms.service.end))
        return self._from(day, Segment(day, earned, left, rest_terms), total)

    def retroactive(self, total: int, terms: Terms, *, keep_said: bool) -> "Life":
        """As if it had always been so, in one segment; a cancellation stays in force, and what a
        schedule said is kept or forgotten.
        """
        life = Life.of(total, terms)
        said = self.said if keep_said else None
        if said is not None and (self.cancelled is None or said[0] < self.cancelled):
            life, said = life.imported(*said, terms), None
        if self.cancelled is not None:
            life = life.cancel(self.cancelled, 0)
        return life.imported(*said, terms) if said is not None else life

    def cancel(self, day: date, credit: int) -> "Life":
        """Recognition stops: from the day on, R is the total less the credit."""
        earned = self.recognised(day - ONE_DAY)
        total = self.total - credit
        ended = Segment(day, earned, total - earned, self.terms, at_once=True)
        return replace(self._from(day, ended, total), cancelled=self.cancelled or day)

    def stop(self, day: date) -> "Life":
        """A modification no longer lists the line: it ends with what was earned before the day."""
        earned = self.recognised(day - ONE_DAY)
        ended = Segment(day, earned, 0, self.terms, at_once=True)
        return replace(self._from(day, ended, earned), cancelled=None)

    def listed_again(self) -> "Life":
        """A modification lists the line: a cancellation is no longer in force."""
        return replace(self, cancelled=None)

    def imported(self, day: date, recognised: int, terms: Terms) -> "Life":
        """R is said to be this on the day; what is left is earned over the days after it (§11)."""
        said = self._from(day, Segment(day, recognised, 0, terms, at_once=True), self.total)
        return replace(said.prospective(day + ONE_DAY, self.total, terms), said=(day, recognised))
