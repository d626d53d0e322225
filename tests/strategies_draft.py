"""What a scenario is drawn on: the ideas that it may hold, the draft, days and amounts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum, auto
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

Data = dict[str, Any]
DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
NEW_YEAR = date(2024, 1, 1)
"""The day to which dates shrink; 2024 is a leap year."""


class Idea(StrEnum):
    """What a scenario may hold. A law names those that it does without."""

    OWN_LINES = auto()
    """Invoices that bill nothing but themselves."""
    CONTRACTS = auto()
    """Contracts and the invoices that bill one obligation."""
    WHOLE = auto()
    """Invoice lines that bill a contract as a whole."""
    PRICES = auto()
    """Transaction prices and stand-alone prices."""
    MODIFICATIONS = auto()
    RENEWALS = auto()
    CREDITS = auto()
    """Credits against a line, with all effects."""
    LOOSE_CREDITS = auto()
    """Credit notes that credit no line."""
    COSTS = auto()
    """Bills, expenses, bill credits."""
    REPORTS = auto()
    """Deliveries and usage."""
    OVERRIDES = auto()
    """Service dates keyed in by a person."""
    SAID = auto()
    """A person's other words: lines left out, matches, effects of credits."""
    PAYMENTS = auto()
    VOIDS = auto()
    EDITS = auto()
    LATE = auto()
    """Documents that reach us on another day than their date."""
    CODED = auto()
    """Lines coded straight to a balance account."""
    NEGATIVE = auto()
    """Lines below zero."""
    TEXT = auto()
    """Both dates in the line's text."""
    MISSING = auto()
    """Lines that don't say enough, credits above their lines, rates that are not there."""
    FOREIGN = auto()
    """Documents in another currency than their entity's."""
    CALENDARS = auto()
    """Fiscal calendars by weeks and by table."""
    POLICIES = auto()
    """Other policies than the default."""
    AUTO_REVERSE = auto()
    ADOPTION = auto()
    """A date, imported figures and balances of the day of adoption."""
    GROUP = auto()
    """Several entities and a reporting currency."""
    DIMENSIONS = auto()
    RULES = auto()
    """Rules by other conditions than the product, types of contracts."""
    TERMS = auto()
    """Terms in words, and by product."""


@dataclass
class KnownLine:
    """A line of a document that was drawn: what later documents need to know of it.

    `amount` is in minor units, with its sign. `bills` is what the line bills, `credits` the key of
    the line that it credits.
    """

    key: str
    document: Data
    part: Data
    kind: str
    currency: str
    amount: int
    method: str
    bills: str | None = None
    credits: str | None = None
    left: int = 0

    @property
    def is_cost(self) -> bool:
        return self.kind in ("bill", "bill_credit", "expense")


@dataclass
class Draft:
    """A scenario that is being drawn."""

    ideas: frozenset[Idea]
    entities: list[Data] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    documents: list[Data] = field(default_factory=list)
    lines: list[KnownLine] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def has(self, idea: Idea) -> bool:
        return idea in self.ideas

    def name(self, prefix: str) -> str:
        """The next id of this prefix: INV-1, INV-2."""
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}-{self.numbers[prefix]}"

    def of_kind(self, *kinds: str) -> list[KnownLine]:
        return [line for line in self.lines if line.kind in kinds]

    def entity(self, draw: st.DrawFn) -> Data:
        return self.entities[0] if len(self.entities) == 1 else draw(st.sampled_from(self.entities))

    def owner(self, document: Data) -> Data:
        """The entity of a document."""
        name = document.get("entity", self.entities[0]["id"])
        return next(entity for entity in self.entities if entity["id"] == name)

    def of_entity(self, entity: Data, document: Data) -> Data:
        """The document with its entity, where there is more than one."""
        return document if len(self.entities) == 1 else {**document, "entity": entity["id"]}


Step = Callable[[st.DrawFn, Draft], None]
"""Adds something to the draft; nothing where the draft has no place for it."""


def chance(draw: st.DrawFn, of: int = 4) -> bool:
    """One time in so many; it shrinks to no."""
    return draw(st.integers(0, of - 1)) == of - 1


def maybe(draw: st.DrawFn, data: Data, of: int = 4, **more: st.SearchStrategy[Any]) -> None:
    """Give each key a value one time in so many."""
    for key, values in more.items():
        if chance(draw, of):
            data[key] = draw(values)


def iso(day: date) -> str:
    return day.isoformat()


def on(text: str) -> date:
    return date.fromisoformat(text)


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def month_end(year: int, month: int) -> date:
    """The last day of the month, counted on from the year's first one."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


LANDMARKS = [
    NEW_YEAR,
    date(2024, 1, 31),
    date(2024, 2, 29),
    date(2024, 2, 1),
    date(2024, 3, 15),
    date(2024, 3, 16),
    date(2023, 12, 31),
    date(2023, 12, 1),
    date(2024, 6, 30),
]


def days(first: int, last: int) -> st.SearchStrategy[date]:
    """Days counted from New Year's Day 2024, its landmarks more often than others."""
    marks = [day for day in LANDMARKS if first <= (day - NEW_YEAR).days <= last]
    every = st.integers(first, last).map(lambda number: after(NEW_YEAR, number))
    return st.one_of(st.sampled_from(marks), every) if marks else every


DOCUMENT_DAYS = days(-92, 270)
EVENT_DAYS = days(-60, 330)
LENGTHS = st.one_of(st.sampled_from([0, 30, 59, 365, 364]), st.integers(0, 40), st.integers(0, 480))


@st.composite
def services(draw: st.DrawFn) -> tuple[date, date]:
    """Service periods: any days, or whole months."""
    if draw(st.booleans()):
        month, more = draw(st.integers(0, 17)), draw(st.integers(0, 13))
        start = after(month_end(2023, 8 + month), 1)
        return start, month_end(2023, 9 + month + more)
    start = draw(days(-150, 420))
    return start, after(start, draw(LENGTHS))


AMOUNTS = st.one_of(
    st.sampled_from([100, 12000, 1, 99999]), st.integers(1, 1000), st.integers(1, 40000)
)
"""Minor units above zero."""


def text(minor: int, currency: str) -> str:
    """Minor units as a scenario writes them."""
    decimals = DECIMALS[currency]
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


@st.composite
def parts_of(draw: st.DrawFn, total: int, most: int = 3) -> list[int]:
    """A total in parts of its sign."""
    sign, size = (-1 if total < 0 else 1), abs(total)
    cuts = sorted(draw(st.lists(st.integers(0, size), max_size=most - 1)))
    edges = [0, *cuts, size]
    return [sign * (high - low) for low, high in pairwise(edges)]


def pick(draw: st.DrawFn, lines: Iterable[KnownLine]) -> KnownLine | None:
    """One of the lines, if there is any; it shrinks to the latest."""
    found = list(lines)[::-1]
    if not found:
        return None
    return found[0] if len(found) == 1 else draw(st.sampled_from(found))
