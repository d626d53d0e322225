"""Laws 3 and 4 for the group, and entities that do not see each other (docs/accounting.md §8)."""

from copy import deepcopy
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.laws.figures import GROUP, closed, entities, number
from tests.laws.profiles import books
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data
from tests.strategies_entities import MONTHS

FIGURES = ("recognised", "deferred", "accrued", "translation_adjustment")
GROUPS = scenarios(without={Idea.ADOPTION, Idea.CALENDARS})


def alone(data: Data, entity: str) -> Data:
    """The book of one entity of the group."""
    data = deepcopy(data)
    data["entities"] = [each for each in data["entities"] if each["id"] == entity]
    data["documents"] = [each for each in data["documents"] if each.get("entity", entity) == entity]
    return data


@given(scenarios(without={Idea.CALENDARS}))
@books(100)
def test_an_entity_closes_as_if_it_were_alone(data):
    """What is another entity's business changes none of its figures, journals or exceptions."""
    together = closed(data)
    for entity in data["entities"]:
        single = closed(alone(data, entity["id"]))
        for period in data["close"]:
            assert single[period][entity["id"]] == together[period][entity["id"]]


@given(GROUPS)
@books(100)
def test_the_group_is_the_sum_of_its_entities_each_translated_by_itself(data):
    """§8: each figure of each entity is rounded once."""
    together = closed(data)
    assume("reporting_currency" in data)
    singles = [closed(alone(data, entity["id"])) for entity in data["entities"]]
    for period in data["close"]:
        group = together[period][GROUP]
        assume("exceptions" not in group)
        for name in FIGURES:
            assert number(group, name) == sum(number(each[period][GROUP], name) for each in singles)


@given(scenarios(homes=["USD"]))
@books(80)
def test_in_its_own_currency_the_group_shows_what_its_entities_show(data):
    """§8: nothing is translated, so there is no adjustment."""
    output = closed({**data, "reporting_currency": "USD"})
    for period in data["close"]:
        group = output[period][GROUP]
        for name in FIGURES[:3]:
            own = (number(found, name) for found in entities(output, period).values())
            assert number(group, name) == sum(own)
        assert number(group, "translation_adjustment") == 0


@given(GROUPS, st.sampled_from(["2", "0.3333", "1.0850"]))
@books(80)
def test_at_rates_that_never_move_nothing_is_left_to_adjust(data, rate):
    """Law 3 for the group: net assets × closing − opening × opening rate − movement × average."""
    homes = {entity["functional_currency"] for entity in data["entities"]}
    data = {**deepcopy(data), "reporting_currency": "EUR"}
    data["rates"] = [each for each in data.get("rates", []) if "EUR" not in each.values()]
    data["rates"] += [
        {"from": home, "to": "EUR", "period": month, "kind": "closing", "rate": rate}
        for home in sorted(homes)
        for month in MONTHS
    ]
    for found in closed(data).values():
        assert number(found[GROUP], "translation_adjustment") == Decimal(0)
