"""Clients, secrets and tokens of the three vendors, all in the SQLite file."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from dataclasses import dataclass

from sandbox.state import State

REFRESH_GRACE_S = 24 * 3600.0
REFRESH_LIFE_S = 8_726_400.0


@dataclass(frozen=True, slots=True)
class Client:
    """An app as registered at the vendor; `org` is what it may reach."""

    org: str
    target: str
    id: str
    secret: str
    tenant: str


class Tokens:
    """Issues and checks tokens; an access token names the client that it was given to."""

    def __init__(self, state: State) -> None:
        self.state = state

    def client(self, org: str, target: str, *, tenant: str) -> Client:
        """The one client of an org, made at the first start."""
        key, secret = self.state.meta(f"client/{org}"), self.state.meta(f"secret/{org}")
        if key is None or secret is None:
            key, secret = secrets.token_hex(16), secrets.token_urlsafe(24)
            self.state.set_meta(f"client/{org}", key)
            self.state.set_meta(f"secret/{org}", secret)
        return Client(org, target, key, secret, tenant)

    def issue(self, client: Client, kind: str, life_s: float) -> str:
        """A new token, committed."""
        token = secrets.token_urlsafe(36)
        with self.state.transaction():
            self.state.connection.execute(
                "insert into token values (?, ?, ?, ?, ?)",
                (token, client.target, client.org, kind, time.time() + life_s),
            )
        return token

    def owner(self, token: str, target: str, kind: str) -> str | None:
        """The org whose live token this is."""
        row = self.state.connection.execute(
            "select client from token where token = ? and target = ? and kind = ? and expires > ?",
            (token, target, kind, time.time()),
        ).fetchone()
        return None if row is None else str(row[0])

    def expire(self, target: str) -> None:
        """Let every access token of a vendor lapse."""
        with self.state.transaction():
            self.state.connection.execute(
                "delete from token where target = ? and kind = 'access'", (target,)
            )

    def newest_refresh(self, client: Client) -> str:
        """The refresh token that is not rotated away yet; one is made at the first start."""
        known = self.state.meta(f"refresh/{client.org}")
        if known is None:
            known = self.issue(client, "refresh", REFRESH_LIFE_S)
            self.state.set_meta(f"refresh/{client.org}", known)
        return known

    def rotate(self, client: Client, presented: str) -> str | None:
        """The refresh token to use from now on, or None where the presented one is dead.

        Our reading of "previous valid 24 h": every refresh with the newest token rotates it, the
        one before lives 24 h longer, and whoever presents that one is told the newest.
        """
        if self.owner(presented, client.target, "refresh") != client.org:
            return None
        newest = self.newest_refresh(client)
        if presented != newest:
            return newest
        with self.state.transaction():
            fresh = self.issue(client, "refresh", REFRESH_LIFE_S)
            self.state.connection.execute(
                "update token set expires = ? where token = ?",
                (time.time() + REFRESH_GRACE_S, presented),
            )
            self.state.set_meta(f"refresh/{client.org}", fresh)
        return fresh


def basic(header: str | None) -> tuple[str, str] | None:
    """(client id, secret) of a Basic authorization header."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret


def bearer(header: str | None) -> str:
    """The token of a Bearer authorization header, else ""."""
    scheme, _, token = (header or "").partition(" ")
    return token if scheme.lower() == "bearer" else ""
