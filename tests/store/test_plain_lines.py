"""Lines whose documents stand alone, reckoned at once: row by row what one by one gives, hash and all."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from temporalio.exceptions import ApplicationError

from accounting.beside import NOTHING_BESIDE
from accounting.book import Book
from accounting.bulk import calculate
from accounting.documents import Document, DocumentKind, DocumentLine, Override, Report
from accounting.engine import ENGINE_VERSION
from accounting.money import Money
from accounting.periods import Period
from controls.messages import CloseRef
from controls.proposal import Versions, journal_hash, proposal_data
from store import plain_lines
from store.arrow import Arrow
from store.calculations import proposed
from store.errors import DatabaseUnavailableError
from store.plain_positions import position_totals
from tests.laws.profiles import books
from tests.store.database import Database
from tests.store.drawn import Drawn, closes_drawn
from tests.store.month_end import (
    WORKER_ACTOR,
    Make,
    MonthEnd,
    document,
    invoice,
    line,
    over,
)
from tests.strategies import scenarios
from tests.strategies_draft import Data

ONE_BY_ONE, AT_ONCE = 10**9, 0
ROWS = {
    "positions": "select to_jsonb(p) - 'proposal_id' from position p where proposal_id = %s"
    ' order by line collate "C"',
    "journals": "select to_jsonb(j) - 'id' - 'proposal_id' from journal j where proposal_id = %s"
    " order by id",
    "journal lines": "select to_jsonb(l) - 'journal_id' from journal_line l join journal j"
    " on j.id = l.journal_id where proposal_id = %s order by j.id, l.number",
    "parts": "select to_jsonb(p) - 'id' - 'proposal_id' - 'journal_id', j.kind from journal_part p"
    " left join journal j on j.id = p.journal_id where p.proposal_id = %s"
    " order by 2, (to_jsonb(p) - 'id' - 'proposal_id' - 'journal_id')::text",
    "exceptions": "select to_jsonb(e) - 'proposal_id' from close_exception e where proposal_id = %s"
    " order by code, subject",
    "proposal": "select hash, summary from proposal where id = %s",
}


def rows_of(database: Database, proposal: int) -> dict[str, list[Any]]:
    """All that a proposal put into the tables."""
    with psycopg.connect(database.superuser) as work:
        return {name: work.execute(query, [proposal]).fetchall() for name, query in ROWS.items()}


def assert_same(database: Database, one_by_one: int, at_once: int) -> None:
    wanted, found = rows_of(database, one_by_one), rows_of(database, at_once)
    for name in ROWS:
        assert found[name] == wanted[name], name


@given(data=scenarios())
@settings(books(6), phases=[Phase.generate], deadline=None, suppress_health_check=[*HealthCheck])
def test_whatever_is_known_both_ways_say_the_same(drawn_database: Database, data: Data) -> None:
    for drawn, close in closes_drawn(drawn_database, data):
        with drawn.store.unit_of_work(WORKER_ACTOR) as work:
            one_by_one = work.closes.get(close).proposal_id or 0
        assert_same(drawn_database, one_by_one, _at_once(drawn, close))


def _at_once(drawn: Drawn, close: int) -> int:
    """The same close proposed again, with as many lines at once as there may be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "FEW", AT_ONCE)
        with drawn.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.closes.get(close)
            period = Period(row.period_start, row.period_end)
            book, plain = work.books.read(row, drawn.policy)
            beside = plain.beside if plain is not None else NOTHING_BESIDE
            found = calculate(book, drawn.policy, period, beside)
            saved = proposal_data(
                drawn.entity.id,
                found,
                tuple(journal_hash(drawn.entity.id, journal) for journal in found.journals),
                Versions(str(drawn.config_id), ENGINE_VERSION),
                totals=position_totals(plain, found.positions),
            )
            args = (drawn.config_id, ENGINE_VERSION)
            return work.proposals.save(row, found, saved, *args, plain=plain).id or 0


def ordinary(chance: Random) -> Iterator[Document]:
    """What a book is mostly made of: invoices, bills and notes that nothing else names."""
    for number in range(60):
        kind = chance.choice(
            [DocumentKind.INVOICE] * 6
            + [DocumentKind.BILL, DocumentKind.CREDIT_NOTE, DocumentKind.BILL_CREDIT]
        )
        day = date(2026, 5, 1) + timedelta(days=chance.randrange(170))
        currency = chance.choice(["GBP"] * 5 + ["USD", "JPY"])
        stated = Decimal("0.78").scaleb(0 if currency == "USD" else -2)
        yield document(
            kind,
            f"D-{number}",
            day.isoformat(),
            *(
                _line(chance, kind, each, day, currency)
                for each in range(chance.choice([1, 1, 1, 2, 3]))
            ),
            counterparty=chance.choice(["Acme", "Müller & Söhne", ""]),
            rate=stated if currency != "GBP" and chance.random() < 0.5 else None,
        )


def _line(
    chance: Random, kind: DocumentKind, number: int, day: date, currency: str
) -> DocumentLine:
    start = day + timedelta(days=chance.randrange(-40, 40))
    size = chance.randrange(1, 500_000) * (-1 if kind.is_credit or chance.random() < 0.1 else 1)
    return DocumentLine(
        id=str(number) if chance.random() < 0.9 or number else "",
        amount=Money(size, currency),
        account=("EXP" if kind.is_cost else chance.choice(["REV", "SUB"])),
        product=chance.choice(["PLAT", "SUPP", "TRNG", None]),
        text=chance.choice(["Plan", ""]),
        dimensions=chance.choice([(), (("Region", "Süd"), ("Team", 'a"b'))]),
        service_start=start,
        service_end=start + timedelta(days=chance.choice([0, 20, 90, 364, 730])),
    )


def contracted(chance: Random) -> Iterator[Document]:
    """Contracts and the invoices that bill them, in parts, before, late, or not at all."""
    for number in range(25):
        signed = date(2026, 4, 20) + timedelta(days=chance.randrange(170))
        currency = chance.choice(["GBP", "GBP", "GBP", "USD"])
        start = signed + timedelta(days=chance.randrange(-20, 30))
        end = start + timedelta(days=chance.choice([90, 364, 730]))
        products = chance.sample(["PLAT", "SUPP", "DATA", "TRNG"], chance.choice([1, 1, 2, 3]))
        sold = [
            DocumentLine(
                id=f"O-{each}",
                amount=Money(chance.randrange(1_000, 900_000), currency),
                product=each,
                text=chance.choice(["", "Seats"]),
                service_start=start,
                service_end=end,
                units=Decimal(chance.randrange(1, 9)),
                standalone_price=Money(5_000, currency) if chance.random() < 0.3 else None,
            )
            for each in products
        ]
        given: dict[str, Any] = {"counterparty": f"Customer {number}"}
        if chance.random() < 0.5:
            given["type"] = chance.choice(["Renewal", "New"])
        if chance.random() < 0.2 and number:
            given["renews"] = f"C-{number - 1}"
        yield document(DocumentKind.CONTRACT, f"C-{number}", signed.isoformat(), *sold, **given)
        yield from _bills(chance, f"C-{number}", signed, sold)


def _bills(
    chance: Random, contract: str, signed: date, sold: list[DocumentLine]
) -> Iterator[Document]:
    parts = chance.choice([0, 1, 1, 2, 3])
    for part in range(parts):
        day = signed + timedelta(days=chance.randrange(-3, 20) + 40 * part)
        lines = [
            DocumentLine(
                id=str(place),
                amount=Money(each.amount.minor // parts * chance.choice([1, 1, 1, -1]), "GBP")
                if each.amount.currency == "GBP"
                else Money(each.amount.minor // parts, each.amount.currency),
                account=chance.choice(["REV", "REV", "SUB"]),
                product=each.product if chance.random() < 0.97 else "ELSE",
                dimensions=chance.choice([(), (), (("Region", "Süd"),)]),
            )
            for place, each in enumerate(sold)
            if chance.random() < 0.9
        ] or [line("5.00", account="VAT")]
        yield invoice(f"{contract}-{part}", day.isoformat(), *lines, contract=contract)


def unlike_others() -> Iterator[Document]:
    """Documents that do not stand alone, or have a line that is not plain."""
    year = over("2026-08-10", "2027-08-09")
    yield invoice(
        "X-1", "2026-08-01", line("1200.00", **year), line("90.00", id="2", account="DEF")
    )
    yield invoice("X-2", "2026-08-02", line("700.00", text="Plan of 10 Aug 2026 - 9 Aug 2027"))
    yield invoice("X-3", "2026-08-03", line("800.00"), line("1.00", id="2", account="VAT"))
    yield invoice("X-4", "2026-08-04", line("900.00", **year))
    yield document(DocumentKind.CREDIT_NOTE, "X-5", "2026-09-12", line("-90.00"), credits="X-4")
    yield document(DocumentKind.CONTRACT, "006A", "2026-08-05", line("960.00", **year))
    yield invoice("X-6", "2026-08-06", line("960.00", **year), contract="006A")
    yield invoice("X-7", "2026-08-07", line("100.00", account="VAT"))
    yield invoice("X/8", "2026-08-08", line("110.00", **year))
    yield invoice("X-10", "2026-08-10", line("140.00", method="monthly", **year))
    yield invoice("X-12", "2026-08-12", line("160.00", **over("2026-09-30", "2026-09-01")))


def between_its_lines() -> Iterator[Document]:
    """A document whose lines stand on either side of another's, in the order of their keys."""
    year = over("2026-08-10", "2027-08-09")
    unnamed, backwards = {"id": "", **year}, over("2026-09-30", "2026-09-01")
    yield invoice("Z-1", "2026-08-09", line("120.00", **unnamed), line("13.00", **year))
    yield invoice("Z-1-x", "2026-08-10", line("150.00", **year))
    yield invoice("Z-2", "2026-08-09", line("121.00", **unnamed), line("14.00", **backwards))
    yield invoice("Z-2-x", "2026-08-10", line("151.00", **year))


def said_twice() -> Iterator[Document]:
    """Names that stand for two things: the core takes the last one, as ever."""
    year = over("2026-08-10", "2027-08-09")
    yield invoice("Y-1", "2026-08-09", line("120.00", **year), line("130.00", **year))
    yield invoice("Y-2", "2026-08-11", line("150.00", **year))
    yield document(DocumentKind.BILL, "Y-2", "2026-08-11", line("15.00", account="EXP", **year))


RULES = [
    {"product": "SUPP", "amount_below": "1000", "method": "point_in_time"},
    {"account": "SUB", "valid_from": "2026-07-01", "method": "half_month"},
    {"tag": {"Region": "Süd"}, "currency": "USD", "method": "monthly"},
    {"type": "Renewal", "method": "monthly"},
    {"product": "TRNG", "method": "usage"},
]


@pytest.mark.parametrize("netting", ["contract", "line"])
def test_a_book_of_all_kinds_is_the_same_both_ways_close_by_close(
    month_ends: Make, altered: Database, netting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends, netting)
    voided = next(each for each in uk.paper.documents_told if each.document.id == "D-7").document
    uk.paper.report(Report("R-1", "D-9/0", date(2026, 9, 5), usage=Money(100, "GBP")))
    for period in ("2026-09", "2026-10", "2026-11"):
        close = uk.open(period)
        uk.sync(close)
        uk.resolve(close, code="no_service_period", subject="X-3/1", remedy="exclude")
        one_by_one, at_once = _both(uk, close, monkeypatch)
        assert_same(altered, one_by_one, at_once)
        plain = _plain(uk, close, monkeypatch)
        assert 40 < len([each for each in plain if each.startswith("D-")]) < 60
        assert 8 < len([each for each in plain if each.startswith("C-")]) < 25
        uk.post(close)
        uk.sign_off(close)
        changed = document(
            DocumentKind(voided.kind),
            voided.id,
            voided.date.isoformat(),
            *voided.lines,
            voided=True,
        )
        uk.paper.write(changed)
    uk.leave()


def test_names_that_stand_for_two_things_are_read_one_by_one(
    month_ends: Make, altered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    uk.paper.write(*said_twice(), *between_its_lines())
    close = uk.open("2026-09")
    uk.sync(close)
    assert_same(altered, *_both(uk, close, monkeypatch))
    assert {"Y-1", "Y-2", "Z-1", "Z-1-x", "Z-2", "Z-2-x"} & _plain(uk, close, monkeypatch) == {
        "Z-1-x",
        "Z-2-x",
    }
    uk.leave()


def test_a_database_that_is_away_is_said_so(month_ends: Make) -> None:
    uk = month_ends()
    with uk.store.reading(WORKER_ACTOR) as work:
        away = Arrow(work._session, "host=/nowhere port=1 connect_timeout=1")
        with pytest.raises(DatabaseUnavailableError, match="went away"):
            away.fetch(sql.SQL("select 1").format())
    uk.leave()


def test_a_worker_that_may_make_no_temporary_table_is_told_so(
    month_ends: Make, altered: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    monkeypatch.setattr(plain_lines, "FEW", AT_ONCE)
    database = sql.Identifier(str(conninfo_to_dict(altered.owner)["dbname"]))
    right = sql.SQL("{} temporary on database {} {} tieout_worker")
    with psycopg.connect(altered.owner, autocommit=True) as work:
        work.execute(right.format(sql.SQL("revoke"), database, sql.SQL("from")))
        with pytest.raises(ApplicationError, match="grant temporary on database"):
            uk.calculate(close)
        work.execute(right.format(sql.SQL("grant"), database, sql.SQL("to")))
    assert uk.calculate(close).proposal_id
    uk.leave()


def filled(month_ends: Make, netting: str = "contract") -> MonthEnd:
    accounts = {
        "deferred_revenue": "DEF",
        "accrued_revenue": "ACC",
        "prepayments": "PRE",
        "accrued_expenses": "AEX",
        "fx_gain_loss": "FX",
        "revenue": ["REV", "SUB"],
        "expense": ["EXP"],
    }
    recognition = {"method": "daily", "netting": netting, "rules": RULES}
    uk = month_ends(accounts=accounts, recognition=recognition)
    days = [date(2026, 4, 1) + timedelta(days=5 * number) for number in range(60)]
    for currency, rate in (("GBP", "0.87"), ("USD", "1.11"), ("JPY", "161.5")):
        uk.spots(currency, {day.isoformat(): rate + str(day.day) for day in days})
    documents = (*ordinary(Random(7)), *contracted(Random(8)), *unlike_others())
    uk.paper.write(*documents)
    return uk


def _both(uk: MonthEnd, close: CloseRef, patch: pytest.MonkeyPatch) -> tuple[int, int]:
    found = []
    for few in (ONE_BY_ONE, AT_ONCE):
        patch.setattr(plain_lines, "FEW", few)
        found.append(uk.calculate(close).proposal_id or 0)
    return found[0], found[1]


def _plain(uk: MonthEnd, close: CloseRef, patch: pytest.MonkeyPatch) -> set[str]:
    """The documents that are reckoned at once."""
    patch.setattr(plain_lines, "FEW", AT_ONCE)
    with uk.api.reading(WORKER_ACTOR) as work:  # as a preview does, by the page's own log-in
        made = proposed(work, work.closes.get(close.close_id), work.config.current())
        found = made.plain.unit.to_pylist() if made.plain is not None else []
        return {each.partition("/")[0] for each in found}


def test_a_close_in_which_more_is_going_on_is_reckoned_one_by_one(
    month_ends: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    assert _plain(uk, close, monkeypatch)
    assert uk.calculate(close).proposal_id
    uk.post(close)
    assert not _plain(uk, close, monkeypatch), "what it posted already is taken off"
    uk.leave()
    for recognition in (
        {"accruals": "auto_reverse"},
        {"late_documents": "own_period_while_open"},
        {"materiality": {"amount": "100.00"}},
        {"materiality": {"single_period": True}},
    ):
        uk = month_ends(recognition={"method": "daily", **recognition})
        uk.paper.write(*ordinary(Random(7)))
        close = uk.open("2026-09")
        uk.sync(close)
        assert not _plain(uk, close, monkeypatch), recognition
        uk.leave()


def test_what_is_said_of_a_line_takes_its_document_out(
    month_ends: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    uk = filled(month_ends)
    close = uk.open("2026-09")
    uk.sync(close)
    before = _plain(uk, close, monkeypatch)
    one, *_ = sorted(before)
    uk.paper.report(Report("R-1", f"{one}/0", date(2026, 9, 5), usage=Money(100, "GBP")))
    uk.sync(close)
    assert _plain(uk, close, monkeypatch) == before - {one}
    book = Book("GBP", date(2026, 8, 31), (), overrides=(Override(line="D-1/0", reason="so"),))
    assert plain_lines.documents_touched(book) == {"D-1"}
    uk.leave()
