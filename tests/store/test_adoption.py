"""The imported schedule: each import is kept, the newest counts, and none after the first close."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounting.money import Money
from controls.audit import Actor
from controls.steps import Awaiting, Step
from store import Store
from store.errors import ConflictError
from tests.store.database import Database
from tests.store.month_end import MonthEnd, configured, invoice, line, over

CARL = Actor("user", "carl")
FILE, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def uk(altered: Database) -> Iterator[MonthEnd]:
    month_end = MonthEnd(altered, configured())
    month_end.paper.write(
        invoice("INV-1", "2026-08-01", line("122.00", **over("2026-08-01", "2026-11-30")))
    )
    yield month_end
    month_end.leave()


def said(amount: str) -> dict[str, Money]:
    return {"INV-1/1": Money.parse(amount, "GBP")}


def imported(store: Store, lines: dict[str, Money], file: str = FILE) -> int:
    with store.unit_of_work(CARL) as work:
        return work.adoption.replace("uk", lines, file)


def recognised(store: Store) -> dict[str, Money]:
    with store.unit_of_work(CARL) as work:
        return work.adoption.recognised("uk")


def events(store: Store) -> list[Any]:
    with store.unit_of_work(CARL) as work:
        return [e for e in work.audit.latest("uk", 50) if e.verb == "adoption.imported"]


def test_the_newest_import_counts_and_each_is_on_record(uk: MonthEnd) -> None:
    assert recognised(uk.api) == {}
    assert imported(uk.api, said("40.00")) == 1
    assert imported(uk.api, said("50.00"), OTHER) == 1
    assert recognised(uk.api) == said("50.00")
    with uk.api.unit_of_work(CARL) as work:
        current = work.adoption.current("uk")
        assert current is not None
        assert (current.file_hash, current.imported_by) == (OTHER, "carl")
    assert [(e.hashes["file"], e.after["lines"]) for e in events(uk.api)] == [(OTHER, 1), (FILE, 1)]
    assert imported(uk.api, {}) == 0
    assert recognised(uk.api) == {}


def test_the_first_close_starts_from_what_was_imported(uk: MonthEnd) -> None:
    imported(uk.api, said("40.00"))
    uk.paper.held = {"DEF": -82_00}
    ref = uk.open("2026-09")
    uk.sync(ref)
    assert uk.calculate(ref).exceptions == 0
    (row,) = uk.positions(ref).values()
    # 82.00 are left for the 91 days from September on: 82 × 30 / 91.
    assert (row.own_minor, row.catch_up_minor, row.recognised_to_date_minor) == (27_03, 0, 67_03)


@pytest.mark.parametrize("step", [Step.LOCK_CHECK, Step.POST, Step.VERIFY, Step.SIGN_OFF])
def test_nothing_is_imported_once_the_first_close_is_beyond_review(
    step: Step, uk: MonthEnd
) -> None:
    ref = uk.open("2026-09")
    with uk.store.unit_of_work(CARL) as work:
        work.closes.move(ref.close_id, step, Awaiting.NOTHING, "")
    with pytest.raises(ConflictError, match=r"posting it.*Nothing was imported"):
        imported(uk.api, said("40.00"))
    assert recognised(uk.api) == {}
    assert events(uk.api) == []


def test_nothing_is_imported_after_the_first_close(uk: MonthEnd) -> None:
    imported(uk.api, said("40.00"))
    uk.close("2026-09")
    uk.open("2026-10")
    with pytest.raises(ConflictError, match="has closed 2026-09"):
        imported(uk.api, said("50.00"))
    assert recognised(uk.api) == said("40.00")
    assert len(events(uk.api)) == 1


def test_the_worker_imports_nothing(uk: MonthEnd) -> None:
    with pytest.raises(Exception, match="permission denied for table adoption_import"):
        imported(uk.store, said("40.00"))
