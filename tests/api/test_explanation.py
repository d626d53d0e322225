"""The proposal explains itself: balances, journals down to documents, catch-up with its causes."""

import re
from decimal import Decimal
from typing import Any

import pytest

from api.routes import drill_down
from controls.messages import Resolution
from tests.api.story import Story

LATE = "late arrival: dated 20 Sep 2026, and reached us after that day's period was closed"
UK, DE, US = "/closes/uk/2026-10", "/closes/de/2026-10", "/closes/us/2026-P01"


def causes(close: Any) -> dict[str, list[tuple[str, str, str]]]:
    return {
        each["line"]: [(c["kind"], c["document"], c["text"]) for c in each["causes"]]
        for each in close["catch_ups"]
    }


def test_editing_a_two_year_old_invoice_is_exactly_one_named_catch_up_line(story: Story) -> None:
    close = story.json(DE)
    (caught_up,) = close["catch_ups"]
    assert (caught_up["line"], caught_up["amount"]) == ("INV-1/1", "760.00")
    assert causes(close) == {
        "INV-1/1": [
            (
                "new_version",
                "INV-1",
                "new version 2 since it was closed: amount 1,095.00 EUR → 2,190.00 EUR",
            )
        ]
    }
    assert (close["catch_up_revenue"], close["catch_up_cost"]) == ("760.00", "")
    page = story.page(DE)
    assert page.count('scope="rowgroup"') == 1
    assert "new version 2 since it was closed" in page
    assert '<a href="/documents/de/INV-1">Invoice INV-1</a>' in page


def test_every_catch_up_says_why(story: Story) -> None:
    close = story.json(UK)
    assert causes(close) == {
        "INV-1/1": [
            (
                "new_version",
                "INV-1",
                "new version 2 since it was closed: amount 1,095.00 GBP → 2,190.00 GBP",
            )
        ],
        "INV-2/1": [("credit_note", "CN-1", "credit note dated 12 Oct 2026")],
        "INV-4/1": [
            (
                "late_arrival",
                "INV-4",
                LATE,
            )
        ],
        "INV-5/1": [
            (
                "earlier_service",
                "INV-5",
                "dated 10 Oct 2026, for service in periods already closed",
            )
        ],
    } | {
        "PO-1": [
            (
                "final_cost",
                "BILL-2",
                "dated 5 Oct 2026, names the cost that was an estimate",
            )
        ]
    }
    amounts = {each["line"]: each["amount"] for each in close["catch_ups"]}
    # 73.10 off 731 days is 0.10 a day: September's 30 days come back.
    assert amounts == {
        "INV-1/1": "760.00",
        "INV-2/1": "-3.00",
        "INV-4/1": "30.00",
        "INV-5/1": "365.00",
        "PO-1": "20.00",
    }
    assert close["catch_up_cost"] == "20.00"
    assert close["catch_up_revenue"] == "1152.00"
    assert "Nothing in this close belongs" in story.page(US)


@pytest.mark.parametrize("close", [UK, DE, US, "/closes/uk/2026-09"])
def test_the_parts_of_each_journal_line_sum_to_its_debit_or_credit(
    story: Story, close: str
) -> None:
    journals = story.json(close)["journals"]
    assert journals
    for journal in journals:
        for line in story.json(f"{close}/journals/{journal['id']}")["lines"]:
            side = Decimal(line[line["side"]])
            assert side > 0
            assert sum(Decimal(part["amount"]) for part in line["parts"]) == side
            for name in ("own", "catch_up"):
                assert sum(Decimal(part[name]) for part in line["parts"]) == Decimal(line[name])
            assert Decimal(line["own"]) + Decimal(line["catch_up"]) == side
            for part in line["parts"]:
                assert part["documents"], part["line"]


def journal(story: Story, close: str, kind: str) -> Any:
    (found,) = [each for each in story.json(close)["journals"] if each["kind"] == kind]
    return story.json(f"{close}/journals/{found['id']}")


def test_a_journal_shows_own_part_catch_up_and_documents_of_each_line(story: Story) -> None:
    found = journal(story, UK, "release")
    by_account = {line["account"]: line for line in found["lines"]}
    assert by_account["DEF"]["dimensions"] == [["Region", "North"]]
    assert (by_account["DEF"]["role"], by_account["REV"]["role"]) == ("deferred_revenue", "revenue")
    (part,) = by_account["REV"]["parts"]
    # Of 7,236.90 over 731 days October's 31 are earned; the credit takes September's 3.00 back.
    assert [(d["number"], d["what"]) for d in part["documents"]] == [
        ("INV-2", "lists it"),
        ("CN-1", "credits it"),
    ]
    assert (part["own"], part["catch_up"], part["amount"]) == ("380.00", "-3.00", "377.00")
    page = story.page(f"{UK}/journals/{found['id']}")
    for words in ("What makes up the debit of 377.00 GBP", "Own part", "Catch-up", "CN-1"):
        assert words in page
    gain = journal(story, UK, "remeasurement")
    assert [(line["account"], line["side"], line["own"]) for line in gain["lines"]] == [
        ("ACC", "debit", "15.00"),
        ("FX", "credit", "15.00"),
    ]


def test_deferred_revenue_is_split_by_a_year_from_the_periods_end(story: Story) -> None:
    close = story.json(US)
    # 731 days at 10.00: 28 are earned by 28 September, 365 more a year on.
    assert (close["closing"]["deferred_revenue"], close["non_current"]) == ("7030.00", "3380.00")
    page = story.page(US)
    for words in ("of which current", "of which non-current", "3,650.00", "3,380.00"):
        assert words in page
    assert "is not split" in page  # what stood at adoption
    assert "is not split" not in story.page(UK)
    (row,) = story.json(f"{US}/lines")
    assert (row["closing"], row["current"], row["non_current"]) == (
        {"deferred_revenue": "7030.00"},
        "3650.00",
        "3380.00",
    )
    assert "3,380.00" in story.page(f"{US}/lines")


def test_the_page_says_where_late_documents_count(story: Story) -> None:
    assert story.json(UK)["late_documents"] == "first_open_period"
    assert "counts in the first period that is still open" in story.page(UK)
    assert story.json(DE)["late_documents"] == "own_period_while_open"
    assert "as long as a document&#39;s own period is open" in story.page(DE)


def test_a_line_shows_both_currencies_where_it_comes_from_and_what_was_frozen(
    story: Story,
) -> None:
    line = story.json(f"{UK}/lines/006A/1")
    figures = {each["name"]: (each["in_document"], each["functional"]) for each in line["figures"]}
    assert figures["Price"] == ("610.00", "")
    assert figures["Recognised to date"] == ("610.00", "473.00")
    assert figures["Exchange gain (loss negative)"] == ("", "15.00")
    assert figures["Closing: accrued revenue"] == ("", "488.00")
    assert line["frozen_by"] == "by the close of 2026-09"
    assert {f["name"]: (f["frozen"], f["change"], f["now"]) for f in line["frozen"]} == {
        "Billed to date": ("0.00", "0.00", "0.00"),
        "Recognised to date": ("225.00", "248.00", "473.00"),
        "Accrued revenue": ("225.00", "263.00", "488.00"),
    }
    facts = dict(line["facts"])
    assert facts["Recognised"] == "evenly over the days of service"
    assert facts["Service period"] == "1 Sep 2026 – 31 Oct 2026"
    assert facts["These days come from"] == "the contract"
    assert facts["Netted within"] == "OPP-31"
    page = story.page(f"{UK}/lines/006A/1")
    for words in ("USD, as in the document", "473.00", "Policy version", "OPP-31"):
        assert words in page
    edited = dict(story.json(f"{UK}/lines/INV-1/1")["facts"])
    assert edited["Document version"].startswith("2, known to closes from 1 Oct 2026")
    assert "new version 2" in story.page(f"{UK}/lines/INV-1/1")


def test_a_held_line_stands_as_last_closed_and_says_what_holds_it(story: Story) -> None:
    line = story.json(f"{UK}/lines/INV-3/1")
    assert line["position"]["held"]
    assert [each["code"] for each in line["exceptions"]] == ["credit_effect_unconfirmed"]
    page = story.page(f"{UK}/lines/INV-3/1")
    assert "Held: it stands as last closed" in page
    assert "Large credit to confirm" in page
    held = {e["code"]: [h["line"] for h in e["holds"]] for e in story.json(UK)["exceptions"]}
    assert held == {
        "ambiguous_service_period": [],
        "credit_effect_unconfirmed": ["INV-3/1"],
        "unmatched_line": ["006B/1"],
        "completion_falls": [],
    }


def test_what_is_only_told_stands_apart_and_asks_for_nothing(story: Story) -> None:
    page = story.page(UK)
    asked, told = page.split('id="worth-knowing"')
    assert "Reported completion falls" in told
    assert "Reported completion falls" not in asked
    assert "<form" not in told
    assert "Worth knowing" not in story.page(DE)


def test_a_form_offers_what_clears_its_exception(story: Story) -> None:
    page = story.page(UK)
    for words in (
        'value="2026-10-01/2026-10-31"',
        "1 Oct 2026 – 30 Sep 2027",
        'option value="cancel"',
        'option value="billing"',
        'option value="006B/1">PROJ · Implementation',
        'option value="006B">OPP-32 as a whole',
    ):
        assert words in page
    given = story.site.gateway.given
    given.clear()
    form = {"code": "c", "subject": "INV-6/1", "remedy": "dates", "nonce": "n" * 9, "reason": "r"}
    answer = story.client.post(
        f"{UK}/resolutions", data={**form, "reading": "2026-10-01/2027-09-30"}
    )
    assert answer.status_code == 303
    other = {"reading": "", "service_start": "2026-10-02", "service_end": "2026-10-03"}
    story.client.post(f"{UK}/resolutions", data={**form, **other})
    said = {"effect": "cancel", "effective": "2026-10-20"}
    story.client.post(f"{UK}/resolutions", data={**form, "remedy": "effect", **said})
    assert [(r.service_start, r.service_end, r.effect, r.effective) for r in given] == [
        ("2026-10-01", "2027-09-30", "", ""),
        ("2026-10-02", "2026-10-03", "", ""),
        ("", "", "cancel", "2026-10-20"),
    ]
    assert all(isinstance(r, Resolution) and r.actor == "priya" for r in given)


def test_many_lines_are_shown_by_the_page(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [row["line"] for row in story.json(f"{UK}/lines")]
    monkeypatch.setattr(drill_down, "LINES_SHOWN", 1)
    monkeypatch.setattr(drill_down, "PAGES_NEAR", 1)
    assert len(keys) > 4
    for number, key in enumerate(keys, 1):
        page = story.page(f"{UK}/lines?page={number}")
        assert f"{number} to {number} of {len(keys)}" in page
        assert f"{UK}/lines/{key}" in page
        near = {1, number - 1, number, number + 1, len(keys)} & {*range(1, len(keys) + 1)}
        assert [int(each) for each in re.findall(r"\?page=(\d+)", page)] == sorted(near)
    assert "none" in story.page(f"{UK}/lines?page={len(keys) + 1}")
