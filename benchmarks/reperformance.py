"""A first close made anew in SQL: its seconds, how they grow with the lines, and what a plain copy takes.

Seconds of the processor, of the database's process alone: what else runs counts less.
"""

from collections.abc import Callable

import psycopg

from benchmarks.big_book import ACTOR, BigBook, scratch_postgres
from benchmarks.figures import Figure
from benchmarks.machine import cpu_s
from tieout.embedded.postgres import WORKER

FEW, MANY, CALCULATED = 10_000, 100_000, 5_000
TIMES = 3
TARGET_S = 5.0
LINEAR = 1.25
"""Up to so many times as much a line as of few lines is linear: less of it fits into the caches."""


def measure() -> list[Figure]:
    """The least of some runs; every figure must agree, of all lines."""
    with scratch_postgres() as server:
        few_s, few_copied_s, few = reperformed(BigBook(server, "few"), FEW)
        many_s, copied_s, many = reperformed(BigBook(server, "many"), MANY)
    growth = many_s / few_s * few / many
    return [
        Figure(
            f"A first close of {many:,} lines made anew in SQL",
            f"{many_s:.1f} s",
            f"at most {TARGET_S:.0f} s",
            many_s <= TARGET_S,
            f"its positions copied in {copied_s * 1000:.0f} ms",
        ),
        Figure(
            "The same by the line",
            f"{many_s / many * 1e6:.0f} µs, {growth:.2f} times as much as of {few:,} lines",
            f"at most {LINEAR} times",
            growth <= LINEAR,
            f"{few:,} lines in {few_s:.2f} s, copied in {few_copied_s * 1000:.0f} ms",
        ),
    ]


def reperformed(book: BigBook, lines: int) -> tuple[float, float, int]:
    """Seconds to make a close of so many lines anew, and to copy its positions; how many they are."""
    book.fill(CALCULATED)
    close_id = book.calculate()
    book.multiply(lines // CALCULATED)
    made_s = least(lambda: made_anew(book, close_id))
    with psycopg.connect(book.superuser, autocommit=True) as work:
        copied_s = least(lambda: copied(work))
    book.leave()
    return made_s, copied_s, count(book)


def least(of: Callable[[], float]) -> float:
    """The least of some runs."""
    return min(of() for _ in range(TIMES))


def made_anew(book: BigBook, close_id: int) -> float:
    """As the page asks for it. Raises AssertionError where a figure differs."""
    with book.store.unit_of_work(ACTOR) as work:
        close = work.closes.get(close_id)
        process = serving(book)
        began = cpu_s(process)
        found = work.reperformance.of(close)
        seconds = cpu_s(process) - began
    assert found.agrees, found.sentences()
    return seconds


def serving(book: BigBook) -> int:
    """The process that the only unit of work goes on in."""
    with psycopg.connect(book.superuser) as work:
        (found,) = work.execute(
            "select pid from pg_stat_activity where datname = current_database() "
            "and usename = %s and xact_start is not null",
            [WORKER],
        ).fetchall()
    return int(found[0])


def copied(work: psycopg.Connection[tuple[object, ...]]) -> float:
    """Seconds to copy the positions into a table of their own."""
    process = work.info.backend_pid
    began = cpu_s(process)
    work.execute("create temp table copied as select * from position")
    seconds = cpu_s(process) - began
    work.execute("drop table copied")
    return seconds


def count(book: BigBook) -> int:
    """How many lines the close has."""
    with psycopg.connect(book.superuser) as work:
        (found,) = work.execute("select count(*) from position").fetchone() or (0,)
    return int(found)
