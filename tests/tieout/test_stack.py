"""The supervisor: real processes, real signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tieout.embedded.errors import DataDirectoryInUseError
from tieout.embedded.ports import any_free
from tieout.embedded.postgres import EmbeddedPostgres
from tieout.embedded.process import began
from tieout.stack import ProcessDiedError, Stack

REPOSITORY = Path(__file__).resolve().parents[2]

# Says where it is, then waits; on SIGTERM it writes its name into the file given and leaves.
POLITE = """
import signal, sys, pathlib
name, ready, order = sys.argv[1:]
def leave(*_):
    with open(order, "a") as out: out.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
pathlib.Path(ready).touch()
while True: signal.pause()
"""


def polite(data: Path, name: str) -> tuple[list[str], Callable[[], bool]]:
    ready = data / f"{name}.ready"
    ready.unlink(missing_ok=True)
    return [sys.executable, "-c", POLITE, name, str(ready), str(data / "order")], ready.exists


def start(stack: Stack, name: str) -> int:
    argv, ready = polite(stack.data, name)
    return stack.start(name, argv, {}, ready)


def eventually(holds: Callable[[], bool], patience_s: float = 20) -> None:
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def test_the_page_stops_before_the_worker_and_the_worker_before_the_sandbox(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        pids = [start(stack, name) for name in ("worker", "sandbox", "api", "notifier")]
        assert all(began(pid) for pid in pids)
        assert os.getsid(pids[0]) == pids[0]  # a session of its own: Ctrl-C does not reach it
    assert (tmp_path / "order").read_text().split() == ["notifier", "api", "worker", "sandbox"]
    assert not any(began(pid) for pid in pids)
    assert list((tmp_path / "run").iterdir()) == []


def test_a_second_start_says_who_holds_the_data_directory(tmp_path: Path) -> None:
    with Stack(tmp_path), pytest.raises(DataDirectoryInUseError) as refused:
        Stack(tmp_path).__enter__()
    assert str(refused.value) == (
        f"The data directory {tmp_path} is in use by the running process {os.getpid()}: "
        "stop that one (Ctrl-C in its terminal), or choose another with --data."
    )
    with Stack(tmp_path):
        pass  # free again


def test_a_process_that_ends_before_it_is_ready_is_reported_with_its_last_words(
    tmp_path: Path,
) -> None:
    with Stack(tmp_path) as stack, pytest.raises(ProcessDiedError) as died:
        stack.start(
            "worker", [sys.executable, "-c", "raise SystemExit('no such queue')"], {}, lambda: False
        )
    log = tmp_path / "logs" / "worker.log"
    assert str(died.value) == (
        f"worker ended with code 1; its log is {log}. Run the command again to resume. "
        "The end of it says: no such queue"
    )


def test_a_process_that_never_gets_ready_is_named_and_stopped(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        with pytest.raises(ProcessDiedError, match="api was not ready within 0 s"):
            stack.start("api", polite(tmp_path, "api")[0], {}, lambda: False, patience_s=0.2)
        pid = json.loads((tmp_path / "run" / "api.json").read_text())["pid"]
    assert began(pid) is None


def test_a_killed_worker_is_noticed(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        pid = start(stack, "worker")
        stack.check()
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: bool(stack.deaths()))
        with pytest.raises(ProcessDiedError, match="worker was killed by SIGKILL; its log is"):
            stack.check()


def test_a_port_in_use_is_named_another_taken_and_kept_for_the_next_start(tmp_path: Path) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as stranger, Stack(tmp_path, said.append) as stack:
        taken = stranger.getsockname()[1]
        port = stack.pick_port("the page", taken)
        assert port != taken
        assert said == [
            f"Port {taken}, wanted for the page, is in use by another program; the page takes port {port}."
        ]
        assert stack.pick_port("Xero's sandbox", port) != port  # promised already
    with Stack(tmp_path) as stack:
        assert stack.pick_port("the page") == port
        wanted = any_free()
        assert stack.pick_port("QuickBooks' sandbox", wanted) == wanted


SUPERVISOR = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_stack import start
from tieout.stack import Stack
with Stack(Path(sys.argv[1]), print) as stack:
    if "servers" in sys.argv:
        stack.start_postgres()
        stack.start_temporal()
    try:
        print(start(stack, "worker"), start(stack, "api"), flush=True)
        stack.wait()
    except KeyboardInterrupt:
        print("stopping", flush=True)
"""


def supervisor(data: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, data, *words],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_stop_everything_in_order(tmp_path: Path, sign: signal.Signals) -> None:
    running = supervisor(tmp_path, "servers")
    assert running.stdout is not None
    pids = [int(word) for word in running.stdout.readline().split()]
    temporal = json.loads((tmp_path / "temporal" / "process.json").read_text())["pid"]
    running.send_signal(sign)
    assert running.communicate(timeout=30)[0] == "stopping\n"
    assert running.returncode == 0
    assert not any(began(pid) for pid in [*pids, temporal])
    assert (tmp_path / "order").read_text().split() == ["api", "worker"]
    EmbeddedPostgres(tmp_path).reset()


def test_what_a_killed_supervisor_left_is_stopped_by_the_next_and_nothing_else(
    tmp_path: Path,
) -> None:
    killed = supervisor(tmp_path)
    assert killed.stdout is not None
    worker, api = (int(word) for word in killed.stdout.readline().split())
    killed.kill()
    killed.wait()
    assert began(worker)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    reused = {"pid": stranger.pid, "began": "another time"}
    (tmp_path / "run" / "sandbox.json").write_text(json.dumps(reused))
    said: list[str] = []
    with Stack(tmp_path, said.append):
        assert began(worker) is None
        assert began(api) is None
        assert stranger.poll() is None
    assert said == [
        f"api (process {api}) was left over from an earlier run; it is stopped.",
        f"worker (process {worker}) was left over from an earlier run; it is stopped.",
    ]
    stranger.communicate(b"\n")
    killed.stdout.close()
