"""Law 10 for positions and journals: the tables of a close by arrays are those of the reference."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from accounting.book import Book, BookedPart, Calculation, FrozenLine, JournalKind, LinePosition
from accounting.currency import Conversion
from accounting.engine import calculate, carried_forward
from accounting.lines import lines_known
from accounting.methods import Terms
from accounting.periods import ONE_DAY, Period
from accounting.policy import BALANCE_ROLES, Accruals, Catch, RecognitionPolicy
from accounting.recognition import RevenueLine, recognised_functional
from accounting.reversal import booked_by
from accounting.segments import Life
from accounting.vectorised import Subledger, completed
from accounting.vectorised_arithmetic import Bools, Ints, ints
from accounting.vectorised_compile import compiled
from accounting.vectorised_journals import booked, movements, roll_forward
from accounting.vectorised_positions import Frozen, Positions, Units, balances, positions
from scenario import Scenario, parse
from scenario.schema import read_data
from tests.builders import POLICY, contract, first_book
from tests.builders import line as sold
from tests.laws.bulk_lines import line
from tests.laws.profiles import books
from tests.strategies import scenarios

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.json"))
OF_ITS_OWN = {JournalKind.REVERSAL, JournalKind.ADOPTION}
"""Journals that are no movements toward the target."""
FIGURES = (
    "billed",
    "billed_to_date",
    "recognised",
    "own",
    "catch_up",
    "recognised_to_date",
    "ahead",
    "in_a_year",
    "fx",
)


def rows_of(
    book: Book, policy: RecognitionPolicy, period: Period, found: Calculation
) -> list[RevenueLine]:
    """The line of each position; of one that is held or gone a line of nothing."""
    with_imports = policy.imported is Catch.PROSPECTIVE
    known = lines_known(book, policy, period.end, with_imports=with_imports).lines
    home = Conversion(
        policy.functional_currency, policy.functional_currency, book.rates, policy.calendar
    )
    nothing = Life.dormant(Terms("point_in_time", None, policy.calendar))
    return [
        known[row.line]
        if row.line in known and not row.held
        else line(row.line, nothing, (), home, remeasured=policy.remeasure_accrued)
        for row in found.positions
    ]


def frozen_of(found: Calculation, was: Mapping[str, FrozenLine]) -> Frozen:
    lines = [was.get(row.line) for row in found.positions]

    def column(name: str) -> Ints:
        return ints([getattr(each, name).minor if each else 0 for each in lines])

    return Frozen(
        recognised=column("recognised"),
        billed=column("billed"),
        ahead=column("ahead"),
        in_a_year=column("in_a_year"),
        negative=np.array([each.negative if each else True for each in lines], bool),
    )


def parts_of(book: Book, found: Calculation) -> list[BookedPart]:
    """All that is booked: by closes, adoption, documents, reversals and hand."""
    by_documents = [
        BookedPart(row.line, row.unit, role, row.account, row.dimensions, amount)
        for row in found.positions
        for role, amount in row.coded.items()
    ]
    reversals = [each for each in found.journals if each.kind is JournalKind.REVERSAL]
    return [
        *book.booked,
        *found.adoption_parts,
        *by_documents,
        *booked_by(reversals),
        *found.by_hand,
    ]


def units_of(rows: tuple[LinePosition, ...]) -> Units:
    names = {name: number for number, name in enumerate(dict.fromkeys(row.unit for row in rows))}
    unit = ints([names[row.unit] for row in rows])
    return Units(unit, len(names), np.array([row.is_cost for row in rows], bool))


def by_arrays(
    book: Book, policy: RecognitionPolicy, period: Period, found: Calculation
) -> tuple[Positions, Bools]:
    """The positions, and which are costs."""
    rows = rows_of(book, policy, period, found)
    was = found.adopted if book.adoption is not None else book.frozen
    opened = book.adoption.date if book.adoption is not None else period.day_before
    subledger = Subledger(compiled(rows))
    figures = completed(subledger.standing(period.end), rows, period.end)
    before, told = subledger.recognised_functional(opened)
    for place in np.flatnonzero(~told).tolist():
        before[place] = recognised_functional(rows[place], opened)
    is_cost = np.array([row.is_cost for row in found.positions], bool)
    held = np.array([row.held for row in found.positions], bool)
    return positions(figures, before, frozen_of(found, was), is_cost, held), is_cost


def assert_the_tables_agree(book: Book, policy: RecognitionPolicy, period: Period) -> Calculation:
    found = calculate(book, policy, period)
    if not found.positions:
        return found
    moved, is_cost = by_arrays(book, policy, period, found)
    for name in FIGURES:
        assert getattr(moved, name).tolist() == [
            getattr(row, name).minor for row in found.positions
        ], name
    units = units_of(found.positions)
    closing = balances(units, moved.ahead, moved.in_a_year, moved.negative)
    for number, role in enumerate(BALANCE_ROLES):
        assert closing.by_role[number].tolist() == [
            row.closing[role].minor if role in row.closing else 0 for row in found.positions
        ]
    assert closing.totals() == {role: amount.minor for role, amount in found.closing.items()}
    assert closing.non_current.tolist() == [
        row.non_current.minor if row.non_current else 0 for row in found.positions
    ]
    lines = [(row.line, row.unit, (row.account, row.dimensions)) for row in found.positions]
    slots, was = booked(lines, parts_of(book, found), period)
    journals = movements(closing.by_role, was, moved.fx, is_cost, slots, policy, period)
    wanted = [each for each in found.journals if each.kind not in OF_ITS_OWN]
    assert [replace(each, parts=()) for each in journals] == [
        replace(each, parts=()) for each in wanted
    ]
    assert roll_forward(was, journals, closing.by_role, period) == {}
    return found


def posted(book: Book, found: Calculation) -> Book:
    """The journals are in the ledger, and no close has frozen anything yet."""
    moved = (
        replace(part, open_gain=journal.kind is JournalKind.REMEASUREMENT)
        for journal in found.journals
        for part in booked_by([journal])
    )
    return replace(book, booked=(*book.booked, *moved))


def assert_closes_agree(scenario: Scenario) -> None:
    for entity in scenario.entities:
        book = entity.book(scenario.rates)
        for period in entity.periods:
            opened = (book.last_closed or book.adopted_on) + ONE_DAY
            asked = entity.policy, Period(opened, period.end)
            found = assert_the_tables_agree(book, *asked)
            assert_the_tables_agree(posted(book, found), *asked)
            book = carried_forward(book, found)


@given(scenarios())
@books(150)
def test_any_book_has_the_same_positions_and_journals(data):
    assert_closes_agree(parse(deepcopy(data)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_published_examples_have_the_same_positions_and_journals(example):
    assert_closes_agree(parse(read_data(example)))


def test_a_discount_that_is_not_billed_is_accrued_as_a_whole_where_accruals_reverse():
    service = {"service_start": date(2026, 9, 1), "service_end": date(2027, 8, 31)}
    book = first_book(
        contract("C1", "2026-09-01", sold("-1200.00", **service)),
        contract("C2", "2026-09-01", sold("3600.00", **service)),
    )
    policy = replace(POLICY, accruals=Accruals.AUTO_REVERSE)
    found = assert_the_tables_agree(book, policy, Period.month("2026-09"))
    kinds = [each.kind for each in found.journals]
    assert kinds == [JournalKind.ACCRUAL, JournalKind.ACCRUAL_REVERSAL]
