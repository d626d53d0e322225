"""The command line ends cleanly, whatever it has used: 20 times of 20."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.close.system import eventually
from tests.tieout.command import environment, started, tieout, words
from tieout.administration import SECRET_KEY, VERIFY_KEY, make_keys
from tieout.embedded.postgres import API, OWNER, WORKER, EmbeddedPostgres
from tieout.embedded.temporal import EmbeddedTemporal
from tieout.migrate import migrate

WORKERS = 6


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    """The settings of worker and administrator on real servers."""
    data = tmp_path_factory.mktemp("data")
    postgres, temporal = EmbeddedPostgres(data), EmbeddedTemporal(data)
    dsns, address = postgres.start(), temporal.start()
    migrate(dsns[OWNER])
    keys = data / "keys"
    make_keys(keys)
    (data / "connections.json").write_text("{}")
    yield {
        "administrator": {"database_url": dsns[API]},
        "worker": {
            "database_url": dsns[WORKER],
            "temporal_address": address,
            "connections_file": str(data / "connections.json"),
            "secret_key_file": str(keys / SECRET_KEY),
            "verify_key_file": str(keys / VERIFY_KEY),
        },
    }
    temporal.stop()
    postgres.stop()
    temporal.reset()
    postgres.reset()


def test_a_worker_that_is_asked_to_stop_ends_with_code_0_and_says_nothing(
    settings: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    def life(number: int) -> tuple[int, str, str]:
        out, err = tmp_path / f"{number}.out", tmp_path / f"{number}.err"
        worker = started("worker", out=out, err=err, **settings["worker"])
        eventually(lambda: out.exists() and out.read_text())
        os.kill(worker.pid, signal.SIGINT if number % 2 else signal.SIGTERM)
        return worker.wait(30), out.read_text(), err.read_text()

    assert [life(number) for number in range(WORKERS)] == [
        (0, "The worker is ready.\n", "")
    ] * WORKERS


def test_a_command_that_used_the_database_ends_with_code_0_and_says_nothing_else(
    settings: dict[str, dict[str, str]],
) -> None:
    def once() -> tuple[int, str, str]:
        done = tieout("audit", "verify", **settings["administrator"])
        return done.returncode, done.stdout, done.stderr

    assert {once() for _ in range(20 - WORKERS)} == {(0, "0 events; the trail holds.\n", "")}


def test_started_from_nothing_it_does_the_same(settings: dict[str, dict[str, str]]) -> None:
    done = subprocess.run(
        words("audit", "verify"),
        env=environment(**settings["administrator"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 events; the trail holds.\n", "")


def test_every_command_explains_itself() -> None:
    told = tieout("--help").stdout
    for command in ("demo", "up", "worker", "api", "db", "config", "user", "close", "audit"):
        assert command in told
