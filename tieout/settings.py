"""Settings: read once from the environment (TIEOUT_…), handed on as values."""

import os
import stat
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tieout.errors import TieoutError

T = TypeVar("T")


class Settings(BaseSettings):
    """Every setting of worker, API and command line. Secrets are files, never values here."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", extra="ignore")

    database_url: str | None = Field(
        default=None, repr=False, description="libpq DSN of this process's own role."
    )
    owner_database_url: str | None = Field(
        default=None, repr=False, description="DSN of the schema's owner: `tieout db migrate` only."
    )
    temporal_address: str | None = Field(default=None, description="host:port of Temporal.")
    temporal_namespace: str = Field(default="tieout", description="Temporal namespace.")
    task_queue: str = Field(default="tieout", description="Temporal task queue of the closes.")
    connections_file: Path | None = Field(
        default=None, description="JSON file: how to reach ledgers and CRM, with credentials."
    )
    secret_key_file: Path | None = Field(
        default=None, description="Fernet keys for stored tokens, one a line, newest first."
    )
    signing_key_file: Path | None = Field(
        default=None, description="Ed25519 private key for decisions: the API alone."
    )
    verify_key_file: Path | None = Field(
        default=None, description="Ed25519 public key for decisions: the worker."
    )
    api_host: str = Field(default="127.0.0.1", description="Where the page listens.")
    api_port: int = Field(default=8000, description="The page's port.")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="Proxies whose X-Forwarded-… counts, or * for all."
    )
    today: date | None = Field(
        default=None, description="A fixed business date, for the demo; the real one else."
    )
    url: str | None = Field(
        default=None, description="Where the page is: for `tieout close …`, for links in messages."
    )
    notify_config: Path | None = Field(
        default=None, description="Apprise's file of addresses, each tagged with roles."
    )
    notify_file: Path | None = Field(
        default=None,
        description="A file that keeps the messages to people, one JSON object a line.",
    )
    token: str | None = Field(
        default=None, repr=False, description="API token of `tieout close …`."
    )
    data: Path | None = Field(default=None, description="Data directory of the embedded stack.")


def read_settings() -> Settings:
    """The settings of the environment. Raises TieoutError naming a variable that can't be used."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"TIEOUT_{'_'.join(map(str, fault['loc'])).upper()} can't be used: {fault['msg']}"
            for fault in error.errors()
        ]
        raise TieoutError(". ".join(faults) + ".") from None


def data_directory(given: Path | None) -> Path:
    """--data, TIEOUT_DATA, `.tieout/` beside the Makefile, else the user's state directory."""
    if given is not None:
        return given
    settings = read_settings()
    if settings.data is not None:
        return settings.data
    checkout = Path(__file__).parent.parent
    if (checkout / "Makefile").exists():
        return checkout / ".tieout"
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "tieout"


def required(value: T | None, name: str, purpose: str) -> T:
    """The setting's value. Raises TieoutError naming the variable and what it is for."""
    if value is None:
        raise TieoutError(f"Set TIEOUT_{name.upper()}: {purpose}.")
    return value


def read_file(path: Path | None, name: str, purpose: str) -> str:
    """The text of a file that a setting names. Raises TieoutError when it can't be read."""
    found = required(path, name, purpose)
    try:
        return found.read_text()
    except OSError as error:
        raise TieoutError(f"{found} can't be read ({error.strerror}): {purpose}.") from error
    except UnicodeDecodeError as error:
        raise TieoutError(f"{found} can't be read (it is not text): {purpose}.") from error


def read_key(path: Path | None, name: str, purpose: str, *, secret: bool = True) -> str:
    """The text of a key file. Raises TieoutError when it can't be read, when others can read a
    secret one, or when others can write to it.
    """
    text = read_file(path, name, purpose)
    assert path is not None
    mode = path.stat().st_mode
    if mode & stat.S_IWOTH or (secret and mode & stat.S_IROTH):
        raise TieoutError(
            f"{path} is open to others on this machine: {purpose}. Make a new key, and let only its "
            "owner at the file (chmod 600)."
        )
    return text
