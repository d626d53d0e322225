"""Refuse to work on a database of another version than the code's."""

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from models.schema import REVISION
from tieout.errors import TieoutError


def connected(dsn: str, variable: str) -> Engine:
    """An engine on the database that the variable names. Raises TieoutError where none answers."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    try:
        engine.connect().close()
    except (OperationalError, ProgrammingError) as error:
        engine.dispose()
        raise TieoutError(
            f"The database can't be reached with {variable}. Check it, then try again."
        ) from error
    return engine


def check_schema(dsn: str) -> None:
    """Refuse a database of another version. Raises TieoutError saying which side is older."""
    engine = connected(dsn, "TIEOUT_DATABASE_URL")
    with engine.connect() as connection:
        current = current_revision(connection)
    engine.dispose()
    if current == REVISION:
        return
    if current is None or current < REVISION:
        raise TieoutError(
            f"The database is at version {current or 'nothing'}, the program needs {REVISION}. "
            "Run `tieout db migrate` first."
        )
    raise TieoutError(
        f"The database is at version {current}, newer than this program ({REVISION}). "
        "Install the newer program."
    )


def current_revision(connection: Connection) -> str | None:
    """The schema's version; None where there is none."""
    exists = connection.scalar(text("select to_regclass('alembic_version')"))
    if exists is None:
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found
