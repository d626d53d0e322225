"""One real Postgres for the folder; what a test wrote is gone when it is over."""

import itertools
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from controls.audit import Actor
from controls.configuration import parse_configuration
from models import metadata
from store import Store
from tests.store.database import Database
from tests.store.month_end import Make, MonthEnd, configured
from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER, EmbeddedPostgres, give_rights
from tieout.migrate import migrate

CONFIGURATION = Path(__file__).parents[2] / "examples" / "northwind.json"
KEPT = {"config_version", "entity", "audit_event"}
# As a replica Postgres fires no trigger: the one way past the trail's guard, for superusers only.
CLEAN = "; ".join(
    [
        "set session_replication_role = replica",
        "delete from audit_event where not (chain = 'system' and sequence = 1)",
        *(f'delete from "{name}"' for name in sorted({*metadata.tables} - KEPT)),
    ]
)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    postgres.start()
    with psycopg.connect(postgres.dsn(SUPERUSER, "postgres"), autocommit=True) as work:
        work.execute("alter system set fsync = off")  # nothing here must outlive the power
        work.execute("select pg_reload_conf()")
    yield postgres
    if postgres.pid is not None:
        os.kill(postgres.pid, signal.SIGQUIT)  # a shutdown would first write everything out
    postgres.reset()


@pytest.fixture(scope="session")
def make(server: EmbeddedPostgres) -> Callable[[str, str], Database]:
    """A new database of the owner's, by name: a copy of another one ("template0" is empty)."""

    def made(name: str, template: str) -> Database:
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as work:
            words = sql.SQL("create database {} owner {} template {}")
            work.execute(words.format(*map(sql.Identifier, (name, OWNER, template))))
            give_rights(work, name)
        return Database(*(server.dsn(role, name) for role in (OWNER, WORKER, API, SUPERUSER)))

    return made


@pytest.fixture(scope="session")
def template(make: Callable[[str, str], Database]) -> str:
    """The name of a database with the schema and the demo group's configuration."""
    name = "template_of_tieout"
    database = make(name, "template0")
    migrate(database.owner)
    store = Store(database.api)
    with store.unit_of_work(Actor("user", "ada")) as work:
        work.config.apply(parse_configuration(json.loads(CONFIGURATION.read_text())))
    store.close()
    return name


@pytest.fixture(scope="session")
def shared(make: Callable[[str, str], Database], template: str) -> Database:
    """The database that most tests write to."""
    return make("shared", template)


@pytest.fixture
def database(shared: Database) -> Iterator[Database]:
    """A migrated database with the entities uk, us and de, and nothing else in it."""
    yield shared
    with psycopg.connect(shared.superuser) as work:
        work.execute(CLEAN)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """The worker's door to it."""
    opened = Store(database.worker)
    yield opened
    opened.close()


@pytest.fixture
def altered(make: Callable[[str, str], Database], template: str) -> Database:
    """The same for a test that alters the schema or its rights: nobody else uses it."""
    return make(f"altered_{next(_numbers)}", template)


@pytest.fixture(scope="session")
def drawn_database(make: Callable[[str, str], Database]) -> Database:
    """A migrated database for books drawn at random, whose entities are their own."""
    database = make("drawn", "template0")
    migrate(database.owner)
    return database


@pytest.fixture
def empty(make: Callable[[str, str], Database]) -> Database:
    """A database without any table."""
    return make(f"empty_{next(_numbers)}", "template0")


@pytest.fixture
def month_ends(altered: Database) -> Iterator[Make]:
    """Makes entities that close month by month, each with this configuration."""
    made: list[MonthEnd] = []

    def month_end(**changes: Any) -> MonthEnd:
        made.append(MonthEnd(altered, configured(**changes)))
        return made[-1]

    yield month_end
    for each in made:
        each.leave()
