"""The adoption schedule over the API and its page: who may, what is refused, what is kept."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient

from accounting.documents import Document, DocumentKind, DocumentLine
from accounting.money import Money
from accounting.periods import Period
from controls.audit import Actor
from controls.messages import Acted, Answer
from controls.steps import Awaiting, Step, UserRole
from store.books import ADOPTION_READING
from tests.api.site import NASTY, REPOSITORY, Site
from tieout.administration import read_configuration
from workflows.gateway import GatewayUnavailableError, NoSuchCloseError

T0, PERIOD = date(2026, 8, 31), "2026-09"
API, PAGE = "/api/v1/entities/uk/adoption", "/entities/uk/adoption"
NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
TEST = Actor("service", "test")
YEAR = {"service_start": date(2026, 7, 1), "service_end": date(2027, 6, 30)}
"""62 of its 365 days are over at the end of August 2026."""
GOOD = b"document,line,recognised to date\nAD-1,1,600.00\n"


@pytest.fixture(scope="module")
def uk(site: Site) -> Site:
    """The site with one invoice of `uk` and what its ledger held at adoption."""
    with site.owner.unit_of_work(TEST) as work:
        if not work.config.entities():
            work.config.apply(read_configuration(REPOSITORY / "examples" / "northwind.json"))
        accounts = work.config.current().entity("uk").policy("").accounts
        line = DocumentLine(
            "1", Money.parse("3650.00", "GBP"), accounts.revenue[0], method="daily", text=NASTY,
            **YEAR,  # type: ignore[arg-type]
        )  # fmt: skip
        document = Document(
            DocumentKind.INVOICE, "ad-1", "AD-1", NASTY, date(2026, 7, 1), "GBP", (line,)
        )
        other = replace(
            document, id="ad-2", number="AD-2", lines=(replace(line, account="none of ours"),)
        )
        for each in (document, other):
            work.documents.store("uk", "xero", each, "{}", NOW)
        held = [(accounts.deferred_revenue, -3040_00)]
        work.documents.save_reading("uk", ADOPTION_READING, T0, held)
    return site


@pytest.fixture
def first_close(uk: Site) -> Iterator[Site]:
    """The first close of `uk`, in review."""
    stand(uk, Step.REVIEW, Awaiting.APPROVAL)
    uk.gateway.given.clear()
    uk.gateway.answer = Answer(accepted=True, message=Step.REVIEW)
    yield uk
    uk.gateway.answer = Answer(accepted=True)
    stand(uk, Step.REVIEW, Awaiting.APPROVAL)


def stand(site: Site, step: Step, awaiting: Awaiting = Awaiting.NOTHING) -> None:
    with site.owner.unit_of_work(TEST) as work:
        row = work.closes.open("uk", PERIOD, Period.month(PERIOD), "priya")
        work.closes.move(row.id or 0, step, awaiting, "as the test wants it")


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, TestClient]:
    return {role.value: site.person(f"adopting-{role}", role.value) for role in UserRole}


@pytest.fixture
def carl(people: dict[str, TestClient]) -> TestClient:
    return people["controller"]


def in_force(site: Site) -> dict[str, str]:
    with site.store.unit_of_work(TEST) as work:
        return {line: amount.text() for line, amount in work.adoption.recognised("uk").items()}


def imports(site: Site) -> int:
    return len(site.events("uk", "adoption.imported"))


def rows(answer: Any) -> list[tuple[str, str, str, str, str]]:
    return [
        (r["line"], r["recognised"], r["computed"], r["difference"], r["refused"])
        for r in answer.json()["rows"]
    ]


def test_before_the_first_close_is_started_a_schedule_is_kept_for_it(
    uk: Site, carl: TestClient
) -> None:
    uk.gateway.given.clear()
    before = carl.get(API).json()
    assert (before["imported"], before["started"], before["period"]) == (False, False, PERIOD)
    assert before["computed"][0]["deferred"] == "3030.00"
    answer = carl.post(API, content=GOOD)
    assert answer.status_code == 200, answer.text
    assert "Start the close of 2026-09" in answer.json()["next_step"]
    assert in_force(uk) == {"ad-1/1": "600.00"}
    assert uk.gateway.given == []


def test_a_dry_run_says_what_would_be_and_keeps_nothing(
    first_close: Site, carl: TestClient
) -> None:
    kept, number = in_force(first_close), imports(first_close)
    answer = carl.post(f"{API}?dry_run=true", content=GOOD.replace(b"600", b"500"))
    assert answer.status_code == 200
    assert rows(answer) == [("ad-1/1", "500.00", "620.00", "-120.00", "")]
    told = answer.json()
    assert (told["imported"], told["refused"]) == (False, 0)
    deferred = next(t for t in told["totals"] if t["role"] == "deferred_revenue")
    assert (deferred["positions"], deferred["ledger"], deferred["difference"]) == (
        "3150.00", "3040.00", "110.00",
    )  # fmt: skip
    assert (in_force(first_close), imports(first_close)) == (kept, number)
    assert first_close.gateway.given == []


def test_an_import_is_kept_for_who_imports_and_the_close_is_told(
    first_close: Site, carl: TestClient
) -> None:
    answer = carl.post(API, content=GOOD.replace(b"600", b"610"))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["imported"], told["imported_by"]) == (True, "adopting-controller")
    assert "calculates anew" in told["next_step"]
    assert in_force(first_close) == {"ad-1/1": "610.00"}
    (acted,) = first_close.gateway.given
    assert isinstance(acted, Acted)
    assert (acted.entity, acted.period, acted.actor) == ("uk", PERIOD, "adopting-controller")
    again = carl.post(API, content=GOOD.replace(b"600", b"610")).json()
    assert "in force already" in again["message"]
    assert len(first_close.gateway.given) == 1
    shown = carl.get(API).json()
    assert shown["file_hash"] == told["file_hash"]
    assert shown["rows"][0]["recognised"] == "610.00"


def test_who_imported_has_prepared_the_first_close(first_close: Site, carl: TestClient) -> None:
    carl.post(API, content=GOOD.replace(b"600", b"605"))
    with first_close.store.unit_of_work(TEST) as work:
        close = work.closes.of("uk", PERIOD)
        assert "adopting-controller" in work.approvals.preparers(close.id or 0)


def test_a_close_that_calculates_is_told_once_more_when_the_schedule_is_there(
    first_close: Site, carl: TestClient
) -> None:
    first_close.gateway.answer = Answer(accepted=True, message=Step.CALCULATE)
    carl.post(API, content=GOOD.replace(b"600", b"601"))
    first, second = first_close.gateway.given
    assert second.nonce == f"{first.nonce}-again"


@pytest.mark.parametrize("error", [GatewayUnavailableError("Temporal is away."), None])
def test_what_the_close_does_not_take_is_not_kept(
    error: Exception | None,
    first_close: Site,
    carl: TestClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, number = in_force(first_close), imports(first_close)
    first_close.gateway.answer = Answer(False, "The close is in step lock_check.", "wrong_step")
    if error is not None:
        monkeypatch.setattr(first_close.gateway, "figures_changed", failing(error))
    answer = carl.post(API, content=GOOD.replace(b"600", b"1"))
    assert answer.status_code == (503 if error else 409)
    if error is None:
        assert "Nothing was imported" in answer.json()["message"]
    assert (in_force(first_close), imports(first_close)) == (kept, number)


def failing(error: Exception) -> Any:
    async def fails(_acted: Acted) -> Answer:
        raise error

    return fails


def test_a_close_that_does_not_run_needs_no_word(
    first_close: Site, carl: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_close.gateway, "figures_changed", failing(NoSuchCloseError("no")))
    assert carl.post(API, content=GOOD.replace(b"600", b"602")).status_code == 200
    assert in_force(first_close) == {"ad-1/1": "602.00"}


def test_one_refused_row_and_nothing_is_imported(first_close: Site, carl: TestClient) -> None:
    kept = in_force(first_close)
    bad = GOOD + b"AD-2,1,1.00\nAD-3,1,1.00\n"
    answer = carl.post(API, content=bad)
    assert answer.status_code == 422
    assert answer.json()["error"] == "rows_refused"
    assert [row[4] for row in rows(answer)] == ["", "out_of_scope", "unknown_document"]
    assert "2 of 3 rows are refused, so nothing was imported" in answer.json()["message"]
    assert carl.post(f"{API}?dry_run=true", content=bad).status_code == 200
    assert in_force(first_close) == kept


@pytest.mark.parametrize("role", list(UserRole))
def test_preparers_and_controllers_import_and_everybody_looks(
    role: UserRole, first_close: Site, people: dict[str, TestClient]
) -> None:
    may = role in (UserRole.PREPARER, UserRole.CONTROLLER)
    refusals = len(first_close.events("uk", "adoption.refused"))
    answer = people[role].post(f"{API}?dry_run=true", content=GOOD)
    assert answer.status_code == (200 if may else 403)
    assert len(first_close.events("uk", "adoption.refused")) == refusals + (not may)
    assert people[role].get(API).status_code == 200
    page = people[role].get(PAGE)
    assert page.status_code == 200
    assert ('type="file"' in page.text) is may
    assert NASTY not in page.text


@pytest.mark.parametrize("step", [Step.LOCK_CHECK, Step.CLOSED])
def test_once_the_first_close_is_beyond_review_nothing_is_imported(
    step: Step, first_close: Site, carl: TestClient
) -> None:
    stand(first_close, step)
    answer = carl.post(API, content=GOOD)
    assert answer.status_code == 409
    assert "its figures at adoption stand" in answer.json()["message"]
    page = carl.get(PAGE)
    assert 'type="file"' not in page.text
    assert "the figures at adoption stand" in page.text


def test_an_entity_of_which_nothing_was_read_says_so(uk: Site, carl: TestClient) -> None:
    answer = carl.post("/api/v1/entities/de/adoption", content=GOOD)
    assert answer.status_code == 409
    assert "Start the close of 2026-09" in answer.json()["message"]
    for path in ("/api/v1/entities/fr/adoption", "/entities/fr/adoption"):
        assert carl.get(path).status_code == 404
        assert carl.post(path, content=GOOD).status_code == 404


def upload(person: TestClient, content: bytes, what: str, name: str = "schedule.csv") -> Any:
    return person.post(PAGE, data={"what": what}, files={"file": (name, content)})


def workbook(*written: list[Any]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for row in written:
        book.worksheets[0].append(row)
    book.save(kept)
    return kept.getvalue()


def test_the_page_tries_refuses_and_imports(first_close: Site, carl: TestClient) -> None:
    kept = in_force(first_close)
    good = workbook(["Document", "Deferred"], ["AD-1", 3043.5])
    tried = upload(carl, good, "try", "schedule.xlsx")
    assert tried.status_code == 200
    assert "606.50" in tried.text
    assert "as they would be" in tried.text
    assert in_force(first_close) == kept
    refused = upload(carl, b"document,deferred\nAD-<b>,1\n", "import")
    assert refused.status_code == 422
    assert "unknown document" in refused.text
    assert "AD-&lt;b&gt;" in refused.text
    assert in_force(first_close) == kept
    done = upload(carl, good, "import", "schedule.xlsx")
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    assert in_force(first_close) == {"ad-1/1": "606.50"}
    page = carl.get(PAGE).text
    assert "imported by adopting-controller" in page
    assert f"/closes/uk/{PERIOD}" in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"customer,amount\n", "A schedule has the columns"),
        (b"\x89PNG\x00\x00", "no spreadsheet"),
        (b"x" * 5_020_000, "above 5,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_schedule_is_told_on_the_page_and_by_the_api(
    content: bytes, told: str, first_close: Site, carl: TestClient
) -> None:
    page = upload(carl, content, "import")
    assert page.status_code == 422
    assert told in page.text
    answer = carl.post(API, content=content)
    assert answer.status_code == 422
    assert told in answer.json()["message"]


def test_a_form_without_a_file_asks_for_one(first_close: Site, carl: TestClient) -> None:
    for sent in ({"data": {"what": "import"}}, {"files": {"other": ("a", b"b")}}):
        page = carl.post(PAGE, **sent)
        assert page.status_code == 422
        assert "Choose a file first" in page.text


def test_a_form_of_another_site_is_refused(first_close: Site, uk: Site) -> None:
    stranger = uk.client(Origin="https://elsewhere.example")
    assert upload(stranger, GOOD, "import").status_code == 403
