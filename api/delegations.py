"""Delegations as people see them, and what a controller does with them: page and JSON alike."""

from dataclasses import dataclass
from datetime import date

from api.doors import Doors
from api.errors import ActionRefusedError, BadInputError
from controls.audit import SYSTEM_CHAIN, Actor
from controls.steps import Action, may
from controls.verdicts import Fixed
from store import Work
from store.delegations import terms_of
from store.errors import NotFoundError
from store.users import Person


@dataclass(frozen=True, slots=True)
class DelegationView:
    """A delegation; `state` is what it is now: in force, to come, ended or revoked, with the day.

    Days are the entity's own, both included.
    """

    id: int
    entity: str
    role: str
    delegate: str
    granted_by: str
    reason: str
    first_day: str
    last_day: str
    state: str
    revoked_by: str


def delegation_views(work: Work, entity: str) -> list[DelegationView]:
    """An entity's delegations, newest first. Raises NotFoundError."""
    if entity not in {row.id for row in work.config.entities()}:
        raise NotFoundError(f"There is no entity {entity!r}.")
    zone = work.config.current().entity(entity).zone
    now = work.now().isoformat(timespec="seconds")
    views = []
    for row in work.delegations.all(entity):
        terms = terms_of(row)
        last = row.ends_at.astimezone(zone).date().toordinal() - 1
        views.append(
            DelegationView(
                id=terms.id,
                entity=entity,
                role=row.role,
                delegate=row.delegate,
                granted_by=row.granted_by,
                reason=row.reason,
                first_day=row.starts_at.astimezone(zone).date().isoformat(),
                last_day=date.fromordinal(last).isoformat(),
                state="in force" if terms.in_force(now) else terms.why_not(now),
                revoked_by=row.revoked_by or "",
            )
        )
    return views


def grant(
    doors: Doors,
    work: Work,
    person: Person,
    entity: str,
    role: str,
    delegate: str,
    first_day: str,
    last_day: str,
    reason: str,
) -> int:
    """A controller lets somebody hold a role; its number. Raises ActionRefusedError, BadInputError."""
    _only_controllers(doors, person, entity)
    try:
        first, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    except ValueError as error:
        raise BadInputError("Write days like 2026-10-31.") from error
    return work.delegations.grant(entity, role, delegate, first, last, reason)


def revoke(
    doors: Doors, work: Work, person: Person, entity: str, delegation_id: int, reason: str
) -> None:
    """A controller takes a delegation back. Raises ActionRefusedError, NotFoundError, ConflictError."""
    _only_controllers(doors, person, entity)
    if delegation_id not in {row.id for row in work.delegations.all(entity)}:
        raise NotFoundError(f"There is no delegation {delegation_id} for {entity}.")
    work.delegations.revoke(delegation_id, reason)


def _only_controllers(doors: Doors, person: Person, entity: str) -> None:
    """Raise ActionRefusedError for anybody else; the attempt is on record, in a transaction of its own."""
    if may(person.roles, Action.DELEGATE):
        return
    message = "Only a controller grants and revokes delegations."
    with doors.store.unit_of_work(Actor("user", person.name)) as work:
        known = {row.id for row in work.config.entities()}
        work.audit.record(
            entity if entity in known else SYSTEM_CHAIN,
            "delegation.refused",
            f"user/{person.name}",
            reason=message,
            after={"reason": "wrong_role", "clause": Fixed.JOB, "roles": list(person.roles)},
        )
    raise ActionRefusedError(message, "wrong_role", Fixed.JOB)
