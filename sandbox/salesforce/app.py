"""The Salesforce server. Batches are small on purpose: a client must follow nextRecordsUrl. They
are as large as Salesforce's own in an org that sells for copies of a company, too.

Our reading: every call to /services/data counts as one; a locator shows what the query found
when it began.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.salesforce import objects, soql
from sandbox.served import Served
from sandbox.state import State
from sandbox.tokens import Tokens, basic, bearer
from sandbox.wire import answer, literal

ORG_ID = "00DQy0000000001MAA"
DOMAIN = "northwind.my"
SESSION_S = 7200
BATCH_MAX, BATCH_OF_MANY_MAX = 25, 2000
CALLS_MAX = 15_000


def error(status: int, code: str, message: str) -> Response:
    """Errors are arrays."""
    return answer([{"message": message, "errorCode": code}], status)


def throttled(_retry_after_s: int) -> Response:
    """The daily limit is 403; Salesforce tells no waiting time."""
    return error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def nothing() -> Response:
    """A query without records."""
    return answer({"totalSize": 0, "done": True, "records": []})


def broken(status: int) -> Response:
    if status == 503:
        return error(503, "SERVER_UNAVAILABLE", "Service Unavailable")
    return error(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.")


class Salesforce:
    """State, the one client, and the endpoints."""

    def __init__(self, state: State, tokens: Tokens) -> None:
        self.state = state
        self.tokens = tokens
        self.client = tokens.client("crm", "salesforce", tenant=ORG_ID)
        self.calls = 0
        self.rows = objects.Rows(state)
        self.batch_max = BATCH_OF_MANY_MAX if state.copies else BATCH_MAX

    async def token(self, request: Request) -> Response:
        """client_credentials, with Basic authorization or the two in the form."""
        form = await request.form()
        given = basic(request.headers.get("authorization")) or (
            str(form.get("client_id")),
            str(form.get("client_secret")),
        )
        if form.get("grant_type") != "client_credentials":
            return answer(
                {
                    "error": "unsupported_grant_type",
                    "error_description": "grant type not supported",
                },
                400,
            )
        if given != (self.client.id, self.client.secret):
            return answer(
                {"error": "invalid_client", "error_description": "invalid client credentials"}, 400
            )
        return answer(
            {
                "access_token": self.tokens.issue(self.client, "access", SESSION_S),
                "signature": secrets.token_urlsafe(32),
                "scope": "api",
                "instance_url": f"https://{DOMAIN}.salesforce.com",
                "id": f"https://login.salesforce.com/id/{ORG_ID}/005Qy0000000001MAA",
                "token_type": "Bearer",
                "issued_at": str(int(time.time() * 1000)),
                "api_instance_url": "https://api.salesforce.com",
            }
        )

    def guarded(
        self, handler: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Check the session; every answer tells the calls of the day."""

        async def endpoint(request: Request) -> Response:
            token = bearer(request.headers.get("authorization"))
            if self.tokens.owner(token, "salesforce", "access") is None:
                return error(401, "INVALID_SESSION_ID", "Session expired or invalid")
            self.calls += 1
            try:
                response = await handler(request)
            except soql.SoqlError as refused:
                response = error(400, refused.code, refused.message)
            response.headers["Sforce-Limit-Info"] = f"api-usage={self.calls}/{CALLS_MAX}"
            return response

        return endpoint

    async def query(self, request: Request) -> Response:
        return self._query(request, deleted=False)

    async def query_all(self, request: Request) -> Response:
        return self._query(request, deleted=True)

    def _query(self, request: Request, *, deleted: bool) -> Response:
        asked = soql.parse(request.query_params.get("q", ""))
        rows = self.rows.of(asked.object)
        if not deleted:
            rows = [row for row in rows if not row["IsDeleted"]]
        found = soql.run(asked, rows)
        version = request.path_params["version"]
        if asked.count:
            return answer({"totalSize": len(found), "done": True, "records": []})
        keys = [str(row.get("Id", "")) for row in found]
        base = f"/services/data/{version}"
        records = [
            {
                "attributes": {
                    "type": asked.object,
                    "url": f"{base}/sobjects/{asked.object}/{key}",
                },
                **row,
            }
            for key, row in zip(keys, found, strict=True)
        ]
        locator = f"01g{secrets.token_hex(6)}AAA"
        if len(records) > self.batch_max:
            with self.state.transaction():
                self.state.connection.execute(
                    "insert into locator values (?, ?)", (locator, orjson.dumps(records))
                )
        return self._batch(base, locator, records, 0)

    def _batch(self, base: str, locator: str, records: list[Any], start: int) -> Response:
        # Every second batch is shorter still: nobody may count on a size.
        size = self.batch_max - 7 if (start // self.batch_max) % 2 else self.batch_max
        end = start + size
        body: dict[str, Any] = {"totalSize": len(records), "done": end >= len(records)}
        if end < len(records):
            body["nextRecordsUrl"] = f"{base}/query/{locator}-{end}"
        return answer(body | {"records": records[start:end]})

    async def more(self, request: Request) -> Response:
        locator, _, start = request.path_params["locator"].rpartition("-")
        row = self.state.connection.execute(
            "select body from locator where id = ?", (locator,)
        ).fetchone()
        if row is None or not start.isdigit():
            return error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        # The numbers stay literal text: a float would be read out of them and written in again.
        records = json.loads(row[0], parse_float=literal)
        base = f"/services/data/{request.path_params['version']}"
        return self._batch(base, locator, records, int(start))

    async def describe(self, request: Request) -> Response:
        name = request.path_params["object"]
        if name not in objects.FIELDS:
            return error(404, "NOT_FOUND", "The requested resource does not exist")
        return answer(objects.describe(name))

    async def limits(self, _request: Request) -> Response:
        return answer(
            {
                "DailyApiRequests": {"Max": CALLS_MAX, "Remaining": CALLS_MAX - self.calls},
                "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
            }
        )


async def missing(_request: Request, _raised: Exception) -> Response:
    return error(404, "NOT_FOUND", "The requested resource does not exist")


def salesforce_app(state: State, tokens: Tokens, base_url: str) -> Served:
    """The server and its one connection."""
    org = Salesforce(state, tokens)
    data = "/services/data/{version}"
    routes = [
        Route("/services/oauth2/token", org.token, methods=["POST"]),
        Route(f"{data}/query", org.guarded(org.query)),
        Route(f"{data}/query/", org.guarded(org.query)),
        Route(f"{data}/queryAll", org.guarded(org.query_all)),
        Route(f"{data}/queryAll/", org.guarded(org.query_all)),
        Route(f"{data}/query/{{locator}}", org.guarded(org.more)),
        Route(f"{data}/queryAll/{{locator}}", org.guarded(org.more)),
        Route(f"{data}/sobjects/{{object}}/describe", org.guarded(org.describe)),
        Route(f"{data}/limits", org.guarded(org.limits)),
        Route(f"{data}/limits/", org.guarded(org.limits)),
    ]
    connection = {
        "vendor": "salesforce",
        "base_url": base_url,
        "client_id": org.client.id,
        "client_secret": org.client.secret,
        "domain": DOMAIN,
    }
    app = Starlette(routes=routes, exception_handlers={404: missing})
    return Served(app, {"salesforce": connection}, throttled, broken, nothing)
