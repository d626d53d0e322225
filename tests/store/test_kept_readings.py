"""What was read of a big book is kept: in shards, for previews, and only while nothing has changed."""

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import psycopg
import pytest
from temporalio.testing import ActivityEnvironment

from accounting.documents import DocumentKind, Report
from accounting.money import Money
from activities import CalculateActivities
from controls.messages import Calculated, CloseRef, ShardRef
from store import plain_lines
from store.arrow import Arrow
from store.calculations import proposed
from store.config import AppliedConfig
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, Make, MonthEnd, document, invoice, line, over
from tests.store.test_plain_lines import assert_same, filled

YEAR = over("2026-08-10", "2027-08-09")


@pytest.fixture(autouse=True)
def _all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_lines, "FEW", 0)


def shards_of(uk: MonthEnd, close: CloseRef, lines: int) -> Calculated:
    """What a calculation asks for before, of shards of so many lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "SHARD_LINES", lines)
        return uk.calculate(close)


def read_shard(uk: MonthEnd, shard: ShardRef) -> None:
    ActivityEnvironment().run(CalculateActivities(uk.doors).read_shard, shard)


def calculate_read(uk: MonthEnd, close: CloseRef) -> int:
    calculate = CalculateActivities(uk.doors).calculate_read
    found: Calculated = ActivityEnvironment().run(calculate, close)
    return found.proposal_id


def asks_postgres(uk: MonthEnd, close: CloseRef, config: AppliedConfig | None = None) -> bool:
    """Whether a preview has to read the lines itself."""
    asked = []

    def fetch(arrow: Arrow, *queries: Any) -> Any:
        asked.append(queries)
        return whole(arrow, *queries)

    whole = Arrow.fetch
    with pytest.MonkeyPatch.context() as patch, uk.api.reading(WORKER_ACTOR) as work:
        patch.setattr(Arrow, "fetch", fetch)
        made = proposed(work, work.closes.get(close.close_id), config or work.config.current())
        assert made.plain is not None
    return bool(asked)


def test_shards_say_the_same_as_one_by_one(
    month_ends: Make, altered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    uk.paper.write(
        *(invoice(f"D-{n}-x", "2026-08-12", line("90.00", **YEAR)) for n in range(1, 9))
    )  # "D-1-x/…" stands before "D-1/…", and of some the name stands in a later shard
    for period in ("2026-09", "2026-10"):
        close = uk.open(period)
        uk.sync(close)
        monkeypatch.setattr(plain_lines, "FEW", 10**9)
        one_by_one = uk.calculate(close).proposal_id
        monkeypatch.setattr(plain_lines, "FEW", 0)
        asked = shards_of(uk, close, 40)
        assert asked.shards > 3
        assert not asked.proposal_id
        order = [*range(asked.shards)]
        Random(period).shuffle(order)
        for number in (*order, order[0]):
            read_shard(uk, ShardRef(close, asked.reading, number))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Arrow, "fetch", None)
            assert_same(altered, one_by_one, calculate_read(uk, close))
        assert not asks_postgres(uk, close)
        uk.post(close)
        uk.sign_off(close)
    uk.leave()


def test_a_shard_that_is_missing_or_too_late_changes_nothing(
    month_ends: Make, altered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    asked = shards_of(uk, close, 25)
    read_shard(uk, ShardRef(close, asked.reading, 0))
    uk.paper.write(invoice("LATE", "2026-08-12", line("90.00", **YEAR)))
    uk.sync(close)
    for number in range(1, asked.shards):
        read_shard(uk, ShardRef(close, asked.reading, number))
    at_once = calculate_read(uk, close)
    monkeypatch.setattr(plain_lines, "FEW", 10**9)
    assert_same(altered, uk.calculate(close).proposal_id, at_once)
    read_shard(uk, ShardRef(close, asked.reading, 1))
    with psycopg.connect(altered.superuser) as work:
        assert work.execute("select count(distinct reading_id) from kept_piece").fetchone() == (1,)
    uk.leave()


def told_of(uk: MonthEnd) -> None:
    uk.paper.report(Report("R-1", "D-9/0", date(2026, 9, 5), usage=Money(100, "GBP")))


def a_new_document(uk: MonthEnd) -> None:
    uk.paper.write(invoice("NEW", "2026-08-12", line("90.00", **YEAR)))


def a_new_version(uk: MonthEnd) -> None:
    uk.paper.write(document(DocumentKind.INVOICE, "X-4", "2026-08-04", line("901.00", **YEAR)))


def test_what_was_kept_is_read_anew_where_the_book_has_changed(month_ends: Make) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    assert asks_postgres(uk, close)
    uk.calculate(close)
    assert not asks_postgres(uk, close)
    uk.sync(close)
    assert not asks_postgres(uk, close), "nothing new was read"
    for change in (a_new_document, a_new_version, told_of):
        change(uk)
        uk.sync(close)
        assert asks_postgres(uk, close), change.__name__
        uk.calculate(close)
        assert not asks_postgres(uk, close), change.__name__
    uk.leave()


def test_it_is_read_anew_once_anything_is_posted_or_closed(month_ends: Make) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    uk.calculate(close)
    uk.post(close)
    uk.sign_off(close)
    following = uk.open("2026-10")
    assert asks_postgres(uk, following)
    uk.calculate(following)
    assert not asks_postgres(uk, following)
    uk.leave()


def test_a_preview_of_other_methods_takes_it_up_and_of_other_accounts_does_not(
    month_ends: Make,
) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    uk.calculate(close)
    with uk.api.reading(WORKER_ACTOR) as work:
        today = work.config.current()
    recognition = {"method": "monthly", "rules": [{"type": "New", "method": "daily"}]}
    assert not asks_postgres(uk, close, _with(today, recognition=recognition))
    accounts = {**_uk(today)["accounts"], "revenue": ["REV"]}
    assert asks_postgres(uk, close, _with(today, accounts=accounts))
    uk.leave()


def _uk(config: AppliedConfig) -> dict[str, Any]:
    told = config.configuration.model_dump(mode="json")
    found: dict[str, Any] = next(each for each in told["entities"] if each["id"] == "uk")
    return found


def _with(config: AppliedConfig, **changes: Any) -> AppliedConfig:
    told = config.configuration.model_dump(mode="json")
    for each in told["entities"]:
        if each["id"] == "uk":
            each.update(changes)
    found = type(config.configuration).model_validate(told)
    return replace(config, sha256=found.sha256, configuration=found)
