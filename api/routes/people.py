"""Log in, log out, and the page behind a one-time link."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.contexts import LoginPage, WelcomePage
from api.deps import COOKIE, token_of
from api.errors import BadInputError, NotLoggedInError
from api.rendering import render
from api.routes.json_api import log_ins
from store.errors import NotFoundError

router = APIRouter(include_in_schema=False)


@router.get("/login")
def login_form() -> Response:
    """The log-in form."""
    return render("login.html", LoginPage("Log in", ""))


@router.post("/login")
def log_in(
    request: Request, name: Annotated[str, Form()], password: Annotated[str, Form()]
) -> Response:
    """Log in and go to the board."""
    try:
        _person, token = log_ins(request).log_in(name, password)
    except NotLoggedInError as error:
        return render("login.html", LoginPage("Log in", str(error)), status=401)
    answer = RedirectResponse("/", status_code=303)
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


@router.post("/logout")
def log_out(request: Request) -> Response:
    """End the session."""
    token = token_of(request)
    if token:
        log_ins(request).log_out(token)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/welcome/{link}")
def welcome_form(link: str) -> Response:
    """Set a password by a one-time link."""
    return render("welcome.html", WelcomePage("Set your password", link, ""))


@router.post("/welcome/{link}")
def welcome(
    request: Request,
    link: str,
    password: Annotated[str, Form()],
    again: Annotated[str, Form()],
) -> Response:
    """Set the password, then log in with it."""
    try:
        if password != again:
            raise BadInputError("The two passwords differ.")
        log_ins(request).set_password(link, password)
    except (BadInputError, NotFoundError) as error:
        page = WelcomePage("Set your password", link, str(error))
        return render("welcome.html", page, status=422)
    return RedirectResponse("/login", status_code=303)
