"""A very big book is read in shards, an activity each, and its worker may die among them.

Any book is very big here: the workers' bounds are low.
"""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from controls.audit import Actor
from store import Store
from store.calculations import proposed
from tests.close.system import System, eventually, running_system
from tests.faults.worker import STICKY, Impatient
from tests.tieout.command import environment
from tests.tieout.forks import Forked, become
from tieout.demo import PERIOD
from tieout.embedded.postgres import API, WORKER

pytestmark = pytest.mark.timeout(240)
SHARD_LINES = 40


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(tmp_path_factory.mktemp("shards"), worker=False) as running:
        yield running


def _of_big_books(given: dict[str, str], log: Path, dies_at: int) -> None:
    """Run a worker to which any book is very big; it dies where it would keep this shard."""
    become(given, log)
    from store import plain_lines
    from store.kept_readings import KeptReadings
    from tieout.worker import run_worker

    plain_lines.FEW, plain_lines.SHARD_LINES = 0, SHARD_LINES
    keep = KeptReadings.keep

    def mortal(kept: KeptReadings, reading: int, shard: int, *tables: Any) -> None:
        if shard == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        keep(kept, reading, shard, *tables)

    KeptReadings.keep = mortal  # type: ignore[method-assign, assignment]
    asyncio.run(run_worker(interceptors=[Impatient()], sticky_timeout=STICKY))


def test_a_close_in_shards_proposes_what_one_reading_does(system: System) -> None:
    running = system.running
    given = {**environment(), **running.worker_environment}
    log = running.stack.data / "logs" / "big-books.log"
    system.people["preparer"].call("POST", "/closes", {"entity": "uk", "period": PERIOD})
    mortal = Forked(_of_big_books, given, log, 2)
    assert eventually(mortal.poll) == -signal.SIGKILL, log.read_text()

    worker = Forked(_of_big_books, given, log, -1)
    close = system.drive("uk", lambda each: each["awaiting"] == "submission")
    with psycopg.connect(running.dsns[WORKER]) as work:
        shards = work.execute("select count(distinct shard), count(*) from kept_piece").fetchone()
        cut = work.execute("select cardinality(bounds) + 1 from kept_reading").fetchall()
    assert cut
    assert cut[0][0] > 3
    assert shards == (cut[0][0], cut[0][0])
    store = Store(running.dsns[API])
    with store.reading(Actor("service", "test")) as work:
        row = work.closes.find("uk", PERIOD)
        assert row is not None
        at_once = proposed(work, row, work.config.current())
    store.close()
    assert at_once.plain is None, "few lines to this process"
    assert at_once.hash == close["proposal_hash"]

    worker.terminate()
    assert worker.wait(20) == 0, log.read_text()
