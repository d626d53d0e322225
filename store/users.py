"""People and their log-ins. Only hashes are stored; every change is an event of the system chain."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, select, update

from controls.audit import SYSTEM_CHAIN
from models import DelegationRow, SessionRow, UserRow
from store.audit import AuditTrail
from store.errors import ConflictError, NotFoundError

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in."""

    name: str
    display_name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a role, and where to write to them, if anywhere."""

    name: str
    email: str | None


def token_hash(token: str) -> str:
    """How a random token is kept: its SHA-256. (Tokens are 256 bits of chance, not passwords.)"""
    return hashlib.sha256(token.encode()).hexdigest()


class Users:
    """Reads and changes people and log-ins."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def _get(self, name: str) -> UserRow:
        row = self._session.get(UserRow, name)
        if row is None:
            raise NotFoundError(f"There is no user {name!r}.")
        return row

    def _from_now(self, later: timedelta = timedelta()) -> datetime:
        """An instant by the database's clock: the one that expiry is judged by."""
        now: datetime = self._session.connection().scalar(text("select clock_timestamp()"))
        return now + later

    def all(self) -> list[UserRow]:
        """Everybody, by name."""
        return list(self._session.exec(select(UserRow).order_by(col(UserRow.name))))

    def holders(self, role: str, entities: Iterable[str], now: datetime) -> list[Holder]:
        """Who holds the role, by name: as their own, or now for somebody else in one of these
        entities. Reads of each person nothing but what the worker may.
        """
        delegates = self._session.exec(
            select(DelegationRow.delegate).where(
                DelegationRow.role == role,
                col(DelegationRow.entity_id).in_([*entities]),
                col(DelegationRow.revoked_at).is_(None),
                col(DelegationRow.starts_at) <= now,
                col(DelegationRow.ends_at) > now,
            )
        ).all()
        rows = self._session.exec(
            select(UserRow.name, UserRow.roles, UserRow.email)
            .where(col(UserRow.disabled_at).is_(None))
            .order_by(col(UserRow.name))
        )
        return [
            Holder(name, email)
            for name, roles, email in rows
            if role in roles.split(",") or name in delegates
        ]

    def add(
        self,
        name: str,
        display_name: str,
        roles: tuple[str, ...],
        link: str,
        email: str | None = None,
    ) -> None:
        """A new person, who sets a password by the one-time link. Raises ConflictError."""
        if self._session.get(UserRow, name) is not None:
            raise ConflictError(f"There is a user {name!r} already.")
        self._session.add(
            UserRow(
                name=name,
                display_name=display_name,
                roles=",".join(sorted(roles)),
                email=email,
                link_hash=token_hash(link),
                link_expires_at=self._from_now(LINK_LASTS),
            )
        )
        self._audit.record(
            SYSTEM_CHAIN,
            "user.added",
            f"user/{name}",
            after={"roles": sorted(roles), "has_address": email is not None},
        )

    def write_to(self, name: str, email: str | None) -> None:
        """Where messages reach the person from now on; None takes the address away.

        The trail says that it changed, not what it is: it forgets nothing. Raises NotFoundError.
        """
        row = self._get(name)
        row.email = email
        self._session.add(row)
        self._audit.record(
            SYSTEM_CHAIN, "user.address", f"user/{name}", after={"has_address": email is not None}
        )

    def reset(self, name: str, link: str) -> None:
        """A new one-time link; the password and every log-in end at once."""
        row = self._get(name)
        row.password_hash = None
        row.link_hash = token_hash(link)
        row.link_expires_at = self._from_now(LINK_LASTS)
        self._session.add(row)
        self._revoke_all(name)
        self._audit.record(SYSTEM_CHAIN, "user.reset", f"user/{name}")

    def disable(self, name: str) -> None:
        """The person can't log in any more; every log-in ends at once."""
        row = self._get(name)
        row.disabled_at = self._from_now()
        row.link_hash = None
        self._session.add(row)
        self._revoke_all(name)
        self._audit.record(SYSTEM_CHAIN, "user.disabled", f"user/{name}")

    def use_link(self, link: str, password_hash: str) -> str:
        """Set the password by a one-time link; the person's name. Raises NotFoundError."""
        row = self._session.exec(
            select(UserRow)
            .where(
                UserRow.link_hash == token_hash(link),
                col(UserRow.link_expires_at) > func.clock_timestamp(),
                col(UserRow.disabled_at).is_(None),
            )
            .with_for_update()
        ).first()
        if row is None:
            raise NotFoundError("This link was used, or is too old. Ask for a new one.")
        row.password_hash = password_hash
        row.link_hash = None
        self._session.add(row)
        self._audit.record(SYSTEM_CHAIN, "user.password_set", f"user/{row.name}")
        return row.name

    def credentials(self, name: str) -> str | None:
        """The password hash of somebody who may log in, or None."""
        row = self._session.get(UserRow, name)
        return row.password_hash if row is not None and row.disabled_at is None else None

    def log_in(self, name: str, token: str) -> Person:
        """Open a session for a person whose password was checked."""
        row = self._get(name)
        self._session.add(
            SessionRow(
                token_hash=token_hash(token),
                user_name=name,
                expires_at=self._from_now(SESSION_LASTS),
            )
        )
        self._audit.record(SYSTEM_CHAIN, "user.logged_in", f"user/{name}")
        return _person(row)

    def refused_log_in(self, name: str) -> None:
        """Record a log-in that failed. The name is what was typed, cut to a sane length."""
        self._audit.record(SYSTEM_CHAIN, "user.log_in_refused", f"user/{name[:40]}")

    def by_token(self, token: str) -> Person | None:
        """Whose session this is, if it is open."""
        row = self._session.exec(
            select(UserRow)
            .join(SessionRow, col(SessionRow.user_name) == UserRow.name)
            .where(
                SessionRow.token_hash == token_hash(token),
                col(SessionRow.revoked_at).is_(None),
                col(SessionRow.expires_at) > func.clock_timestamp(),
                col(UserRow.disabled_at).is_(None),
            )
        ).first()
        return _person(row) if row is not None else None

    def log_out(self, token: str) -> None:
        """End this session."""
        row = self._session.get(SessionRow, token_hash(token))
        if row is not None and row.revoked_at is None:
            row.revoked_at = self._from_now()
            self._session.add(row)
            self._audit.record(SYSTEM_CHAIN, "user.logged_out", f"user/{row.user_name}")

    def _revoke_all(self, name: str) -> None:
        self._session.exec(
            update(SessionRow)
            .where(col(SessionRow.user_name) == name, col(SessionRow.revoked_at).is_(None))
            .values(revoked_at=func.clock_timestamp())
        )


def _person(row: UserRow) -> Person:
    return Person(row.name, row.display_name, tuple(row.roles.split(",")))
