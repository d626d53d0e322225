"""The pages in a real browser: each person does their part of a close by hand.

`TIEOUT_SCREENSHOTS=<folder>` keeps a picture of every page that the story passes.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.close.system import (
    System,
    running_system,
    waits_for_controller,
    waits_for_sign_off,
)
from tieout.demo import PERIOD

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
]
CONFIGURATION = Path(__file__).parents[2] / "examples" / "northwind.json"
SCREENSHOTS = os.environ.get("TIEOUT_SCREENSHOTS")
STEP_MS_MAX = 30_000

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "Install Debian's package chromium: `apt-get install chromium`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Desk:
    """One person's browser, JavaScript off: the pages must work without."""

    def __init__(self, browser: Browser, system: System, name: str, width: int = 1280) -> None:
        context = browser.new_context(
            base_url=system.running.url,
            java_script_enabled=False,
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(STEP_MS_MAX)
        self.name = name
        self.page: Page = context.new_page()
        self.page.goto("/login")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(system.passwords[name])
        self.page.get_by_role("button", name="Log in").click()

    def open(self, entity: str) -> None:
        self.page.goto(f"/closes/{entity}/{PERIOD}")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sees(self, text: str) -> None:
        """The text is there, or comes: a close at work loads its page again by itself."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=STEP_MS_MAX)

    def picture(self, name: str) -> None:
        if SCREENSHOTS:
            self.page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png", full_page=True)


def reviews(ruth: Desk) -> None:
    """An exception was answered by hand, so that her approval needs a reason."""
    ruth.open("de")
    ruth.sees("Waits for a reviewer")
    ruth.press("Approve")
    ruth.sees("was answered by hand: say what you saw of it.")
    ruth.page.get_by_label("Reason").fill("The spreadsheet's rounding; I checked it.")
    ruth.press("Approve")


def previews(priya: Desk) -> None:
    """What would be proposed now, and with other settings; the close stays as it is."""
    priya.page.get_by_role("button", name="Preview what would be proposed now").click()
    priya.sees("Nothing would change")
    other = CONFIGURATION.read_text().replace('"daily"', '"monthly"')
    file = {"name": "other.json", "mimeType": "application/json", "buffer": other.encode()}
    priya.page.get_by_label("Configuration file").set_input_files(file)  # type: ignore[arg-type]
    priya.press("Preview with these files")
    priya.sees("Lines that change, the largest change first")
    priya.picture("preview")
    priya.open("de")


def looks_back(carl: Desk) -> None:
    """What was seen of the close, and who was delegated what."""
    carl.page.get_by_role("link", name="these figures").first.click()
    carl.sees("as they were shown, not as they are now")
    carl.picture("seen")
    carl.page.goto("/entities/de/delegations")
    carl.sees("Nobody was delegated anything")
    carl.picture("delegations")
    carl.open("de")
    carl.page.get_by_role("link", name="What the old process got wrong").click()
    carl.sees("At the end the ledger still differed by 12.34 EUR on account 850")
    carl.sees("The release of INV-")
    carl.picture("backtest")
    carl.page.get_by_label("From").fill("2026-07")
    carl.press("Test these months")
    carl.sees("was left out in July 2026")


def test_the_controller_approves_what_preparer_and_reviewer_put_forward(
    system: System, browser: Browser
) -> None:
    priya = Desk(browser, system, "priya")
    priya.page.get_by_role("combobox", name="Entity").select_option("de")
    priya.page.get_by_role("textbox", name="Period", exact=True).fill(PERIOD)
    priya.press("Start the close")
    priya.picture("board")
    priya.open("de")
    priya.sees("1 exception blocks the close")
    priya.sees("12.34 EUR")
    priya.picture("resolve")
    previews(priya)
    priya.page.get_by_label("Reason").fill("A rounding of the old spreadsheet; accepted by Ruth.")
    priya.press("Accept the difference")
    priya.open("de")
    priya.sees("The preparer submits the proposal")
    priya.page.get_by_label("Note").fill("September")
    priya.press("Submit the proposal")

    reviews(Desk(browser, system, "ruth"))

    carl = Desk(browser, system, "carl")
    carl.open("de")
    carl.sees("Waits for a controller")
    carl.picture("review")
    carl.page.get_by_role("link", name="Deferred revenue released").click()
    carl.sees("What makes up the debit of")
    carl.sees("Catch-up")
    carl.picture("journal")
    carl.page.locator("section tbody th a").first.click()
    carl.sees("Recognised to date")
    carl.sees("Documents that make it up")
    carl.sees("How these figures came about")
    carl.picture("line")
    carl.page.get_by_role("region", name="Documents that make it up").get_by_role(
        "link"
    ).first.click()
    carl.sees("Content hash")
    carl.picture("document")
    carl.open("de")
    carl.press("Reject")  # without a reason
    carl.sees("Say why: a rejection needs a reason.")
    carl.picture("refused")
    carl.page.get_by_label("Reason").fill("Accepted at adoption.")
    carl.press("Approve")
    carl.sees("The controller closes the period")
    carl.picture("sign_off")
    carl.press("Sign off and close the period")
    carl.open("de")
    carl.sees("Seal")
    carl.picture("closed")
    looks_back(carl)

    close = system.close("de")
    assert close["step"] == "closed"
    assert [(d["actor"], d["verdict"], d["step"]) for d in close["decisions"]] == [
        ("priya", "submit", "review"),
        ("ruth", "approve", "review"),
        ("carl", "approve", "review"),
        ("carl", "approve", "sign_off"),
    ]
    carl.page.goto("/")
    carl.page.get_by_role("link", name=PERIOD).click()
    carl.sees("Translation adjustment of the period")
    carl.picture("group")
    carl.page.goto("/audit/verification")
    carl.sees("every chain holds")
    carl.picture("audit")


def test_the_page_says_what_keeps_a_close_waiting_for_its_ledger(
    system: System, browser: Browser
) -> None:
    system.fault(target="quickbooks", kind="error_503", path="query", times=3)
    priya = Desk(browser, system, "priya")
    priya.page.get_by_role("combobox", name="Entity").select_option("us")
    priya.page.get_by_role("textbox", name="Period", exact=True).fill(PERIOD)
    priya.press("Start the close")
    priya.open("us")
    priya.sees("QuickBooks had an internal error (503). It is tried again by itself.")
    priya.picture("stalled")
    priya.sees("The preparer submits the proposal")  # the third try went well, by itself


def test_the_operators_queue_says_what_the_ledger_said_and_a_preparer_sends_it_back(
    system: System, browser: Browser
) -> None:
    close = system.drive("us", waits_for_controller)
    prepaid = next(j for j in close["journals"] if j["kind"] == "prepayment")
    path = f"/closes/us/{PERIOD}/journals/{prepaid['id']}"
    lines = system.people["auditor"].call("GET", path)["lines"]
    shut = {"entity": "us", "account": lines[0]["account"]}
    system.sandbox("POST", "/accounts", {**shut, "archived": True})
    system.decide("controller", close, "approve")
    system.reach("us", lambda now: now["awaiting"] == "retry")
    omar = Desk(browser, system, "omar")
    omar.open("us")
    omar.sees("The ledger says:")
    omar.picture("queue")
    assert omar.page.get_by_role("button", name="Lay all ready as drafts").count() == 0
    omar.press("Try all again")
    omar.open("us")
    omar.sees("The ledger says:")
    priya = Desk(browser, system, "priya")
    priya.open("us")
    system.sandbox("POST", "/accounts", {**shut, "archived": False})
    priya.page.get_by_label("Reason", exact=True).fill("The account is back.")
    priya.press("It is mended: calculate anew")
    close = system.drive("us", waits_for_sign_off)
    assert all(journal["state"] == "posted" for journal in close["journals"])


def test_a_controller_opens_a_closed_period_again(system: System, browser: Browser) -> None:
    priya = Desk(browser, system, "priya")
    priya.open("de")
    priya.page.get_by_text("Open this period again").click()
    priya.page.get_by_label("Reason").fill("A credit note came late.")
    priya.press("Ask to open it again")
    priya.sees("priya asks to open 2026-09 again: A credit note came late.")
    assert priya.page.get_by_role("button", name="Open the period again").count() == 0
    carl = Desk(browser, system, "carl")
    carl.open("de")
    carl.picture("reopen")
    carl.press("Open the period again")
    carl.open("de")
    carl.sees("close 2 of this period: A credit note came late.")
    carl.page.get_by_role("link", name="close 1").click()
    carl.sees("Superseded")
    carl.page.get_by_role("link", name="Deferred revenue released").click()
    carl.sees("What makes up the debit of")
    close = system.drive("de", lambda now: now["step"] == "closed")
    assert (close["number"], close["journals"]) == (2, [])


def test_a_page_is_no_wider_than_a_telephone_and_logs_out(system: System, browser: Browser) -> None:
    ada = Desk(browser, system, "ada", width=390)
    close = f"/closes/de/{PERIOD}"
    first = f"/closes/de/{PERIOD}?number=1"
    journal = system.people["auditor"].call("GET", first)["journals"][0]["id"]
    for path in (
        "/", close, f"{close}/lines", f"{close}/journals/{journal}?number=1", first,
        f"/group/{PERIOD}", "/audit", "/entities/de/backtest",
    ):  # fmt: skip
        ada.page.goto(path)
        assert ada.page.evaluate("document.documentElement.scrollWidth") <= 390, path
        ada.picture(f"narrow{path.replace('/', '_').replace('?', '_')}")
    assert ada.page.get_by_role("button", name="Start the close").count() == 0
    ada.press("Log out")
    ada.page.goto("/")
    expect(ada.page.get_by_label("Password")).to_be_visible()


def test_the_preparer_sees_a_journal_by_hand_line_by_line_and_counts_it_as_booked(
    system: System, browser: Browser
) -> None:
    system.sandbox("POST", "/journals/add", {
        "entity": "uk", "date": "2026-09-20", "narration": "Spreadsheet",
        "lines": [{"account": "850", "amount": "250.00"}, {"account": "200", "amount": "-250.00"}],
    })  # fmt: skip
    system.people["preparer"].call("POST", "/closes", {"entity": "uk", "period": PERIOD})
    priya = Desk(browser, system, "priya")
    priya.open("uk")
    priya.sees("Somebody else's journal on the close's accounts")
    table = priya.page.get_by_role("region", name="Line by line")
    expect(table.get_by_role("row", name="850")).to_contain_text("250.00")
    expect(priya.page.get_by_role("link", name="The journal in the ledger")).to_be_visible()
    priya.picture("resolve-by-hand")
    form = priya.page.get_by_role("article", name="Somebody else's journal")
    form.get_by_label("Reason").fill("The release of September, keyed in before.")
    form.get_by_role("button", name="It did what the close does: count it as booked").click()
    system.reach("uk", lambda c: c["round"] == 2 and c["awaiting"] != "nothing")
    priya.open("uk")
    expect(priya.page.get_by_text("Somebody else's journal")).to_have_count(0)
