"""What an explanation is made of: figures as sums of terms, each in words and with its amount."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from accounting.book import LinePosition
from accounting.errors import ExplanationError
from accounting.money import Money, round_half_away
from accounting.policy import Role
from accounting.rates import Quote
from accounting.service_period import Chosen
from accounting.written import amount, unrounded

CLOSING = "closing."
"""How the figure of a closing balance begins; its role follows."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a figure: how it comes about, and what it is, in minor units, not rounded yet."""

    words: str
    minor: Fraction | int


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure of a position by its name there, with the terms that sum to it, rounded once."""

    figure: str
    title: str
    terms: tuple[Term, ...]
    result: Money

    @classmethod
    def of(cls, figure: str, title: str, terms: Iterable[Term], result: Money) -> "Sum":
        """The sum. Raises ExplanationError where the terms come to another result."""
        given = tuple(terms)
        total = round_half_away(sum((Fraction(term.minor) for term in given), Fraction(0)))
        if total != result.minor:
            raise ExplanationError(
                f"{title}: the explanation comes to {amount(total, result.currency)} and the "
                f"figure is {result}. Neither is to be relied on; report it."
            )
        return cls(figure, title, given, result)

    def amounts(self) -> tuple[str, ...]:
        """Each term's amount as people write it."""
        return tuple(unrounded(Fraction(term.minor), self.result.currency) for term in self.terms)


@dataclass(frozen=True, slots=True)
class RateUsed:
    """A rate that went into the figures, from a document's currency to the functional one."""

    source: str
    target: str
    quote: Quote
    used_for: str


@dataclass(frozen=True, slots=True)
class DatesRead:
    """A text from which days were read: the rule, the words that it matched, how sure it is."""

    text: str
    rule: str
    matched: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the figures of one line came about.

    `note` says why a line stands still or is gone. `chosen` is None of a line that is gone;
    `rates` are empty where nothing is converted.
    """

    line: str
    sums: tuple[Sum, ...]
    chosen: Chosen | None = None
    dates_read: DatesRead | None = None
    rates: tuple[RateUsed, ...] = ()
    note: str = ""


def figure_of(position: LinePosition, name: str) -> Money:
    """The figure of this name, as the position has it."""
    if name.startswith(CLOSING):
        return position.closing[Role(name.removeprefix(CLOSING))]
    found = getattr(position, name)
    assert isinstance(found, Money)
    return found
