"""The web application: routes, security headers, and errors as one clear sentence."""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

from api.auth import LogIns
from api.contexts import ErrorPage
from api.deps import from_our_own_page
from api.doors import Doors
from api.errors import STATUS, NotLoggedInError, WebError, status_of
from api.rendering import render
from api.routes import (
    adoption,
    backtests,
    closes,
    delegations,
    drill_down,
    health,
    json_actions,
    json_api,
    people,
    previews,
)

__all__ = ["Doors", "create_app"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_app(doors: Doors) -> FastAPI:
    """The application over these doors."""
    app = FastAPI(
        title="Tieout",
        description="The month-end revenue close that ties out.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(from_our_own_page)],
    )
    app.state.doors = doors
    app.state.log_ins = LogIns(doors)
    for routes in (
        json_api,
        json_actions,
        people,
        previews,  # before closes, whose actions have any name
        closes,
        drill_down,
        adoption,
        backtests,
        delegations,
        health,
    ):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.middleware("http")(_secured)
    errors: list[type[Exception]] = [WebError, *STATUS]
    for error in errors:
        app.add_exception_handler(error, _told)
    return app


async def _secured(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Every answer carries the security headers, every request an id for the trail."""
    request.state.request_id = secrets.token_hex(8)
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


async def _told(request: Request, error: Exception) -> Response:
    """An expected error: its sentence, its status, the name of its reason."""
    status = status_of(error)
    if isinstance(error, WebError):
        reason, clause = error.reason, error.clause
    else:
        reason, clause = type(error).__name__.removesuffix("Error").lower(), ""
    if not request.url.path.startswith("/api/"):
        if isinstance(error, NotLoggedInError):
            return RedirectResponse("/login", status_code=303)
        return render("error.html", ErrorPage(str(error), ""), status=status)
    told = {"error": reason, "message": str(error), **({"clause": clause} if clause else {})}
    return JSONResponse(told, status_code=status)
