"""One running sandbox for the folder; faults, lock dates and archived accounts end with each test."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from connectors.ledger import Ledger
from tests.connectors.doors import BOOKS, MemoryVault, open_ledger
from tests.sandbox.wiring import Sandbox

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.clear()
    for entity in BOOKS:
        running.post("/lock-date", entity=entity, date=None)


@pytest.fixture
def archive(sandbox: Sandbox) -> Iterator[Callable[[str, str], None]]:
    """Archive an account of an entity until the test is over."""
    archived: list[tuple[str, str]] = []

    def put_away(entity: str, account: str) -> None:
        sandbox.post("/accounts", entity=entity, account=account, archived=True)
        archived.append((entity, account))

    yield put_away
    for entity, account in archived:
        sandbox.post("/accounts", entity=entity, account=account, archived=False)


@pytest.fixture(scope="session")
def vault() -> MemoryVault:
    """Tokens of the whole run: most tests are not about logging in."""
    return MemoryVault()


@pytest.fixture
def ledger(entity: str, sandbox: Sandbox, vault: MemoryVault) -> Ledger:
    """The ledger of the entity that the test is run for."""
    return open_ledger(sandbox, entity, vault)


@pytest.fixture
def reference() -> str:
    """A reference that no other test uses."""
    return f"T2609-{next(_numbers):04d}-0a1b2c3d"
