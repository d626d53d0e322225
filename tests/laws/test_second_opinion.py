"""Two programs, written apart from the same documents, close the same books to the same figures."""

from copy import deepcopy
from typing import Any

from hypothesis import given

from tests.laws.figures import GROUP, Output, closed
from tests.laws.profiles import books
from tests.second_opinion.close import close_book
from tests.second_opinion.judge import differences
from tests.strategies import Idea, scenarios
from tests.strategies_draft import Data
from tests.strategies_lines import method_of

NOT_THERE = {Idea.SAID, Idea.DIMENSIONS, Idea.RULES, Idea.TERMS}
"""What the second program does not know: a person's words but dates, dimensions, rules, terms in words."""


def leaves_open(data: Data) -> bool:
    """Whether the book turns on a sentence that can be read in two ways: a cost that is earned at
    a point in time which nothing names.
    """
    entities = {entity["id"]: {"policy": {}, **entity} for entity in data["entities"]}
    first = data["entities"][0]["id"]
    return any(
        document["kind"] == "expense"
        and "service_start" not in document
        and method_of(entities[document.get("entity", first)], document) == "point_in_time"
        for document in data["documents"]
    )


def is_nothing(line: dict[str, str]) -> bool:
    return not any(figure.strip("-0.") for name, figure in line.items() if name not in NO_FIGURES)


NO_FIGURES = ("service_start", "service_end", "dates_from")


def plain(output: Output) -> Output:
    """The output without lines of which nothing is left, its lists in an order of their own; of a line
    that has no days, whether its rate is asked for as well is no matter of words.
    """
    output = deepcopy(output)
    for period in output.values():
        for name, found in period.items():
            if name == GROUP:
                continue
            for part in ("lines", "contracts"):
                lines = found[part].items()
                found[part] = {key: line for key, line in lines if not is_nothing(line)}
            undated = {
                each["subject"]
                for each in found["exceptions"]
                if each["code"] == "no_service_period"
            }
            found["exceptions"] = sorted(
                (
                    each
                    for each in found["exceptions"]
                    if each["code"] != "missing_rate" or each["subject"] not in undated
                ),
                key=lambda each: (each["code"], each["subject"]),
            )
            found["journals"].sort(key=lambda each: (each["kind"], each["date"]))
            for journal in found["journals"]:
                journal["lines"].sort(key=lambda line: line["account"])
    return output


def unlike(data: Data) -> list[Any]:
    """Where the two programs differ, with both figures."""
    ours, theirs = plain(closed(data)), plain(close_book(deepcopy(data)))
    if ours == theirs:
        return []
    return [*differences(ours, theirs), *differences(theirs, ours)] or [ours, theirs]


@given(scenarios(without={*NOT_THERE, Idea.MISSING, Idea.FOREIGN}))
@books(150)
def test_two_programs_close_a_book_at_home_to_the_same_figures(data):
    """docs/accounting.md whole: every figure, line, contract, journal and exception."""
    if not leaves_open(data):
        assert unlike(data) == []


@given(scenarios(without={*NOT_THERE, Idea.MISSING}))
@books(100)
def test_two_programs_close_a_book_in_many_currencies_to_the_same_figures(data):
    """docs/accounting.md whole, with §8: currencies, rates and the group."""
    if not leaves_open(data):
        assert unlike(data) == []


@given(scenarios(without={*NOT_THERE, Idea.MODIFICATIONS, Idea.GROUP}))
@books(100)
def test_two_programs_hold_the_same_where_a_book_says_too_little(data):
    """§7: what an exception holds keeps its frozen figures, and what it holds with it."""
    if not leaves_open(data):
        assert unlike(data) == []
