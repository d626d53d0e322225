"""Kill −9 of the worker at every boundary of posting and sign-off: each journal is there once.

One close walks every point: each life of a worker is told to die at the next one, and the last
life is told nothing. After each death everything that must hold at any moment is asked.
"""

import logging
import os
import random
import secrets
import time
from collections.abc import Iterator

import pytest

from activities.crash_points import CrashPoint
from controls.steps import Step
from tests.faults.installation import LOOK_EVERY_S, Installation, installation
from tests.long_way import SOAKS, times

SEED, DEATHS = "TIEOUT_FAULT_SEED", "TIEOUT_FAULT_DEATHS"
"""In the environment: go the same way again; go a longer one."""
DEATHS_USUAL = 20
LIFE_MIN_S, LIFE_MAX_S = 1.0, 4.0
log = logging.getLogger(__name__)
pytestmark = pytest.mark.timeout(times(280, 3600))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("crash")) as running:
        yield running


@pytest.mark.parametrize("entity", ["uk", "us"], ids=["xero", "quickbooks"])
def test_a_worker_may_die_at_every_boundary(site: Installation, entity: str) -> None:
    site.start(entity)
    with site.people_act(entity):
        for point in CrashPoint:
            began = time.monotonic()
            life = site.life(f"{point}:1")
            while not life.crashed:
                ended = site.stands(entity).step == Step.CLOSED and began + 20 < time.monotonic()
                assert not ended, f"the close ended and never passed {point}"
                time.sleep(LOOK_EVERY_S)
            died = time.monotonic()
            site.assert_everything_holds(point)
            checked = time.monotonic()
            log.info(
                "%s %s: died %.1f s, checked %.1f s", entity, point, died - began, checked - died
            )
        site.life()
        site.until(lambda: site.stands(entity).step == Step.CLOSED)
    site.end_lives()
    close = site.assert_each_journal_is_in_the_ledger_once(entity)
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])
    site.assert_everything_holds()


@pytest.mark.skipif(not SOAKS, reason="a long walk by chance: make soak")
def test_a_worker_may_die_at_any_moment(site: Installation) -> None:
    """A walk by chance: each life is told a boundary and a number, and killed where it lives on."""
    seed = int(os.environ.get(SEED) or secrets.randbelow(1_000_000))
    print(f"{SEED}={seed}")  # noqa: T201
    chance = random.Random(seed)
    site.start("de")
    with site.people_act("de"):
        for _death in range(int(os.environ.get(DEATHS) or DEATHS_USUAL)):
            point = f"{chance.choice(list(CrashPoint))}:{chance.randint(1, 4)}"
            ends = time.monotonic() + chance.uniform(LIFE_MIN_S, LIFE_MAX_S)
            life = site.life(point)
            while not life.crashed and time.monotonic() < ends:
                time.sleep(LOOK_EVERY_S)
            life.kill()
            site.assert_everything_holds(f"{SEED}={seed}, {point}")
        site.life()
        site.until(lambda: site.stands("de").step == Step.CLOSED)
    site.end_lives()
    site.assert_each_journal_is_in_the_ledger_once("de")
    site.assert_everything_holds(f"{SEED}={seed}")
