import os
import signal
from collections.abc import Iterator

import pytest

from store import Store
from tests.api.site import Site
from tieout.embedded.postgres import API, OWNER, EmbeddedPostgres
from tieout.migrate import migrate


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("data"))
    dsns = postgres.start()
    migrate(dsns[OWNER])
    store, owner = Store(dsns[API]), Store(dsns[OWNER])
    yield Site(store, owner)
    store.close()
    owner.close()
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGINT)  # fast: nobody waits for what is thrown away
    postgres.stop()
    postgres.reset()
