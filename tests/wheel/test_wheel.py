"""The wheel, installed bare beside a project that has `workflows/` and `activities/` of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.schema import REVISION
from store.reperformance import program
from tests.close.system import System, eventually, running_system, waits_for_controller
from tieout.demo import PERIOD
from tieout.embedded.postgres import OWNER
from tieout.stack import Stack

REPOSITORY = Path(__file__).parent.parent.parent
DECOY = Path(__file__).parent / "decoy"
UV = Path(sys.executable).parent / "uv"

pytestmark = pytest.mark.timeout(240)


def run(*words: str | Path, **environment: str) -> str:
    # Not the checkout's: what is tested is found in the wheel or not at all.
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=DECOY,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds the wheel and what it requires, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    run(UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable,
        "--out-dir", folder, REPOSITORY)  # fmt: skip
    run(UV, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("tieout-*.whl")
    run(UV, "pip", "install", "--quiet", "--python", python,
        "--constraint", REPOSITORY / "requirements.lock", wheel)  # fmt: skip
    return python


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Sandbox and page started as users start them, by the product's own supervisor; no worker."""
    with running_system(tmp_path_factory.mktemp("host"), worker=False, stack=Stack) as running:
        yield running


def test_the_wheel_takes_one_name_and_leaves_the_host_its_own(python: Path) -> None:
    ask = "import activities, workflows; print(activities.__file__, workflows.__file__)"
    assert run(python, "-c", ask).split() == [
        str(DECOY / "activities" / "__init__.py"),
        str(DECOY / "workflows" / "__init__.py"),
    ]
    site = next((python.parent.parent / "lib").glob("python*/site-packages"))
    ours = {line.split(",")[0].split("/")[0] for line in _record(site).splitlines()}
    assert {name for name in ours if not name.endswith(".dist-info")} == {"..", "tieout"}
    ask = "import importlib.util as u; print([n for n in ('fastapi', 'uvicorn') if u.find_spec(n)])"
    assert run(python, "-c", ask).strip() == "[]"  # bare: without the page's needs


def test_the_sql_that_makes_a_close_anew_is_in_the_wheel(python: Path) -> None:
    ask = "from tieout.store.reperformance import program; print(program())"
    assert run(python, "-c", ask).strip() == program()


def _record(site: Path) -> str:
    (record,) = site.glob("tieout-*.dist-info/RECORD")
    return record.read_text()


def test_the_installed_command_line_migrates_and_knows_its_schema(
    python: Path, system: System
) -> None:
    said = run(
        python.parent / "tieout",
        "db",
        "migrate",
        TIEOUT_OWNER_DATABASE_URL=system.running.dsns[OWNER],
    )
    assert said == f"The database is at version {REVISION}.\n"


def test_the_hosts_worker_runs_its_own_workflow_and_a_whole_close(
    python: Path, system: System, tmp_path: Path
) -> None:
    out = tmp_path / "worker.log"
    environment = {
        k: v for k, v in {**os.environ, **system.running.worker_environment}.items()
        if k != "PYTHONPATH"
    }  # fmt: skip
    with out.open("wb") as log:
        worker = subprocess.Popen(
            [str(python), "run_worker.py"], cwd=DECOY, env=environment, stdout=log, stderr=log
        )
    try:
        eventually(lambda: "Hello, host." in out.read_text() or worker.poll() is not None)
        assert worker.poll() is None, out.read_text()
        system.people["preparer"].call("POST", "/closes", {"entity": "us", "period": PERIOD})
        close = system.drive("us", waits_for_controller)
        assert len(close["journals"]) == 8
        close = system.drive("us", lambda close: close["step"] == "closed")
        assert {journal["state"] for journal in close["journals"]} == {"posted"}
    finally:
        worker.terminate()
        worker.wait(20)
