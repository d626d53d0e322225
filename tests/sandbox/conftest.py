import pytest

from tests.sandbox.wiring import Sandbox, quickbooks, salesforce, xero


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    sandbox = Sandbox.start(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    assert sandbox.stop() == 0


@pytest.fixture
def sandbox(running):
    """The one running sandbox; faults and lock dates are gone after each test."""
    yield running
    running.clear()
    for entity in ("uk", "us", "de"):
        running.post("/lock-date", entity=entity, date=None)


@pytest.fixture
def uk(running):
    return xero(running)


@pytest.fixture(scope="session")
def us(running):
    return quickbooks(running)


@pytest.fixture(scope="session")
def crm(running):
    return salesforce(running)
