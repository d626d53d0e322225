"""Random walks over a running installation: people, deaths, ledgers' faults, locks, in any order.

After each step everything that must hold at any moment is asked; at the end all is healed, people
go on, and every close ends, each journal in its ledger once. `make soak` goes by a seed of chance;
the seed is printed; TIEOUT_FAULT_WALKS says how many walks.
"""

import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from activities.crash_points import CrashPoint
from controls.steps import Step
from tests.close.system import Close
from tests.faults.installation import (
    CREATES,
    FIRST_AWAITED,
    LEDGERS,
    LOOK_EVERY_S,
    Installation,
    installation,
)
from tests.faults.servers import end_at_once, server_of, start_again
from tests.long_way import SOAKS, times
from tieout.demo import PERIOD
from tieout.demo_people import act
from tieout.errors import TieoutError

SEED, WALKS = "TIEOUT_FAULT_SEED", "TIEOUT_FAULT_WALKS"
SEED_OF_BUILDS = 1
"""Every build goes one short walk, always the same."""
WALKS_USUAL, STEPS = times(1, 12), times(5, 40)
pytestmark = pytest.mark.timeout(times(280, 4 * 3600))

LOCKED, OPEN = "2026-09-30", "2026-08-31"
ANSWERS = (
    "reset_before_commit",
    "reset_after_commit",
    "error_500",
    "error_500_after_commit",
    "cut_answer",
    "repeat_answer",
    "throttle",
    "expire_tokens",
)
NOTHING = ("nothing",)
Chosen = tuple[Any, ...]


def one_of(*choices: st.SearchStrategy[Chosen]) -> st.SearchStrategy[Chosen]:
    """Nothing is the simplest, and the first walk of a run: it costs no installation."""
    return st.one_of(st.just(NOTHING), *choices)


entities = st.sampled_from(sorted(LEDGERS))
mishaps = one_of(
    st.tuples(st.just("will_die"), st.sampled_from(list(CrashPoint)), st.integers(1, 4)),
    st.tuples(st.just("will_die"), st.sampled_from(list(CrashPoint)), st.integers(1, 4)),
    st.just(("is_killed",)),
    st.tuples(st.just("will_answer"), st.sampled_from(sorted(CREATES)), st.sampled_from(ANSWERS)),
    st.tuples(st.just("will_answer"), st.sampled_from(sorted(CREATES)), st.sampled_from(ANSWERS)),
    st.tuples(st.just("moves_lock"), entities, st.sampled_from([LOCKED, OPEN])),
    st.tuples(st.just("comes_back"), st.sampled_from(["postgres", "temporal"])),
)
people = st.sampled_from(["reviewer", "controller"])
deeds = one_of(
    st.tuples(st.just("go_on"), entities, st.integers(1, 5)),
    st.tuples(st.just("go_on"), entities, st.integers(1, 5)),
    st.tuples(st.just("go_on"), entities, st.integers(1, 5)),
    st.tuples(st.just("send_back"), entities, people),
    st.tuples(st.just("decide_on_old_figures"), entities, people),
    st.tuples(st.just("void"), st.sampled_from(["uk", "de"])),
    st.tuples(st.just("look_again"), entities),
)


class Walk(RuleBasedStateMachine):
    """One installation, made at the first step that needs it, in a new `folder`."""

    folder: Callable[[], Path]

    def __init__(self) -> None:
        super().__init__()
        self._ends = ExitStack()
        self._site: Installation | None = None
        self._seen: dict[str, Close] = {}
        self._voided: set[str] = set()

    @property
    def site(self) -> Installation:
        """With the three closes started."""
        if self._site is None:
            self._site = self._ends.enter_context(installation(self.folder()))
            self._site.start(*LEDGERS)
            self._life = self._site.life()
        return self._site

    @rule(mishap=mishaps, deed=deeds)
    def people_act_while_something_goes_wrong(self, mishap: Chosen, deed: Chosen) -> None:
        for name, *given in (mishap, deed):
            if (name,) != NOTHING:
                getattr(self, name)(*given)
                self.site.assert_everything_holds((mishap, deed))

    # What goes wrong

    def will_die(self, point: CrashPoint, number: int) -> None:
        """There is a new worker, and it dies at this boundary."""
        self.site.end_lives()
        self._life = self.site.life(f"{point}:{number}")

    def is_killed(self) -> None:
        self.site.end_lives()
        self._life = self.site.life()

    def will_answer(self, vendor: str, kind: str) -> None:
        method, path = CREATES[vendor]
        self.site.system.fault(target=vendor, kind=kind, method=method, path=path)

    def moves_lock(self, entity: str, day: str) -> None:
        self.site.system.sandbox("POST", "/lock-date", {"entity": entity, "date": day})

    def comes_back(self, name: str) -> None:
        """The server dies, and comes back."""
        server = server_of(self.site, name)
        end_at_once(self.site, server)
        start_again(server)

    # What people do

    def asked(self, deed: Callable[[], Any]) -> Any:
        """What it gives, or the refusal. Where a worker dies meanwhile, the next one comes."""
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(deed)
            while not told.done():
                if self._life.over:
                    self._life = self.site.life()
                time.sleep(LOOK_EVERY_S)
        refused = told.exception()
        if refused is None:
            return told.result()
        assert isinstance(refused, TieoutError), refused
        return refused

    def stands(self, entity: str) -> Close:
        found: Close = self.site.until(lambda: self.asked(lambda: self.site.system.close(entity)))
        return found

    def decides(self, person: str, close: Close, verdict: str) -> Any:
        return self.asked(partial(self.site.system.decide, person, close, verdict))

    def go_on(self, entity: str, times: int) -> None:
        """Whoever is waited for does what waits."""
        for _time in range(times):
            close = self.stands(entity)
            if entity not in self._seen and close["awaiting"] == "approval":
                self._seen[entity] = close
            self.asked(partial(act, close, self.site.system.people))

    def send_back(self, entity: str, person: str) -> None:
        close = self.stands(entity)
        if close["awaiting"] == "approval":
            self.decides(person, close, "reject")

    def decide_on_old_figures(self, entity: str, person: str) -> None:
        """It counts only where nothing has changed since."""
        seen, now = self._seen.pop(entity, None), self.stands(entity)
        if seen is None:
            return
        told = self.decides(person, seen, "approve")
        if not isinstance(told, TieoutError):
            same = ("step", "proposal_hash")
            assert [seen[key] for key in same] == [now[key] for key in same]

    def void(self, entity: str) -> None:
        """A document is voided while the figures are open; whoever decides has it read again."""
        close, system = self.stands(entity), self.site.system
        if entity in self._voided or close["awaiting"] not in ("resolution", "approval"):
            return
        self._voided.add(entity)
        (sold,) = system.sandbox("GET", f"/documents?entity={entity}&case=void-later")
        system.sandbox("POST", "/documents/void", {"entity": entity, "id": sold["id"]})
        again = partial(
            system.people["preparer"].call, "POST", f"/closes/{entity}/{PERIOD}/recalculate", {}
        )
        while self.stands(entity)["round"] == close["round"]:
            if close["awaiting"] in FIRST_AWAITED:
                self.asked(again)
            else:
                self.decides(close["next_level"], close, "reject")

    def look_again(self, entity: str) -> None:
        self.asked(partial(self.site.system.act, "operator", entity, "lock-check"))

    # How it ends

    def teardown(self) -> None:
        with self._ends:
            if self._site is not None:
                self.heal()

    def heal(self) -> None:
        """Nothing is in the way any more: every close ends."""
        site, system = self.site, self.site.system
        system.sandbox("DELETE", "/faults")
        for entity in LEDGERS:
            self.moves_lock(entity, OPEN)
        self.is_killed()
        with ExitStack() as at_work:
            for entity in LEDGERS:
                at_work.enter_context(site.people_act(entity))
            for entity in LEDGERS:
                site.until(partial(is_closed, site, entity))
        for entity in LEDGERS:
            close = site.assert_each_journal_is_in_the_ledger_once(entity)
            assert all(row["unexplained"] == "0.00" for row in close["tie_out"])
        site.assert_everything_holds()


def is_closed(site: Installation, entity: str) -> bool:
    return site.stands(entity).step == Step.CLOSED


def test_whatever_happens_in_whatever_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = secrets.randbelow(1_000_000) if SOAKS else SEED_OF_BUILDS
    number = int(os.environ.get(SEED) or chance)
    print(f"{SEED}={number}")  # noqa: T201
    walks = int(os.environ.get(WALKS) or WALKS_USUAL)

    class WalkHere(Walk):
        folder = staticmethod(lambda: tmp_path_factory.mktemp("walk"))

    run_state_machine_as_test(
        seed(number)(WalkHere),
        settings=settings(
            max_examples=walks + 1,  # the first one is the simplest: nothing happens
            stateful_step_count=STEPS,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
