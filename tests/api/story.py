"""Closes that hold everything a page explains: September is closed, then things happen.

uk (October): an edit, a credit note, a late invoice, an invoice for earlier months, a foreign
accrual, a bill, exceptions that hold lines and one that only tells. de (October): nothing but the
edit of a two-year-old invoice. us (2026-P01): a calendar of weeks, and a service of two years.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from starlette.testclient import TestClient

from accounting.documents import Document, DocumentKind, Effect, Report
from accounting.money import Money
from accounting.periods import Period
from connectors.ledger import LedgerJournal, LedgerLine
from controls.configuration import Configuration, parse_configuration
from controls.messages import CloseRef
from models import metadata
from store.rates import SPOT, NewRate
from tests.api.site import Site
from tests.store.database import Database
from tests.store.month_end import (
    ACCOUNTS,
    WORKER_ACTOR,
    MonthEnd,
    configured,
    document,
    invoice,
    line,
    over,
)

RECOGNITION: dict[str, dict[str, Any]] = {
    "uk": {
        "method": "daily",
        "rules": [{"product": "PROJ", "method": "percent_complete"}],
        "confirm_credits_from": "50.00",
    },
    "us": {"method": "daily"},
    "de": {"method": "daily", "late_documents": "own_period_while_open"},
}
WEEKS = {"pattern": "4-4-5", "first_day": "2026-09-01", "years": [{"name": "2026", "weeks": 52}]}
DAYS = ("2026-08-31", "2026-09-01", "2026-09-15", "2026-09-28", "2026-09-30")
LATER = ("2026-10-01", "2026-10-15", "2026-10-30")
THREE_YEARS = over("2024-09-01", "2027-08-31")  # 1,095 days
ONE_YEAR = over("2026-09-01", "2027-08-31")
TWO_YEARS = over("2026-09-01", "2028-08-31")
TWO_MONTHS = over("2026-09-01", "2026-10-31")
CREDIT_NOTE, BILL, CONTRACT = DocumentKind.CREDIT_NOTE, DocumentKind.BILL, DocumentKind.CONTRACT
ONE_MONTH = over("2026-09-01", "2026-09-30")


@dataclass
class Story:
    """The site, a client of its preparer, and the proposals that the closes stand at."""

    site: Site
    client: TestClient
    uk: CloseRef
    database: Database

    def json(self, path: str) -> Any:
        """What the JSON API says."""
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def page(self, path: str) -> str:
        """A page's HTML."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


def counted(story: Story) -> dict[str, int]:
    """Every table's number of rows."""
    with psycopg.connect(story.database.superuser) as work:
        found = {}
        for name in sorted(metadata.tables):
            words = sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            (found[name],) = work.execute(words).fetchone() or (0,)
        return found


def configuration() -> Configuration:
    """The demo group on paper accounts, us with a calendar of weeks."""
    data: Any = configured("uk").model_dump(mode="json")
    for entity in data["entities"]:
        entity |= {"accounts": ACCOUNTS, "recognition": RECOGNITION[entity["id"]]}
        if entity["id"] == "us":
            entity["fiscal_calendar"] = WEEKS
    return parse_configuration(data)


def tell(database: Database, site: Site) -> Iterator[Story]:
    """Everything in order, from the first documents to the proposals that people see."""
    settings = configuration()
    uk, us, de = (MonthEnd(database, settings, entity) for entity in ("uk", "us", "de"))
    rates(uk)
    spreadsheet(uk)
    september(uk)
    october(uk)
    ref = propose(uk, "2026-10", "resolve", "resolution")
    old = invoice("INV-1", "2024-09-15", line("1095.00", "EUR", **THREE_YEARS))
    other = invoice("INV-2", "2026-09-01", line("365.00", "EUR", **ONE_YEAR))
    de.paper.write(old, other)
    de.paper.held = {"DEF": -365_00}
    de.close("2026-09")
    de.paper.write(replace(old, lines=(replace(old.lines[0], amount=Money(2190_00, "EUR")),)))
    propose(de, "2026-10", "review", "submission")
    us.paper.write(invoice("INV-1", "2026-09-01", line("7310.00", "USD", **TWO_YEARS)))
    propose(us, "2026-P01", "review", "submission")
    yield Story(site, site.person("priya", "preparer"), ref, database)
    for each in (uk, us, de):
        each.leave()


def rates(uk: MonthEnd) -> None:
    """A dollar is worth 0.75 pounds in September, then 0.80; what a euro is worth then, nobody says."""
    told = [NewRate("USD", "GBP", SPOT, day, Decimal("0.75")) for day in DAYS]
    told += [NewRate("USD", "GBP", SPOT, day, Decimal("0.80")) for day in LATER]
    told += [NewRate("EUR", "GBP", SPOT, day, Decimal("0.90")) for day in DAYS]
    with uk.api.unit_of_work(WORKER_ACTOR) as work:
        work.rates.add(told, "the test's")


def propose(month_end: MonthEnd, period: str, step: str, awaiting: str) -> CloseRef:
    ref = month_end.open(period)
    month_end.sync(ref)
    assert month_end.calculate(ref).proposal_id
    with month_end.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(ref.close_id, step, awaiting, "as the test wants it")
    return ref


PLATFORM = line(
    "7310.00", text="Platform", product="PLAT", dimensions=(("Region", "North"),), **TWO_YEARS
)
PROJECT = line("4000.00", account=None, product="PROJ", text="Implementation")
ABROAD = line("610.00", "USD", account=None, product="PLAT", text="Two months", **TWO_MONTHS)
OLD = invoice("INV-1", "2024-09-15", line("1095.00", text="Three years", **THREE_YEARS))


def spreadsheet(uk: MonthEnd) -> None:
    """One journal a month since September 2024, a pound a day: July 2026 makes good what June forgot."""
    for place in range(24):
        days = over_month(2024 * 12 + 8 + place)
        pounds = {0: -1065, 21: 0, 22: 61}.get(place, days.days)
        moved = pounds * 100
        if moved:
            lines = (
                LedgerLine("DEF", max(moved, 0), max(-moved, 0), text="Deferred revenue"),
                LedgerLine("REV", max(-moved, 0), max(moved, 0), text="Deferred revenue"),
            )
            name = f"SS-{days.name}"
            uk.paper.journals_told.append(
                LedgerJournal(name, name, days.end, lines, posted=True, raw="{}")
            )


def over_month(number: int) -> Period:
    """A calendar month, counted from the year 0."""
    return Period.month(f"{number // 12:04d}-{number % 12 + 1:02d}")


def september(uk: MonthEnd) -> None:
    uk.paper.held = {"DEF": -365_00}
    uk.paper.write(
        OLD,
        invoice("INV-2", "2026-09-10", PLATFORM, counterparty="Globex"),
        document(CONTRACT, "006A", "2026-09-01", ABROAD, number="OPP-31", counterparty="Initech"),
        document(CONTRACT, "006B", "2026-09-01", PROJECT, number="OPP-32"),
        document(BILL, "BILL-1", "2026-09-01", line("365.00", account="EXP", **ONE_YEAR)),
        document(
            DocumentKind.EXPENSE,
            "PO-1",
            "2026-09-01",
            line("100.00", id="", account="EXP", **ONE_MONTH),
        ),
        invoice("INV-3", "2026-09-05", line("365.00", text="Support", **ONE_YEAR)),
    )
    uk.paper.report(Report("R-1", "006B/1", date(2026, 9, 20), percent=Decimal("0.5")))
    uk.close("2026-09")


def credit(id_: str, day: str, amount: str, of: str, **given: Any) -> Document:
    return document(CREDIT_NOTE, id_, day, line(amount, **given), credits=of)


def october(uk: MonthEnd) -> None:
    twice = "Licence Oct 2026 / support Oct 2026 - Sep 2027"
    earlier = over("2026-06-01", "2026-08-31")
    uk.paper.write(
        replace(OLD, lines=(replace(OLD.lines[0], amount=Money(2190_00, "GBP")),)),
        credit("CN-1", "2026-10-12", "-73.10", "INV-2", product="PLAT", effect=Effect.FULL),
        credit("CN-2", "2026-10-20", "-100.00", "INV-3"),
        invoice("INV-4", "2026-09-20", line("61.00", text="Add-on", **TWO_MONTHS)),
        invoice("INV-5", "2026-10-10", line("365.00", text="Summer", **earlier)),
        document(BILL, "BILL-2", "2026-10-05", line("120.00", account="EXP", expense="PO-1")),
        invoice("INV-6", "2026-10-10", line("900.00", text=twice)),
        invoice("INV-7", "2026-10-12", line("300.00", product="OTHER"), contract="006B"),
    )
    uk.paper.report(Report("R-2", "006B/1", date(2026, 10, 20), percent=Decimal("0.4")))
