"""The schema: what the migrations make is what the tables say; other versions are refused."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from models import metadata
from models.schema import REVISION
from tests.store.database import Database
from tieout.database import check_schema
from tieout.errors import TieoutError
from tieout.migrate import migrate

MIGRATION_LOCK = 7_431_026


def state(dsn: str) -> list[tuple[Any, ...]]:
    """Everything in the schema, with its rights, and the version."""
    with psycopg.connect(dsn) as work:
        found = work.execute(
            "select relname, relkind::text, relacl::text from pg_class "
            "where relnamespace = 'public'::regnamespace order by relname"
        ).fetchall()
        if any(row[0] == "alembic_version" for row in found):
            found += work.execute("select version_num from alembic_version").fetchall()
    return found


def set_version(database: Database, version: str) -> None:
    with psycopg.connect(database.owner) as work:
        work.execute("update alembic_version set version_num = %s", [version])


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(database: Database) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.owner))
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
        asked = inspect(connection)
        assert set(asked.get_table_names()) == {*metadata.tables, "alembic_version"}
        for name, table in metadata.tables.items():
            (key,) = [asked.get_pk_constraint(name)["constrained_columns"]]
            assert set(key) == {column.name for column in table.primary_key}
            wanted = {column.name: column.nullable for column in table.columns}
            assert {c["name"]: c["nullable"] for c in asked.get_columns(name)} == wanted
    engine.dispose()


def test_an_empty_database_is_refused_saying_what_to_run(empty: Database) -> None:
    with pytest.raises(TieoutError, match=r"at version nothing.*Run `tieout db migrate`"):
        check_schema(empty.owner)
    assert state(empty.owner) == []


def test_migrating_twice_changes_nothing_the_second_time(empty: Database) -> None:
    assert migrate(empty.owner) == REVISION
    check_schema(empty.worker)
    check_schema(empty.api)
    once = state(empty.owner)
    assert len(once) > len(metadata.tables)
    assert migrate(empty.owner) == REVISION
    assert state(empty.owner) == once


@pytest.mark.parametrize("version", ["0999", "f00dfeed"])
def test_a_database_of_a_newer_program_is_refused_and_left_alone(
    version: str, altered: Database
) -> None:
    set_version(altered, version)
    before = state(altered.owner)
    with pytest.raises(TieoutError, match=f"at version {version}, newer.*nothing was changed"):
        migrate(altered.owner)
    with pytest.raises(TieoutError, match=f"at version {version}, newer.*newer program"):
        check_schema(altered.worker)
    assert state(altered.owner) == before


def test_a_database_of_an_older_program_is_told_to_migrate(altered: Database) -> None:
    set_version(altered, "0000")
    with pytest.raises(TieoutError, match=f"at version 0000, the program needs {REVISION}"):
        check_schema(altered.api)


def test_only_the_owner_can_migrate(empty: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        migrate(empty.worker)
    assert state(empty.owner) == []


def test_a_migration_waits_for_another_one_and_does_not_repeat_it(empty: Database) -> None:
    """The other one is us: we take the lock, say that 0001 is done, and let go."""
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    with psycopg.connect(empty.owner) as other, ThreadPoolExecutor(1) as pool:
        other.execute("select pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        migrating = pool.submit(migrate, empty.owner)
        while other.execute(waiting).fetchone() != (1,):
            assert not migrating.done(), "it did not wait"
        other.execute("create table alembic_version (version_num varchar(32) primary key)")
        other.execute("insert into alembic_version values (%s)", [REVISION])
        other.commit()
        assert migrating.result(10) == REVISION
    with psycopg.connect(empty.owner) as work:
        made = work.execute("select tablename from pg_tables where schemaname = 'public'")
        assert made.fetchall() == [("alembic_version",)]


def test_a_database_that_can_not_be_reached_says_which_setting(tmp_path: Path) -> None:
    gone = f"postgresql://owner:s3cret@/tieout?host={tmp_path}"
    for look, setting in (
        (check_schema, "TIEOUT_DATABASE_URL"),
        (migrate, "TIEOUT_OWNER_DATABASE_URL"),
    ):
        with pytest.raises(TieoutError, match=setting) as error:
            look(gone)
        assert "s3cret" not in str(error.value)


def test_drift_that_was_kept_without_its_lines_is_settled_and_looked_for_anew(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("tieout.migrate.HEAD", "0004")
        migrate(empty.owner)
    with psycopg.connect(empty.owner) as work:
        work.execute(
            "insert into config_version (sha256, document, applied_by) values ('x', '{}', 'root')"
        )
        work.execute(
            "insert into entity (id, name, vendor, connection, functional_currency, time_zone, "
            "adoption_date, config_id) select 'uk', 'UK', 'xero', 'c', 'GBP', 'UTC', "
            "'2026-08-31', id from config_version"
        )
        work.execute(
            "insert into drift (entity_id, ledger_id, reference, date, kind, differences, link) "
            "values ('uk', '7', 'Hand', '2026-09-20', 'added', '[]', '')"
        )
        work.execute(
            "insert into sync_cursor (entity_id, kind, modified_at) values ('uk', 'journal', now()), "
            "('uk', 'invoice', now())"
        )
    migrate(empty.owner)
    with psycopg.connect(empty.owner) as work:
        kept = work.execute("select lines, held_on::text, settled_at is not null from drift")
        assert kept.fetchall() == [([], "2026-09-20", True)]
        assert work.execute("select kind from sync_cursor").fetchall() == [("invoice",)]
