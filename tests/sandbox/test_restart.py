"""The process: killed and started again, ports that are taken, clean ends."""

import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import pytest
import requests

from tests.sandbox.test_quickbooks import post, release
from tests.sandbox.wiring import ROOT, Sandbox, quickbooks


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("restart") / "data"


def refused(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *map(str, arguments)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_a_killed_sandbox_goes_on_with_what_was_posted_on_the_same_ports(data):
    started = time.monotonic()
    first = Sandbox.start(data)
    assert time.monotonic() - started < 3
    assert stat.S_IMODE((data / "connections.json").stat().st_mode) == 0o600
    known = first.connections
    client = quickbooks(first)
    made = post(client, release("T2609-0001-kkkkkkkk"), "once")
    first.post("/lock-date", entity="de", date="2026-08-31")
    first.kill()
    second = Sandbox.start(data)
    try:
        assert second.urls == first.urls
        assert second.connections["xero-uk"] == known["xero-uk"]
        assert post(client, release("T2609-0001-kkkkkkkk"), "once")["Id"] == made["Id"]
        assert len(second.get("/journals", entity="us", reference="T2609-0001-kkkkkkkk")) == 1
        assert quickbooks(second).auth_client.access_token
    finally:
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(10) == 0


def test_other_days_and_seeds_need_another_directory(data):
    assert Sandbox.start(data).stop() == 0
    answer = refused("--data", data, "--seed", "2")
    assert answer.returncode == 2
    assert "--seed 1" in answer.stderr


def test_a_taken_port_is_told_in_a_sentence(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = refused("--data", data, "--xero-port", port)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"Port {port} for xero is taken")
    assert answer.stdout == ""


def test_one_sandbox_per_directory(data):
    running = Sandbox.start(data)
    try:
        answer = refused("--data", data)
        assert answer.returncode == 2
        assert "Another sandbox is using" in answer.stderr
    finally:
        assert running.stop() == 0


def test_it_ends_while_a_caller_is_held(data):
    running = Sandbox.start(data)
    running.post("/faults", target="quickbooks", kind="hold_after_commit", path="openid")
    held = threading.Thread(
        target=requests.get,
        args=(running.urls["quickbooks"] + "/.well-known/openid_configuration",),
        kwargs={"timeout": 10},
    )
    held.start()
    while not running.get("/faults")[0]["fired"]:
        time.sleep(0.01)
    assert running.stop() == 0
    held.join()
