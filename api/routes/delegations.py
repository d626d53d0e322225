"""Delegations of an entity: listed, granted and revoked, as JSON and as a page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from api.delegations import DelegationView, delegation_views, grant, revoke
from api.deps import TheDoors, ThePerson, TheWork
from api.rendering import render
from controls.delegation import DELEGABLE
from controls.steps import Action, may

router = APIRouter()


class DelegationBody(BaseModel):
    """Who holds which role, from the first day to the last, both included; and why."""

    role: str
    delegate: str
    first_day: str
    last_day: str
    reason: str


class RevocationBody(BaseModel):
    """Why a delegation is taken back."""

    reason: str = ""


class Granted(BaseModel):
    """The number of the delegation."""

    id: int


class Revoked(BaseModel):
    """It holds no more."""

    revoked: bool = True


@dataclass(frozen=True, slots=True)
class DelegationsPage:
    """An entity's delegations, with the forms for controllers."""

    title: str
    person: str
    entity: str
    delegations: list[DelegationView]
    roles: list[str]
    may_delegate: bool


@router.get("/api/v1/entities/{entity}/delegations", tags=["people"])
def delegations(entity: str, work: TheWork) -> list[DelegationView]:
    """An entity's delegations, newest first."""
    return delegation_views(work, entity)


@router.post("/api/v1/entities/{entity}/delegations", tags=["people"], status_code=201)
def grant_delegation(
    entity: str, body: DelegationBody, doors: TheDoors, work: TheWork, person: ThePerson
) -> Granted:
    """Let somebody hold a role for the entity. Controllers only."""
    return Granted(id=grant(doors, work, person, entity, **body.model_dump()))


@router.post("/api/v1/entities/{entity}/delegations/{delegation_id}/revoke", tags=["people"])
def revoke_delegation(
    entity: str,
    delegation_id: int,
    body: RevocationBody,
    doors: TheDoors,
    work: TheWork,
    person: ThePerson,
) -> Revoked:
    """Take a delegation back, from now on. Controllers only."""
    revoke(doors, work, person, entity, delegation_id, body.reason)
    return Revoked()


@router.get("/entities/{entity}/delegations", include_in_schema=False)
def show_delegations(entity: str, work: TheWork, person: ThePerson) -> Response:
    """The page of an entity's delegations."""
    views = delegation_views(work, entity)
    page = DelegationsPage(
        title=f"Delegations of {work.config.current().entity(entity).name}",
        person=person.display_name,
        entity=entity,
        delegations=views,
        roles=[role.value for role in DELEGABLE],
        may_delegate=may(person.roles, Action.DELEGATE),
    )
    return render("delegations.html", page)


@router.post("/entities/{entity}/delegations", include_in_schema=False)
def grant_by_form(
    entity: str,
    doors: TheDoors,
    work: TheWork,
    person: ThePerson,
    role: Annotated[str, Form()],
    delegate: Annotated[str, Form()],
    first_day: Annotated[str, Form()],
    last_day: Annotated[str, Form()],
    reason: Annotated[str, Form()],
) -> Response:
    """Grant what the form says."""
    grant(doors, work, person, entity, role, delegate, first_day, last_day, reason)
    return RedirectResponse(f"/entities/{entity}/delegations", status_code=303)


@router.post("/entities/{entity}/delegations/{delegation_id}/revoke", include_in_schema=False)
def revoke_by_form(
    entity: str,
    delegation_id: int,
    doors: TheDoors,
    work: TheWork,
    person: ThePerson,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Revoke the one whose button was pressed."""
    revoke(doors, work, person, entity, delegation_id, reason)
    return RedirectResponse(f"/entities/{entity}/delegations", status_code=303)
