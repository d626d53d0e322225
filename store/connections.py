"""Tokens of connections: encrypted at rest, refreshed under a row lock, so never twice at once."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, select

from models import ConnectionTokenRow
from store.errors import StoreError

Tokens = dict[str, str]


def secret_box(keys: str) -> MultiFernet:
    """The box for tokens from a key file's text: one Fernet key a line, the newest first."""
    try:
        boxes = [Fernet(key) for key in keys.split()]
        if any(len(set(urlsafe_b64decode(key))) == 1 for key in keys.split()):
            raise ValueError("one byte over and over is no key")
        return MultiFernet(boxes)
    except ValueError as error:
        raise StoreError(
            "TIEOUT_SECRET_KEY_FILE holds no usable key. Make one with `tieout keys new`."
        ) from error


class Connections:
    """Reads and writes the tokens of a connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def refreshed(
        self,
        connection: str,
        box: MultiFernet,
        refresh: Callable[[Tokens | None], Tokens | None],
    ) -> Tokens:
        """The connection's tokens after `refresh` had its say, under the row's lock."""
        self._session.connection().execute(
            insert(ConnectionTokenRow)
            .values(connection=connection, tokens=None)
            .on_conflict_do_nothing()
        )
        row = self._session.exec(
            select(ConnectionTokenRow)
            .where(ConnectionTokenRow.connection == connection)
            .with_for_update()
        ).one()
        stored: Tokens | None = None
        if row.tokens is not None:
            try:
                stored = json.loads(box.decrypt(row.tokens))
            except InvalidToken:
                raise StoreError(
                    f"The tokens of {connection} were encrypted with a key that is not in "
                    "TIEOUT_SECRET_KEY_FILE. Put the old key back as its last line."
                ) from None
        fresh = refresh(stored)
        if fresh is None:
            return stored or {}
        row.tokens = box.encrypt(json.dumps(fresh).encode())
        self._session.add(row)
        return fresh
