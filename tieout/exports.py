"""What leaves an installation as a file: an entity's book as a scenario."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from controls.audit import Actor
from scenario.export import ClosedBook, exported
from store import Store
from tieout.database import check_schema
from tieout.embedded.postgres import API, EmbeddedPostgres
from tieout.errors import TieoutError
from tieout.settings import read_settings
from tieout.stack import Stack


def scenario_of(entity: str, data: Path) -> dict[str, Any]:
    """The entity's book as a scenario (docs/scenario.md), and on record that it left.

    From TIEOUT_DATABASE_URL where it is set, else from the installation in the data directory,
    running or not. Raises TieoutError, ConfigurationError, NotFoundError, ExportError.
    """
    with _database(data) as dsn:
        check_schema(dsn)
        store = Store(dsn)
        try:
            with store.unit_of_work(Actor("terminal", "export")) as work:
                config = work.config.current()
                settings = config.entity(entity)
                policy = settings.policy(config.sha256)
                book = work.books.at_adoption(entity, policy)
                periods = work.books.frozen_periods(entity, policy.functional_currency)
                written = exported(book, policy, ClosedBook(entity, settings.name, periods))
                work.audit.record(
                    entity,
                    "scenario.exported",
                    f"entity/{entity}",
                    after={"documents": len(written["documents"]), "periods": list(periods)},
                )
                return written
        finally:
            store.close()


@contextmanager
def _database(data: Path) -> Iterator[str]:
    """The log-in of the installation's database, started for as long as it takes if it stands."""
    given = read_settings().database_url
    if given is not None:
        yield given
        return
    if not (data / "secrets").exists():
        raise TieoutError(
            f"There is no installation in {data}. Name its data directory with --data, or set "
            "TIEOUT_DATABASE_URL."
        )
    running = EmbeddedPostgres(data).dsn(API)
    try:
        psycopg.connect(running).close()
    except psycopg.OperationalError:
        with Stack(data) as stack:
            yield stack.start_postgres()[API]
        return
    yield running
