"""The ledger's past, read backwards from a known balance: who moved which account by how much."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from accounting.book import Book
from accounting.currency import Conversion, document_rate
from accounting.documents import Document, DocumentKind
from accounting.known import known_at
from accounting.money import Money, round_half_away
from accounting.periods import Period
from accounting.policy import BALANCE_ROLES, CREDIT_NORMAL, RecognitionPolicy, Role

UNNAMED = ""
"""Whose a lump is that names nobody."""
NUMBER = re.compile(r"[\w][\w./-]*\w")
DIGITS_MIN = 5
"""A number of digits alone names a document only if it has so many: 2026 is a year, too."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a journal as the ledger holds it: minor units, a debit is positive.

    `text` is all that it says in words.
    """

    date: date
    account: str
    amount: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What the ledger held at a day by role, on the normal side, and the journals up to it."""

    at: date
    balances: Mapping[Role, Money]
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved a balance account: on its normal side, with whom it names."""

    date: date
    amount: int
    customer: str
    is_journal: bool


class Ledger:
    """The balance accounts month by month, as the ledger holds them."""

    def __init__(
        self, past: Past, book: Book, policy: RecognitionPolicy, months: Sequence[Period]
    ) -> None:
        self.roles = tuple(role for role in BALANCE_ROLES if policy.accounts.has(role))
        self._months = months
        self._at = past
        known = known_at(book, past.at).documents
        by_account = {policy.accounts.of(role): role for role in self.roles}
        self._moved: dict[Role, list[Moved]] = {role: [] for role in self.roles}
        whose = _Names(known)
        for each in past.movements:
            if (role := by_account.get(each.account)) is not None and each.date <= past.at:
                amount = _normal(role, each.amount)
                self._moved[role].append(Moved(each.date, amount, whose.of(each.text), True))
        for document in known:
            for account, amount in _coded(document, book, policy):
                if (role := by_account.get(account)) is not None:
                    moved = Moved(
                        document.date, _normal(role, amount), document.counterparty, False
                    )
                    self._moved[role].append(moved)

    def balance(self, role: Role, at: date) -> int:
        """What the account held at the end of the day."""
        known = self._at.balances.get(role)
        since = sum(each.amount for each in self._moved[role] if each.date > at)
        return (known.minor if known is not None else 0) - since

    def by_customer(self, role: Role, month: int) -> dict[str, int] | None:
        """What moved the account in the month by customer; None where a journal names nobody, or
        there was none.
        """
        within = [each for each in self._moved[role] if each.date in self._months[month]]
        journals = [each for each in within if each.is_journal]
        if not journals or any(each.customer == UNNAMED for each in journals):
            return None
        sums: dict[str, int] = defaultdict(int)
        for each in within:
            sums[each.customer] += each.amount
        return dict(sums)


def _normal(role: Role, debit: int) -> int:
    return -debit if role in CREDIT_NORMAL else debit


def _coded(document: Document, book: Book, policy: RecognitionPolicy) -> Iterator[tuple[str, int]]:
    """What the document's lines put into accounts by themselves, a debit positive."""
    if document.kind in (DocumentKind.CONTRACT, DocumentKind.EXPENSE):
        return
    functional = policy.functional_currency
    rate = document_rate(document, book.rates, functional)
    if rate is None:
        return
    conversion = Conversion(document.currency, functional, book.rates, policy.calendar)
    for line in document.lines:
        if line.account is not None:
            amount = round_half_away(conversion.at_rate(line.amount.minor, rate))
            yield line.account, amount if document.kind.is_cost else -amount


class _Names:
    """Which customer a text names: by a document's number, else by name; nobody where by several."""

    def __init__(self, documents: Iterable[Document]) -> None:
        numbers: dict[str, set[str]] = defaultdict(set)
        names: set[str] = set()
        for document in documents:
            number = document.number.casefold()
            if not number.isdecimal() or len(number) >= DIGITS_MIN:
                numbers[number].add(document.counterparty)
            names.add(document.counterparty)
        self._numbers = numbers
        self._names = sorted((name for name in names if name), key=len, reverse=True)
        self.of = cache(self._of)

    def _of(self, text: str) -> str:
        said = text.casefold()
        by_number = [self._numbers.get(word, set()) for word in NUMBER.findall(said)]
        named = set[str]().union(*by_number)
        if not named:
            for name in self._names:
                called = name.casefold()
                if called in said and re.search(rf"(?<!\w){re.escape(called)}(?!\w)", said):
                    named.add(name)
                    said = said.replace(called, " ")
        return named.pop() if len(named) == 1 else UNNAMED
