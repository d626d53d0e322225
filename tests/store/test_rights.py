"""Least privilege: worker and API write only what is theirs to write, and read no other's secrets."""

import psycopg
import pytest
from psycopg import sql

from models import metadata
from tests.store.database import Database
from tieout.embedded.postgres import API, WORKER

TABLES = sorted(metadata.tables)
WORKERS = {
    "audit_event",
    "close",
    "close_exception",
    "connection_token",
    "decision",
    "document",
    "document_line",
    "drift",
    "group_close",
    "journal",
    "journal_line",
    "journal_part",
    "kept_piece",
    "kept_reading",
    "ledger_reading",
    "notification",
    "past_journal",
    "posting_choice",
    "payment",
    "position",
    "proposal",
    "rate",
    "report",
    "resolution",
    "sync_cursor",
    "tie_out",
}
APIS = {
    "adoption_import",
    "app_user",
    "audit_event",
    "config_version",
    "delegation",
    "entity",
    "imported_position",
    "rate",
    "seen_content",
    "session",
}
UPDATES = {
    WORKER: {
        "close",
        "connection_token",
        "drift",
        "group_close",
        "journal",
        "notification",
        "past_journal",
        "sync_cursor",
        "tie_out",
    },
    API: {"app_user", "entity", "session"},
}


def allowed(dsn: str, statements: dict[str, str]) -> set[str]:
    """The tables whose statement the role may run; one that fails for its values is allowed."""
    found = set()
    with psycopg.connect(dsn) as work:
        for table, statement in statements.items():
            try:
                work.execute(sql.SQL(statement).format(sql.Identifier(table)))
                found.add(table)
            except psycopg.errors.IntegrityError:
                found.add(table)
            except psycopg.errors.InsufficientPrivilege:
                pass
            finally:
                work.rollback()
    return found


def to_each(statement: str) -> dict[str, str]:
    return dict.fromkeys(TABLES, statement)


@pytest.mark.parametrize(
    ("role", "hidden"), [(WORKER, {"app_user", "session"}), (API, {"connection_token"})]
)
def test_each_reads_everything_but_the_others_secrets(
    role: str, hidden: set[str], database: Database
) -> None:
    assert allowed(database.of(role), to_each("select * from {}")) == set(TABLES) - hidden


@pytest.mark.parametrize(("role", "own"), [(WORKER, WORKERS), (API, APIS)])
def test_each_writes_only_what_is_its_own(role: str, own: set[str], database: Database) -> None:
    assert allowed(database.of(role), to_each("insert into {} default values")) == own


def test_the_api_has_no_hand_in_journals_decisions_and_closes_nor_the_worker_in_people() -> None:
    """The lists above are what was meant: four eyes rest on this line."""
    assert not APIS & {"close", "decision", "document", "journal", "journal_line", "resolution"}
    assert not WORKERS & {"app_user", "config_version", "entity", "session"}
    assert set(TABLES) == WORKERS | APIS


@pytest.mark.parametrize("role", [WORKER, API])
def test_each_changes_only_what_has_a_state(role: str, database: Database) -> None:
    columns = {name: next(iter(table.columns)).name for name, table in metadata.tables.items()}
    statements = {table: f"update {{}} set {each} = {each}" for table, each in columns.items()}
    assert allowed(database.of(role), statements) == UPDATES[role]


@pytest.mark.parametrize("role", [WORKER, API])
@pytest.mark.parametrize(
    "words", ["delete from {}", "truncate {} cascade", "drop table {} cascade"]
)
def test_nobody_but_the_owner_takes_any_record_away(
    role: str, words: str, database: Database
) -> None:
    """What was read of a big book is no record: the worker keeps it, and throws it away."""
    tables = {**to_each(words), "alembic_version": words}
    no_record = {"kept_reading"} if role == WORKER and words.startswith("delete") else set()
    assert allowed(database.of(role), tables) == no_record
    assert allowed(database.owner, {"position": words}) == {"position"}
