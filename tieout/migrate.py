"""Bring the schema to the code's version, as its owner. Apart, since only this needs Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import ProgrammingError

from models.schema import REVISION
from tieout.database import connected, current_revision
from tieout.errors import TieoutError

HERE = Path(__file__).parent
MIGRATIONS = next(
    folder for folder in (HERE / "migrations", HERE.parent / "migrations") if folder.is_dir()
)
"""In a wheel inside our package, in a checkout beside it."""
HEAD = "head"
"""The version that is migrated to: the newest."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate(owner_dsn: str) -> str:
    """Bring the schema to this code's version; its name. Raises TieoutError, changing nothing."""
    engine = connected(owner_dsn, "TIEOUT_OWNER_DATABASE_URL")
    try:
        with engine.begin() as connection:
            current = current_revision(connection)
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
            command.upgrade(config, HEAD)
            return REVISION
    except ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise TieoutError(
            "The role of TIEOUT_OWNER_DATABASE_URL may not change the schema (permission denied). "
            "Use the owner's; nothing was changed."
        ) from error
    finally:
        engine.dispose()
