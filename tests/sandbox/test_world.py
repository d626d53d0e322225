"""The invented group: deterministic, complete, and in books that hold what was reckoned."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import requests

from sandbox.world.charts import ENTITIES
from sandbox.world.northwind import northwind
from sandbox.world.reckoning import fraction_earned, positions, rounded
from sandbox.world.records import Span
from tests.sandbox.wiring import Sandbox

TODAY = date(2026, 10, 5)


@pytest.fixture(scope="module")
def world():
    return northwind(TODAY, 1)


def test_the_same_seed_gives_the_same_documents_and_another_seed_others(world, sandbox, tmp_path):
    assert northwind(TODAY, 1) == world
    assert northwind(TODAY, 2).books["uk"].documents != world.books["uk"].documents
    second = Sandbox.start(tmp_path / "again")
    try:
        for entity in ENTITIES:
            served = [
                {each["id"]: (each["number"], each["net"], each["lines"]) for each in documents}
                for documents in (one.get("/documents", entity=entity) for one in (sandbox, second))
            ]
            assert served[0] == served[1]
    finally:
        assert second.stop() == 0


def test_the_books_hold_the_reckoned_positions_at_adoption_but_for_the_planted_slip(tmp_path):
    fresh = Sandbox.start(tmp_path / "fresh")
    try:
        for entity in ENTITIES:
            at = fresh.get("/positions", entity=entity, date="2026-08-31")
            slip = Decimal("12.34") if entity == "de" else Decimal(0)
            assert Decimal(at["ledger"]["deferred"]) == Decimal(at["deferred"]) + slip
            assert at["ledger"]["accrued"] == at["accrued"]
            assert at["ledger"]["prepaid"] == at["prepaid"]
            assert not [
                each
                for each in fresh.get("/journals", entity=entity)
                if each["date"] > "2026-08-31"
            ]
    finally:
        fresh.stop()


def test_both_vendors_trial_balances_show_those_balances(tmp_path):
    fresh = Sandbox.start(tmp_path / "fresh")
    try:
        base, known = fresh.urls["xero"], fresh.connections["xero-de"]
        token = requests.post(
            base + "/connect/token",
            data={"grant_type": "client_credentials"},
            auth=(known["client_id"], known["client_secret"]),
            timeout=5,
        ).json()["access_token"]
        report = requests.get(
            base + "/api.xro/2.0/Reports/TrialBalance?date=2026-08-31",
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
        ).json()["Reports"][0]
        rows = {
            row["Cells"][0]["Value"]: [cell["Value"] for cell in row["Cells"][3:]]
            for section in report["Rows"]
            for row in section.get("Rows", [])
        }
        at = fresh.get("/positions", entity="de", date="2026-08-31")
        assert rows["Deferred revenue (850)"] == ["", at["ledger"]["deferred"]]
        assert rows["Accrued revenue (630)"] == [at["accrued"], ""]
        assert rows["Total"][0] == rows["Total"][1]
    finally:
        fresh.stop()


CASES = {
    "uk": {
        "annual-contract", "early-renewal", "monthly-advance", "expansion", "bundle",
        "milestone-1", "milestone-2", "milestone-3", "dates-in-text", "default-term",
        "point-in-time", "cancellation", "contraction", "voided", "void-later", "no-dates",
        "straight-to-deferred", "draft", "october", "foreign-currency", "intercompany",
        "usage-arrears", "insurance", "insurance-september", "hosting-arrears",
        "hosting-reserved", "rent",
    },
    "us": {
        "annual-contract", "late-renewal", "monthly-advance", "bundle", "expansion",
        "milestone-1", "milestone-2", "dates-in-text", "service-date", "point-in-time",
        "cancellation", "contraction", "voided", "void-later", "october", "usage-arrears",
        "insurance", "insurance-september", "hosting-arrears",
    },
    "de": {
        "annual-contract", "early-renewal", "monthly-advance", "milestone-1", "dates-in-text",
        "default-term", "straight-to-deferred", "point-in-time", "cancellation", "void-later",
        "october", "usage-arrears", "insurance", "insurance-september", "hosting-arrears",
        "intercompany", "rent",
    },
}  # fmt: skip


@pytest.mark.parametrize("entity", CASES)
def test_every_case_is_in_the_data(world, entity):
    assert CASES[entity] <= {each.case for each in world.books[entity].documents}
    assert any(
        deal.case == "never-invoiced" for deal in world.opportunities if deal.entity == entity
    )


def test_some_fifty_customers_over_eighteen_months_and_nothing_after_today(world):
    assert len(world.crm_accounts) == 52
    days = [each.date for books in world.books.values() for each in books.documents]
    assert date(2025, 3, 1) <= min(days) <= date(2025, 3, 31)
    assert date(2026, 10, 1) <= max(days) <= TODAY
    earlier = northwind(date(2026, 6, 30), 1)
    for books in earlier.books.values():
        assert max(each.date for each in books.documents) <= date(2026, 6, 30)


def test_september_moves_every_balance_of_every_entity(world):
    for key, books in world.books.items():
        deals = [deal for deal in world.opportunities if deal.entity == key]
        august = positions(books.documents, deals, date(2026, 8, 31))
        september = positions(books.documents, deals, date(2026, 9, 30))
        assert september.deferred > august.deferred > 0
        assert august.accrued > september.accrued > 0
        assert september.prepaid != august.prepaid


def test_at_most_one_line_per_product_in_an_opportunity_and_in_what_bills_it(world):
    for deal in world.opportunities:
        codes = [line.product for line in deal.lines]
        assert len(set(codes)) == len(codes)
        assert len(deal.id) == 18
        for document in world.books[deal.entity].documents:
            if document.opportunity == deal.id:
                assert {line.item for line in document.lines} <= set(codes)
                assert document.date >= deal.close_date


def test_fractions_earned_by_hand():
    year = Span(date(2026, 1, 1), date(2026, 12, 31))
    assert fraction_earned("daily", year, date(2026, 1, 1)) == Fraction(1, 365)
    assert fraction_earned("monthly", year, date(2026, 9, 30)) == Fraction(9, 12)
    middle = Span(date(2026, 3, 16), date(2026, 5, 15))  # 16/31 + 1 + 15/31 = 2
    assert fraction_earned("monthly", middle, date(2026, 3, 31)) == Fraction(8, 31)
    assert fraction_earned("point_in_time", middle, date(2026, 3, 15)) == 0
    assert fraction_earned("point_in_time", middle, date(2026, 3, 16)) == 1
    assert [rounded(Fraction(half, 2)) for half in (1, 3, -1, -3)] == [1, 2, -1, -2]
