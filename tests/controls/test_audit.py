"""The chain: a changed, a missing and an inserted row are found and told apart."""

from dataclasses import replace

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from controls.audit import NO_HASH, Actor, Event, chained, verify
from controls.canonical import canonical


def chain(count: int) -> list[Event]:
    events: list[Event] = []
    for number in range(1, count + 1):
        event = Event("uk", Actor("user", "priya"), "thing.done", f"thing/{number}")
        before = events[-1].hash if events else NO_HASH
        events.append(chained(event, f"2026-10-05T10:00:{number:02}+00:00", number, before))
    return events


def messages(events: list[Event]) -> list[str]:
    return [broken.message for broken in verify("uk", events)]


def test_an_untouched_chain_holds():
    assert messages(chain(5)) == []


def test_a_changed_row_is_found():
    events = chain(5)
    events[2] = replace(events[2], subject="thing/other")
    assert messages(events) == ["Event 3 was changed."]


def test_a_missing_row_is_found():
    events = chain(5)
    del events[2]
    assert messages(events) == ["Event 3 is missing."]


def test_an_inserted_row_is_found():
    events = chain(5)
    forged = chained(Event("uk", Actor("user", "eve"), "x", "y"), "now", 3, events[1].hash)
    events[2] = forged
    assert any("inserted or replaced" in message for message in messages(events))


VALUES = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]))
    | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner)
    | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)  # fmt: skip


@given(VALUES)
def test_our_canonical_bytes_are_rfc_8785s(value):
    assert canonical(value) == rfc8785.dumps(value)
