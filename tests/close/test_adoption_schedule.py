"""An adoption schedule against a running close: figures change, approvals end, then it stands."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.close.system import Close, System, running_system, waits_for_controller
from tests.tieout.command import tieout
from tieout.demo import PERIOD

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The demo group, the close of `uk` started."""
    with running_system(Path(tmp_path_factory.mktemp("adoption"))) as running:
        running.people["preparer"].call("POST", "/closes", {"entity": "uk", "period": PERIOD})
        yield running


def adoption(system: System, role: str, *words: str) -> CompletedProcess[str]:
    token = str(system.people[role]._http.headers["Authorization"]).removeprefix("Bearer ")
    return tieout("adoption", *words, url=system.running.url, token=token)


def told(done: CompletedProcess[str]) -> Any:
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)


def test_an_import_ends_approvals_and_the_close_starts_from_its_figures(
    system: System, tmp_path: Path
) -> None:
    approved = system.drive("uk", waits_for_controller)
    before = told(adoption(system, "auditor", "show", "uk", "--json"))
    assert (before["imported"], before["started"]) == (False, True)
    line = next(
        each
        for each in before["computed"]
        if each["currency"] == "GBP" and Decimal(each["deferred"]) > 100
    )
    document, _, name = line["line"].partition("/")
    said = f"{Decimal(line['recognised']) + 100:.2f}"
    file = tmp_path / "schedule.csv"
    file.write_text(f"document id;line id;recognised to date\n{document};{name};{said}\n")

    tried = adoption(system, "preparer", "import", "uk", str(file), "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert f"{line['line']}  {said} GBP, computed {line['recognised']}, difference 100.00" in (
        tried.stdout
    )
    assert "Nothing was imported yet" in tried.stdout
    refused = adoption(system, "reviewer", "import", "uk", str(file))
    assert (refused.returncode, "Your roles do not let you" in refused.stderr) == (1, True)
    assert system.close("uk")["round"] == approved["round"]

    kept = told(adoption(system, "preparer", "import", "uk", str(file), "--json"))
    assert (kept["imported"], kept["rows"][0]["difference"]) == (True, "100.00")
    deferred = next(t for t in kept["totals"] if t["role"] == "deferred_revenue")

    def differs(close: Close) -> bool:
        return bool(close["round"] > approved["round"] and close["awaiting"] == "resolution")

    again = system.reach("uk", differs)
    assert again["proposal_hash"] != approved["proposal_hash"]
    assert not any(decision["counts"] for decision in again["decisions"])
    assert again["opening"]["deferred_revenue"] == deferred["positions"]
    (problem,) = [each for each in again["exceptions"] if each["code"] == "adoption_difference"]
    assert problem["amount"] == deferred["difference"]


def test_once_it_is_closed_the_schedule_stands(system: System, tmp_path: Path) -> None:
    closed = system.drive("uk", lambda close: bool(close["step"] == "closed"))
    assert all(row["unexplained"] == "0.00" for row in closed["tie_out"])
    file = tmp_path / "other.csv"
    file.write_text("document,deferred\nINV-0001,1.00\n")
    late = adoption(system, "preparer", "import", "uk", str(file))
    assert (late.returncode, late.stdout) == (1, "")
    assert f"uk has closed {PERIOD}" in late.stderr
    assert told(adoption(system, "auditor", "show", "uk", "--json"))["settled"] == PERIOD
    assert len(system.events("uk", "adoption.imported")) == 1
