"""A worker is upgraded in the middle of a close: the new one goes on where the old one stood.

The old worker runs the workflows as they were before any patch: for each `workflow.patched` it takes
the way of old and leaves no mark of the new one.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from controls.configuration import parse_configuration
from controls.steps import Step
from tests.close.system import JOURNALS, System, running_system, waits_for_sign_off
from tests.tieout.command import environment
from tests.tieout.forks import Forked, become
from tieout.administration import administrator
from tieout.demo import CONFIGURATION, PERIOD
from tieout.embedded.postgres import API

pytestmark = pytest.mark.timeout(240)
STOPS_WITHIN_S = 20


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The demo group without a worker. Late documents land in their own period, where a patch is."""
    with running_system(tmp_path_factory.mktemp("upgrade"), worker=False) as running:
        configuration = json.loads(CONFIGURATION.read_text())
        for entity in configuration["entities"]:
            entity["recognition"]["late_documents"] = "own_period_while_open"
        with administrator(running.running.dsns[API]) as work:
            work.config.apply(parse_configuration(configuration))
        yield running


def _unpatched(given: dict[str, str], log: Path) -> None:
    """Run a worker whose workflows know no patch."""
    become(given, log)
    from temporalio import workflow

    from tieout.worker import run_worker

    workflow.patched = lambda _id: False  # type: ignore[misc, assignment]
    asyncio.run(run_worker())


def test_todays_worker_finishes_a_close_that_an_older_one_began(system: System) -> None:
    running = system.running
    log = running.stack.data / "logs" / "unpatched.log"
    old = Forked(_unpatched, {**environment(), **running.worker_environment}, log)
    system.people["preparer"].call("POST", "/closes", {"entity": "us", "period": PERIOD})
    system.reach("us", lambda close: bool(close["step"]))
    posted = system.drive("us", waits_for_sign_off)
    assert len(system.events("us", "sync.finished")) == 1  # today's reads once more, when approved
    old.terminate()
    assert old.wait(STOPS_WITHIN_S) == 0, log.read_text()

    running.start_worker()
    close = system.drive("us", lambda each: each["step"] == Step.CLOSED)
    assert close["round"] == posted["round"]
    assert len(close["journals"]) == JOURNALS["us"]
    for journal in close["journals"]:
        (held,) = system.in_ledger("us", journal["reference"])
        assert held["id"] == journal["ledger_id"]
    worker_log = (running.stack.data / "logs" / "worker.log").read_text()
    assert "Nondeterminism" not in worker_log
