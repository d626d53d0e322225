import pytest

from tests.sandbox.wiring import Sandbox


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running):
    yield running
    running.clear()
    for entity in ("uk", "us", "de"):
        running.post("/lock-date", entity=entity, date=None)
