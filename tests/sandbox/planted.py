"""The mistakes that the sandbox's spreadsheet made, as a back-test of its last year must tell them."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from sandbox.world.northwind import northwind
from sandbox.world.slips import PLANTED

TODAY, SEED = date(2026, 10, 5), 1
FIRST, LAST = "2025-09", "2026-08"
"""The last twelve months before the group adopted."""

Told = tuple[str, str, str, str, int]
"""A mistake in a month: cause, customer, month, stage, amount in minor units."""


def planted(entity: str, *, crowded: bool = True) -> list[Told]:
    """What each does in each month, sorted."""
    documents = northwind(TODAY, SEED, crowded=crowded).books[entity].documents
    told: list[Told] = []
    for slip in PLANTED:
        before = 0
        for end in _month_ends() if slip.entity == entity else ():
            stands = slip.stands(documents, end)
            stage = {slip.since: "arises", slip.until: "made_good"}.get(end, "goes_on")
            if stands != before:
                month = f"{end:%Y-%m}"
                told.append((slip.cause, slip.customer, month, stage, stands - before))
            before = stands
    assert len(told) >= 5
    return sorted(told)


def _month_ends() -> Iterator[date]:
    for number in range(2025 * 12 + 8, 2026 * 12 + 8):
        year, month = number // 12, number % 12 + 1
        yield date(year, month, monthrange(year, month)[1])
