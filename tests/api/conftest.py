import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from store import Store
from tests.api.site import Site
from tests.api.story import Story, tell
from tests.store.database import Database
from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER, EmbeddedPostgres
from tieout.migrate import migrate


@contextmanager
def migrated(folder: Path) -> Iterator[Database]:
    """A database with the schema, gone when the block ends."""
    postgres = EmbeddedPostgres(folder)
    dsns = postgres.start()
    with psycopg.connect(postgres.dsn(SUPERUSER), autocommit=True) as work:
        work.execute("alter system set fsync = off")  # nothing here must outlive the power
        work.execute("select pg_reload_conf()")
    migrate(dsns[OWNER])
    yield Database(dsns[OWNER], dsns[WORKER], dsns[API], postgres.dsn(SUPERUSER))
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGINT)  # fast: nobody waits for what is thrown away
    postgres.stop()
    postgres.reset()


@contextmanager
def served(folder: Path) -> Iterator[tuple[Database, Site]]:
    """A site on a database of its own."""
    with migrated(folder) as database:
        store, owner = Store(database.api), Store(database.owner)
        yield database, Site(store, owner)
        store.close()
        owner.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("data")) as (_, found):
        yield found


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Closes of three entities with everything in them that a page explains."""
    with served(tmp_path_factory.mktemp("story")) as (database, found):
        yield from tell(database, found)
