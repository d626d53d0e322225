"""Refuse to work on a database of another version than the code's."""

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models.schema import REVISION
from tieout.errors import TieoutError


def check_schema(dsn: str) -> None:
    """Refuse a database of another version. Raises TieoutError saying which side is older."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    try:
        with engine.connect() as connection:
            current = current_revision(connection)
    except OperationalError as error:
        raise TieoutError(
            "The database can't be reached with TIEOUT_DATABASE_URL. Check it, then try again."
        ) from error
    finally:
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
