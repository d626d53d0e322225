"""What the trail must tell of journals and closes: each change once, in an order that is allowed.

Pure: events and where a thing stands now go in, sentences come out, none where all holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from controls.audit import Event
from controls.posting import IN_DOUBT, NEXT, JournalState
from controls.steps import Awaiting, Step

MOVES = frozenset((before, after) for (before, _event), after in NEXT.items())


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant of an installation: what it promises, and every place where it fails."""

    name: str
    promise: str
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts it."""
        return not self.broken


def journal_story(subject: str, events: Iterable[Event], state: str, attempt: int) -> list[str]:
    """Where a journal's events do not lead, step by step, to the state and attempt on its row."""
    told: list[str] = []
    now, sendings = str(JournalState.PROPOSED), 0
    for event in events:
        after = str(event.after.get("state", ""))
        before = str(event.before.get("state", now))
        sendings += event.verb == "journal.sending"
        if event.verb == "journal.searched" and after == now:
            continue
        if before != now:
            told.append(f"{subject}: event {event.sequence} says it was {before}; it was {now}.")
        if (now, after) not in MOVES:
            told.append(
                f"{subject}: event {event.sequence} leads from {now} to {after or 'nowhere'}."
            )
        now = after
    if now != state:
        told.append(f"{subject} is {state}; by its events it is {now}.")
    if sendings != attempt:
        told.append(f"{subject} is at attempt {attempt}; its events tell of {sendings}.")
    return told


def journal_attempts(subject: str, events: Iterable[Event]) -> list[str]:
    """Where a journal may have gone out without intent, twice for one attempt, or unsearched."""
    told: list[str] = []
    attempt, state, searched, posted = 0, "", True, 0
    for event in events:
        match event.verb:
            case "journal.sending":
                number = event.after.get("attempt")
                if number != attempt + 1:
                    told.append(f"{subject}: attempt {number} follows attempt {attempt}.")
                if state in IN_DOUBT and not searched:
                    told.append(
                        f"{subject}: attempt {number} was sent while {attempt} was in doubt and "
                        "the ledger had not been searched."
                    )
                attempt, searched = attempt + 1, False
            case "journal.searched":
                searched = True
            case "journal.posted" | "journal.failed" | "journal.unknown" | "journal.draft":
                posted += event.verb == "journal.posted"
                if event.after.get("attempt") != attempt or not attempt:
                    told.append(
                        f"{subject}: event {event.sequence} answers attempt "
                        f"{event.after.get('attempt')}, but {attempt or 'none'} was under way."
                    )
        state = str(event.after.get("state", state))
    if posted > 1:
        told.append(f"{subject} was posted {posted} times.")
    return told


@dataclass(frozen=True, slots=True)
class CloseStands:
    """Where a close stands by its row; `seal` is empty while it is open."""

    step: str
    awaiting: str
    round: int
    seal: str


def close_story(subject: str, events: Iterable[Event], stands: CloseStands) -> list[str]:
    """Where a close's events do not lead, move by move, to where its row says it stands."""
    told: list[str] = []
    step, awaiting, rounds, starts, seals = str(Step.SYNC), str(Awaiting.NOTHING), 0, 0, []
    for event in events:
        match event.verb:
            case "close.started":
                starts += 1
                step = str(event.after.get("step", step))
            case "close.moved":
                was = (str(event.before.get("step")), str(event.before.get("awaiting")))
                if was != (step, awaiting):
                    told.append(
                        f"{subject}: event {event.sequence} says it stood in {' '.join(was)}; it "
                        f"stood in {step} {awaiting}."
                    )
                step, awaiting = str(event.after["step"]), str(event.after["awaiting"])
            case "close.closed":
                step, awaiting = str(Step.CLOSED), str(Awaiting.NOTHING)
                seals.append(event.hash)
            case "proposal.made":
                rounds += 1
                if event.after.get("round") != rounds:
                    told.append(
                        f"{subject}: round {event.after.get('round')} follows {rounds - 1}."
                    )
    if starts != 1:
        told.append(f"{subject} was started {starts} times.")
    if (step, awaiting) != (stands.step, stands.awaiting):
        told.append(
            f"{subject} stands in {stands.step} {stands.awaiting}; by its events it stands in "
            f"{step} {awaiting}."
        )
    if rounds != stands.round:
        told.append(f"{subject} is in round {stands.round}; its events tell of {rounds}.")
    if seals != ([stands.seal] if stands.seal else []):
        told.append(f"{subject}: its seal is not the hash of the one event that closed it.")
    return told
