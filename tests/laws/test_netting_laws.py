"""Law 9: never both deferred and accrued on one netting unit (docs/accounting.md §§5, 10)."""

from copy import deepcopy

from hypothesis import given

from accounting.book import LinePosition
from accounting.policy import COST_SIDE, REVENUE_SIDE
from scenario import parse
from scenario.run import closed as close_all
from tests.laws.figures import closed, every_close, number
from tests.laws.profiles import books
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data


def units(rows: tuple[LinePosition, ...]) -> dict[str, list[LinePosition]]:
    found: dict[str, list[LinePosition]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row)
    return found


def held(members: list[LinePosition]) -> tuple[int, int]:
    """What the unit holds ahead (deferred, prepaid) and behind (accrued), in minor units."""
    side = COST_SIDE if members[0].is_cost else REVENUE_SIDE
    ahead = sum(row.closing[side.ahead].minor for row in members if side.ahead in row.closing)
    behind = sum(row.closing[side.behind].minor for row in members if side.behind in row.closing)
    return ahead, behind


@given(scenarios())
@books(150)
def test_a_unit_is_an_asset_or_a_liability_and_never_both(data):
    """Law 9: deferred = max(N, 0), accrued = max(−N, 0); turned where nothing is positive."""
    for period in close_all(parse(deepcopy(data))):
        for calculation in period.calculations.values():
            for members in units(calculation.positions).values():
                ahead, behind = held(members)
                net = sum(row.ahead.minor for row in members)
                assert ahead == 0 or behind == 0
                assert ahead - behind == net
                if all(row.negative for row in members):
                    assert ahead <= 0
                    assert behind <= 0
                else:
                    assert ahead >= 0
                    assert behind >= 0


@given(scenarios())
@books(100)
def test_what_is_not_released_within_a_year_is_part_of_what_is_deferred(data):
    """§6: non-current is at most the unit's deferred revenue; turned on a negative unit."""
    for period in close_all(parse(deepcopy(data))):
        for calculation in period.calculations.values():
            for members in units(calculation.positions).values():
                ahead, _ = held(members)
                later = sum(row.non_current.minor for row in members if row.non_current is not None)
                if members[0].is_cost:
                    assert later == 0
                else:
                    assert 0 <= later * (1 if ahead >= 0 else -1) <= abs(ahead)


def netted_by(data: Data, netting: str) -> Data:
    data = deepcopy(data)
    for entity in data["entities"]:
        entity.setdefault("policy", {})["netting"] = netting
    return data


@given(scenarios())
@books(100)
def test_netting_by_contract_or_by_line_changes_neither_the_net_nor_the_result(data):
    """§5: netting sets balances against each other; figures of a line are shown before it."""
    by_unit, by_line = closed(netted_by(data, "contract")), closed(netted_by(data, "line"))
    for (_, netted), (_, single) in zip(every_close(by_unit), every_close(by_line), strict=True):
        for name in ("recognised", "catch_up", "billed", "expense", "fx", "lines", "exceptions"):
            assert netted[name] == single[name]
        for ahead, behind in (("deferred", "accrued"), ("prepaid", "expense_accrued")):
            net = number(netted, ahead) - number(netted, behind)
            assert net == number(single, ahead) - number(single, behind)


@given(scenarios(without={Idea.NEGATIVE, Idea.LOOSE_CREDITS, Idea.CREDITS, Idea.EDITS}))
@books(100)
def test_by_line_the_balances_are_the_sums_of_the_lines(data):
    """§5: figures of a single line are shown before netting; by line nothing is netted."""
    for _, found in every_close(closed(netted_by(data, "line"))):
        for name in ("deferred", "accrued", "prepaid", "expense_accrued"):
            assert number(found, name) == sum(
                number(line, name) for line in found["lines"].values()
            )
