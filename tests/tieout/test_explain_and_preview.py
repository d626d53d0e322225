"""`tieout explain`, `tieout close preview` and `tieout backtest` against a page that is served: words,
JSON, codes.
"""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.api.conftest import served
from tests.api.story import Story, configuration, counted, tell
from tests.close.system import eventually
from tests.tieout.command import tieout


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with served(tmp_path_factory.mktemp("story")) as (database, site):
        yield from tell(database, site)


@pytest.fixture(scope="module")
def page(story: Story) -> Iterator[dict[str, str]]:
    """The page's address, and the preparer's token."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(story.site.app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    token = story.client.headers["Authorization"].removeprefix("Bearer ")
    yield {"url": f"http://127.0.0.1:{listening.getsockname()[1]}", "token": token}
    server.should_exit = True
    thread.join()


def test_a_line_is_explained_in_words(page: dict[str, str]) -> None:
    done = tieout("explain", "uk", "2026-10", "006A/1", **page)
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[0] == "006A/1: OPP-31: Two months, Initech"
    assert "Frozen before by the close of 2026-09." in told
    start = told.index("Recognised to date: 473.00 GBP")
    assert told[start + 1 : start + 3] == [
        "          225.00  300.00 USD earned before it was billed, × 0.75, the average rate of 2026-09",
        "          248.00  310.00 USD earned before it was billed, × 0.8, the average rate of 2026-10",
    ]
    assert "    from the test's" in told
    assert any(
        line.startswith("  contract OPP-31 of 2026-09-01 lists it: version 1") for line in told
    )


def test_a_line_is_explained_as_json(page: dict[str, str]) -> None:
    done = tieout("explain", "de", "2026-10", "INV-1/1", "--json", **page)
    told = json.loads(done.stdout)["explanation"]
    amounts = {each["figure"]: each["amount"] for each in told["sums"]}
    assert (amounts["own"], amounts["catch_up"]) == ("62.00", "760.00")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("uk", "2026-10", "INV-99/1"), "There is no position of INV-99/1 in this proposal."),
        (("uk", "2027-01", "INV-1/1"), "The close of uk for 2027-01 has not been started."),
        (("fr", "2026-10", "INV-1/1"), "The close of fr for 2026-10 has not been started."),
    ],
)
def test_what_cant_be_explained_is_one_sentence(
    given: tuple[str, ...], says: str, page: dict[str, str]
) -> None:
    done = tieout("explain", *given, **page)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{says}\n")


def test_a_preview_says_what_would_change_and_stores_nothing(
    story: Story, page: dict[str, str], tmp_path: Path
) -> None:
    before = counted(story)
    same = tieout("close", "preview", "uk", "2026-10", **page)
    assert (same.returncode, same.stderr) == (0, "")
    assert same.stdout.startswith("uk 2026-10: nothing would change; proposal ")
    data = configuration().model_dump(mode="json")
    (uk,) = [entity for entity in data["entities"] if entity["id"] == "uk"]
    uk["recognition"] = {"method": "monthly"}
    policy, rates = tmp_path / "policy.json", tmp_path / "rates.csv"
    policy.write_text(json.dumps(data))
    rates.write_text("Date, USD, GBP\n2026-10-30, 1.20, 0.90\n")
    files = ("--policy", str(policy), "--rates", str(rates))
    done = tieout("close", "preview", "uk", "2026-10", *files, **page)
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[0].startswith("uk 2026-10, against round 1, proposal ")
    assert told[2] == "With 2 rates from 2026-10-30 to 2026-10-30 in the rates file."
    assert "    of it catch-up: 30.00 → 30.50" in told
    whole = tieout("close", "preview", "uk", "2026-10", *files, "--json", **page)
    assert {line["line"] for line in json.loads(whole.stdout)["lines"]} >= {"INV-4/1"}
    assert counted(story) == before


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("uk", "2026-09"), "uk 2026-09 is closed, and what it froze stays"),
        (("uk", "soon"), "'soon' is not a period"),
        (("uk", "2026-07"), "uk adopted on 2026-08-31"),
        (("uk", "2026-10", "--policy", "{nowhere}"), "nowhere can't be read: No such file"),
        (("uk", "2026-10", "--policy", "{broken}"), "The policy file is not JSON: "),
        (("uk", "2026-10", "--rates", "{broken}"), "The rates file: This is not the bank's file"),
    ],
)
def test_what_cant_be_previewed_is_one_sentence(
    given: tuple[str, ...], says: str, story: Story, page: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "broken").write_text("{")
    before = counted(story)
    named = {name: str(tmp_path / name) for name in ("nowhere", "broken")}
    words = [word.format(**named) if word.startswith("{") else word for word in given]
    done = tieout("close", "preview", *words, **page)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert says in done.stderr
    assert counted(story) == before


MADE_GOOD = "All were made good: at the end the ledger held what it should."


def test_a_back_test_says_what_the_old_process_got_wrong_and_stores_nothing(
    story: Story, page: dict[str, str]
) -> None:
    before = counted(story)
    done = tieout("backtest", "uk", "--from", "2025-09", "--to", "2026-08", **page)
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert told[:2] == [
        "uk, amounts in GBP, ledger less what is right.",
        f"1 mistake in September 2025 to August 2026. {MADE_GOOD}",
    ]
    assert (
        "missing release    DEF deferred revenue              1          30.00           0.00"
        in told
    )
    at = told.index("Missing release")
    assert [word for word in told[at + 1].split() if word != "Acme"] == [
        *("2026-06", "DEF", "deferred", "revenue", "30.00"),
    ]
    assert told[at + 2].strip() == (
        "The release of INV-1 of Acme for June 2026 was not booked: 30.00 too much deferred; made "
        "good in July 2026."
    )
    whole = tieout("backtest", "uk", "--json", **page)  # the last year of the old process
    found = json.loads(whole.stdout)
    assert (found["first"], found["last"], found["months"]) == ("2025-09", "2026-08", 12)
    june = [
        row for row in found["balances"] if (row["period"], row["account"]) == ("2026-06", "DEF")
    ]
    assert [(row["ledger"], row["right"], row["difference"]) for row in june] == [
        ("457.00", "427.00", "30.00")
    ]
    assert counted(story) == before


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("fr",), "There is no entity 'fr'; there are de, uk, us."),
        (("uk", "--from", "soon"), "'soon' is not a period; write it like 2026-09."),
        (("uk", "--from", "2026-06", "--to", "2026-05"), "2026-06 comes after 2026-05"),
        (("uk", "--from", "2024-08"), "The history of uk is known from 2024-09 on"),
        (("uk", "--to", "2026-09"), "2026-09 is closed by Tieout, and there is no old process"),
        (("us",), "There is nothing in the ledger of us from before 2026-08-31"),
    ],
)
def test_what_cant_be_tested_is_one_sentence(
    given: tuple[str, ...], says: str, story: Story, page: dict[str, str]
) -> None:
    before = counted(story)
    done = tieout("backtest", *given, **page)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert says in done.stderr
    assert counted(story) == before
