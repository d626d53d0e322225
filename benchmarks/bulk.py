"""A close of a million lines by arrays: against the one-line path, and against copying its arrays."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np

from accounting.book import Calculation, Journal
from accounting.engine import calculate_lines
from accounting.periods import month_end
from accounting.policy import BALANCE_ROLES
from accounting.vectorised import Figures, Subledger
from accounting.vectorised_arithmetic import Ints, sums
from accounting.vectorised_journals import Booked, movements, roll_forward
from accounting.vectorised_positions import Balances, Frozen, Positions, balances, positions
from accounting.vectorised_schedule import Schedule, months, schedule, waterfall
from benchmarks.figures import Figure
from benchmarks.generated_lines import PERIOD, Entity, as_book, entities, sample

Result = TypeVar("Result")
LINES = 1_000_000
SAMPLE = 6_000
TIMES = 3
TARGET_TIMES_FASTER = 100
TARGET_COPIES = 30
TARGET_WATERFALL_S = 0.5
TARGET_SCHEDULE_COPIES = 8
MONTHS = 36
BEFORE = PERIOD.day_before
ENDS = tuple(month_end(date(2025 + month // 12, month % 12 + 1, 1)) for month in range(MONTHS))
"""The 36 months in which most lines earn."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the close before left: the lines as frozen, and what is booked of each."""

    frozen: Frozen
    booked: Booked


@dataclass(frozen=True, slots=True)
class Closed:
    """A close by arrays."""

    figures: Figures
    positions: Positions
    opening: Balances
    closing: Balances
    journals: tuple[Journal, ...]


def measure() -> list[Figure]:
    """Whole million, all six entities, one after the other; the least of some times."""
    books = [(entity, opening(entity)) for entity in entities(LINES)]
    close_s, closed = least(lambda: [close(*book) for book in books])
    copied_s, copied = copying([*books, *closed])
    one_s, same = one_by_one(books, closed)
    per_line = (
        f"{one_s / LINES * 1e6:.0f} µs a line one by one, {close_s / LINES * 1e9:.0f} ns by arrays"
    )
    journals = sum(len(each.journals) for each in closed)
    return [
        Figure(
            f"Close of {LINES:,} lines by arrays, {journals} journals, rolled forward",
            f"{close_s:.2f} s, {one_s / close_s:.0f} times as fast as one by one",
            f"{TARGET_TIMES_FASTER} times, {same:,} lines compared",
            one_s / close_s >= TARGET_TIMES_FASTER,
            per_line,
        ),
        Figure(
            "The same against copying what it reads and writes",
            f"{close_s / copied_s:.1f} times",
            f"at most {TARGET_COPIES} times",
            close_s / copied_s <= TARGET_COPIES,
            f"{copied / 1e6:.0f} MB copied in {copied_s * 1000:.0f} ms",
        ),
        *schedules([entity for entity, _ in books]),
    ]


def schedules(of: list[Entity]) -> Iterable[Figure]:
    """R(t) at 36 ends of months, summed by currency; and every month of every line."""
    ledgers = [Subledger(entity.columns) for entity in of]
    fall_s, falls = least(
        lambda: [fall(entity, ledger) for entity, ledger in zip(of, ledgers, strict=True)]
    )
    for entity, ledger, found in zip(of, ledgers, falls, strict=True):
        for column in (0, MONTHS // 2, MONTHS - 1):
            by_line = ledger.recognised(ENDS[column])
            wanted = sums(by_line, entity.columns.source, len(entity.columns.currencies))
            assert (found[:, column] == wanted).all()
    yield Figure(
        f"Waterfall of {MONTHS} months over {LINES:,} lines by entity and currency",
        f"{fall_s:.2f} s",
        f"at most {TARGET_WATERFALL_S} s",
        fall_s <= TARGET_WATERFALL_S,
        f"{fall_s / LINES / MONTHS * 1e9:.1f} ns a line and month",
    )
    into = [Schedule.of_size(int(months(ledger.earning).sum())) for ledger in ledgers]
    whole_s, _ = least(
        lambda: [
            schedule(ledger.earning, entity.columns.billings, rows)
            for entity, ledger, rows in zip(of, ledgers, into, strict=True)
        ]
    )
    for entity, rows in zip(of, into, strict=True):
        assert (
            sums(rows.recognised, rows.line.astype(np.int64), entity.lines)
            == entity.columns.segments.amount
        ).all()
    count = sum(rows.line.size for rows in into)
    copied_s, copied = copying(into)
    yield Figure(
        f"Whole schedule, {count:,} rows; each line's sum to its amount",
        f"{whole_s:.2f} s, {whole_s / copied_s:.1f} times copying it",
        f"at most {TARGET_SCHEDULE_COPIES} times",
        whole_s / copied_s <= TARGET_SCHEDULE_COPIES,
        f"{copied / 1e6:.0f} MB copied in {copied_s * 1000:.0f} ms",
    )


def fall(entity: Entity, ledger: Subledger) -> Ints:
    """The waterfall of one entity by currency."""
    columns = entity.columns
    return waterfall(ledger.earning, ENDS, columns.source, len(columns.currencies))


def opening(entity: Entity) -> Opening:
    """As if a close of everything up to the day before the period had been posted."""
    nothing = np.zeros(entity.lines, np.int64)
    subledger = Subledger(entity.columns)
    was = positions(
        told(subledger.standing(BEFORE)),
        subledger.recognised_functional(BEFORE)[0],
        Frozen.nothing(entity.lines),
        entity.units.is_cost,
    )
    held = balances(entity.units, was.ahead, was.in_a_year, was.negative).by_role
    table = np.zeros((len(BALANCE_ROLES), nothing.size), np.int64)
    return Opening(was.frozen(), Booked(held, table, table))


def told(figures: Figures) -> Figures:
    """The figures, all of which the arrays told. Raises AssertionError."""
    assert figures.told.all()
    assert figures.year_known.all()
    return figures


def close(entity: Entity, was: Opening) -> Closed:
    """Figures, positions, balances, journals, and the roll-forward, which must leave nothing."""
    subledger = Subledger(entity.columns)
    figures = told(subledger.standing(PERIOD.end))
    before, _ = subledger.recognised_functional(BEFORE)
    moved = positions(figures, before, was.frozen, entity.units.is_cost)
    frozen = was.frozen
    opened = balances(entity.units, frozen.ahead, frozen.in_a_year, frozen.negative)
    closing = balances(entity.units, moved.ahead, moved.in_a_year, moved.negative)
    journals = movements(
        closing.by_role,
        was.booked,
        moved.fx,
        entity.units.is_cost,
        entity.slots,
        entity.policy,
        PERIOD,
    )
    assert not roll_forward(was.booked, journals, closing.by_role, PERIOD)
    at_home = entity.columns.source == entity.columns.currencies.index(entity.columns.target)
    assert not moved.fx[at_home].any()
    return Closed(figures, moved, opened, closing, journals)


def least(work: Callable[[], Result]) -> tuple[float, Result]:
    """The least processor time of some runs, and what the last one gave."""
    seconds = []
    for _ in range(TIMES):
        began = time.process_time()
        result = work()
        seconds.append(time.process_time() - began)
    return min(seconds), result


def copying(of: Iterable[Any]) -> tuple[float, int]:
    """Seconds to copy all arrays that these hold, into memory that is there already; their bytes."""
    arrays = list({id(each): each for each in arrays_in(of)}.values())
    into = [np.empty_like(each) for each in arrays]

    def copy() -> None:
        for target, source in zip(into, arrays, strict=True):
            np.copyto(target, source)

    copy()
    return least(copy)[0], sum(each.nbytes for each in arrays)


def arrays_in(value: Any) -> Iterable[np.ndarray[Any, Any]]:
    """Every array in it, at any depth."""
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays_in(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from arrays_in(each)


def one_by_one(books: list[tuple[Entity, Opening]], closed: list[Closed]) -> tuple[float, int]:
    """Seconds that the one-line path takes for all lines, by a sample of each entity's; how many
    lines gave the same figures. Raises AssertionError where one does not.
    """
    seconds, compared = 0.0, 0
    for (entity, was), by_arrays in zip(books, closed, strict=True):
        numbers = sample(entity, SAMPLE // len(books))
        book, lines = as_book(entity, numbers, was.frozen, was.booked, PERIOD)
        began = time.process_time()
        found = calculate_lines(book, entity.policy, PERIOD, lines)
        seconds += (time.process_time() - began) * entity.lines / numbers.size
        assert_same(found, by_arrays, numbers)
        compared += numbers.size
    return seconds, compared


def assert_same(found: Calculation, by_arrays: Closed, numbers: Ints) -> None:
    """Every figure of every line of the sample."""
    assert len(found.positions) == numbers.size
    for number, row in zip(numbers.tolist(), found.positions, strict=True):
        for field in fields(by_arrays.positions):
            wanted = getattr(row, field.name)
            figure = getattr(by_arrays.positions, field.name)[number]
            assert figure == (wanted if field.name == "negative" else wanted.minor), (row, field)
        for balances_, shares in (
            (by_arrays.opening, row.opening),
            (by_arrays.closing, row.closing),
        ):
            for place, role in enumerate(BALANCE_ROLES):
                share = shares[role].minor if role in shares else 0
                assert balances_.by_role[place, number] == share, row
        later = row.non_current.minor if row.non_current else 0
        assert by_arrays.closing.non_current[number] == later, row
