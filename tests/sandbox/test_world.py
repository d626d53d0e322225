"""The invented group: deterministic, complete, and in books that hold what was reckoned."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import requests

from sandbox.world.charts import ENTITIES
from sandbox.world.earning import Event, Terms, earned, fraction_earned, rounded
from sandbox.world.northwind import ADOPTION, northwind
from sandbox.world.reckoning import positions
from sandbox.world.records import Delivery, Span
from sandbox.world.slips import PLANTED
from tests.sandbox.wiring import Sandbox, xero

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
            assert at["ledger"]["accrued_expenses"] == at["accrued_expenses"]
            assert not [
                each
                for each in fresh.get("/journals", entity=entity)
                if each["date"] > "2026-08-31"
            ]
    finally:
        fresh.stop()


def test_the_spreadsheet_made_a_mistake_of_each_kind_and_made_all_but_one_good(world):
    causes = {"missing_release", "wrong_dates", "late_credit_note", "currency", "rounding"}
    assert {slip.cause for slip in PLANTED} == causes | {"unknown"}
    assert {slip.entity for slip in PLANTED} == set(ENTITIES)
    for slip in PLANTED:
        documents = world.books[slip.entity].documents
        assert slip.stands(documents, slip.since)
        assert slip.stands(documents, ADOPTION) == (12_34 if slip.until is None else 0)
    assert [slip.until for slip in PLANTED].count(None) == 1


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


EVERYWHERE = {
    "annual-contract", "early-renewal", "monthly-advance", "monthly-arrears", "usage", "milestone",
    "expansion", "contraction", "cancellation", "foreign-currency", "voided", "void-later",
    "dates-in-text", "point-in-time", "intercompany", "insurance", "insurance-september",
    "hosting-order", "hosting-arrears", "hosting-unbilled", "hosting-reserved", "october",
}  # fmt: skip
CASES = {
    "uk": EVERYWHERE | {
        "bundle", "percent-complete", "default-term", "no-dates", "straight-to-deferred", "draft",
        "foreign-credit", "credit-billing", "rent",
    },
    "us": EVERYWHERE | {
        "late-renewal", "bundle", "units", "service-date", "credit-price", "credit-full",
    },
    "de": EVERYWHERE | {
        "percent-complete", "default-term", "straight-to-deferred", "credit-price", "rent",
    },
}  # fmt: skip


@pytest.mark.parametrize("entity", CASES)
def test_every_case_is_in_the_data(world, entity):
    cases = {each.case for each in world.books[entity].documents} - {""}
    assert cases == CASES[entity]
    deals = [deal for deal in world.opportunities if deal.entity == entity]
    billed = {each.opportunity for each in world.books[entity].documents}
    (never,) = [deal for deal in deals if deal.case == "never-invoiced"]
    assert never.id not in billed
    for without in ("dates-in-text", "point-in-time"):
        assert not any(
            each.opportunity for each in world.books[entity].documents if each.case == without
        )


@pytest.mark.parametrize("entity", CASES)
def test_every_contract_that_is_not_passed_by_days_has_its_records(world, entity):
    """Usage, milestones, units and progress are reported; a renewal names what it renews."""
    deals = {deal.id: deal for deal in world.opportunities if deal.entity == entity}
    assert {deals[each.opportunity].case for each in world.usage if each.opportunity in deals} == {
        "usage"
    }
    come = {deals[d.opportunity].case for d in world.deliveries if d.opportunity in deals}
    assert come == {"milestone", "units"} if entity == "us" else {"milestone", "percent-complete"}
    renewed = [deal for deal in deals.values() if deal.type == "Renewal"]
    assert renewed
    assert all(deals[deal.renews].close_date < deal.close_date for deal in renewed)


def test_the_credit_notes_stand_for_every_effect_and_one_stands_alone(world):
    notes = [
        each
        for books in world.books.values()
        for each in books.documents
        if each.kind == "credit_note"
    ]
    assert {each.effect for each in notes} == {"price", "cancel", "full", "billing", None}
    assert [each.case for each in notes if each.credits is None] == ["cancellation"]


def test_some_four_hundred_customers_over_eighteen_months_and_nothing_after_today(world):
    assert len(world.crm_accounts) == 401
    assert len(northwind(TODAY, 1, crowded=False).crm_accounts) == 65
    days = [each.date for books in world.books.values() for each in books.documents]
    assert date(2025, 3, 1) <= min(days) <= date(2025, 3, 31)
    assert date(2026, 10, 1) <= max(days) <= TODAY
    earlier = northwind(date(2026, 6, 30), 1)
    for books in earlier.books.values():
        assert max(each.date for each in books.documents) <= date(2026, 6, 30)


def test_september_moves_every_balance_of_every_entity(world):
    for key, books in world.books.items():
        deals = [deal for deal in world.opportunities if deal.entity == key]
        reports = [*world.usage, *world.deliveries]
        august = positions(books.documents, deals, reports, date(2026, 8, 31))
        september = positions(books.documents, deals, reports, date(2026, 9, 30))
        assert september.deferred > august.deferred > 0
        assert august.accrued > september.accrued > 0
        assert september.prepaid != august.prepaid
        assert september.accrued_expenses > august.accrued_expenses > 0


def test_at_most_one_line_per_product_in_an_opportunity_and_in_what_bills_it(world):
    for deal in world.opportunities:
        codes = [line.product for line in deal.lines]
        assert len(set(codes)) == len(codes)
        assert len(deal.id) == 18
        amending = [each.lines for each in world.opportunities if each.amends == deal.id]
        codes += [line.product for lines in amending for line in lines]
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


def test_what_happens_to_a_price_by_hand():
    """1,000.00 over 100 days; on day 41 something happens, 400.00 having been earned."""
    days = Terms("daily", Span(date(2026, 1, 1), date(2026, 4, 10)))
    day, before, after = date(2026, 2, 10), date(2026, 2, 9), date(2026, 2, 11)

    def at(on, *events):
        return earned(1_000_00, days, events, on)

    assert at(before) == 400_00
    assert at(after, Event(day, "price", 120_00)) == 400_00 + 480_00 * 2 // 60  # 480 over 60 days
    assert at(after, Event(day, "cancel", 120_00)) == 880_00
    assert at(after, Event(day, "full", 120_00)) == 880_00 * 42 // 100
    assert at(before, Event(day, "full", 120_00)) == 880_00 * 40 // 100
    longer = Terms("daily", Span(date(2026, 1, 1), date(2026, 4, 20)))
    assert at(after, Event(day, "prospective", 1_100_00, longer)) == 420_00  # 700 over 70 days
    assert at(after, Event(day, "catch-up", 1_100_00, longer)) == 420_00  # 1,100 over 110
    assert at(before, Event(day, "catch-up", 2_200_00, longer)) == 800_00


def test_what_is_earned_by_reports_by_hand():
    def come(*given):
        return tuple(
            Delivery("", "", "", "", date(2026, 1, day), **{word: value})
            for day, word, value in given
        )

    staged = Terms(
        "milestone",
        None,
        milestones=(("One", 30), ("Two", 70)),
        delivered=come((5, "milestone", "Two"), (9, "milestone", "Two")),
    )
    assert [earned(99_99, staged, (), date(2026, 1, day)) for day in (4, 5, 9)] == [0, 69_99, 69_99]
    progress = Terms(
        "percent_complete", None, delivered=come((5, "percent", 40), (9, "percent", 35))
    )
    assert [earned(1_000, progress, (), date(2026, 1, d)) for d in (4, 5, 9)] == [0, 400, 350]
    called_off = Terms("units", None, "8.0", delivered=come((5, "units", "2.5"), (9, "units", "7")))
    assert [earned(1_000, called_off, (), date(2026, 1, d)) for d in (4, 5, 9)] == [0, 313, 1_000]


def test_copies_of_a_company_have_its_cases_in_books_of_their_own(tmp_path):
    many = Sandbox.start(tmp_path / "many", "--copies", "2")
    try:
        cases = {}
        for entity in ("uk", "uk-001", "uk-002"):
            api, tenant = xero(many, f"xero-{entity}")
            (organisation,) = api.get_organisations(tenant).organisations
            documents = many.get("/documents", entity=entity)
            cases[organisation.name] = {each["case"] for each in documents}
            assert len(api.get_invoices(tenant, page=1, page_size=1000).invoices) > 60
            at = many.get("/positions", entity=entity, date="2026-08-31")
            assert Decimal(at["ledger"]["deferred"]) == Decimal(at["deferred"]) > 0
        assert [*cases] == [f"Northwind Analytics Ltd{number}" for number in ("", " 001", " 002")]
        assert len({frozenset(each) for each in cases.values()}) == 1
        asked = many.urls["control"] + "/documents?entity=uk-003"
        assert requests.get(asked, timeout=5).status_code == 400
    finally:
        many.stop()
