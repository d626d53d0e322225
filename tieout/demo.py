"""`tieout demo`: the whole product on this machine, with invented companies and people."""

import json
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tieout.administration import (
    administrator,
    load_rates,
    new_link,
    read_configuration,
    roles_of,
    shipped_history,
)
from tieout.client import ApiClient
from tieout.demo_people import PEOPLE, Person, work_until_closed
from tieout.embedded.postgres import API, EmbeddedPostgres
from tieout.embedded.temporal import EmbeddedTemporal
from tieout.errors import TieoutError
from tieout.installation import PAGE_PORT, REPOSITORY, Running, launch
from tieout.stack import Stack

CONFIGURATION = REPOSITORY / "examples" / "northwind.json"
PERIOD = "2026-09"
TODAY = "2026-10-05"
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
            with suppress(KeyboardInterrupt):  # how it is meant to end
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


def start_everything(
    stack: Stack, page_port: int | None = None, *, crowd: bool = True, today: str = TODAY
) -> Running:
    """Servers, sandbox, worker, page, the demo's configuration and rates; on this port if free."""
    running = launch(stack, page_port=page_port, sandbox=True, today=today, crowd=crowd)
    seed(running)
    running.await_ready()
    return running


def seed(running: Running) -> None:
    """The demo's configuration and rates."""
    with administrator(running.dsns[API]) as work:
        work.config.apply(read_configuration(CONFIGURATION))
    with administrator(running.dsns[API]) as work:
        load_rates(work, shipped_history())


def add_people(data: Path, url: str) -> dict[str, str]:
    """The demo's five people, each with a password of chance, kept in the data directory."""
    file = data / "secrets" / "people.json"
    passwords: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [p for p in PEOPLE if not logs_in(url, p, passwords.get(p.name, ""))]
    for person in missing:
        link = _link(EmbeddedPostgres(data).dsn(API), person)
        passwords[person.name] = secrets.token_urlsafe(12)
        with ApiClient(url) as client:
            client.call("POST", "/password", {"link": link, "password": passwords[person.name]})
        file.touch(mode=0o600)
        file.write_text(json.dumps(passwords))
    return passwords


def _link(dsn: str, person: Person) -> str:
    link = new_link()
    with administrator(dsn) as work:
        if person.name in [
            row.name for row in work.users.all()
        ]:  # added by a start that was cut short
            work.users.reset(person.name, link)
        else:
            work.users.add(person.name, person.display_name, roles_of([person.role]), link)
    return link


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
    say(f"\nThe closes of September 2026 are running: {url}")
    say(f"What the old spreadsheets got wrong before: {url}/entities/uk/backtest, us, de\n")
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
