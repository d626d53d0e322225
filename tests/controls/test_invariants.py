"""What the trail must tell of a journal: no state without its event, no send without its intent."""

from typing import Any

from controls.audit import Actor, Event
from controls.invariants import journal_attempts, journal_story

J = "uk journal T2609-0001-1a2b3c4d"


def story(*steps: tuple[str, str, str, dict[str, Any]]) -> list[Event]:
    """Events as (verb, state before, state after, more)."""
    return [
        Event(
            chain="uk",
            actor=Actor("workflow", "close/uk/2026-09"),
            verb=f"journal.{verb}",
            subject="journal/T2609-0001-1a2b3c4d",
            before={"state": before} if before else {},
            after={"state": after, **more},
            sequence=number,
        )
        for number, (verb, before, after, more) in enumerate(steps, start=1)
    ]


APPROVED = ("approved", "", "approved", {"reference": "T2609-0001-1a2b3c4d"})


def sending(attempt: int, before: str) -> tuple[str, str, str, dict[str, Any]]:
    return ("sending", before, "posting", {"attempt": attempt})


def answered(
    state: str, attempt: int, before: str = "posting"
) -> tuple[str, str, str, dict[str, Any]]:
    return (state, before, state, {"attempt": attempt})


SEARCHED = ("searched", "", "unknown", {"found": False})


def test_a_long_honest_way_holds() -> None:
    events = story(
        APPROVED,
        sending(1, "approved"),
        ("approved", "posting", "approved", {"attempt": 1}),  # throttled
        sending(2, "approved"),
        answered("unknown", 2),
        SEARCHED,
        sending(3, "unknown"),
        answered("failed", 3),
        ("retry", "failed", "unknown", {"by": "omar"}),
        SEARCHED,
        sending(4, "unknown"),
        answered("posted", 4),
    )
    assert journal_story(J, events, "posted", 4) == []
    assert journal_attempts(J, events) == []


def test_a_second_send_while_the_first_is_in_doubt_needs_a_search() -> None:
    events = story(APPROVED, sending(1, "approved"), answered("unknown", 1), sending(2, "unknown"))
    assert journal_story(J, events, "posting", 2) == []
    assert journal_attempts(J, events) == [
        f"{J}: attempt 2 was sent while 1 was in doubt and the ledger had not been searched."
    ]


def test_a_result_without_its_own_intent_is_told() -> None:
    late = story(APPROVED, sending(1, "approved"), answered("posted", 2))
    assert journal_attempts(J, late) == [f"{J}: event 3 answers attempt 2, but 1 was under way."]
    never = story(APPROVED, answered("posted", 0, "approved"))
    assert journal_attempts(J, never) == [
        f"{J}: event 2 answers attempt 0, but none was under way."
    ]
    assert journal_story(J, never, "posted", 0) == [f"{J}: event 2 leads from approved to posted."]


def test_a_state_that_no_event_led_to_is_told() -> None:
    events = story(APPROVED, sending(1, "approved"))
    assert journal_story(J, events, "posted", 1) == [f"{J} is posted; by its events it is posting."]
    assert journal_story(J, story(APPROVED, sending(1, "failed")), "posting", 1) == [
        f"{J}: event 2 says it was failed; it was approved."
    ]


def test_twice_posted_is_told() -> None:
    events = story(
        APPROVED, sending(1, "approved"), answered("posted", 1), answered("posted", 1, "posted")
    )
    assert f"{J} was posted 2 times." in journal_attempts(J, events)
