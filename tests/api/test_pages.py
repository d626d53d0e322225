"""Group, board and the form of every page: captions, scopes, labels, no scripts."""

import re
from html.parser import HTMLParser

import pytest

from tests.api.story import Story

UK, US = "/closes/uk/2026-10", "/closes/us/2026-P01"
PAGES = (
    "/", UK, "/closes/uk/2026-09", US, f"{UK}/lines", f"{UK}/lines/INV-1/1", f"{UK}/lines/006A/1",
    f"{UK}/lines/INV-3/1", "/documents/uk/INV-1", "/group/2026-09", "/group/2026-10",
    "/group/2026-P01", "/audit?chain=uk",
)  # fmt: skip


def test_the_group_stands_by_entity_and_in_total_in_its_own_currency(story: Story) -> None:
    group = story.json("/group/2026-09")
    uk, us, de = group["entities"]
    assert (group["currency"], us["period"], us["currency"]) == ("GBP", "2026-P01", "USD")
    # 28 days of 10.00 dollars at 0.75; 7,030 dollars deferred, 3,380 of them beyond a year.
    assert (us["figures"]["recognised"], us["figures"]["deferred"]) == ("210.00", "5272.50")
    assert us["figures"]["deferred_current"] == "2737.50"
    assert us["figures"]["deferred_non_current"] == "2535.00"
    assert de["figures"]["recognised"] == "54.00"  # 60.00 euros at 0.90
    assert uk["figures"]["recognised"] == "2585.00"
    assert group["figures"]["recognised"] == "2849.00"
    assert not group["is_final"]
    page = story.page("/group/2026-09")
    for words in ("2,849.00", "210.00", "Translation adjustment", "can still change"):
        assert words in page
    assert story.json("/group/2026-P01")["figures"] == group["figures"]


def test_a_rate_that_is_missing_is_told_and_the_other_entities_figures_stand(
    story: Story,
) -> None:
    group = story.json("/group/2026-10")
    uk, us, de = group["entities"]
    assert [entity["period"] for entity in (uk, us, de)] == ["2026-10", "", "2026-10"]
    assert (group["figures"], de["figures"], uk["figures"]["fx"]) == ({}, {}, "15.00")
    assert "rate from EUR to GBP for 2026-10" in de["problem"]
    page = story.page("/group/2026-10")
    for words in ("none proposed yet", "Northwind Analytics GmbH: There is no", "15.00"):
        assert words in page


def test_the_board_leads_to_the_group_and_names_what_is_next(story: Story) -> None:
    page = story.page("/")
    assert '<a href="/group/2026-P01">' in page
    assert "uk 2026-10, us 2026-P01, de 2026-10" in page


def test_a_period_is_started_by_its_calendars_name(story: Story) -> None:
    story.site.gateway.given.clear()
    form = {"entity": "us", "period": "2026-P01"}
    assert story.client.post("/closes", data=form).status_code == 303
    assert [given.period for given in story.site.gateway.given] == ["2026-P01"]
    answer = story.client.post("/closes", data={**form, "period": "2026-09"})
    assert answer.status_code == 422
    assert "has no period" in answer.text
    assert "1 Sep 2026 – 28 Sep 2026" in story.page(US)


class Checked(HTMLParser):
    """What a page's markup lacks for people who do not see it, or who type."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.captioned = True
        self.regions = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "table":
            self.captioned = False
        if tag == "caption":
            self.captioned = True
        if tag == "tr" and not self.captioned:
            self.wrong.append("a table without a caption")
        if tag == "th" and not given.get("scope"):
            self.wrong.append(f"a header without scope: {given}")
        if tag == "script" or any(name.startswith("on") for name in given):
            self.wrong.append("a script")
        if (
            tag in ("input", "select")
            and given.get("type") != "hidden"
            and "label" not in self.open
        ):
            self.wrong.append(f"a field without a label: {given}")
        if given.get("class") == "scroll" and given.get("tabindex") != "0":
            self.wrong.append("a region that scrolls and can't be reached by keyboard")
        if tag not in ("input", "meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            self.wrong.append(f"something is not closed before {tag}")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_marked_up_for_whoever_reads_it(story: Story, path: str) -> None:
    checked = Checked()
    page = story.page(path)
    checked.feed(page)
    assert not checked.wrong, checked.wrong
    amounts = re.findall(r"<td([^>]*)>-?[\d,]+\.\d\d<", page)
    assert all('class="number' in attributes for attributes in amounts)


def test_every_journals_page_is_marked_up_for_whoever_reads_it(story: Story) -> None:
    for journal in story.json(UK)["journals"]:
        checked = Checked()
        checked.feed(story.page(f"{UK}/journals/{journal['id']}"))
        assert not checked.wrong, checked.wrong


def test_a_closed_period_shows_that_sql_made_it_anew(story: Story) -> None:
    kept = story.json("/closes/uk/2026-09")["reperformed"]
    assert (kept["step"], kept["agrees"], kept["differences"]) == ("sync", True, [])
    assert kept["lines"] == kept["lines_in_all"] > 2
    page = story.page("/closes/uk/2026-09")
    assert f"{kept['lines']} of {kept['lines_in_all']} lines were made anew" in page
    assert "all agree" in page
    assert kept["program"] in page
    now = story.json("/closes/uk/2026-09/reperformance")
    same = ("agrees", "lines", "lines_in_all", "figures", "recomputed", "left", "program")
    assert [now[name] for name in same] == [kept[name] for name in same]
    assert story.json(f"{UK}/reperformance")["agrees"]
