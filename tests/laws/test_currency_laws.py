"""§8: what foreign currency may and may not change (docs/accounting.md)."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario import parse
from scenario.run import closed as close_all
from tests.laws.figures import closed, every_close
from tests.laws.profiles import books
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data
from tests.strategies_entities import MONTHS

FOREIGN = "EUR"
AT_HOME = scenarios(
    without={Idea.FOREIGN, Idea.GROUP, Idea.CALENDARS, Idea.ADOPTION, Idea.POLICIES},
    homes=["USD"],
)
RATES = st.sampled_from(["0.5", "1", "1.0850", "3"])


def abroad(data: Data, rate: str, closing: str) -> Data:
    """Every document in euros: documents and averages at one rate, period ends at another."""
    data = deepcopy(data)
    pair = {"from": FOREIGN, "to": "USD"}
    for document in data["documents"]:
        if document["kind"] in ("invoice", "credit_note", "bill", "bill_credit"):
            document |= {"currency": FOREIGN, "rate": rate}
        if document["kind"] in ("contract", "expense"):
            document["currency"] = FOREIGN
    data["rates"] = [
        {**pair, "period": month, "kind": kind, "rate": each}
        for month in MONTHS
        for kind, each in (("closing", closing), ("average", rate))
    ]
    return data


def times(figures: Any, factor: int) -> Any:
    """The same figures, amounts multiplied."""
    if isinstance(figures, dict):
        return {name: times(figure, factor) for name, figure in figures.items()}
    if isinstance(figures, list):
        return [times(each, factor) for each in figures]
    is_amount = figures.lstrip("-")[-3:-2] == "."
    return f"{Decimal(figures) * factor:.2f}" if is_amount else figures


@pytest.mark.parametrize("rate", [1, 3])
@given(data=AT_HOME)
@books(60)
def test_at_one_rate_throughout_every_figure_is_the_foreign_one_at_it(rate, data):
    """§8: R and B run in document currency, functional amounts follow; nothing is gained."""
    home, foreign = closed(data), closed(abroad(data, str(rate), str(rate)))
    assert foreign == times(home, rate)


@given(AT_HOME, RATES, RATES, RATES)
@books(60)
def test_a_closing_rate_changes_accruals_and_gains_and_nothing_that_was_earned(
    data, rate, closing, other
):
    """§8: deferred revenue is not monetary, accrued revenue is measured when earned."""
    one, two = closed(abroad(data, rate, closing)), closed(abroad(data, rate, other))
    for (_, first), (_, second) in zip(every_close(one), every_close(two), strict=True):
        for name in ("recognised", "catch_up", "billed", "expense", "exceptions"):
            assert first[name] == second[name]


@given(scenarios())
@books(120)
def test_where_all_that_is_billed_is_earned_nothing_is_left(data):
    """§8: nothing is left over when B = R."""
    for period in close_all(parse(deepcopy(data))):
        for calculation in period.calculations.values():
            for row in calculation.positions:
                if not row.held and row.billed_in_document == row.recognised_in_document:
                    assert not row.ahead


@given(scenarios(homes=["USD"]))
@books(80)
def test_a_rate_the_other_way_round_is_the_same_rate(data):
    """§8: a rate given only the other way round is inverted exactly."""
    turned = deepcopy(data)
    inverse = {"0.5": "2", "2": "0.5", "1": "1", "0.01": "100"}
    rates = turned.get("rates", [])
    if not all(each["rate"] in inverse for each in rates):
        for each in (*rates, *data.get("rates", [])):
            each["rate"] = "2"
    for each in rates:
        each["from"], each["to"], each["rate"] = each["to"], each["from"], inverse[each["rate"]]
    assert closed(turned) == closed(data)


@given(scenarios(without={Idea.FOREIGN}))
@books(60)
def test_at_home_nothing_is_gained(data):
    """§8: fx is what foreign currency leaves; without it there is none, nor a remeasurement."""
    for _, found in every_close(closed(data)):
        assert Decimal(found["fx"]) == 0
        assert not [each for each in found["journals"] if each["kind"] == "remeasurement"]
