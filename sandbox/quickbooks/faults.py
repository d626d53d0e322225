"""QuickBooks' fault answers: the service's upper-case shape, the gateway's lower-case one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from starlette.responses import Response

from sandbox.wire import answer

PACIFIC = timezone(timedelta(hours=-8))


def now_text() -> str:
    """The `time` of an answer; a fixed Pacific offset is our simplification."""
    return datetime.now(tz=UTC).astimezone(PACIFIC).isoformat(timespec="milliseconds")


class FaultError(Exception):
    """A refusal that the service answers with a Fault body."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        *,
        element: str | None = None,
        kind: str = "ValidationFault",
        status: int = 400,
    ) -> None:
        super().__init__(message)
        error: dict[str, Any] = {"Message": message, "Detail": detail, "code": code}
        if element is not None:
            error["element"] = element
        self.body = {"Fault": {"Error": [error], "type": kind}, "time": now_text()}
        self.status = status

    def answer(self) -> Response:
        return answer(self.body, self.status)


def business(text: str) -> FaultError:
    return FaultError(
        "6000", "A business validation error has occurred while processing your request", text
    )


def query(text: str) -> FaultError:
    return FaultError("4001", "Invalid query", f"QueryValidationError: {text}")


def unparsable(text: str) -> FaultError:
    return FaultError("4000", "Error parsing query", f"QueryParserError: {text}")


def not_found(text: str) -> FaultError:
    return FaultError("610", "Object Not Found", f"Object Not Found : {text}")


def bad_reference(text: str) -> FaultError:
    return FaultError("2500", "Invalid Reference Id", f"Invalid Reference Id : {text}")


def closed_period() -> FaultError:
    """6210; the doubled "through through" is the vendor's."""
    return FaultError(
        "6210",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through through"
        " the QBO Services API. Please use the QBO website to make these changes.",
    )


def duplicate(number: str, known: str) -> FaultError:
    return FaultError(
        "6140",
        "Duplicate Document Number Error",
        "Duplicate Document Number Error : You must specify a different number. This number has"
        f" already been used. DocNumber={number} is assigned to TxnType=Journal Entry"
        f" with TxnId={known}",
    )


def gateway(status: int, message: str, detail: str, code: str, kind: str) -> Response:
    """The gateway's lower-case answer; `time` is in milliseconds."""
    return answer(
        {
            "warnings": None,
            "intuitObject": None,
            "fault": {
                "error": [{"message": message, "detail": detail, "code": code, "element": None}],
                "type": kind,
            },
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": int(time.time() * 1000),
            "status": None,
            "cdcresponse": [],
        },
        status,
    )


def expired(token: str) -> Response:
    return gateway(
        401,
        "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        f"Token expired: {token[:8]}",
        "3200",
        "AUTHENTICATION",
    )


def wrong_company() -> Response:
    return gateway(
        403,
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "",
        "3100",
        "SERVICE",
    )


def throttled(retry_after_s: int) -> Response:
    """429 with code 3001; the vendor sends no Retry-After (wait a minute), the fault may."""
    error = FaultError(
        "3001",
        "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "The request limit was reached.  Try again later",
        kind="SERVICE",
        status=429,
    )
    response = error.answer()
    response.headers["Retry-After"] = str(retry_after_s)
    return response


def nothing() -> Response:
    """A query that nothing fits: the list is left out."""
    return answer({"QueryResponse": {}})


def broken(status: int) -> Response:
    text = "An application error has occurred while processing your request"
    return FaultError("10000", text, text, kind="SystemFault", status=status).answer()
