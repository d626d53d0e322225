"""Delegations: granted and revoked, each with its event; never changed otherwise."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, desc, select

from accounting.periods import ONE_DAY
from controls.delegation import DELEGABLE, Delegation
from models import DelegationRow, UserRow
from store.audit import AuditTrail
from store.config import Config
from store.errors import ConflictError, NotFoundError

DAYS_MAX = timedelta(days=366)
YEARS = range(2000, 3000)
"""Beyond them a slip of the finger, and days that have no instant."""


class Delegations:
    """Reads, grants and revokes delegations. Days are the entity's own, both ends included."""

    def __init__(self, session: Session, audit: AuditTrail, config: Config) -> None:
        self._session = session
        self._audit = audit
        self._config = config

    def grant(
        self, entity: str, role: str, delegate: str, first: date, last: date, reason: str
    ) -> int:
        """Let somebody hold a role for an entity from the first day to the last; its number.

        Raises NotFoundError for an entity or a person that there is none of, ConflictError for
        terms that can't be granted.
        """
        if entity not in {row.id for row in self._config.entities()}:
            raise NotFoundError(f"There is no entity {entity!r}.")
        user = self._session.get(UserRow, delegate)
        if user is None or user.disabled_at is not None:
            raise NotFoundError(f"There is no user {delegate!r} who may log in.")
        if role not in DELEGABLE:
            raise ConflictError(f"Only {' and '.join(DELEGABLE)} are delegated, not {role}.")
        if delegate == self._audit.actor.name:
            raise ConflictError("Nobody delegates to themselves.")
        if first.year not in YEARS or not first <= last < first + DAYS_MAX:
            raise ConflictError("Give the first and the last day, in this order, a year at most.")
        if not reason.strip():
            raise ConflictError("Say why: a delegation needs a reason.")
        zone = self._config.current().entity(entity).zone
        row = DelegationRow(
            entity_id=entity,
            role=role,
            delegate=delegate,
            granted_by=self._audit.actor.name,
            reason=reason,
            starts_at=datetime.combine(first, time(), zone),
            ends_at=datetime.combine(last + ONE_DAY, time(), zone),
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        self._audit.record(
            entity,
            "delegation.granted",
            f"delegation/{row.id}",
            reason=reason,
            after={
                "role": role,
                "delegate": delegate,
                "first": first.isoformat(),
                "last": last.isoformat(),
            },
        )
        return row.id

    def revoke(self, delegation_id: int, reason: str = "") -> None:
        """From now on it holds no more. Raises NotFoundError, ConflictError when it was revoked."""
        row = self._session.exec(
            select(DelegationRow).where(DelegationRow.id == delegation_id).with_for_update()
        ).first()
        if row is None:
            raise NotFoundError(f"There is no delegation {delegation_id}.")
        if row.revoked_at is not None:
            raise ConflictError(f"Delegation {delegation_id} is revoked already.")
        now: datetime = self._session.connection().scalar(text("select clock_timestamp()"))
        row.revoked_at, row.revoked_by = now, self._audit.actor.name
        self._session.add(row)
        self._audit.record(
            row.entity_id,
            "delegation.revoked",
            f"delegation/{delegation_id}",
            reason=reason,
            before={"role": row.role, "delegate": row.delegate, "granted_by": row.granted_by},
        )

    def of_person(self, entity: str, delegate: str) -> tuple[Delegation, ...]:
        """What was ever granted to somebody for an entity, oldest first."""
        rows = self._session.exec(
            select(DelegationRow)
            .where(DelegationRow.entity_id == entity, DelegationRow.delegate == delegate)
            .order_by(col(DelegationRow.id))
        )
        return tuple(terms_of(row) for row in rows)

    def all(self, entity: str = "") -> list[DelegationRow]:
        """Every delegation, of one entity if given, newest first."""
        query = select(DelegationRow).order_by(desc(col(DelegationRow.id)))
        if entity:
            query = query.where(DelegationRow.entity_id == entity)
        return list(self._session.exec(query))


def terms_of(row: DelegationRow) -> Delegation:
    """The terms as the judge takes them."""
    revoked = row.revoked_at
    return Delegation(
        id=row.id or 0,
        role=row.role,
        granted_by=row.granted_by,
        starts_at=row.starts_at.isoformat(timespec="seconds"),
        ends_at=row.ends_at.isoformat(timespec="seconds"),
        revoked_at=revoked.isoformat(timespec="seconds") if revoked else "",
    )
