"""Laws 6 and 7: the order of arrival does not count, and what is void never was."""

from copy import deepcopy
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from scenario import ScenarioError, parse
from tests.laws.figures import at_the_end, closed, entities, every_close, standing
from tests.laws.profiles import books
from tests.laws.test_closing_laws import holds_nothing
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data, after, iso, on
from tests.strategies_entities import MONTHS, first_day

NOTHING: dict[str, Any] = {}


def in_order(output: dict[str, Any]) -> dict[str, Any]:
    """The output with its lists in an order of their own."""
    for _, found in every_close(output):
        found["exceptions"].sort(key=lambda each: (each["code"], each["subject"]))
    return output


@given(scenarios(), st.randoms(use_true_random=False))
@books(120)
def test_the_order_of_documents_in_the_file_says_nothing(data, chance):
    """Law 6: any order of the same documents gives the same figures and journals."""
    shuffled = deepcopy(data)
    chance.shuffle(shuffled["documents"])
    assert in_order(closed(shuffled)) == in_order(closed(data))


def last_day(data: Data) -> str:
    """The last closed day of a book by months."""
    following = MONTHS[MONTHS.index(data["close"][-1]) + 1]
    return iso(after(first_day(data["entities"][0], following), -1))


def known_on(document: Data) -> str:
    return str(document.get("known_on") or document.get("date") or "0001-01-01")


@given(
    scenarios(without={Idea.CALENDARS, Idea.ADOPTION, Idea.GROUP}),
    st.data(),
)
@books(150)
def test_whenever_documents_reach_us_by_the_last_close_the_same_stands_there(data, more):
    """Law 6: any order of arrival of the same documents gives the same balances at the end."""
    end = last_day(data)
    here = {**data, "documents": [each for each in data["documents"] if known_on(each) <= end]}
    assume(_is_whole(here))
    late = deepcopy(here)
    for document in late["documents"]:
        if document["kind"] != "override":
            document["known_on"] = iso(after(on(end), -more.draw(st.integers(0, 400))))
    first = entities(closed(here), data["close"][-1])
    second = entities(closed(late), data["close"][-1])
    assume(all(holds_nothing(found) for found in (*first.values(), *second.values())))
    for name, found in first.items():
        assert standing(second[name]) == standing(found)


def _is_whole(data: Data) -> bool:
    """Whether no document speaks of one that is not here."""
    try:
        parse(deepcopy(data))
    except ScenarioError:
        return False
    return True


def voided(data: Data) -> Data:
    """The same with everything void and one more close, a month after the last one."""
    data = deepcopy(data)
    month = MONTHS[MONTHS.index(data["close"][-1]) + 1]
    owners = {each["id"]: each.get("entity") for each in data["documents"]}
    for place, (name, owner) in enumerate(sorted(owners.items())):
        void = {"kind": "void", "id": f"GONE-{place}", "against": name, "date": f"{month}-01"}
        data["documents"].append(void | ({"entity": owner} if owner else {}))
    return {**data, "close": [*data["close"], month]}


@given(scenarios(without={Idea.CALENDARS}))
@books(120)
def test_when_everything_is_void_nothing_is_left(data):
    """Law 7: void everything, and all balances return to zero."""
    for found in at_the_end(voided(data)).values():
        assert not any(found["balances"].values())
        assert found["lines"] == NOTHING
        assert found["contracts"] == NOTHING
