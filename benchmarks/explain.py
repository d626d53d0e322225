"""One line of a book of a million explained, all that the line's page shows of it: in the second close,
so that there is what the first one froze.
"""

import random
import time

import psycopg

from api.line_view import line_in_full
from benchmarks.big_book import ACTOR, BigBook, scratch_postgres
from benchmarks.figures import Figure, percentile, spread

LINES, CALCULATED = 1_000_000, 5_000
ASKED = 40
TARGET_S = 0.100


def measure() -> list[Figure]:
    """Some lines drawn by lot, each in a unit of work of its own, against one row by its key."""
    with scratch_postgres() as server:
        book = BigBook(server, "explain")
        began = time.perf_counter()
        book.fill(CALCULATED)
        book.calculate()
        close = book.calculate_next()
        book.multiply(LINES // CALCULATED)
        loaded_s = time.perf_counter() - began
        explained, read = ask(book, close)
        book.leave()
    return [
        Figure(
            f"Explain a line of {LINES:,} in Postgres, {ASKED} lines (loaded in {loaded_s:.0f} s)",
            spread(explained),
            f"p95 at most {TARGET_S * 1000:.0f} ms",
            percentile(explained, 0.95) <= TARGET_S,
            f"its position by its key {spread(read)}",
        )
    ]


def ask(book: BigBook, close_id: int) -> tuple[list[float], list[float]]:
    """Seconds to explain each line, and to read its row alone."""
    explained, read = [], []
    for key in lines(book):
        with book.store.unit_of_work(ACTOR) as work:
            close = work.closes.get(close_id)
            assert close.proposal_id is not None
            began = time.perf_counter()
            row = work.proposals.position(close.proposal_id, key)
            read.append(time.perf_counter() - began)
            told = line_in_full(work, close, row, "GBP").explanation
            explained.append(time.perf_counter() - began)
            assert told.sums, told.why_not
    return explained, read


def lines(book: BigBook) -> list[str]:
    """Keys of lines, the same every time."""
    with psycopg.connect(book.superuser) as work:
        keys = work.execute(
            "select line from position tablesample system (1) repeatable (1)"
        ).fetchall()
    return [key for (key,) in random.Random(1).sample(keys, ASKED)]  # noqa: S311 - draws no secret
