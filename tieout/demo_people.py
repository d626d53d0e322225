"""The demo's people: they act through the public JSON API only, each in their own role."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from controls.steps import WHO, Awaiting
from tieout.client import ApiClient, ApiRefusedError
from tieout.errors import TieoutError

REASON = "demo"
PATIENCE_S = 180
POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at Northwind Analytics."""

    name: str
    display_name: str
    role: str


PEOPLE = (
    Person("priya", "Priya Nair", "preparer"),
    Person("ruth", "Ruth Adler", "reviewer"),
    Person("carl", "Carl Jensen", "controller"),
    Person("omar", "Omar Haddad", "operator"),
    Person("ada", "Ada Keller", "auditor"),
)
BY_ROLE = {person.role: person.name for person in PEOPLE}


def work_until_closed(
    url: str,
    passwords: dict[str, str],
    entities: Sequence[str],
    period: str,
    check: Callable[[], None],
    say: Callable[[str], None],
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Everybody does what waits for them until every close is closed; results, and the trail's.

    Ends, too, when nothing moved for PATIENCE_S: the states then say where it stands.
    """
    clients: dict[str, ApiClient] = {}
    for person in PEOPLE:
        clients[person.role] = ApiClient(url)
        clients[person.role].log_in(person.name, passwords[person.name])
    stands: dict[str, str] = {}
    moved = time.monotonic()
    while time.monotonic() - moved < PATIENCE_S:
        check()
        board = clients["auditor"].call("GET", "/closes")
        lines = [c for c in board if c["period"] == period and c["entity"] in entities]
        for line in lines:
            now = f"{line['step']} {line['detail']}"
            if stands.get(line["entity"]) != now:
                stands[line["entity"]], moved = now, time.monotonic()
                say(f"  {line['entity']}: {now}")
            if not WHO[Awaiting(line["awaiting"])]:
                continue
            try:
                act(clients["auditor"].call("GET", f"/closes/{line['entity']}/{period}"), clients)
            except ApiRefusedError as refused:
                # The close moved on between our look and our act: look again.
                if refused.status not in (404, 409):
                    raise
        if [line["step"] for line in lines] == ["closed"] * len(entities):
            break
        time.sleep(POLL_S)
    results = [result_of(clients["auditor"].call("GET", f"/closes/{e}/{period}")) for e in entities]
    trail = clients["auditor"].call("GET", "/audit/verification")
    for client in clients.values():
        client.close()
    return results, {"events": trail["events"], "verified": trail["verified"]}


def act(close: dict[str, Any], people: dict[str, ApiClient]) -> None:
    """What waits in this close, done by whoever it waits for."""
    path = f"/closes/{close['entity']}/{close['period']}"
    match close["awaiting"]:
        case "resolution":
            blocking = [problem for problem in close["exceptions"] if problem["blocks"]]
            for problem in blocking[:1]:
                people["preparer"].call("POST", f"{path}/resolutions", answer_to(problem))
        case "submission":
            decide(people["preparer"], path, close, "submit")
        case "approval" if close["next_level"]:  # else the last one has approved a moment ago
            decide(people[close["next_level"]], path, close, "approve")
        case "locked":
            people["controller"].call("POST", f"{path}/lock-check", {})
        case "retry":
            for journal in close["journals"]:
                if journal["state"] == "failed":
                    retry = f"{path}/journals/{journal['id']}/retry"
                    people["operator"].call("POST", retry, {})
        case "difference":
            raise TieoutError(f"{close['entity']} does not tie out: {close['detail']}")
        case "sign_off" | "reopening":
            decide(people["controller"], path, close, "approve")


def decide(person: ApiClient, path: str, close: dict[str, Any], verdict: str) -> None:
    """A decision on what the person sees now."""
    person.call(
        "POST",
        f"{path}/decisions",
        {
            "step": close["step"],
            "verdict": verdict,
            "proposal_hash": close["proposal_hash"],
            "reason": REASON,
            "seen": close["seen"],
        },
    )


def answer_to(problem: dict[str, Any]) -> dict[str, str]:
    """How the demo's preparer clears an exception."""
    answer = {"code": problem["code"], "subject": problem["subject"], "reason": REASON}
    match problem["code"]:
        case "adoption_difference":
            return {**answer, "remedy": "accept"}
        case "foreign_journal":
            return {**answer, "remedy": "booked"}
        case "journal_changed":
            return {**answer, "remedy": "follow"}
        case "no_service_period":
            dates = {"service_start": "2026-09-10", "service_end": "2027-09-09"}
            return {**answer, "remedy": "dates", **dates}
        case _:
            return {**answer, "remedy": "exclude"}


def result_of(close: dict[str, Any]) -> dict[str, Any]:
    """One close as `--json` prints it. The difference is what nothing explains, all accounts."""
    differences = [abs(Decimal(row["unexplained"])) for row in close["tie_out"]]
    posted = sum(1 for journal in close["journals"] if journal["state"] == "posted")
    return {
        "entity": close["entity"],
        "period": close["period"],
        "ledger": close["ledger"],
        "state": close["step"],
        "journals_posted": posted,
        "tie_out_difference": str(sum(differences[1:], differences[0])) if differences else "",
        "currency": close["currency"],
    }
