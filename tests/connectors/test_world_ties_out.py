"""What the connectors read of the demo group, closed by the core, is what its spreadsheet reckoned.

The reckoning (sandbox/world/reckoning.py) knows what each document means, the product reads it:
here both are held against each other, for each entity, at adoption and at the end of September.
"""

import json
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from accounting.backtest import back_test
from accounting.backtest_differences import BackTest
from accounting.backtest_ledger import Movement, Past
from accounting.book import Adoption, Book, Calculation
from accounting.contracts import contracts_of, roots
from accounting.engine import calculate, carried_forward
from accounting.exceptions import ExceptionCode
from accounting.known import known_at
from accounting.ledger_lines import ledger_of
from accounting.matching import Billable
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import AccountMap, RecognitionPolicy, Role, Rule
from connectors.ledger import Ledger
from controls.configuration import parse_configuration
from tests.connectors.doors import (
    BOOKS,
    MemoryVault,
    documents,
    open_ledger,
    open_salesforce,
)
from tests.sandbox.planted import planted
from tests.sandbox.wiring import Sandbox

CONFIGURATION = Path(__file__).parents[2] / "examples" / "northwind.json"
AUGUST, SEPTEMBER = date(2026, 8, 31), Period(date(2026, 9, 1), date(2026, 9, 30))
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
WORDS = {
    Role.DEFERRED_REVENUE: "deferred",
    Role.ACCRUED_REVENUE: "accrued",
    Role.PREPAYMENTS: "prepaid",
    Role.ACCRUED_EXPENSES: "accrued_expenses",
}
SIDES = {
    Role.DEFERRED_REVENUE: -1,
    Role.ACCRUED_REVENUE: 1,
    Role.PREPAYMENTS: 1,
    Role.ACCRUED_EXPENSES: -1,
}
ACCOUNTS = {
    "xero": AccountMap(
        deferred_revenue="850",
        accrued_revenue="630",
        prepayments="620",
        accrued_expenses="840",
        fx_gain_loss="495",
        revenue=("200", "210"),
        expense=("433", "460"),
    ),
    "quickbooks": AccountMap(
        deferred_revenue="92",
        accrued_revenue="87",
        prepayments="86",
        accrued_expenses="93",
        fx_gain_loss="59",
        revenue=("79", "80"),
        expense=("57", "58"),
    ),
}
METHODS = {
    "SUPP": "monthly",
    "ONBD": "point_in_time",
    "TRNG": "point_in_time",
    "USGE": "usage",
    "MILE": "milestone",
    "DAYS": "units",
    "PROJ": "percent_complete",
}
every_entity = pytest.mark.parametrize("entity", BOOKS)


def policy(entity: str) -> RecognitionPolicy:
    books = BOOKS[entity]
    return RecognitionPolicy(
        version="demo",
        functional_currency=books.currency,
        method="daily",
        accounts=ACCOUNTS[books.vendor],
        rules=tuple(Rule(method, product) for product, method in METHODS.items()),
        product_terms=(("SUPP", 12),),
    )


@dataclass(frozen=True)
class Group:
    """The running group and the books of its entities as the connectors read them."""

    sandbox: Sandbox
    ledgers: dict[str, Ledger]
    books: dict[str, Book]

    def reckoned(self, entity: str, at: date) -> dict[Role, Money]:
        said: dict[str, Any] = self.sandbox.get("/positions", entity=entity, date=at.isoformat())
        return {role: Money.parse(said[w], BOOKS[entity].currency) for role, w in WORDS.items()}


def book_of(sandbox: Sandbox, entity: str, ledger: Ledger) -> Book:
    """Everything there is, by the doors that a sync uses."""
    crm, currency = open_salesforce(sandbox), BOOKS[entity].currency
    held = {row.account: row.balance_minor for row in ledger.balances(AUGUST)}
    accounts = policy(entity).accounts
    return Book(
        functional_currency=currency,
        adopted_on=AUGUST,
        documents=(
            *(each.document for each in documents(ledger)),
            *(each.document for each in crm.contracts(entity, currency, None)),
        ),
        reports=tuple(each.report for each in crm.reports(entity, None)),
        payments=tuple(each.payment for each in ledger.payments(None)),
        adoption=Adoption(
            AUGUST,
            {
                role: Money(side * held.get(accounts.of(role), 0), currency)
                for role, side in SIDES.items()
            },
        ),
    )


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    sandbox = Sandbox.start(tmp_path_factory.mktemp("group"))
    vault = MemoryVault()
    try:
        ledgers = {entity: open_ledger(sandbox, entity, vault) for entity in BOOKS}
        books = {entity: book_of(sandbox, entity, ledgers[entity]) for entity in BOOKS}
        yield Group(sandbox, ledgers, books)
    finally:
        sandbox.stop()


def close(group: Group, entity: str) -> Calculation:
    return calculate(group.books[entity], policy(entity), SEPTEMBER)


def month_ends() -> Iterator[date]:
    """From the first month of the group's history to the month of its business date."""
    for number in range(2025 * 12 + 2, 2026 * 12 + 10):
        first = date(number // 12, number % 12 + 1, 1)
        yield first.replace(day=monthrange(first.year, first.month)[1])


@every_entity
def test_positions_at_adoption_are_the_reckoned_ones_and_only_the_planted_slip_differs(
    entity: str, group: Group
) -> None:
    september = close(group, entity)
    assert september.opening == group.reckoned(entity, AUGUST)
    slip = {Role.DEFERRED_REVENUE: Money(-12_34, "EUR")} if entity == "de" else {}
    assert {r: d for r, d in september.adoption_differences.items() if d} == slip


@every_entity
def test_the_targets_of_every_month_are_the_reckoned_ones(entity: str, group: Group) -> None:
    assert close(group, entity).closing == group.reckoned(entity, SEPTEMBER.end)
    plain = replace(group.books[entity], adoption=None)
    for end in month_ends():
        month = Period(end.replace(day=1), end)
        assert calculate(plain, policy(entity), month).closing == group.reckoned(entity, end), end


@every_entity
def test_the_demos_own_configuration_says_the_same(entity: str, group: Group) -> None:
    """Accounts and methods of examples/northwind.json are those of the charts and the catalogue."""
    said = parse_configuration(json.loads(CONFIGURATION.read_text())).entity(entity).policy("demo")
    assert calculate(group.books[entity], said, SEPTEMBER).closing == group.reckoned(
        entity, SEPTEMBER.end
    )
    wanted = policy(entity).accounts
    for role in (*SIDES, Role.FX_GAIN_LOSS):
        assert said.accounts.of(role) == wanted.of(role)
    assert (said.accounts.revenue, said.accounts.expense) == (wanted.revenue, wanted.expense)
    assert {rule.product: rule.method for rule in said.rules} == METHODS


@every_entity
def test_the_ledger_with_the_journals_of_september_holds_the_targets(
    entity: str, group: Group
) -> None:
    """Each balance account ties out, but for the difference that is there from adoption on."""
    september, accounts = close(group, entity), policy(entity).accounts
    held = {row.account: row.balance_minor for row in group.ledgers[entity].balances(SEPTEMBER.end)}
    for journal in september.journals:
        for line in journal.lines:
            moved = line.debit.minor - line.credit.minor
            held[line.account] = held.get(line.account, 0) + moved
    for role, side in SIDES.items():
        slip = september.adoption_differences.get(role, Money.zero(BOOKS[entity].currency))
        balance = Money(side * held.get(accounts.of(role), 0), BOOKS[entity].currency)
        assert balance + slip == september.closing[role], role


@every_entity
def test_october_goes_on_from_what_september_froze(entity: str, group: Group) -> None:
    after = carried_forward(group.books[entity], close(group, entity))
    october = calculate(after, policy(entity), OCTOBER)
    assert october.opening == group.reckoned(entity, SEPTEMBER.end)
    assert october.closing == group.reckoned(entity, OCTOBER.end)


def test_nothing_but_the_planted_oddities_waits_for_a_person(group: Group) -> None:
    found = {
        entity: [(each.code, each.amount) for each in close(group, entity).exceptions]
        for entity in BOOKS
    }
    assert found == {
        "uk": [(ExceptionCode.NO_SERVICE_PERIOD, None)],
        "us": [],
        "de": [(ExceptionCode.ADOPTION_DIFFERENCE, "-12.34")],
    }


@every_entity
def test_every_effect_of_a_credit_note_is_read_as_the_spreadsheet_meant_it(
    entity: str, group: Group
) -> None:
    book, at = group.books[entity], SEPTEMBER.end
    meant = {
        each["number"]: (each["effect"], each["effective"])
        for each in group.sandbox.get("/documents", entity=entity, kind="credit_note")
        if each["credits"]
    }
    known, first = known_at(book, at), roots(book.documents)
    contracts = contracts_of(known.documents, first)
    billable = Billable(
        first=first,
        contracts=contracts,
        obligations={
            each.id: frozenset(f"{each.id}/{line.id}" for line in each.signed.lines)
            for each in contracts.values()
        },
        expenses=known.expenses,
    )
    read = {
        credit.document.number: (credit.effect.value, credit.effective.isoformat())
        for credit in ledger_of(known, billable, policy(entity)).credits
    }
    assert read == meant
    assert len(read) > 1


def back_tested(group: Group, entity: str) -> BackTest:
    """The twelve months before adoption, as the spreadsheet's journals stand in the ledger."""
    months = [(end.strftime("%Y-%m"), Period(end.replace(day=1), end)) for end in month_ends()]
    book = group.books[entity]
    assert book.adoption is not None
    assert book.adoption.balances is not None
    movements = tuple(
        Movement(journal.date, line.account, line.debit_minor - line.credit_minor, line.text)
        for journal in group.ledgers[entity].journals(datetime(2000, 1, 1, tzinfo=UTC))
        for line in journal.lines
    )
    past = Past(AUGUST, book.adoption.balances, movements)
    year = [(name, days) for name, days in months if date(2025, 9, 1) <= days.start <= AUGUST]
    return back_test(book, policy(entity), year, past)


@every_entity
def test_the_back_test_finds_what_was_planted_and_nothing_else(entity: str, group: Group) -> None:
    found = back_tested(group, entity)
    told = [
        (each.cause.value, each.customer, each.period, each.stage.value, each.amount.minor)
        for each in found.differences
    ]
    assert sorted(told) == planted(entity)
    assert (found.held, dict(found.carried)) == ((), {})
    stands = {each.cause.value: each.standing.minor for each in found.totals if each.standing}
    assert stands == ({"unknown": 12_34} if entity == "de" else {})
