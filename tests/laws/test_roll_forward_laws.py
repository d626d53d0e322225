"""Laws 3 and 4: everything rolls forward, every journal balances (docs/accounting.md §10)."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given

from accounting.book import Calculation
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, CREDIT_NORMAL, Role
from scenario import parse
from scenario.run import closed as close_all
from tests.laws.figures import closed, entities, every_close, number, posted
from tests.laws.profiles import books
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data

ACCOUNTS = {
    "deferred": ("deferred_revenue", -1),
    "accrued": ("accrued_revenue", 1),
    "prepaid": ("prepayments", 1),
    "expense_accrued": ("accrued_expenses", -1),
}
"""Each balance with its account, and the sign of a debit in it."""


def ahead(figures: dict[str, Any]) -> Decimal:
    """Deferred − accrued, or prepaid − accrued."""
    return (
        number(figures, "deferred")
        - number(figures, "accrued")
        + number(figures, "prepaid")
        - number(figures, "expense_accrued")
    )


def is_cost(line: dict[str, str]) -> bool:
    return "prepaid" in line


@given(scenarios(without={Idea.FOREIGN}))
@books(120)
def test_at_home_a_line_is_ahead_by_what_is_billed_and_not_yet_earned(data):
    """Law 3 for a line: opening + billed − recognised = closing, from its first day on."""
    for _, found in every_close(closed(data)):
        for line in found["lines"].values():
            billed, earned = number(line, "billed_to_date"), number(line, "recognised_to_date")
            assert ahead(line) == billed - earned


@given(scenarios())
@books(120)
def test_a_lines_figures_to_date_move_by_those_of_the_period(data):
    """Law 3 for a line: recognised to date = recognised to date before + recognised."""
    output = closed(data)
    before: dict[tuple[str, str], Decimal] = {}
    for place, period in enumerate(data["close"]):
        for name, found in entities(output, period).items():
            for key, line in found["lines"].items():
                to_date = number(line, "recognised_to_date")
                if place:
                    opening = before.pop((name, key), Decimal(0))
                    assert to_date == opening + number(line, "recognised")
        assert not place or not any(before.values())
        before = {
            (name, key): number(line, "recognised_to_date")
            for name, found in entities(output, period).items()
            for key, line in found["lines"].items()
        }


@given(scenarios())
@books(120)
def test_an_entitys_figures_are_those_of_its_lines_and_contracts(data):
    """Law 3 for entity and contract: nothing is lost or counted twice between them."""
    for _, found in every_close(closed(data)):
        lines = found["lines"]
        revenue = [line for line in lines.values() if not is_cost(line)]
        costs = [line for line in lines.values() if is_cost(line)]
        assert number(found, "recognised") == sum(number(line, "recognised") for line in revenue)
        assert number(found, "expense") == sum(number(line, "recognised") for line in costs)
        assert number(found, "deferred") - number(found, "accrued") == sum(map(ahead, revenue))
        assert number(found, "prepaid") - number(found, "expense_accrued") == sum(map(ahead, costs))
        for contract, balances in found["contracts"].items():
            own = [line for key, line in lines.items() if key.startswith(f"{contract}/")]
            assert ahead(balances) == sum(map(ahead, own))


def sides(calculation: Calculation, *, cost: bool) -> tuple[Money, Money, Money]:
    """Billed, recognised and the gain of one side of a close."""
    currency = calculation.opening[Role.DEFERRED_REVENUE].currency
    rows = [row for row in calculation.positions if row.is_cost is cost]
    return (
        Money.sum((row.billed for row in rows), currency),
        Money.sum((row.recognised for row in rows), currency),
        Money.sum((row.fx for row in rows), currency),
    )


@given(scenarios())
@books(120)
def test_an_entitys_balances_roll_forward(data):
    """Law 3 for an entity: opening + billed − recognised − gain = closing; the next one opens so.

    On the cost side a gain has the other sign.
    """
    closing: dict[str, Any] = {}
    for period in close_all(parse(deepcopy(data))):
        for name, calculation in period.calculations.items():
            opening, end = calculation.opening, calculation.closing
            assert closing.get(name, opening) == opening
            closing[name] = end
            billed, recognised, gain = sides(calculation, cost=False)
            deferred, accrued = Role.DEFERRED_REVENUE, Role.ACCRUED_REVENUE
            assert end[deferred] - end[accrued] == (
                opening[deferred] - opening[accrued] + billed - recognised - gain
            )
            billed, recognised, gain = sides(calculation, cost=True)
            prepaid, accrued = Role.PREPAYMENTS, Role.ACCRUED_EXPENSES
            assert end[prepaid] - end[accrued] == (
                opening[prepaid] - opening[accrued] + billed - recognised + gain
            )


@given(scenarios(without={Idea.CODED, Idea.AUTO_REVERSE}))
@books(120)
def test_an_account_holds_what_it_held_and_what_the_journals_moved(data):
    """Law 3 for an account: opening + journals = closing, for each balance account."""
    for period, shown in zip(close_all(parse(deepcopy(data))), closed(data).values(), strict=True):
        for name, calculation in period.calculations.items():
            for role in BALANCE_ROLES:
                sign = -1 if role in CREDIT_NORMAL else 1
                moved = sign * posted(shown[name], role.value)
                opening, closing = calculation.opening[role], calculation.closing[role]
                assert opening.decimal() + moved == closing.decimal()


@given(scenarios(without={Idea.CODED, Idea.AUTO_REVERSE}))
@books(120)
def test_the_result_accounts_end_with_what_is_earned_and_what_it_cost(data):
    """Law 3 for the result: billed by documents + journals = recognised, and fx on its account."""
    for period, shown in zip(close_all(parse(deepcopy(data))), closed(data).values(), strict=True):
        for name, calculation in period.calculations.items():
            found = shown[name]
            billed, _, _ = sides(calculation, cost=False)
            spent, _, _ = sides(calculation, cost=True)
            assert billed.decimal() - posted(found, "revenue") == number(found, "recognised")
            assert spent.decimal() + posted(found, "expense") == number(found, "expense")
            assert -posted(found, "fx_gain_loss") == number(found, "fx")


def reversing(data: Data) -> Data:
    """The same book with accruals that reverse on the next first day, adopted with none."""
    data = deepcopy(data)
    for entity in data["entities"]:
        entity.setdefault("policy", {})["accruals"] = "auto_reverse"
    return data


@given(scenarios(without={Idea.CODED, Idea.AUTO_REVERSE}))
@books(120)
def test_reversed_or_moved_accruals_stand_at_the_same_balance(data):
    """§6: auto-reversing and balance-targeted accruals give the same figures but for journals."""
    moved, reversed_ = closed(data), closed(reversing(data))
    for found, other in zip(every_close(reversed_), every_close(moved), strict=True):
        for figure in {*found[1]} - {"journals"}:
            assert found[1][figure] == other[1][figure]


@given(scenarios(without={Idea.CODED, Idea.AUTO_REVERSE}))
@books(120)
def test_reversed_accruals_stand_in_the_account_at_every_period_end(data):
    """§6: each is reversed on the next first day; what was accrued at t0 counts as reversed."""
    data = reversing(data)
    dated: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for period, shown in zip(close_all(parse(data)), closed(data).values(), strict=True):
        for name, calculation in period.calculations.items():
            for figure in ("accrued", "expense_accrued"):
                account, sign = ACCOUNTS[figure]
                moves = dated.setdefault((name, figure), [])
                for journal in shown[name]["journals"]:
                    moved = sign * posted({"journals": [journal]}, account)
                    moves.append((date.fromisoformat(journal["date"]), moved))
                stands = sum(moved for day, moved in moves if day <= calculation.period.end)
                assert stands == number(shown[name], figure)


@given(scenarios())
@books(120)
def test_every_journal_balances_and_no_line_stands_on_both_sides(data):
    """Law 4: Σ debits = Σ credits in every journal, for each dimension that it shows."""
    for _, found in every_close(closed(data)):
        for journal in found["journals"]:
            sums: dict[str, Decimal] = {}
            for line in journal["lines"]:
                debit, credit = Decimal(line["debit"]), Decimal(line["credit"])
                assert min(debit, credit) == 0
                assert max(debit, credit) > 0
                shown = str(sorted(line.get("dimensions", {}).items()))
                sums[shown] = sums.get(shown, Decimal(0)) + debit - credit
            assert journal["lines"]
            assert not any(sums.values())
