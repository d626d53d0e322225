"""A worker is killed, and somebody decides at once: how long until the answer, by whom it comes.

With the product's own time-outs. Either another worker is there already, or one is started the
moment that the first is gone, as a service manager does; or the worker dies with the decision in its
hands.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.figures import Figure, spread
from benchmarks.installation import Installation, installation

TARGET_S = 3.0
IN_HAND_TARGET_S = 12.0
"""Temporal misses a workflow task that a worker took with it after ten seconds, its own time-out."""
DEATHS = 8
IN_HAND_S = 0.02
"""After so long a decision is on its way through the worker."""


def measure() -> list[Figure]:
    """Each decision is on a close that the worker just killed has carried so far."""
    with installation(copies=DEATHS) as site:
        site.start(site.entities)
        site.drive(site.entities, lambda close: close["awaiting"] == "submission")
        workers = Workers(site)

        def each(
            role: str, verdict: str, then: str, before: Callable[[], None] = lambda: None
        ) -> list[float]:
            found = []
            for entity in site.entities:
                close = site.close(entity)
                before()
                found.append(site.decide(role, close, verdict))
                site.wait(entity, then)
            return found

        usual = each("preparer", "submit", "Waits for a reviewer")
        beside = each("reviewer", "approve", "Waits for a controller", workers.replaced)
        anew = each("controller", "approve", "The controller closes the period", workers.restarted)
        in_hand = each("controller", "approve", "", workers.killed_soon)
    return [
        _figure("to the next decision's answer, another being there", beside, usual),
        _figure("to the next decision's answer, one started at once", anew, usual),
        _figure("with a decision in its hands to the answer", in_hand, usual, IN_HAND_TARGET_S),
    ]


def _figure(
    how: str, seconds: list[float], usual: list[float], target_s: float = TARGET_S
) -> Figure:
    return Figure(
        f"Kill -9 of the worker {how}, {len(seconds)} deaths",
        spread(seconds),
        f"< {target_s:.0f} s",
        max(seconds) < target_s,
        f"a decision that nothing disturbs {spread(usual)}",
    )


class Workers:
    """The workers of an installation, one after another."""

    def __init__(self, site: Installation) -> None:
        self._site = site
        self._number = 0
        self._living = "worker"

    def replaced(self) -> None:
        """Another one is ready before the first is killed."""
        dying = self._another()
        self._kill(dying)

    def restarted(self) -> None:
        """The first is killed; another one is on its way."""
        self._kill(self._living)
        self._living = self._launch()

    def killed_soon(self) -> None:
        """Another one is ready, and the first is killed in a moment."""
        dying = self._another()
        threading.Timer(IN_HAND_S, self._kill, [dying]).start()

    def _another(self) -> str:
        """Launch one and let it come up; the name of the one before."""
        before, self._living = self._living, self._launch()
        log = self._site.running.stack.data / "logs" / f"{self._living}.log"
        self._site.running.stack.await_ready(self._living, lambda: "ready" in log.read_text())
        time.sleep(1)  # it polls
        return before

    def _launch(self) -> str:
        self._number += 1
        name = f"worker-{self._number}"
        words = [sys.executable, "-m", "tieout.cli", "worker"]
        self._site.running.stack.launch(name, words, self._site.running.worker_environment)
        return name

    def _kill(self, name: str) -> None:
        stack = self._site.running.stack
        os.kill(stack.pid(name), signal.SIGKILL)
        stack.stop(name)
