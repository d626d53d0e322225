"""The audit trail: events, the hash chain over them, and its verification. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from controls.canonical import canonical

SYSTEM_CHAIN = "system"
"""The chain of log-ins, users, connections and configuration; every entity has one of its own."""

NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user, a service, or a workflow run on somebody's behalf."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `at` is the database's clock as ISO text in UTC.

    `before`, `after` and `hashes` hold canonical data only; amounts are text, secrets never.
    """

    chain: str
    actor: Actor
    verb: str
    subject: str
    reason: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    request_id: str = ""
    at: str = ""
    sequence: int = 0
    previous_hash: str = NO_HASH
    hash: str = ""


def event_hash(event: Event) -> str:
    """SHA-256 over the canonical bytes of everything but the hash itself."""
    return hashlib.sha256(
        canonical(
            {
                "chain": event.chain,
                "sequence": event.sequence,
                "at": event.at,
                "actor": {"kind": event.actor.kind, "name": event.actor.name},
                "verb": event.verb,
                "subject": event.subject,
                "reason": event.reason,
                "before": event.before,
                "after": event.after,
                "hashes": event.hashes,
                "request_id": event.request_id,
                "previous_hash": event.previous_hash,
            }
        )
    ).hexdigest()


def chained(event: Event, at: str, sequence: int, previous_hash: str) -> Event:
    """The event in its place in the chain, with its own hash."""
    placed = replace(event, at=at, sequence=sequence, previous_hash=previous_hash)
    return replace(placed, hash=event_hash(placed))


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, in words."""

    chain: str
    sequence: int
    message: str


def verify(chain: str, events: Iterable[Event]) -> Iterator[Break]:
    """Every place where the chain does not hold: changed, missing and inserted rows are told apart.

    Events come in the order of their sequence numbers. A chain can't see its own tail cut off;
    checkpoints outside the database can.
    """
    expected, previous = 1, NO_HASH
    for event in events:
        if event.sequence > expected:
            gap = f"{expected}" if event.sequence == expected + 1 else f"{expected} and following"
            yield Break(chain, expected, f"Event {gap} is missing.")
            previous = event.previous_hash
        elif event.sequence < expected:
            yield Break(chain, event.sequence, f"Event {event.sequence} stands twice: inserted.")
            continue
        if event.previous_hash != previous:
            yield Break(
                chain,
                event.sequence,
                f"Event {event.sequence} does not follow the one before it: "
                "one of the two was inserted or replaced.",
            )
        if event_hash(event) != event.hash:
            yield Break(chain, event.sequence, f"Event {event.sequence} was changed.")
        expected, previous = event.sequence + 1, event.hash
