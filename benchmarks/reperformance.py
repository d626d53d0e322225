"""A first close made anew in SQL: seconds, whether they grow with the lines, and against a plain copy."""

import time

import psycopg

from benchmarks.big_book import ACTOR, BigBook, scratch_postgres
from benchmarks.figures import Figure
from store.reperformance import Reperformed

FEW, MANY, CALCULATED = 10_000, 100_000, 5_000
TIMES = 3
TARGET_S = 5.0
LINEAR = 1.25
"""Up to so many times as much a line as of few lines is linear: less of it fits into the caches."""
COPY = "create temp table copied as select * from position"


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
    seconds, copies = [], []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = made_anew(book, close_id)
        seconds.append(time.perf_counter() - began)
        assert found.agrees, found.sentences()
        copies.append(copied(book))
    book.leave()
    return min(seconds), min(copies), sum(found.recomputed.values()) + sum(found.left.values())


def made_anew(book: BigBook, close_id: int) -> Reperformed:
    """As the page asks for it."""
    with book.store.unit_of_work(ACTOR) as work:
        return work.reperformance.of(work.closes.get(close_id))


def copied(book: BigBook) -> float:
    """Seconds to copy the positions into a table of their own."""
    with psycopg.connect(book.superuser) as work:
        began = time.perf_counter()
        work.execute(COPY)
        return time.perf_counter() - began
