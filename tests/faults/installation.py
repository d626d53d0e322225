"""An installation whose worker the tests start and end, with everything that must hold of it."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from controls.authenticity import Verifier
from controls.configuration import parse_configuration
from controls.steps import WHO, Awaiting
from models import CloseRow
from store import Store
from store.connections import secret_box
from tests.close.system import Close, System, eventually, running_system
from tests.faults.clock import RIGHT
from tests.faults.worker import Life, Page
from tieout.administration import VERIFY_KEY, administrator
from tieout.check import CHECK, check
from tieout.compose import Ledgers, PostgresVault
from tieout.demo import CONFIGURATION, PERIOD
from tieout.demo_people import act
from tieout.embedded.postgres import API
from tieout.errors import TieoutError
from tieout.installation import answers

DOUBT_WINDOW_S = 1
"""What a ledger is given to show a journal that it has: nothing in these tests shows late
longer than that, but where a test says so."""

CREATES = {"xero": ("PUT", "/ManualJournals"), "quickbooks": ("POST", "/journalentry")}
SEARCHES = {"xero": ("GET", "ManualJournals"), "quickbooks": ("POST", "/query")}
LOOK_EVERY_S = 0.1
FIRST_AWAITED = ("resolution", "submission")
NOT_LET_IN = 401
LEDGERS = {"uk": "xero", "us": "quickbooks", "de": "xero"}


class Installation:
    """The running product without a worker, its people, and lives of workers one by one."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.environment = system.running.worker_environment
        self.log = system.running.stack.data / "logs" / "lives.log"
        self._lives: list[Life] = []
        self._page: Page | None = None
        self.store = Store(self.environment["TIEOUT_DATABASE_URL"])
        keys = Path(self.environment["TIEOUT_SECRET_KEY_FILE"])
        self.verifier = Verifier((keys.parent / VERIFY_KEY).read_bytes())
        vault = PostgresVault(self.store, secret_box(keys.read_text()))
        self.ledgers = Ledgers(Path(self.environment["TIEOUT_CONNECTIONS_FILE"]), vault)

    def life(self, crash_at: str = "", *, freeze_at: str = "", clock: timedelta = RIGHT) -> Life:
        """A new worker, beside those that live; its clock is off by `clock`."""
        born = Life(self.environment, self.log, crash_at, freeze_at=freeze_at, clock=clock)
        self._lives.append(born)
        return born

    def page(self, clock: timedelta = RIGHT) -> Page:
        """The page and API anew, at the same address, its clock off by `clock`."""
        running = self.system.running
        if self._page is None:
            running.stack.stop("api")
        else:
            self._page.kill()
        self._page = Page(running.page_environment, self.log, clock)
        self.until(lambda: answers(running.url))
        return self._page

    def end(self) -> None:
        """Every worker is gone, and what this test held open."""
        self.end_lives()
        if self._page is not None:
            self._page.kill()
        self.store.close()

    def end_lives(self) -> None:
        for life in self._lives:
            life.kill()
        self._lives.clear()

    def start(self, *entities: str) -> None:
        """Start the closes, by a worker that ends again once they wait for somebody."""
        self.life()
        self.until(lambda: self.log.exists() and "ready" in self.log.read_text())
        for entity in entities:
            body = {"entity": entity, "period": PERIOD}
            self.system.people["preparer"].call("POST", "/closes", body)
        for entity in entities:
            self.system.reach(entity, lambda close: close["awaiting"] in FIRST_AWAITED)
        self.end_lives()

    def stands(self, entity: str) -> CloseRow:
        """Where the close stands by its row: a look that costs the page nothing."""
        with self.store.unit_of_work(CHECK) as work:
            return work.closes.of(entity, PERIOD)

    @contextmanager
    def people_act(self, entity: str) -> Iterator[None]:
        """People do what waits for them, whatever dies meanwhile."""
        done = threading.Event()

        def work() -> None:
            while not done.wait(LOOK_EVERY_S):
                if not WHO[Awaiting(self.stands(entity).awaiting)]:
                    continue
                try:
                    act(self.system.close(entity), self.system.people)
                except TieoutError:
                    continue  # it moved on, or nobody answers yet: look again

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def until(self, holds: Callable[[], Any], patience_s: float = 60) -> Any:
        return eventually(holds, patience_s)

    def contradictions(self) -> list[str]:
        """Every sentence of `tieout check` that is no “holds”."""
        report = check(self.store, self.verifier, self.ledgers.ledger)
        return [s for finding in report.findings for s in finding.broken] + report.left_out

    def assert_everything_holds(self, seed: object = "") -> None:
        """Every invariant, and the ledgers' own logs: no more creates than attempts."""
        wrong = self.contradictions()
        assert not wrong, f"{seed}: {wrong}"
        asked = self.creates()  # before the attempts are read: a worker may live
        with self.store.unit_of_work(CHECK) as work:
            sent: Counter[str] = Counter()
            for row in work.journals.all():
                sent[LEDGERS[row.entity_id]] += row.attempt
        for target, creates in asked.items():
            assert creates <= sent[target], f"{seed}: {target}: {creates} creates, {sent[target]}"

    def hold_after_commit(self, entity: str, *, skip: int) -> None:
        """Have the ledger commit one create and keep its answer until it is let go."""
        target = LEDGERS[entity]
        method, path = CREATES[target]
        self.system.fault(
            target=target, kind="hold_after_commit", method=method, path=path, skip=skip
        )

    def creates(self) -> dict[str, int]:
        """How many journals each vendor was asked to make, by its own log; whoever was not let in
        asked for nothing.
        """
        found = {}
        for target, (method, path) in CREATES.items():
            calls = self.system.sandbox("GET", f"/calls?target={target}")
            found[target] = sum(
                1
                for call in calls
                if call["method"] == method
                and call["path"].endswith(path)
                and call["status"] != NOT_LET_IN
            )
        return found

    def assert_each_journal_is_in_the_ledger_once(self, entity: str) -> Close:
        close = self.system.close(entity)
        assert close["journals"]
        for journal in close["journals"]:
            assert journal["state"] == "posted", journal
            held = self.system.in_ledger(entity, journal["reference"])
            assert [each["id"] for each in held] == [journal["ledger_id"]]
        return close


@contextmanager
def installation(data: Path, doubt_window_s: int = DOUBT_WINDOW_S) -> Iterator[Installation]:
    """Everything but a worker; the ledgers' doubt windows are short."""
    with running_system(data, worker=False) as system:
        configuration = json.loads(CONFIGURATION.read_text())
        for entity in configuration["entities"]:
            entity["ledger"]["doubt_window_s"] = doubt_window_s
        with administrator(system.running.dsns[API]) as work:
            work.config.apply(parse_configuration(configuration))
        found = Installation(system)
        try:
            yield found
        finally:
            found.end()
