"""Every figure of every line is explained by terms that sum to it, and the printed formulas hold."""

import re
from copy import deepcopy
from fractions import Fraction

from hypothesis import given

from accounting.book import LinePosition
from accounting.engine import Subledger, calculate, carried_forward, subledger_of
from accounting.explain import TITLES, explain
from accounting.explained import CLOSING, Explanation, Sum, figure_of
from accounting.money import exponent, round_half_away
from accounting.periods import ONE_DAY, Period
from scenario import parse
from tests.laws.profiles import books
from tests.strategies import scenarios

STILL = {"recognised_to_date", "billed_to_date", "catch_up", "billed", "ahead", "fx"}
OF_FOREIGN_LINES = {"recognised_in_document", "billed_in_document", "fx"}
NOT_ALWAYS = {*OF_FOREIGN_LINES, "non_current"}
FORMULA = re.compile(r": (?P<formula>[^:]* × [^:=]*) = (?P<result>-?[\d,.]+)$")
MIXED = re.compile(r"\((-?)([\d,]+) (\d+/\d+)\)")


def worked_out(formula: str) -> Fraction:
    """What a printed formula comes to, its numbers taken exactly as they stand."""
    text = MIXED.sub(r"(\1(\2+\3))", formula).replace(",", "")
    text = text.replace("×", "*").replace("−", "-")
    exact = re.sub(r"\d+(\.\d+)?", lambda found: f"Fraction('{found[0]}')", text)
    result = eval(exact, {"Fraction": Fraction})
    assert isinstance(result, Fraction)
    return result


def check_formulas(told: Sum, currency: str) -> None:
    """That each formula printed in a term gives the result printed behind it."""
    for term in told.terms:
        found = FORMULA.search(term.words)
        if found is not None:
            unit = 10 ** exponent(currency)
            printed = Fraction(found["result"].replace(",", "")) * unit
            assert round_half_away(worked_out(found["formula"]) * unit) == printed == term.minor


def check_sums(position: LinePosition, told: Explanation) -> None:
    """That every figure which must be told is, and that its terms come to it."""
    for each in told.sums:
        total = round_half_away(sum((Fraction(term.minor) for term in each.terms), Fraction()))
        assert each.result.minor == total
        if each.figure != "before":
            assert figure_of(position, each.figure) == each.result
    figures = {each.figure for each in told.sums}
    if told.chosen is None:
        assert figures == STILL
        return
    foreign = position.price.currency != position.ahead.currency
    wanted = {*TITLES} - NOT_ALWAYS | (OF_FOREIGN_LINES if foreign else set())
    assert figures >= wanted | {f"{CLOSING}{role}" for role in position.closing}
    assert ("non_current" in figures) == bool(position.non_current)


def check_explained(subledger: Subledger, period: Period) -> None:
    """Of one close: every line."""
    for position in subledger.positions:
        told = explain(subledger, position.line, period.end)
        check_sums(position, told)
        for each in told.sums:
            if each.figure == "recognised_in_document" or (
                each.figure in ("recognised_to_date", "before")
                and position.price.currency == each.result.currency
            ):
                check_formulas(each, position.price.currency)


@given(scenarios())
@books(240)
def test_every_explained_sum_is_the_figure_of_the_position(data):
    """What explains a figure comes to it, to the minor unit, of any line of any book."""
    scenario = parse(deepcopy(data))
    for entity in scenario.entities:
        book = entity.book(scenario.rates)
        for named in entity.periods:
            period = Period((book.last_closed or book.adopted_on) + ONE_DAY, named.end)
            check_explained(subledger_of(book, entity.policy, period), period)
            book = carried_forward(book, calculate(book, entity.policy, period))
