"""The web application over a real database; the closes behind it are a gateway that writes down."""

import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from accounting.engine import ENGINE_VERSION, calculate
from accounting.periods import Period
from api.app import create_app
from api.doors import Doors
from controls.approval import Decision
from controls.audit import Actor
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.group_messages import GroupCloseRequest
from controls.messages import Acted, Answer, CloseRequest, Resolution, SendBack
from controls.proposal import Versions, journal_hash, proposal_data
from controls.steps import Awaiting, Step
from models import CloseRow
from store import Store, Work
from tests.builders import POLICY, contract, first_book, invoice, line
from tieout.administration import read_configuration

REPOSITORY = Path(__file__).parent.parent.parent
PASSWORD = "correct horse battery staple"
PERIOD = "2026-09"
SEPTEMBER = {"service_start": date(2026, 9, 1), "service_end": date(2027, 8, 31)}


@dataclass
class Gateway:
    """A CloseGateway that keeps what it is given; `answer` is what everybody hears."""

    answer: Answer = field(default_factory=lambda: Answer(accepted=True))
    given: list[Any] = field(default_factory=list)

    async def start(self, request: CloseRequest) -> None:
        self.given.append(request)

    async def start_group(self, request: GroupCloseRequest) -> None:
        self.given.append(request)

    async def _keep(self, message: Any) -> Answer:
        self.given.append(message)
        return self.answer

    async def decide(self, decision: Decision) -> Answer:
        return await self._keep(decision)

    async def resolve(self, resolution: Resolution) -> Answer:
        return await self._keep(resolution)

    async def figures_changed(self, acted: Acted) -> Answer:
        return await self._keep(acted)

    async def recalculate(self, acted: Acted) -> Answer:
        return await self._keep(acted)

    async def recheck_lock(self, acted: Acted) -> Answer:
        return await self._keep(acted)

    async def recheck_difference(self, acted: Acted) -> Answer:
        return await self._keep(acted)

    async def retry(self, acted: Acted) -> Answer:
        return await self._keep(acted)

    async def send_back(self, given: SendBack, *, posting: bool) -> Answer:
        return await self._keep((given, posting))


class Site:
    """The application, its store and its gateway."""

    def __init__(self, store: Store, owner: Store) -> None:
        private, public = new_key_pair()
        self.store = store
        self.owner = owner
        self.gateway = Gateway()
        self.actor = Actor("service", "test")
        self.verifier = Verifier(public)
        today = date(2026, 10, 5)
        self.app = create_app(Doors(store, self.gateway, Signer(private), lambda: today))

    def client(self, **headers: str) -> TestClient:
        """A browser that nobody has logged in with."""
        return TestClient(self.app, follow_redirects=False, headers=headers)

    def invite(self, name: str, *roles: str) -> str:
        """Add a person; the secret of the one-time link."""
        link = secrets.token_urlsafe(32)
        with self.store.unit_of_work(Actor("terminal", "test")) as work:
            work.users.add(name, name.title(), roles, link)
        return link

    def person(self, name: str, *roles: str) -> TestClient:
        """Somebody new who is logged in by a bearer token."""
        client = self.client()
        link = self.invite(name, *roles)
        assert client.post("/api/v1/password", json={"link": link, "password": PASSWORD}).is_success
        answer = client.post("/api/v1/login", json={"name": name, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def close(self, step: Step, awaiting: Awaiting) -> str:
        """The close of `us` with a proposal, where it is put; the proposal's hash."""
        with self.owner.unit_of_work(Actor("service", "test")) as work:
            if not work.config.entities():
                work.config.apply(read_configuration(REPOSITORY / "examples" / "northwind.json"))
            row = work.closes.open("us", PERIOD, Period.month(PERIOD), "priya")
            if row.proposal_id is None:
                _propose(work, row, "1200.00")
            work.closes.move(row.id or 0, step, awaiting, "as the test wants it")
            assert row.proposal_id is not None
            return work.proposals.get(row.proposal_id).hash

    def propose_again(self) -> str:
        """The same close calculated anew, its invoice twice as large; the new proposal's hash."""
        with self.owner.unit_of_work(self.actor) as work:
            row = work.closes.of("us", PERIOD)
            _propose(work, row, "2400.00")
            return work.proposals.get(row.proposal_id or 0).hash

    def events(self, chain: str, verb: str) -> list[dict[str, Any]]:
        """What is on record, newest first."""
        with self.store.unit_of_work(Actor("service", "test")) as work:
            found = work.audit.latest(chain, 500)
        return [{"actor": e.actor.name, **e.after} for e in found if e.verb == verb]


def _propose(work: Work, row: CloseRow, invoiced: str) -> None:
    config = work.config.current()
    book = first_book(
        invoice("INV-1", "2026-09-01", line(invoiced, **SEPTEMBER), counterparty=NASTY),
        contract("OPP-1", "2026-09-01", line("600.00", **SEPTEMBER)),
    )
    calculation = calculate(book, POLICY, Period.month(PERIOD))
    hashes = tuple(journal_hash("us", j) for j in calculation.journals)
    versions = Versions(config=config.sha256, engine=ENGINE_VERSION)
    data = proposal_data("us", calculation, hashes, versions)
    work.proposals.save(row, calculation, data, config.id, ENGINE_VERSION)


NASTY = "<script>alert('Acme & Sons')</script>"
