"""The Xero server: token endpoint, connections, and the accounting API of each organisation.

Our reading: the X-*Limit-Remaining headers count the tenant's calls of the last minute, but only
a fault refuses one; a tenant header that is not the client's own is 403.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.books import Ledger
from sandbox.served import Served
from sandbox.state import State
from sandbox.tokens import Client, Tokens, basic, bearer
from sandbox.wire import answer
from sandbox.world.charts import entity_keys, entity_of
from sandbox.xero import errors, journals, shapes
from sandbox.xero.filters import QueryError, matcher, modified_since, ordered, read_date
from sandbox.xero.reports import trial_balance
from sandbox.xero.tax import returns, tax_return

TOKEN_LIFE_S = 1800
IDEMPOTENCY_S = 360.0
KEY_LENGTH_MAX = 128
PAGE_SIZE, PAGE_SIZE_MAX = 100, 1000
Handler = Callable[[Request, Ledger], Awaitable[Response]]
Row = dict[str, Any]


class Xero:
    """State, clients and endpoints."""

    def __init__(self, state: State, tokens: Tokens) -> None:
        self.state = state
        self.tokens = tokens
        orgs = [key for key in entity_keys(state.copies) if entity_of(key).vendor == "xero"]
        self.clients = {
            org: tokens.client(org, "xero", tenant=shapes.tenant_id(org)) for org in orgs
        }
        self.recent: dict[str, deque[float]] = {org: deque() for org in orgs}

    async def token(self, request: Request) -> Response:
        """client_credentials (custom connection), by Basic authorization or, as xero-python
        does, with the client's id and secret in the form.
        """
        form = await request.form()
        in_form = str(form.get("client_id")), str(form.get("client_secret"))
        client = self._client_of(basic(request.headers.get("authorization")) or in_form)
        if client is None:
            return answer({"error": "invalid_client"}, 400)
        if form.get("grant_type") != "client_credentials":
            return answer({"error": "unsupported_grant_type"}, 400)
        return answer(
            {
                "access_token": self.tokens.issue(client, "access", TOKEN_LIFE_S),
                "expires_in": TOKEN_LIFE_S,
                "token_type": "Bearer",
                "scope": str(form.get("scope") or "accounting.transactions accounting.settings"),
            }
        )

    def _client_of(self, given: tuple[str, str]) -> Client | None:
        return next((c for c in self.clients.values() if given == (c.id, c.secret)), None)

    async def connections(self, request: Request) -> Response:
        org = self.tokens.owner(bearer(request.headers.get("authorization")), "xero", "access")
        if org is None:
            return errors.expired()
        return answer(
            [
                {
                    "id": shapes.key(org, "connection"),
                    "authEventId": shapes.key(org, "event"),
                    "tenantId": self.clients[org].tenant,
                    "tenantType": "ORGANISATION",
                    "tenantName": Ledger(self.state, org).entity.name,
                    "createdDateUtc": "2025-03-01T08:00:00.0000000",
                    "updatedDateUtc": "2025-03-01T08:00:00.0000000",
                }
            ]
        )

    def guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Check token and tenant, answer bad filters, count the call."""

        async def endpoint(request: Request) -> Response:
            token = bearer(request.headers.get("authorization"))
            org = self.tokens.owner(token, "xero", "access")
            if org is None:
                return errors.expired() if token else errors.unauthorised()
            tenant = request.headers.get("xero-tenant-id")
            if tenant and tenant != self.clients[org].tenant:
                return errors.forbidden()
            try:
                response = await handler(request, Ledger(self.state, org))
            except QueryError as error:
                response = errors.query(str(error))
            self._count(org, response)
            return response

        return endpoint

    def _count(self, org: str, response: Response) -> None:
        recent, now = self.recent[org], time.monotonic()
        recent.append(now)
        while recent[0] < now - 60:
            recent.popleft()
        response.headers["X-MinLimit-Remaining"] = str(max(60 - len(recent), 1))
        response.headers["X-DayLimit-Remaining"] = "4900"
        response.headers["X-AppMinLimit-Remaining"] = "9990"

    async def save_journals(self, request: Request, ledger: Ledger) -> Response:
        """PUT and POST ManualJournals under the Idempotency-Key rules."""
        raw = await request.body()
        idempotency = request.headers.get("idempotency-key")
        if idempotency is None:
            return self._save(request, ledger, raw)
        if len(idempotency) > KEY_LENGTH_MAX:
            return errors.exception(
                0, "BadRequest", "Idempotency Key is longer than 128 characters"
            )
        target = f"xero/{ledger.org}"
        digest = hashlib.sha256(
            f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        )
        digest.update(raw)
        known = self.state.connection.execute(
            "select request, status, body from remembered where target = ? and key = ? and at > ?",
            (target, idempotency, time.time() - IDEMPOTENCY_S),
        ).fetchone()
        if known is not None:
            same, status, body = known
            if same != digest.hexdigest():
                message = f"Idempotency Key: {idempotency} is used with a different request."
                return errors.exception(0, "BadRequest", message)
            return Response(body, status, media_type="application/json")
        with self.state.transaction():
            response = self._save(request, ledger, raw)
            self.state.connection.execute(
                "insert or replace into remembered values (?, ?, ?, ?, ?, ?)",
                (
                    target,
                    idempotency,
                    digest.hexdigest(),
                    time.time(),
                    response.status_code,
                    bytes(response.body),
                ),
            )
        return response

    def _save(self, request: Request, ledger: Ledger, raw: bytes) -> Response:
        try:
            body = json.loads(raw, parse_float=Decimal)
        except ValueError:
            return errors.exception(14, "PostDataInvalidException", "Invalid Json data")
        key = request.path_params.get("key")
        if key:
            one = body.get("ManualJournals", [body])[0] if isinstance(body, dict) else body
            body = {"ManualJournals": [{**one, "ManualJournalID": key}]}
        summarize = request.query_params.get("summarizeErrors", "true").lower() != "false"
        with self.state.transaction():
            return journals.save(
                ledger, body, may_update=request.method == "POST", summarize=summarize
            )


def page_of(rows: list[Row], request: Request) -> tuple[list[Row], Row]:
    """One page and the pagination object; sizes out of range are clamped."""
    page = max(_whole(request.query_params.get("page"), 1), 1)
    size = min(max(_whole(request.query_params.get("pageSize"), PAGE_SIZE), 1), PAGE_SIZE_MAX)
    frame = {
        "page": page,
        "pageSize": size,
        "pageCount": -(-len(rows) // size),
        "itemCount": len(rows),
    }
    return rows[(page - 1) * size : page * size], frame


def _whole(given: str | None, otherwise: int) -> int:
    try:
        return int(given) if given is not None else otherwise
    except ValueError:
        return otherwise


def listed(
    request: Request,
    name: str,
    rows: list[tuple[int, Row]],
    *,
    without: str | None = None,
    paged: bool = False,
) -> Response:
    """Filter, order and page a list. `without` names what an unpaged list leaves out; a `paged`
    one is in pages always.
    """
    since = modified_since(request.headers.get("if-modified-since"))
    fits = matcher(request.query_params.get("where"))
    kept = [row for modified, row in rows if modified >= since and fits(row)]
    for parameter, field in (("Statuses", "Status"), ("IDs", f"{name[:-1]}ID")):
        wanted = request.query_params.get(parameter)
        if wanted:
            kept = [row for row in kept if row.get(field) in wanted.split(",")]
    kept = ordered(kept, request.query_params.get("order"))
    if without and "page" not in request.query_params:
        return answer(journals.envelope({name: [{**row, without: []} for row in kept]}))
    if without or paged:
        kept, frame = page_of(kept, request)
        return answer(journals.envelope({"pagination": frame, name: kept}))
    return answer(journals.envelope({name: kept}))


async def organisation(_request: Request, ledger: Ledger) -> Response:
    return answer(journals.envelope({"Organisations": [shapes.organisation(ledger)]}))


async def accounts(request: Request, ledger: Ledger) -> Response:
    rows = [(each.modified, shapes.account(ledger.org, each)) for each in ledger.accounts()]
    return listed(request, "Accounts", rows)


async def tracking(request: Request, ledger: Ledger) -> Response:
    categories = shapes.tracking_categories(ledger.org)
    return listed(request, "TrackingCategories", [(1, each) for each in categories])


def documents(name: str, kinds: frozenset[str]) -> tuple[Handler, Handler]:
    """The list and the single read of Invoices or CreditNotes."""

    async def many(request: Request, ledger: Ledger) -> Response:
        related = related_of(ledger)
        rows = [
            (each.modified, shapes.document(ledger.org, each, related))
            for each in related.documents.values()
            if each.kind in kinds
        ]
        return listed(request, name, rows, without="LineItems")

    async def one(request: Request, ledger: Ledger) -> Response:
        wanted = request.path_params["key"]
        for each in ledger.documents():
            if each.kind in kinds and wanted in {each.id, each.number}:
                shown = shapes.document(ledger.org, each, related_of(ledger))
                return answer(journals.envelope({name: [shown]}))
        return errors.not_found()

    return many, one


def related_of(ledger: Ledger) -> shapes.Related:
    """Everything that a document's JSON says of others."""
    return shapes.Related.of(ledger.contacts(), ledger.documents())


async def purchase_orders(request: Request, ledger: Ledger) -> Response:
    related = related_of(ledger)
    rows = [
        (each.modified, shapes.purchase_order(ledger.org, each, related))
        for each in related.documents.values()
        if each.kind == "order"
    ]
    return listed(request, "PurchaseOrders", rows, paged=True)


async def payments(request: Request, ledger: Ledger) -> Response:
    rows = [
        (each.modified, shapes.payment(ledger.org, each))
        for each in ledger.documents()
        if each.paid_on
    ]
    return listed(request, "Payments", rows, paged=True)


async def manual_journals(request: Request, ledger: Ledger) -> Response:
    rows = [(each.modified, shapes.journal(ledger.org, each)) for each in ledger.journals()]
    return listed(request, "ManualJournals", rows, without="JournalLines")


async def manual_journal(request: Request, ledger: Ledger) -> Response:
    found = ledger.journal(request.path_params["key"])
    if found is None:
        return errors.not_found()
    return answer(journals.envelope({"ManualJournals": [shapes.journal(ledger.org, found)]}))


async def trial_balance_report(request: Request, ledger: Ledger) -> Response:
    given = request.query_params.get("date")
    at = read_date(given) if given else _today(ledger)
    if at is None:
        return errors.query(f"'{given}' is not a valid date")
    return answer(journals.envelope({"Reports": [trial_balance(ledger, at)]}))


async def tax_returns(_request: Request, ledger: Ledger) -> Response:
    return answer(journals.envelope({"Reports": returns(ledger, _today(ledger))}))


async def one_return(request: Request, ledger: Ledger) -> Response:
    found = tax_return(ledger, request.path_params["key"], _today(ledger))
    if found is None:
        return errors.not_found()
    return answer(journals.envelope({"Reports": [found]}))


def _today(ledger: Ledger) -> date:
    return date.fromisoformat(ledger.state.meta("today") or "")


async def missing(_request: Request, _error: Exception) -> Response:
    return errors.not_found()


def xero_app(state: State, tokens: Tokens, base_url: str) -> Served:
    """The server and its two connections."""
    xero = Xero(state, tokens)
    api = "/api.xro/2.0"
    invoices, invoice = documents("Invoices", frozenset({"invoice", "bill"}))
    notes, note = documents("CreditNotes", frozenset({"credit_note"}))

    def get(path: str, handler: Handler) -> Route:
        return Route(api + path, xero.guarded(handler), methods=["GET"])

    routes = [
        Route("/connect/token", xero.token, methods=["POST"]),
        Route("/connections", xero.connections),
        Route("/Connections", xero.connections),
        get("/Organisation", organisation),
        get("/Accounts", accounts),
        get("/TrackingCategories", tracking),
        get("/Invoices", invoices),
        get("/Invoices/{key}", invoice),
        get("/CreditNotes", notes),
        get("/CreditNotes/{key}", note),
        get("/PurchaseOrders", purchase_orders),
        get("/Payments", payments),
        get("/ManualJournals", manual_journals),
        get("/ManualJournals/{key}", manual_journal),
        get("/Reports", tax_returns),
        get("/Reports/TrialBalance", trial_balance_report),
        get("/Reports/{key}", one_return),
        Route(api + "/ManualJournals", xero.guarded(xero.save_journals), methods=["PUT", "POST"]),
        Route(api + "/ManualJournals/{key}", xero.guarded(xero.save_journals), methods=["POST"]),
    ]
    connections = {
        f"xero-{org}": {
            "vendor": "xero",
            "base_url": base_url,
            "client_id": client.id,
            "client_secret": client.secret,
            "tenant_id": client.tenant,
        }
        for org, client in xero.clients.items()
    }
    app = Starlette(routes=routes, exception_handlers={404: missing})
    return Served(app, connections, errors.throttled, errors.broken, errors.nothing)
