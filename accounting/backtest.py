"""The back-test: past months made anew from what is known now, against what the ledger holds of them.

Pure, and it moves nothing: a book, a policy, the ledger's past in; differences by month, account
and customer out, each with its cause (docs/backtest.md).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from accounting.backtest_causes import Causes
from accounting.backtest_differences import (
    BackTest,
    Cause,
    CauseTotal,
    Difference,
    MonthBalance,
)
from accounting.backtest_ledger import UNNAMED, Ledger, Past
from accounting.backtest_readings import Reading, readings_of
from accounting.backtest_search import Search, Step
from accounting.backtest_wording import Wording
from accounting.book import Book
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import RecognitionPolicy, Role


def back_test(
    book: Book,
    policy: RecognitionPolicy,
    months: Sequence[tuple[str, Period]],
    past: Past,
    shown: range | None = None,
) -> BackTest:
    """What the ledger held at each month's end against what it should have held, and why not.

    `months` follow one another and end by the day of `past`; `shown` are the places of those that
    are told of, the others say what came before and after. What people said of a line counts from
    the start; what was frozen, booked or imported does not count.
    """
    periods = [period for _, period in months]
    plain = as_if_never_closed(book)
    days = [periods[0].day_before, *(period.end for period in periods)]
    readings = readings_of(plain, policy, days)
    made = _Months(Ledger(past, plain, policy, periods), readings, periods)
    search = Search(Causes(plain, policy, periods, readings), len(periods), made.arisen)
    for role in made.ledger.roles:
        search.carry(role, made.difference(role, -1))
    for month in range(len(periods)):
        for role in made.ledger.roles:
            known = {each.customer for each in search.standing(role)}
            for customer, amount in made.by_customer(month, role, known).items():
                search.explain(month, role, customer, amount)
    told = Told([name for name, _ in months], shown or range(len(months)), search.steps)
    return _answer(policy, made, told)


def as_if_never_closed(book: Book) -> Book:
    """The same documents, and what people said as if it had been said from the start; nothing that a
    close froze or posted.
    """
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


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of: the names of all months, the places of those shown, and every step."""

    names: Sequence[str]
    shown: range
    steps: Sequence[Step]

    def misstatements(self) -> dict[int, list[Step]]:
        """Those that do something in the months shown, with all that they did up to their end, by
        cause and age.
        """
        by_number: dict[int, list[Step]] = {}
        causes = list(Cause)
        for step in sorted(self.steps, key=lambda s: (causes.index(s.of.cause), s.of.number)):
            if step.month < self.shown.stop:
                by_number.setdefault(step.of.number, []).append(step)
        return {
            number: steps
            for number, steps in by_number.items()
            if any(step.month in self.shown for step in steps)
        }


def _answer(policy: RecognitionPolicy, made: _Months, told: Told) -> BackTest:
    currency, roles = policy.functional_currency, made.ledger.roles
    return BackTest(
        currency=currency,
        balances=tuple(
            _balance(policy, made, role, month, told.names[month])
            for month in told.shown
            for role in roles
        ),
        differences=tuple(_differences(policy, told)),
        totals=tuple(_totals(policy, roles, list(told.misstatements().values()))),
        carried={
            role: Money(amount, currency)
            for role in roles
            if (amount := made.difference(role, told.shown.start - 1))
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


def _differences(policy: RecognitionPolicy, told: Told) -> Iterator[Difference]:
    wording = Wording(told.names, policy.functional_currency)
    for number, steps in enumerate(told.misstatements().values(), start=1):
        for step in steps:
            if step.month not in told.shown:
                continue
            of = step.of
            yield Difference(
                period=told.names[step.month],
                role=of.role,
                account=policy.accounts.of(of.role),
                customer=step.customer,
                cause=of.cause,
                stage=step.stage,
                amount=Money(step.amount, policy.functional_currency),
                misstatement=number,
                sentence=wording.sentence(step),
                document=of.hypothesis.document if of.hypothesis else "",
                line=of.hypothesis.line if of.hypothesis else "",
                candidates=of.candidates,
            )


def _totals(
    policy: RecognitionPolicy, roles: Sequence[Role], found: Sequence[list[Step]]
) -> Iterator[CauseTotal]:
    currency = policy.functional_currency
    for cause, role in product(Cause, roles):
        of_both = [each for each in found if (each[0].of.cause, each[0].of.role) == (cause, role)]
        if of_both:
            largest = sum(max(abs(step.standing) for step in steps) for steps in of_both)
            standing = sum(steps[-1].standing for steps in of_both)
            yield CauseTotal(
                cause,
                role,
                policy.accounts.of(role),
                len(of_both),
                Money(largest, currency),
                Money(standing, currency),
            )
