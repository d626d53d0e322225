"""What routes ask for in their signature: the doors, who is logged in, a unit of work."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from api.doors import Doors
from api.errors import ForbiddenError, NotLoggedInError
from controls.audit import Actor
from models import CloseRow
from store import Work
from store.users import Person

COOKIE = "tieout_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def doors_of(request: Request) -> Doors:
    """The doors that the application was made with."""
    doors: Doors = request.app.state.doors
    return doors


TheDoors = Annotated[Doors, Depends(doors_of)]


def token_of(request: Request) -> str | None:
    """The session's token: a bearer token, else the cookie."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        return token
    return request.cookies.get(COOKIE)


def from_our_own_page(request: Request) -> None:
    """Refuse a form that another site sent with our person's cookie.

    Browsers say where a request comes from: Sec-Fetch-Site, or Origin. A bearer token needs no
    such check, since no other site can add it.
    """
    if request.method in SAFE_METHODS or request.headers.get("Authorization"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site in ("same-origin", "none"):
        return
    if site is None and (origin is None or urlsplit(origin).netloc == request.headers.get("Host")):
        return
    raise ForbiddenError("This form was sent from another site. Open the page and try again.")


def person_of(request: Request, doors: TheDoors) -> Person:
    """Who is logged in. Raises NotLoggedInError."""
    token = token_of(request)
    if token:
        with doors.store.unit_of_work(Actor("service", "api")) as work:
            person = work.users.by_token(token)
        if person is not None:
            return person
    raise NotLoggedInError("Log in first.")


ThePerson = Annotated[Person, Depends(person_of)]


def work_of(request: Request, doors: TheDoors, person: ThePerson) -> Iterator[Work]:
    """A unit of work on the person's behalf; committed when the route returns, before anybody hears
    the answer: what a page showed must be on record when a decision names it.
    """
    with doors.store.unit_of_work(
        Actor("user", person.name), request_id=request.state.request_id
    ) as work:
        yield work


TheWork = Annotated[Work, Depends(work_of, scope="function")]


def close_of_path(entity: str, period: str, work: TheWork, number: int = 0) -> CloseRow:
    """The newest close of the path's period; an earlier one where `?number=` asks for it."""
    return work.closes.of(entity, period, number)


TheClose = Annotated[CloseRow, Depends(close_of_path)]
