"""An installation made once for all tests of a run: each test's begins with a copy of its files.

The demo group is configured there, its rates are loaded and its people are logged in; no worker
has run. The cluster's files are written without fsync: they outlive a process, not the power.
"""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

import psycopg

from tests.tieout.forks import ForkedStack
from tieout.client import ApiClient
from tieout.demo import TODAY, add_people, forget, seed
from tieout.embedded.postgres import SUPERUSER, EmbeddedPostgres
from tieout.installation import prepare

FOLDERS = ("secrets", "temporal")
SANDBOX = "sandbox"
"""Its world is that of a business day: another day makes another one."""
CLUSTER = "cluster"
TOKENS = Path("secrets", "tokens.json")
"""Of the people's sessions, by name."""
UNHURRIED = ("fsync", "full_page_writes")


def begin(data: Path, today: str) -> None:
    """Have the data directory, one of pytest's temporary folders, begin as the template."""
    template = _template(_of_all_workers(data.parent))
    for name in (*FOLDERS, *([SANDBOX] if today == TODAY else [])):
        _copy(template / name, data / name)
    postgres = EmbeddedPostgres(data)
    postgres._find_programs()
    _copy(template / CLUSTER, postgres._cluster)


def _of_all_workers(base: Path) -> Path:
    """pytest's temporary folder that xdist's workers, where there are any, have in common."""
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _template(shared: Path) -> Path:
    """The template's folder; whoever comes first makes it, the others wait."""
    template = shared / "template"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _make(shared / "template.made", shared / "template.part")
            (shared / "template.part").rename(template)
    return template


def _make(data: Path, kept: Path) -> None:
    with ForkedStack(data) as stack:
        running = prepare(stack, sandbox=True, today=TODAY, crowd=False)
        running.launch_page()
        seed(running)
        postgres = EmbeddedPostgres(data)
        with psycopg.connect(postgres.dsn(SUPERUSER), autocommit=True) as work:
            for setting in UNHURRIED:
                work.execute(f"alter system set {setting} = off")
        running.await_page()
        passwords = add_people(data, running.url)
        with ApiClient(running.url) as client:
            tokens = {
                name: client.call("POST", "/login", {"name": name, "password": password})["token"]
                for name, password in passwords.items()
            }
        (data / TOKENS).write_text(json.dumps(tokens))
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for name in (*FOLDERS, SANDBOX):
        _copy(data / name, kept / name)
    _copy(postgres._cluster, kept / CLUSTER)
    (kept / "temporal" / "port").unlink()
    forget(data)


def _copy(source: Path, target: Path) -> None:
    """With owners and rights: as root, the cluster is nobody's."""
    subprocess.run(["cp", "-a", source, target], check=True)
