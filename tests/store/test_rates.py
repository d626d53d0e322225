"""Rates: appended with their origin, crossed through the euro, averaged by the entity's periods."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest

from accounting.calendars import CALENDAR_MONTHS, by_weeks
from accounting.rates import Rates
from connectors.ecb import read_reference_file
from controls.audit import Actor
from store import Store
from store.errors import UnstorableError
from store.rates import AVERAGE, CLOSING, EUR, SPOT, NewRate
from tests.store.database import Database
from tieout.administration import shipped_history
from tieout.errors import TieoutError
from tieout.rates_cli import load

WORKER_ACTOR = Actor("service", "worker")
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
CLOSED = date(2026, 8, 31)


def add(store: Store, *rates: NewRate, origin: str = "by hand") -> int:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return work.rates.add(rates, origin)


def euro(currency: str, day: str, rate: str) -> NewRate:
    return NewRate(EUR, currency, SPOT, day, Decimal(rate))


def table(
    store: Store, *pairs: tuple[str, str], until: date = OCTOBER, entity: str = "uk"
) -> Rates:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return work.rates.table(entity, pairs, until)


def averaged(store: Store, closed_to: date = CLOSED, until: date = SEPTEMBER) -> int:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return work.rates.keep_averages("uk", CALENDAR_MONTHS, [("USD", "GBP")], until, closed_to)


def rows(database: Database) -> list[tuple[str, ...]]:
    words = "select source_currency, target_currency, kind, at, rate from rate order by id"
    with psycopg.connect(database.owner) as work:
        return work.execute(words).fetchall()


def test_a_cross_rate_goes_through_the_euro_rounded_to_ten_decimals(store: Store) -> None:
    add(store, euro("USD", "2026-09-30", "1.1355"), euro("GBP", "2026-09-30", "0.85463"))
    rates = table(store, ("USD", "GBP"), ("EUR", "GBP"), ("USD", "EUR"))
    assert rates.spot("USD", "GBP", SEPTEMBER) == Fraction("0.7526464113")  # 0.75264641127…
    assert rates.spot("EUR", "GBP", SEPTEMBER) == Fraction("0.85463")
    assert rates.spot("USD", "EUR", SEPTEMBER) == 1 / Fraction("1.1355")


def test_a_rate_that_is_stated_goes_before_one_that_is_crossed(store: Store) -> None:
    add(store, euro("USD", "2026-09-30", "1.2"), euro("GBP", "2026-09-30", "0.9"))
    add(store, NewRate("GBP", "USD", SPOT, "2026-09-30", Decimal("1.25")))
    assert table(store, ("USD", "GBP")).spot("USD", "GBP", SEPTEMBER) == Fraction("0.8")
    add(store, NewRate("USD", "GBP", SPOT, "2026-09-30", Decimal("0.81")))
    assert table(store, ("USD", "GBP")).spot("USD", "GBP", SEPTEMBER) == Fraction("0.81")


def test_the_newest_of_a_key_counts_and_nothing_is_written_over(
    store: Store, database: Database
) -> None:
    assert add(store, euro("USD", "2026-09-30", "1.2")) == 1
    assert add(store, euro("USD", "2026-09-30", "1.2")) == 0
    assert add(store, euro("USD", "2026-09-30", "1.3")) == 1
    assert add(store, euro("USD", "2026-09-30", "1.2")) == 1
    assert [row[-1] for row in rows(database)] == ["1.2", "1.3", "1.2"]
    assert table(store, ("EUR", "USD")).spot("EUR", "USD", SEPTEMBER) == Fraction("1.2")
    with store.unit_of_work(WORKER_ACTOR) as work:
        events = [e for e in work.audit.latest("system", 10) if e.verb == "rates.added"]
    assert [event.after["rates"] for event in events] == [1, 1, 1]


def test_a_close_sees_no_rate_of_a_later_day(store: Store) -> None:
    add(store, euro("USD", "2026-09-29", "1.2"), euro("USD", "2026-10-01", "1.3"))
    rates = table(store, ("EUR", "USD"), until=SEPTEMBER)
    assert rates.spot("EUR", "USD", OCTOBER.replace(day=2)) == Fraction("1.2")


def september(store: Store, *gbp: str) -> None:
    days = ("2026-09-01", "2026-09-15", "2026-09-30")
    add(store, *(euro("USD", day, "1.2") for day in days))
    add(store, *(euro("GBP", day, rate) for day, rate in zip(days, gbp, strict=False)))


def test_an_average_is_the_mean_of_the_periods_spots_kept_by_its_name(
    store: Store, database: Database
) -> None:
    september(store, "0.84", "0.90", "0.97")  # crossed: 0.70, 0.75, 0.8083333333
    assert averaged(store) == 1
    assert rows(database)[-1] == ("USD", "GBP", AVERAGE, "2026-09", "0.7527777778")
    assert averaged(store) == 0
    found = table(store, ("USD", "GBP"))
    assert found.average("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER) == Fraction("0.7527777778")
    assert found.closing("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER) == Fraction("0.8083333333")
    other = table(store, ("USD", "GBP"), entity="de")  # its periods may be others
    assert other.average("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER) == Fraction("0.8083333333")


def test_an_open_periods_average_follows_its_spots_and_a_closed_ones_stands(store: Store) -> None:
    september(store, "0.84", "0.90", "0.96")
    assert averaged(store) == 1
    add(store, euro("GBP", "2026-09-15", "0.93"))
    assert averaged(store) == 1
    add(store, euro("GBP", "2026-09-15", "0.96"))
    assert averaged(store, closed_to=SEPTEMBER) == 0
    found = table(store, ("USD", "GBP")).average("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER)
    assert found == Fraction("0.7583333333")


@pytest.mark.parametrize("entity", ["uk", None])
def test_an_average_that_somebody_stated_stands(entity: str | None, store: Store) -> None:
    september(store, "0.84", "0.90", "0.96")
    said = NewRate("USD", "GBP", AVERAGE, "2026-09", Decimal("0.7"), entity)
    add(store, said, NewRate("USD", "GBP", CLOSING, "2026-09", Decimal("0.6")))
    assert averaged(store) == 0
    found = table(store, ("USD", "GBP"))
    assert found.average("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER) == Fraction("0.7")
    assert found.closing("USD", "GBP", CALENDAR_MONTHS, SEPTEMBER) == Fraction("0.6")


def test_a_period_whose_spots_do_not_reach_its_ends_has_no_average(store: Store) -> None:
    september(store, "0.84", "0.90")  # none in the last week
    assert averaged(store) == 0


def test_averages_go_by_the_entitys_own_periods(store: Store, database: Database) -> None:
    september(store, "0.84", "0.90", "0.96")
    weeks = by_weeks("4-4-5", date(2026, 8, 30), [("2027", 52)])  # P01 ends on 26 September
    add(store, euro("USD", "2026-09-25", "1.2"), euro("GBP", "2026-09-25", "1.02"))
    with store.unit_of_work(WORKER_ACTOR) as work:
        end = date(2026, 9, 26)
        assert work.rates.keep_averages("uk", weeks, [("USD", "GBP")], end, CLOSED) == 1
    assert rows(database)[-1] == ("USD", "GBP", AVERAGE, "2027-P01", "0.7666666667")


@pytest.mark.parametrize("rate", ["0", "-1.5", "NaN", "Infinity"])
def test_what_is_no_rate_is_refused(rate: str, store: Store, database: Database) -> None:
    with pytest.raises(UnstorableError, match="is not a rate"):
        add(store, euro("USD", "2026-09-30", rate))
    assert rows(database) == []


def test_the_shipped_history_is_loaded_once_with_its_hash(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("TIEOUT_DATABASE_URL", database.api)
    load(None, "2026-09-28")
    added = len(rows(database))
    assert added > 60
    assert ("EUR", "GBP", SPOT, "2026-09-30", "0.85463") in rows(database)
    file = tmp_path / "eurofxref-hist.zip"
    file.write_bytes(shipped_history())
    load(file, "2026-09-28")
    assert len(rows(database)) == added
    assert "0 rates from 2026-09-28 to" in capsys.readouterr().out
    load(None, "")
    assert ("EUR", "GBP", SPOT, "2024-08-01", "0.84328") in rows(database)
    assert not [row for row in rows(database) if row[3] < "2024-08-01"]
    with psycopg.connect(database.owner) as work:
        found = work.execute("select distinct origin from rate").fetchall()
    assert found == [(read_reference_file(shipped_history()).origin,)]


def test_a_file_that_can_not_be_read_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(TieoutError, match=r"nowhere\.zip can't be read"):
        load(tmp_path / "nowhere.zip", "")
    with pytest.raises(TieoutError, match="write a day like"):
        load(None, "yesterday")
