"""`tieout demo`: the whole product on this machine, with invented companies and people."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.administration import SECRET_KEY, SIGNING_KEY, VERIFY_KEY, make_keys
from tieout.client import ApiClient
from tieout.demo_people import PEOPLE, Person, work_until_closed
from tieout.embedded.postgres import API, OWNER, WORKER, EmbeddedPostgres
from tieout.embedded.temporal import EmbeddedTemporal
from tieout.errors import TieoutError
from tieout.stack import Stack

REPOSITORY = Path(__file__).parent.parent
CONFIGURATION = REPOSITORY / "examples" / "northwind.json"
PERIOD = "2026-09"
TODAY = "2026-10-05"
PAGE_PORT = 8000
ENTITIES = ("uk", "us", "de")


def forget(data: Path) -> None:
    """Remove everything the demo made. Raises EmbeddedError while it runs."""
    if not data.exists():
        return
    with Stack(data):
        EmbeddedPostgres(data).reset()
        EmbeddedTemporal(data).reset()
    shutil.rmtree(data)


def run_demo(data: Path, *, approve: bool, as_json: bool, say: Callable[[str], None]) -> int:
    """Start everything, seed it, start the closes; wait, or let the people decide. The exit code."""
    if not (REPOSITORY / "sandbox").is_dir():
        raise TieoutError("The demo needs the repository: clone it and run `make demo` there.")
    began = time.monotonic()
    quiet: Callable[[str], None] = (lambda _text: None) if as_json else say
    with Stack(data, quiet) as stack:
        quiet(f"Starting in {data} …")
        url = start_everything(stack, PAGE_PORT).url
        people = add_people(data, url)
        with ApiClient(url) as preparer:
            preparer.log_in("priya", people["priya"])
            for entity in ENTITIES:
                preparer.call("POST", "/closes", {"entity": entity, "period": PERIOD})
        if not approve:
            greet(url, people, quiet)
            stack.wait()
            return 0
        closes, audit = work_until_closed(url, people, ENTITIES, PERIOD, stack.check, quiet)
        result = {
            "closes": closes,
            "audit": audit,
            "seconds": round(time.monotonic() - began, 1),
        }
    say(json.dumps(result) if as_json else summary(result))
    done = all(close["state"] == "closed" for close in closes) and audit["verified"]
    return 0 if done else 1


@dataclass(frozen=True)
class Running:
    """What was started, and how to start the worker again."""

    stack: Stack
    url: str
    control_url: str
    dsns: dict[str, str]
    worker_environment: dict[str, str]

    def start_worker(self) -> int:
        """Start the worker again; its pid once it is ready."""
        ready = self.launch_worker()
        return self.stack.await_ready("worker", ready)

    def launch_worker(self) -> Callable[[], bool]:
        """Start the worker without waiting; whether it is ready."""
        log = self.stack.data / "logs" / "worker.log"
        seen = log.stat().st_size if log.exists() else 0
        self.stack.launch(
            "worker", [sys.executable, "-m", "tieout.cli", "worker"], self.worker_environment
        )
        return lambda: "ready" in log.read_text(errors="replace")[seen:]


def start_everything(stack: Stack, page_port: int | None = None) -> Running:
    """Servers, schema, keys, sandbox, configuration, worker, page; on this port if it is free."""
    from tieout.migrate import migrate

    data = stack.data
    dsns = stack.start_postgres()
    temporal = stack.start_temporal()
    migrate(dsns[OWNER])
    keys = data / "secrets"
    make_keys(keys)
    control = start_sandbox(stack)
    shared = {
        "TIEOUT_TEMPORAL_ADDRESS": temporal,
        "TIEOUT_CONNECTIONS_FILE": str(data / "sandbox" / "connections.json"),
        "TIEOUT_TODAY": TODAY,
        "PYTHONPATH": str(REPOSITORY),
    }
    port = stack.pick_port("page", page_port)
    running = Running(
        stack,
        f"http://127.0.0.1:{port}",
        f"http://127.0.0.1:{control}",
        dsns,
        {
            **shared,
            "TIEOUT_DATABASE_URL": dsns[WORKER],
            "TIEOUT_SECRET_KEY_FILE": str(keys / SECRET_KEY),
            "TIEOUT_VERIFY_KEY_FILE": str(keys / VERIFY_KEY),
        },
    )
    worker_is_ready = running.launch_worker()
    stack.launch(
        "api",
        [sys.executable, "-m", "tieout.cli", "api"],
        {
            **shared,
            "TIEOUT_DATABASE_URL": dsns[API],
            "TIEOUT_SIGNING_KEY_FILE": str(keys / SIGNING_KEY),
            "TIEOUT_API_PORT": str(port),
        },
    )
    command(dsns[API], "config", "apply", str(CONFIGURATION))
    stack.await_ready("worker", worker_is_ready)
    stack.await_ready("api", lambda: answers(running.url))
    return running


def start_sandbox(stack: Stack) -> int:
    """The three vendors' servers; the port of their control door."""
    sandbox = stack.data / "sandbox"
    sandbox.mkdir(exist_ok=True)
    connections = sandbox / "connections.json"
    connections.unlink(missing_ok=True)
    ports = {
        name: stack.pick_port(f"sandbox-{name}")
        for name in ("xero", "quickbooks", "salesforce", "control")
    }
    port_words = [w for name, port in ports.items() for w in (f"--{name}-port", str(port))]
    stack.start(
        "sandbox",
        [sys.executable, "-m", "sandbox", "--data", str(sandbox), "--today", TODAY, *port_words],
        {"PYTHONPATH": str(REPOSITORY)},
        connections.exists,
    )
    return ports["control"]


def answers(url: str) -> bool:
    """Whether the page is up."""
    try:
        with ApiClient(url) as client:
            client.call("GET", "/health")
    except TieoutError:
        return False
    return True


def command(dsn: str, *words: str) -> str:
    """Run one of our own commands as an administrator would; its output."""
    done = subprocess.run(
        [sys.executable, "-m", "tieout.cli", *words],
        env={**os.environ, "TIEOUT_DATABASE_URL": dsn, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        raise TieoutError(done.stderr.strip() or f"tieout {' '.join(words)} failed.")
    return done.stdout.strip()


def add_people(data: Path, url: str) -> dict[str, str]:
    """The demo's five people, each with a password of chance, kept in the data directory."""
    file = data / "secrets" / "people.json"
    passwords: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [p for p in PEOPLE if not logs_in(url, p, passwords.get(p.name, ""))]
    dsn = EmbeddedPostgres(data).dsn(API)
    with ThreadPoolExecutor() as pool:
        links = list(pool.map(lambda person: _link(dsn, person), missing))
    for person, link in zip(missing, links, strict=True):
        passwords[person.name] = secrets.token_urlsafe(12)
        with ApiClient(url) as client:
            client.call("POST", "/password", {"link": link, "password": passwords[person.name]})
        file.touch(mode=0o600)
        file.write_text(json.dumps(passwords))
    return passwords


def _link(dsn: str, person: Person) -> str:
    words = ("--role", person.role, "--display-name", person.display_name)
    try:
        path = command(dsn, "user", "add", person.name, *words)
    except TieoutError:
        path = command(dsn, "user", "reset", person.name)  # added by a start that was cut short
    return path.rsplit("/", 1)[1]


def logs_in(url: str, person: Person, password: str) -> bool:
    """Whether the password works."""
    if not password:
        return False
    try:
        with ApiClient(url) as client:
            client.log_in(person.name, password)
    except TieoutError:
        return False
    return True


def greet(url: str, people: dict[str, str], say: Callable[[str], None]) -> None:
    """Where to look, and who to be."""
    say(f"\nThe closes of September 2026 are running: {url}\n")
    for person in PEOPLE:
        say(f"  {person.role:11} {person.name:8} {people[person.name]}")
    say(
        "\nLog in as the preparer: two exceptions wait. Then submit; reviewer and controller "
        "approve; the controller signs off.\nCtrl-C stops everything; `make demo` resumes."
    )


def summary(result: dict[str, Any]) -> str:
    """The result for a person."""
    lines = [
        f"{close['entity']:4} {close['period']} {close['ledger']:10} {close['state']:9} "
        f"{close['journals_posted']} journals, ties out to {close['tie_out_difference']} "
        f"{close['currency']}"
        for close in result["closes"]
    ]
    trail = "holds" if result["audit"]["verified"] else "DOES NOT HOLD"
    return "\n".join(
        [*lines, f"{result['audit']['events']} audit events, the trail {trail}.",
         f"{result['seconds']} s"]
    )  # fmt: skip
