"""The mistakes of the spreadsheet that kept the books: planted, and all but one made good in time.

Each is reckoned from the definition of the demo world: what the spreadsheet believed of one
document, less what is right. Amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from sandbox.world.reckoning import Positions, positions
from sandbox.world.records import Document, Span

Account = Literal["deferred", "prepaid"]
Cause = Literal[
    "missing_release", "wrong_dates", "late_credit_note", "currency", "rounding", "unknown"
]
Belief = Callable[[Document], Document | None]
D = date


def _not_there(_document: Document) -> None:
    return None


def _without_conversion(document: Document) -> Document:
    return replace(document, rate=None, exchange=None)


def _by_dates(start: date, end: date) -> Belief:
    def believed(document: Document) -> Document:
        lines = tuple(replace(line, service=Span(start, end)) for line in document.lines)
        return replace(document, lines=lines)

    return believed


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake that stands from one month's end on until another's, by which it was made good.

    It concerns the document of a case and a date; a missing release what the document earned in
    the month of `since`, any other what the spreadsheet `believed` of it. An `amount` is a slip of
    the hand that concerns none.
    """

    entity: str
    cause: Cause
    customer: str
    since: date
    until: date | None
    document: tuple[str, date] | None = None
    believed: Belief | None = None
    account: Account = "deferred"
    amount: int = 0

    def stands(self, documents: tuple[Document, ...], end: date) -> int:
        """How much too high it makes the account at a month's end; right where nothing stands."""
        if end < self.since or (self.until is not None and end >= self.until):
            return 0
        if self.document is None:
            return self.amount
        concerned = tuple(self._concerned(documents))
        if self.believed is None:
            before = self.since.replace(day=1) - timedelta(days=1)
            return self._held(concerned, before) - self._held(concerned, self.since)
        wrong = [
            believed
            for each in concerned
            if (believed := self.believed(each) if self._is_meant(each) else each)
        ]
        return self._held(tuple(wrong), end) - self._held(concerned, end)

    def _is_meant(self, document: Document) -> bool:
        return (document.case, document.date) == self.document

    def _concerned(self, documents: tuple[Document, ...]) -> Iterator[Document]:
        """The document, with what credits it, or with what it credits."""
        (meant,) = (each for each in documents if self._is_meant(each))
        for each in documents:
            if each.id in (meant.id, meant.credits) or each.credits == meant.id:
                yield each

    def _held(self, documents: tuple[Document, ...], at: date) -> int:
        held: Positions = positions(documents, (), (), at)
        return held.deferred if self.account == "deferred" else held.prepaid


PLANTED = (
    Slip(
        "uk",
        "missing_release",
        "Brightwater Foods",
        D(2025, 11, 30),
        D(2025, 12, 31),
        ("dates-in-text", D(2025, 3, 3)),
    ),
    Slip(
        "uk",
        "wrong_dates",
        "Glenrose Hotels",
        D(2026, 1, 31),
        D(2026, 3, 31),
        ("dates-in-text", D(2026, 1, 30)),
        _by_dates(D(2026, 1, 30), D(2027, 1, 29)),
    ),
    Slip(
        "uk",
        "currency",
        "Harbour and Vale Inc",
        D(2026, 4, 30),
        D(2026, 6, 30),
        ("foreign-currency", D(2026, 4, 1)),
        _without_conversion,
    ),
    Slip(
        "uk",
        "late_credit_note",
        "Norbury Trust",
        D(2026, 7, 31),
        D(2026, 8, 31),
        ("contraction", D(2026, 7, 16)),
        _not_there,
    ),
    Slip("us", "rounding", "", D(2026, 2, 28), D(2026, 3, 31), amount=3),
    Slip(
        "us",
        "missing_release",
        "Liberty Prairie Insurance",
        D(2026, 5, 31),
        D(2026, 6, 30),
        ("insurance", D(2026, 3, 21)),
        account="prepaid",
    ),
    Slip(
        "us",
        "wrong_dates",
        "Flint Hardware",
        D(2026, 6, 30),
        D(2026, 8, 31),
        ("dates-in-text", D(2026, 6, 10)),
        _by_dates(D(2026, 7, 15), D(2027, 7, 14)),
    ),
    Slip("de", "unknown", "", D(2025, 10, 31), D(2025, 12, 31), amount=777_70),
    Slip(
        "de",
        "wrong_dates",
        "Eichendorff Kliniken gGmbH",
        D(2026, 1, 31),
        D(2026, 3, 31),
        ("dates-in-text", D(2025, 12, 29)),
        _by_dates(D(2026, 1, 1), D(2027, 12, 31)),
    ),
    Slip(
        "de",
        "missing_release",
        "Hansekontor GmbH",
        D(2026, 3, 31),
        D(2026, 4, 30),
        ("dates-in-text", D(2026, 2, 27)),
    ),
    Slip("de", "unknown", "", D(2026, 5, 31), None, amount=12_34),
    Slip(
        "de",
        "currency",
        "Helvetia Praezision AG",
        D(2026, 6, 30),
        D(2026, 7, 31),
        ("foreign-currency", D(2026, 6, 1)),
        _without_conversion,
    ),
    Slip(
        "de",
        "late_credit_note",
        "Voss Kartonagen KG",
        D(2026, 7, 31),
        D(2026, 8, 31),
        ("credit-price", D(2026, 7, 20)),
        _not_there,
    ),
)
"""In the order of months. What nobody made good is the German entity's adoption exception."""
