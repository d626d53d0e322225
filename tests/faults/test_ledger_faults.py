"""What ledgers answer, or do not: each journal is there once, and the close ends by itself."""

from collections.abc import Iterator

import pytest

from controls.steps import Step
from tests.close.system import waits_for_controller
from tests.faults.installation import (
    CREATES,
    LEDGERS,
    NOT_LET_IN,
    SEARCHES,
    Installation,
    installation,
)

pytestmark = pytest.mark.timeout(280)

OK = 200

ANSWERS = (
    "reset_before_commit",
    "reset_after_commit",
    "error_500",
    "error_500_after_commit",
    "cut_answer",
    "repeat_answer",
    "expire_tokens",
)
"""One for each create in turn: what is sent again gets the next one."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("ledgers")) as running:
        running.life()
        yield running


@pytest.fixture(autouse=True)
def no_faults(site: Installation) -> Iterator[None]:
    yield
    site.system.sandbox("DELETE", "/faults")


def statuses(site: Installation, entity: str) -> list[int]:
    """What the ledger answered to each create, in order."""
    method, path = CREATES[LEDGERS[entity]]
    calls = site.system.sandbox("GET", f"/calls?target={LEDGERS[entity]}")
    return [c["status"] for c in calls if c["method"] == method and c["path"].endswith(path)]


@pytest.mark.parametrize("entity", ["uk", "us"], ids=["xero", "quickbooks"])
def test_every_kind_of_answer_in_one_batch(site: Installation, entity: str) -> None:
    system = site.system
    system.people["preparer"].call("POST", "/closes", {"entity": entity, "period": "2026-09"})
    close = system.drive(entity, waits_for_controller)
    target = LEDGERS[entity]
    method, path = CREATES[target]
    for kind in ANSWERS:
        system.fault(target=target, kind=kind, method=method, path=path)
    late_method, late_path = SEARCHES[target]
    system.fault(target=target, kind="show_nothing", method=late_method, path=late_path, skip=1)
    system.decide("controller", close, "approve")
    system.drive(entity, lambda close: close["step"] == Step.CLOSED)
    assert system.struck()
    close = site.assert_each_journal_is_in_the_ledger_once(entity)
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])
    asked = statuses(site, entity)  # the token ended between two posts of the batch
    ended = asked.index(NOT_LET_IN)
    assert OK in asked[:ended]
    assert asked[ended + 1 :].count(OK) > 1
    hows = {event["after"]["how"] for event in system.events(entity, "journal.posted")}
    assert hows == {"answered_posted", "found_equal"}
    assert system.events(entity, "journal.searched")
    site.assert_everything_holds()
