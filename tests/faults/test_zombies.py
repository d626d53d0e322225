"""A worker that freezes while it posts and wakes when another has finished: it changes nothing."""

from collections.abc import Iterator

import pytest

from activities.crash_points import CrashPoint
from controls.steps import Step
from tests.close.system import waits_for_controller, waits_for_sign_off
from tests.faults.installation import LEDGERS, Installation, installation

pytestmark = pytest.mark.timeout(280)

HELD = ("uk", "us")
"""Frozen while the ledger keeps its answer to their third journal: Xero, QuickBooks."""
UNSENT = "de"
"""Frozen when the intent of the second one was committed, before it was sent."""
FROZEN_AT = f"{CrashPoint.INTENT_COMMITTED}:{len(HELD) * 3 + 2}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("zombies")) as running:
        running.start(*HELD, UNSENT)
        yield running


def told_of_posting(site: Installation, entity: str) -> list[tuple[str, str, str]]:
    """What the trail tells of journals, and of what keeps the close from going on."""
    verbs = ("journal.sending", "journal.posted", "journal.unknown", "close.stalled")
    return [
        (verb, event["subject"], event["reason"])
        for verb in verbs
        for event in site.system.events(entity, verb)
    ]


def test_a_worker_that_wakes_too_late_sends_nothing_and_is_not_heard(site: Installation) -> None:
    system = site.system
    zombie = site.life(freeze_at=FROZEN_AT)
    for entity in LEDGERS:
        system.drive(entity, waits_for_controller)
    for entity in HELD:
        site.hold_after_commit(entity, skip=2)
        system.decide("controller", system.close(entity), "approve")
        site.until(system.struck)
    system.decide("controller", system.close(UNSENT), "approve")
    site.until(lambda: zombie.frozen)

    successor = site.life()
    for entity in LEDGERS:
        system.reach(entity, waits_for_sign_off)
        site.assert_each_journal_is_in_the_ledger_once(entity)
    closes = [system.close(entity) for entity in LEDGERS]
    for entity in HELD:
        hows = [event["after"]["how"] for event in system.events(entity, "journal.posted")]
        assert hows.count("found_equal") == 1
    creates = site.creates()
    told = [told_of_posting(site, entity) for entity in LEDGERS]
    site.assert_everything_holds()

    successor.kill()
    system.sandbox("DELETE", "/faults")  # the answers that it was waiting for are there
    zombie.thaw()
    assert [system.close(entity) for entity in LEDGERS] == closes
    for entity in LEDGERS:  # it is alive, and nobody else is
        system.drive(entity, lambda close: close["step"] == Step.CLOSED)
        site.assert_each_journal_is_in_the_ledger_once(entity)
    assert site.creates() == creates
    for entity, before in zip(LEDGERS, told, strict=True):
        assert [each for each in told_of_posting(site, entity) if each not in before] == []
    site.assert_everything_holds()
