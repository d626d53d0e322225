"""The whole product on this machine with as many companies as a benchmark wants, and their people."""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx

from controls.configuration import parse_configuration
from tieout.administration import administrator, load_rates, shipped_history
from tieout.client import ApiClient, ApiRefusedError
from tieout.demo import CONFIGURATION, PERIOD, TODAY, add_people
from tieout.demo_people import PEOPLE, act
from tieout.embedded.postgres import API
from tieout.installation import Running, launch
from tieout.stack import Stack

PATIENCE_S = 1800
LOOK_EVERY_S = 0.2
Close = dict[str, Any]


class Installation:
    """A running installation and its people by role."""

    def __init__(self, running: Running, entities: Sequence[str]) -> None:
        self.running = running
        self.entities = tuple(entities)
        passwords = add_people(running.stack.data, running.url)
        self.people: dict[str, ApiClient] = {}
        for person in PEOPLE:
            self.people[person.role] = ApiClient(running.url)
            self.people[person.role].log_in(person.name, passwords[person.name])

    def start(self, entities: Sequence[str]) -> None:
        """Start September of each."""
        for entity in entities:
            body = {"entity": entity, "period": PERIOD}
            self.people["preparer"].call("POST", "/closes", body)

    def close(self, entity: str) -> Close:
        """The close in full."""
        found: Close = self.people["auditor"].call("GET", f"/closes/{entity}/{PERIOD}")
        return found

    def drive(self, entities: Sequence[str], until: Callable[[Close], bool]) -> None:
        """Let people do what waits, in every close that does not yet stand as wanted by its line
        on the board. Raises TimeoutError when that takes longer than PATIENCE_S.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.running.stack.check()
            lines = [
                line
                for line in self.people["auditor"].call("GET", "/closes")
                if line["entity"] in entities and not until(line)
            ]
            if not lines and len(self.people["auditor"].call("GET", "/closes")) >= len(entities):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(lines)} closes stand still: {lines[:3]}")
            for line in lines:
                if line["awaiting"]:
                    self._act(line["entity"], until)
            time.sleep(LOOK_EVERY_S)

    def wait(self, entity: str, detail: str) -> None:
        """Until the close says this of itself; nobody acts. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while self.close(entity)["detail"] != detail:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{entity} never said: {detail}")
            time.sleep(LOOK_EVERY_S)

    def _act(self, entity: str, until: Callable[[Close], bool]) -> None:
        close = self.close(entity)
        if until(close):
            return
        try:
            act(close, self.people)
        except ApiRefusedError as refused:
            if refused.status not in (404, 409):  # else it moved on meanwhile: look again
                raise

    def decide(self, role: str, close: Close, verdict: str) -> float:
        """A decision by the person of the role on the close as read; the seconds to its answer."""
        body = {
            "step": close["step"],
            "verdict": verdict,
            "proposal_hash": close["proposal_hash"],
            "reason": "benchmark",
            "seen": close["seen"],
        }
        began = time.perf_counter()
        path = f"/closes/{close['entity']}/{close['period']}/decisions"
        self.people[role].call("POST", path, body)
        return time.perf_counter() - began

    def health(self) -> float:
        """The seconds to the answer of the plainest question: whether the database answers."""
        began = time.perf_counter()
        self.people["auditor"].call("GET", "/health")
        return time.perf_counter() - began

    def calls(self, target: str) -> list[dict[str, Any]]:
        """What a vendor was asked since the sandbox began, by its own log."""
        answer = httpx.get(f"{self.running.control_url}/calls?target={target}", timeout=30)
        found: list[dict[str, Any]] = answer.raise_for_status().json()
        return found


@contextmanager
def installation(copies: int = 0) -> Iterator[Installation]:
    """The demo group; or, with `copies`, so many copies of its British company instead."""
    data = json.loads(CONFIGURATION.read_text())
    if copies:
        data["entities"] = [copy_of(data["entities"][0], n) for n in range(1, copies + 1)]
    entities = [entity["id"] for entity in data["entities"]]
    with (
        tempfile.TemporaryDirectory(prefix="tieout-benchmark-") as folder,
        _compiled(Path(folder) / "bytecode"),
        Stack(Path(folder) / "data") as stack,
    ):
        running = launch(
            stack, page_port=None, sandbox=True, today=TODAY, crowd=False, copies=copies
        )
        with administrator(running.dsns[API]) as work:
            work.config.apply(parse_configuration(data))
        with administrator(running.dsns[API]) as work:
            load_rates(work, shipped_history())
        running.await_ready()
        found = Installation(running, entities)
        yield found
        for client in found.people.values():
            client.close()


@contextmanager
def _compiled(folder: Path) -> Iterator[None]:
    """Processes keep the bytecode that they compile, as in an installation that ran before."""
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def copy_of(entity: dict[str, Any], number: int) -> dict[str, Any]:
    """The configuration of the sandbox's copy with this number."""
    copy = deepcopy(entity)
    copy["id"] = f"{entity['id']}-{number:03}"
    copy["name"] = f"{entity['name']} {number:03}"
    copy["ledger"]["connection"] = f"{entity['ledger']['connection']}-{number:03}"
    return copy
