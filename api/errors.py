"""Errors of the web floor, and which status each error of a floor below answers with.

WebError
├── NotLoggedInError    401: log in first
├── ForbiddenError      403: not this person's to do
└── ActionRefusedError  409 or 403: judged and refused, with the reason's name
"""

from http import HTTPStatus

from connectors.errors import ScheduleError
from store.errors import ConflictError, DatabaseUnavailableError, NotFoundError, UnstorableError
from workflows.gateway import GatewayUnavailableError, NoSuchCloseError


class WebError(Exception):
    """Base of this floor's errors: a sentence for the person, and a status."""

    status = HTTPStatus.BAD_REQUEST
    reason = "bad_request"
    clause = ""


class NotLoggedInError(WebError):
    """Nobody is logged in, or the log-in has ended."""

    status = HTTPStatus.UNAUTHORIZED
    reason = "not_logged_in"


class ForbiddenError(WebError):
    """The person may not do this, or the request came from another site."""

    status = HTTPStatus.FORBIDDEN
    reason = "forbidden"


class BadInputError(WebError):
    """What was sent can't be used."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    reason = "bad_input"


class ActionRefusedError(WebError):
    """A decision or action was judged, refused and put on record."""

    status = HTTPStatus.CONFLICT

    def __init__(self, message: str, reason: str, clause: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.clause = clause
        if reason in ("wrong_role", "own_proposal", "delegation_ended"):
            self.status = HTTPStatus.FORBIDDEN


STATUS: dict[type[Exception], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    NoSuchCloseError: HTTPStatus.NOT_FOUND,
    ConflictError: HTTPStatus.CONFLICT,
    UnstorableError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ScheduleError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DatabaseUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    GatewayUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: Exception) -> int:
    """The status that an expected error answers with."""
    if isinstance(error, WebError):
        return int(error.status)
    return next(
        (int(status) for kind, status in STATUS.items() if isinstance(error, kind)),
        int(HTTPStatus.INTERNAL_SERVER_ERROR),
    )
