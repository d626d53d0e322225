"""Whether the installation's invariants hold: as a page and as JSON, read from Postgres alone."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from api.contexts import HealthPage
from api.deps import TheDoors, ThePerson
from api.doors import Doors
from api.errors import ForbiddenError
from api.rendering import render
from controls.audit import Actor
from controls.invariants import Finding
from controls.steps import Action, may
from store.invariants import findings
from store.users import Person

router = APIRouter()


@dataclass(frozen=True, slots=True)
class InvariantState:
    """One invariant: its promise, and every sentence that contradicts it now."""

    name: str
    promise: str
    holds: bool
    broken: list[str]


@dataclass(frozen=True, slots=True)
class Health:
    """Every invariant that Postgres alone can tell of."""

    holds: bool
    invariants: list[InvariantState]


def _findings(doors: Doors, person: Person) -> list[Finding]:
    if not may(person.roles, Action.CHECK_HEALTH):
        raise ForbiddenError("Only auditors, controllers and operators check the installation.")
    with doors.store.unit_of_work(Actor("user", person.name), one_moment=True) as work:
        return findings(work, doors.signer.verifier)


@router.get("/health/invariants", include_in_schema=False)
def show_health(doors: TheDoors, person: ThePerson) -> Response:
    """The invariants as a page."""
    found = _findings(doors, person)
    failed = sum(not finding.holds for finding in found)
    page = HealthPage(
        title="What must hold",
        person=person.display_name,
        findings=found,
        verdict=f"{failed} of {len(found)} do not hold." if failed else "Everything holds.",
    )
    return render("health.html", page)


@router.get("/api/v1/health/invariants", tags=["audit"])
def health_of_invariants(doors: TheDoors, person: ThePerson) -> Health:
    """The invariants, each with what contradicts it; the ledgers are `tieout check`'s to read."""
    found = _findings(doors, person)
    return Health(
        all(finding.holds for finding in found),
        [InvariantState(f.name, f.promise, f.holds, list(f.broken)) for f in found],
    )
