"""The back-test: past months made anew from what is known now, against what the ledger holds of them.

Pure, and it moves nothing: a book, a policy, the ledger's past in; differences by month, account
and customer out, each with its cause (docs/backtest.md).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from accounting.backtest_causes import Causes, Reading, reading_of
from accounting.backtest_differences import (
    BackTest,
    Cause,
    CauseTotal,
    Difference,
    MonthBalance,
)
from accounting.backtest_ledger import UNNAMED, Ledger, Past
from accounting.backtest_search import Search, Step
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
    wording = Wording(names, currency)

    def money(minor: int) -> Money:
        return Money(minor, currency)

    def told(step: Step) -> Difference:
        of = step.misstatement
        return Difference(
            period=names[step.month],
            role=of.role,
            account=policy.accounts.of(of.role),
            customer=step.customer,
            cause=of.cause,
            stage=step.stage,
            amount=money(step.amount),
            misstatement=of.number,
            sentence=wording.sentence(step),
            document=of.hypothesis.document if of.hypothesis else "",
            line=of.hypothesis.line if of.hypothesis else "",
            candidates=of.candidates,
        )

    balances = tuple(
        MonthBalance(
            period=name,
            role=role,
            account=policy.accounts.of(role),
            ledger=money(made.held(role, month)),
            right=money(made.readings[month + 1].total(role)),
            difference=money(made.difference(role, month)),
            arisen=money(made.arisen(month, role, UNNAMED)),
        )
        for month, name in enumerate(names)
        for role in made.ledger.roles
    )
    totals = []
    for cause in Cause:
        of_cause = [each for each in search.misstatements if each.cause is cause and each.largest]
        if of_cause:
            totals.append(
                CauseTotal(
                    cause,
                    len(of_cause),
                    money(sum(each.largest for each in of_cause)),
                    money(sum(each.standing for each in of_cause)),
                )
            )
    order = list(Cause)

    def place(step: Step) -> tuple[int, int, int]:
        return order.index(step.misstatement.cause), step.misstatement.number, step.month

    return BackTest(
        currency=currency,
        balances=balances,
        differences=tuple(told(step) for step in sorted(search.steps, key=place)),
        totals=tuple(totals),
        carried={
            role: money(amount)
            for role in made.ledger.roles
            if (amount := made.difference(role, -1))
        },
        held=tuple(dict.fromkeys(text for reading in made.readings for text in reading.held)),
    )
