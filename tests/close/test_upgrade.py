"""A worker is upgraded in the middle of a close: the new one goes on where the old one stood.

The old worker runs the workflows as they were before any patch: for each `workflow.patched` it takes
the way of old and leaves no mark of the new one.
"""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from controls.configuration import parse_configuration
from controls.steps import Step
from tests.close.system import JOURNALS, System, running_system, waits_for_sign_off
from tests.faults.worker import prepare
from tests.long_way import LONG_WAY
from tests.tieout.command import FORKS
from tieout.administration import administrator
from tieout.demo import CONFIGURATION, PERIOD
from tieout.embedded.postgres import API

pytestmark = [pytest.mark.timeout(240), LONG_WAY]
STOPS_WITHIN_S = 20


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The demo group without a worker. Late documents land in their own period, where a patch is."""
    prepare()
    with running_system(tmp_path_factory.mktemp("upgrade")) as running:
        running.running.stack.stop("worker")
        configuration = json.loads(CONFIGURATION.read_text())
        for entity in configuration["entities"]:
            entity["recognition"]["late_documents"] = "own_period_while_open"
        with administrator(running.running.dsns[API]) as work:
            work.config.apply(parse_configuration(configuration))
        yield running


def _unpatched(environment: dict[str, str], log: Path) -> None:
    """Run a worker whose workflows know no patch."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environment)
    from temporalio import workflow

    from tieout.worker import run_worker

    workflow.patched = lambda _id: False  # type: ignore[misc, assignment]
    asyncio.run(run_worker())


def test_todays_worker_finishes_a_close_that_an_older_one_began(system: System) -> None:
    running = system.running
    log = running.stack.data / "logs" / "unpatched.log"
    old = FORKS.Process(target=_unpatched, args=(running.worker_environment, log), daemon=True)
    old.start()
    system.people["preparer"].call("POST", "/closes", {"entity": "us", "period": PERIOD})
    system.reach("us", lambda close: bool(close["step"]))
    posted = system.drive("us", waits_for_sign_off)
    assert len(system.events("us", "sync.finished")) == 1  # today's reads once more, when approved
    os.kill(old.pid or 0, signal.SIGTERM)
    old.join(STOPS_WITHIN_S)
    assert old.exitcode == 0, log.read_text()

    running.start_worker()
    close = system.drive("us", lambda each: each["step"] == Step.CLOSED)
    assert close["round"] == posted["round"]
    assert len(close["journals"]) == JOURNALS["us"]
    for journal in close["journals"]:
        (held,) = system.in_ledger("us", journal["reference"])
        assert held["id"] == journal["ledger_id"]
    worker_log = (running.stack.data / "logs" / "worker.log").read_text()
    assert "Nondeterminism" not in worker_log
