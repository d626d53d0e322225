"""The whole product by its own command: three ledgers, real Temporal, Postgres and HTTP."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from scenario.check import check_file
from tests.close.system import JOURNALS, eventually
from tests.long_way import SOAKS
from tests.tieout.command import tieout as forked
from tieout.demo import forget

REPOSITORY = Path(__file__).parent.parent.parent
RUN_S_MAX = 170


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def words(data: Path, *given: str) -> list[str]:
    return [sys.executable, "-m", "tieout.cli", *given, "--data", str(data)]


def tieout(*given: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words(data, *given),
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=RUN_S_MAX,
        check=False,
    )


def start_demo(data: Path, out: Path) -> subprocess.Popen[bytes]:
    """`tieout demo`, once it has told who may log in."""
    with out.open("wb") as file:
        demo = subprocess.Popen(
            words(data, "demo"), cwd=REPOSITORY, env=environment(), stdout=file, stderr=file
        )
    eventually(lambda: "Log in as the preparer" in out.read_text() or demo.poll() is not None)
    assert demo.poll() is None, out.read_text()
    return demo


def processes_of(data: Path) -> set[int]:
    """Every process that names the data directory: in its command, environment or output."""

    def names_it(process: Path) -> bool:
        try:
            text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            text += bytes((process / "fd" / "1").readlink())
        except OSError:
            return False
        return str(data).encode() in text and int(process.name) != os.getpid()

    return {int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and names_it(p)}


def kill_all(data: Path) -> None:
    """SIGKILL for each; one that fell with another's end is as dead as it should be."""
    for pid in processes_of(data):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "demo"
    yield folder
    kill_all(folder)
    forget(folder)


@pytest.mark.timeout(3 * RUN_S_MAX)
def test_the_demos_people_close_september_in_three_ledgers_to_the_cent(data: Path) -> None:
    done = tieout("demo", "--approve", "--json", data=data)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [
        (c["entity"], c["period"], c["ledger"], c["state"], c["tie_out_difference"], c["currency"])
        for c in result["closes"]
    ] == [
        ("uk", "2026-09", "xero", "closed", "0.00", "GBP"),
        ("us", "2026-09", "quickbooks", "closed", "0.00", "USD"),
        ("de", "2026-09", "xero", "closed", "0.00", "EUR"),
    ]
    posted = {close["entity"]: close["journals_posted"] for close in result["closes"]}
    assert posted == JOURNALS
    assert result["audit"]["verified"]
    for entity in JOURNALS if SOAKS else ("uk",):
        book = data.with_name(f"{entity}.json")
        where = ("-o", str(book), "--data", str(data))
        written = forked("scenario", "export", "--entity", entity, *where)
        assert written.returncode == 0, written.stderr
        assert check_file(book) == ()  # closed again from the file alone, to the frozen figures
    assert tieout("demo", "--reset", data=data).returncode == 0
    assert not data.exists()


@pytest.mark.timeout(3 * RUN_S_MAX)
def test_what_was_stopped_or_killed_resumes_the_same_closes(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    demo = start_demo(data, out)
    assert len(processes_of(data)) > 6  # supervisor, Postgres, Temporal, sandbox, worker, page
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) in (0, 130)
    assert processes_of(data) == set()

    start_demo(data, out)
    kill_all(data)  # Postgres and Temporal too
    eventually(lambda: not processes_of(data))

    done = tieout("demo", "--approve", "--json", data=data)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [(c["state"], c["tie_out_difference"]) for c in result["closes"]] == [
        ("closed", "0.00")
    ] * 3
    # A close that had been started anew would have synced, proposed and posted once more.
    assert {c["entity"]: c["journals_posted"] for c in result["closes"]} == JOURNALS
    assert result["audit"]["verified"]
