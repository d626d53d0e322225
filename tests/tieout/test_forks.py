"""Processes that tests fork are supervised as those are that an interpreter starts."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.close.system import eventually
from tests.tieout.forks import ForkedStack
from tieout.embedded.ports import LOOPBACK, any_free, is_answered
from tieout.embedded.process import began
from tieout.stack import ProcessDiedError


def test_it_has_a_session_of_its_own_its_death_is_told_and_it_ends_with_the_stack(
    tmp_path: Path,
) -> None:
    port = any_free()
    server = [sys.executable, "-m", "http.server", "--bind", LOOPBACK, str(port)]
    with ForkedStack(tmp_path) as stack:
        killed = stack.start("api", server, {}, lambda: is_answered(port))
        assert os.getsid(killed) == killed
        os.kill(killed, signal.SIGKILL)
        (death,) = eventually(stack.deaths)
        assert (death.name, death.code) == ("api", -signal.SIGKILL)
        stack.stop("api")
        pid = stack.start("api", server, {}, lambda: is_answered(port))
        assert stack.deaths() == ()
    assert began(pid) is None


def test_what_it_says_is_in_its_log_and_it_knows_no_more_than_it_is_told(tmp_path: Path) -> None:
    worker = [sys.executable, "-m", "tieout.cli", "worker"]
    given = {"TIEOUT_DATABASE_URL": "postgresql://nobody@/nothing"}
    with ForkedStack(tmp_path) as stack, pytest.raises(ProcessDiedError) as died:
        stack.start("worker", worker, given, lambda: False)
    assert "worker ended with code 1" in str(died.value)
    told = (tmp_path / "logs" / "worker.log").read_text()
    assert told == "Set TIEOUT_CONNECTIONS_FILE: how to reach ledgers and CRM.\n"
