"""The whole product by its own command: three ledgers, real Temporal, Postgres and HTTP."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
RUN_S_MAX = 170


def tieout(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout.cli", *words, "--data", str(data)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=RUN_S_MAX,
        check=False,
    )


@pytest.mark.timeout(2 * RUN_S_MAX)
def test_the_demos_people_close_september_in_three_ledgers_to_the_cent(tmp_path: Path) -> None:
    data = tmp_path / "demo"
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
    assert all(close["journals_posted"] == 6 for close in result["closes"])
    assert result["audit"]["verified"]
    again = json.loads(tieout("demo", "--approve", "--json", data=data).stdout)
    assert [c["journals_posted"] for c in again["closes"]] == [6, 6, 6]
    assert tieout("demo", "--reset", data=data).returncode == 0
    assert not data.exists()
