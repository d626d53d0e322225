"""The running product for tests: real servers and processes, people over the JSON API."""

import asyncio
import json
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client

from tests.close.template import TOKENS, begin
from tests.tieout.command import tieout
from tests.tieout.forks import ForkedStack
from tests.tieout.forks import prepare as prepare_forks
from tieout.client import ApiClient, ApiRefusedError
from tieout.demo import ENTITIES, PERIOD, TODAY, forget
from tieout.demo_people import PEOPLE, act
from tieout.embedded.postgres import API
from tieout.installation import Running, prepare
from tieout.settings import Settings
from tieout.stack import Stack

PATIENCE_S = 60
LOOK_EVERY_S = 0.25
SAVE_HISTORIES = "TIEOUT_SAVE_HISTORIES"
"""Names a folder: what ran is kept there for tests/histories/test_replay.py."""

JOURNALS = {"uk": 9, "us": 8, "de": 8}
"""How many journals September brings each entity."""

Close = dict[str, Any]


def eventually(
    holds: Callable[[], Any],
    patience_s: float = PATIENCE_S,
    stands: Callable[[], Any] = lambda: "",
) -> Any:
    """The first true answer of `holds`; `stands` says how it is instead when there is none."""
    deadline = time.monotonic() + patience_s
    while not (found := holds()):
        assert time.monotonic() < deadline, f"it did not come true in time: {stands()}"
        time.sleep(LOOK_EVERY_S)
    return found


class System:
    """One running installation with the demo group."""

    def __init__(
        self, running: Running, people: dict[str, ApiClient], passwords: dict[str, str]
    ) -> None:
        self.running = running
        self.people = people
        self.passwords = passwords

    def close(self, entity: str, period: str = PERIOD) -> Close:
        """The close as the auditor reads it."""
        found: Close = self.people["auditor"].call("GET", f"/closes/{entity}/{period}")
        return found

    def drive(self, entity: str, until: Callable[[Close], bool], period: str = PERIOD) -> Close:
        """Let whoever is waited for act, until the close stands as wanted."""

        def there() -> Close | None:
            close = self.close(entity, period)
            if until(close):
                return close
            try:
                act(close, self.people)
            except ApiRefusedError as refused:
                if refused.status not in (404, 409):
                    raise
            return None

        found: Close = eventually(there, stands=lambda: self._stands(entity, period))
        return found

    def reach(self, entity: str, until: Callable[[Close], bool], period: str = PERIOD) -> Close:
        """Wait until the close stands as wanted; nobody acts."""

        def there() -> Close | None:
            try:
                close = self.close(entity, period)
            except ApiRefusedError as refused:
                if refused.status != 404:  # it was started, and no worker has taken it up yet
                    raise
                return None
            return close if until(close) else None

        found: Close = eventually(there, stands=lambda: self._stands(entity, period))
        return found

    def _stands(self, entity: str, period: str) -> str:
        close = self.close(entity, period)
        return " ".join(str(close[k]) for k in ("number", "round", "step", "awaiting", "detail"))

    def decide(self, role: str, close: Close, verdict: str, **other: Any) -> None:
        """A decision by the person of a role on the close as read."""
        body = {
            "step": close["step"],
            "verdict": verdict,
            "proposal_hash": close["proposal_hash"],
            "reason": "test",
            **other,
        }
        path = f"/closes/{close['entity']}/{close['period']}/decisions"
        self.people[role].call("POST", path, body)

    def act(self, role: str, entity: str, what: str) -> None:
        """Another action of a person: `lock-check`, `tie-out`, `journals/7/retry`."""
        self.people[role].call("POST", f"/closes/{entity}/{PERIOD}/{what}", {})

    def wait(self, holds: Callable[[], Any]) -> None:
        """Until it holds."""
        eventually(holds)

    def events(self, entity: str, verb: str) -> list[dict[str, Any]]:
        """The entity's events of a kind, newest first."""
        found = self.people["auditor"].call("GET", f"/audit/{entity}?limit=500")
        return [event for event in found if event["verb"] == verb]

    def add_person(self, name: str, *roles: str) -> None:
        """Somebody with these roles; known as `name` among the people."""
        words = [word for role in roles for word in ("--role", role)]
        added = tieout("user", "add", name, *words, database_url=self.running.dsns[API])
        link = added.stdout.strip().rsplit("/", 1)[1]
        client = self.people[name] = ApiClient(self.running.url)
        password = secrets.token_urlsafe(12)
        client.call("POST", "/password", {"link": link, "password": password})
        client.log_in(name, password)

    def terminal(self, role: str, *words: str) -> str:
        """What a command prints for the person of a role; it ends well and has no complaint."""
        token = self.people[role]._http.headers["Authorization"].removeprefix("Bearer ")
        done = tieout(*words, url=self.running.url, token=token)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    def sandbox(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The sandbox's control door."""
        answer = httpx.request(method, self.running.control_url + path, json=body, timeout=10)
        assert answer.is_success, answer.text
        return answer.json()

    def fault(self, **given: Any) -> None:
        """Set a fault in the sandbox."""
        self.sandbox("POST", "/faults", given)

    def struck(self) -> bool:
        """Whether every fault that was set has struck as often as it should."""
        return all(f["fired"] >= f["times"] for f in self.sandbox("GET", "/faults"))

    def in_ledger(self, entity: str, reference: str) -> list[dict[str, Any]]:
        """The ledger's journals with this reference, read behind the product's back.

        Not those that only name it: a reversal tells what it reverses.
        """
        found = self.sandbox("GET", f"/journals?entity={entity}&reference={reference}")
        names = ((each["narration"], each["doc_number"] or "") for each in found)
        return [
            each
            for each, told in zip(found, names, strict=True)
            if any(name.startswith(reference) for name in told)
        ]

    def kill_worker(self) -> None:
        """SIGKILL, as a machine that loses power would."""
        os.kill(self.running.stack.pid("worker"), signal.SIGKILL)
        eventually(lambda: any(death.name == "worker" for death in self.running.stack.deaths()))
        self.running.stack.stop("worker")


@contextmanager
def running_system(
    data: Path, today: str = TODAY, *, worker: bool = True, stack: type[Stack] = ForkedStack
) -> Iterator[System]:
    """Everything started, the demo's people logged in, no close started yet."""
    prepare_forks()
    begin(data, today)
    with stack(data) as started:
        running = prepare(started, sandbox=True, today=today, crowd=False)
        running.launch_page()
        if worker:
            running.launch_worker()
        running.await_page()
        tokens = json.loads((data / TOKENS).read_text())
        people = {each.role: ApiClient(running.url, tokens[each.name]) for each in PEOPLE}
        if worker:
            running.await_ready()
        passwords = json.loads((data / "secrets" / "people.json").read_text())
        yield System(running, people, passwords)
        if folder := os.environ.get(SAVE_HISTORIES):
            address = running.worker_environment["TIEOUT_TEMPORAL_ADDRESS"]
            asyncio.run(save_histories(address, Path(folder), data.name.rstrip("0123456789")))
        for client in people.values():
            client.close()
    forget(data)


async def save_histories(address: str, folder: Path, run: str) -> None:
    """Every workflow's history as JSON: folder/<workflow type>/<run>-<workflow id>.json."""
    client = await Client.connect(address, namespace=Settings().temporal_namespace)
    async for found in client.list_workflows():
        history = await client.get_workflow_handle(found.id).fetch_history()
        kind = folder / found.workflow_type
        kind.mkdir(parents=True, exist_ok=True)
        name = f"{run}-{found.id.replace('/', '-')}.json"
        kept = without_the_machine(json.loads(history.to_json()))
        (kind / name).write_text(json.dumps(kept, indent=1) + "\n")


def without_the_machine(value: Any) -> Any:
    """The same without host names and paths: a replay needs none of them."""
    match value:
        case dict():
            return {
                key: "" if key in ("identity", "stackTrace") else without_the_machine(item)
                for key, item in value.items()
            }
        case list():
            return [without_the_machine(item) for item in value]
        case _:
            return value


def start_closes(system: System) -> None:
    """Start September of every entity."""
    for entity in ENTITIES:
        system.people["preparer"].call("POST", "/closes", {"entity": entity, "period": PERIOD})


def waits_for_controller(close: Close) -> bool:
    """All but the last approval is given."""
    return bool(close["awaiting"] == "approval" and close["next_level"] == "controller")


def waits_for_sign_off(close: Close) -> bool:
    """Posted, verified and tied out."""
    return bool(close["awaiting"] == "sign_off")
