"""The back-test: past months made anew from what is known now, against what the ledger holds of them.

Pure, and it moves nothing: a book, a policy, the ledger's past in; differences by month, account
and customer out, each with its cause (docs/backtest.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from accounting.backtest_causes import Causes, Reading, reading_of
from accounting.backtest_differences import (
    BackTest,
    Cause,
    CauseTotal,
    Difference,
    MonthBalance,
)
from accounting.backtest_ledger import UNNAMED, Ledger, Past
from accounting.backtest_search import Misstatement, Search, Step
from accounting.backtest_wording import Wording
from accounting.book import Book
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import RecognitionPolicy, Role


def back_test(
    book: Book, policy: RecognitionPolicy, months: Sequence[tuple[str, Period]], past: Past
) -> BackTest:
    """What the ledger held at each month's end against what it should have held, and why not.

    `months` follow one another and end by the day of `past`. What people said of a line counts
    from the start; what was frozen, booked or imported does not count.
    """
    periods = [period for _, period in months]
    plain = _as_if_never_closed(book)
    first = reading_of(plain, policy, periods[0].day_before)
    readings = [first, *(reading_of(plain, policy, period.end) for period in periods)]
    made = _Months(Ledger(past, plain, policy, periods), readings, periods)
    search = Search(Causes(plain, policy, periods, readings), len(periods), made.arisen)
    for role in made.ledger.roles:
        search.carry(role, made.difference(role, -1))
    for month in range(len(periods)):
        for role in made.ledger.roles:
            known = {each.customer for each in search.standing(role)}
            for customer, amount in made.by_customer(month, role, known).items():
                search.explain(month, role, customer, amount)
    return _answer(policy, [name for name, _ in months], made, search)


def _as_if_never_closed(book: Book) -> Book:
    said = tuple(replace(each, known_on=None) for each in book.overrides)
    return replace(
        book,
        overrides=said,
        frozen={},
        booked=(),
        adoption=None,
        imported={},
        by_hand=(),
        explained={},
        to_reverse=(),
    )


class _Months:
    """Ledger and readings side by side; a month of −1 is the day before the first."""

    def __init__(
        self, ledger: Ledger, readings: Sequence[Reading], periods: Sequence[Period]
    ) -> None:
        self.ledger, self.readings, self._periods = ledger, readings, periods

    def held(self, role: Role, month: int) -> int:
        """The account's balance in the ledger."""
        first = self._periods[0].day_before
        return self.ledger.balance(role, self._periods[month].end if month >= 0 else first)

    def difference(self, role: Role, month: int) -> int:
        """Ledger − right."""
        return self.held(role, month) - self.readings[month + 1].total(role)

    def arisen(self, month: int, role: Role, customer: str) -> int:
        """What came up in the month, of the customer if the month names customers, else in all."""
        by_customer = self._by_customer(month, role) if customer != UNNAMED else None
        if by_customer is not None:
            return by_customer.get(customer, 0)
        return self.difference(role, month) - self.difference(role, month - 1)

    def by_customer(self, month: int, role: Role, known: set[str]) -> dict[str, int]:
        """What came up by customer, those known among them; in all where customers are unnamed."""
        found = self._by_customer(month, role)
        if found is None:
            return {UNNAMED: self.arisen(month, role, UNNAMED)}
        named = found | {each: found.get(each, 0) for each in known if each != UNNAMED}
        return dict(sorted(named.items()))

    def _by_customer(self, month: int, role: Role) -> dict[str, int] | None:
        moved = self.ledger.by_customer(role, month)
        if moved is None:
            return None
        sums: dict[str, int] = defaultdict(int, moved)
        for reading, sign in ((self.readings[month + 1], -1), (self.readings[month], 1)):
            for line, amount in reading.by_line.get(role, {}).items():
                sums[reading.lines[line].counterparty] += sign * amount
        return {customer: amount for customer, amount in sums.items() if amount}


def _answer(
    policy: RecognitionPolicy, names: Sequence[str], made: _Months, search: Search
) -> BackTest:
    currency = policy.functional_currency
    return BackTest(
        currency=currency,
        balances=tuple(
            _balance(policy, made, role, month, name)
            for month, name in enumerate(names)
            for role in made.ledger.roles
        ),
        differences=tuple(_differences(policy, names, search.steps)),
        totals=tuple(_totals(policy, made.ledger.roles, search.misstatements)),
        carried={
            role: Money(amount, currency)
            for role in made.ledger.roles
            if (amount := made.difference(role, -1))
        },
        held=tuple(dict.fromkeys(text for reading in made.readings for text in reading.held)),
    )


def _balance(
    policy: RecognitionPolicy, made: _Months, role: Role, month: int, name: str
) -> MonthBalance:
    currency = policy.functional_currency
    return MonthBalance(
        period=name,
        role=role,
        account=policy.accounts.of(role),
        ledger=Money(made.held(role, month), currency),
        right=Money(made.readings[month + 1].total(role), currency),
        difference=Money(made.difference(role, month), currency),
        arisen=Money(made.arisen(month, role, UNNAMED), currency),
    )


def _differences(
    policy: RecognitionPolicy, names: Sequence[str], steps: Iterable[Step]
) -> Iterator[Difference]:
    """By cause, misstatement and month; numbered in that order."""
    causes, wording = list(Cause), Wording(names, policy.functional_currency)
    numbers: dict[int, int] = {}
    for step in sorted(steps, key=lambda s: (causes.index(s.of.cause), s.of.number, s.month)):
        of = step.of
        yield Difference(
            period=names[step.month],
            role=of.role,
            account=policy.accounts.of(of.role),
            customer=step.customer,
            cause=of.cause,
            stage=step.stage,
            amount=Money(step.amount, policy.functional_currency),
            misstatement=numbers.setdefault(of.number, len(numbers) + 1),
            sentence=wording.sentence(step),
            document=of.hypothesis.document if of.hypothesis else "",
            line=of.hypothesis.line if of.hypothesis else "",
            candidates=of.candidates,
        )


def _totals(
    policy: RecognitionPolicy, roles: Sequence[Role], found: Sequence[Misstatement]
) -> Iterator[CauseTotal]:
    currency = policy.functional_currency
    for cause, role in product(Cause, roles):
        of_both = [each for each in found if (each.cause, each.role) == (cause, role)]
        if of_both:
            yield CauseTotal(
                cause,
                role,
                policy.accounts.of(role),
                len(of_both),
                Money(sum(each.largest for each in of_both), currency),
                Money(sum(each.standing for each in of_both), currency),
            )
