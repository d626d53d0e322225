"""The schema: migrate it as its owner, and refuse to work on another version than the code's."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models.schema import REVISION
from tieout.errors import TieoutError

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(owner_dsn: str) -> str:
    """Bring the schema to this code's version; its name. Raises TieoutError, changing nothing."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_dsn))
    try:
        with engine.begin() as connection:
            current = _current(connection)
            known = {
                script.revision
                for script in ScriptDirectory.from_config(_config()).walk_revisions()
            }
            if current is not None and current not in known:
                raise TieoutError(
                    f"The database is at version {current}, newer than this program ({REVISION}). "
                    "Install the newer program; nothing was changed."
                )
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return REVISION
    except OperationalError as error:
        raise TieoutError(
            "The database can't be reached with TIEOUT_OWNER_DATABASE_URL. Check it, then try again."
        ) from error
    finally:
        engine.dispose()


def check_schema(dsn: str) -> None:
    """Refuse a database of another version. Raises TieoutError saying which side is older."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    try:
        with engine.connect() as connection:
            current = _current(connection)
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


def _current(connection: Connection) -> str | None:
    exists = connection.scalar(text("select to_regclass('alembic_version')"))
    if exists is None:
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found
