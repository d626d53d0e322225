"""The QuickBooks server: discovery, tokens, queries, reads, journal entries, trial balance."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.books import Ledger
from sandbox.quickbooks import faults, journals, query, shapes
from sandbox.quickbooks.faults import FaultError, now_text
from sandbox.quickbooks.reports import trial_balance
from sandbox.quickbooks.tax import tax_summary
from sandbox.served import Served
from sandbox.state import State
from sandbox.tokens import REFRESH_LIFE_S, Tokens, basic, bearer
from sandbox.wire import answer

ORG = "us"
REALM = "9341452734102645"
TOKEN_LIFE_S = 3600
REQUEST_ID_MAX = 50
Row = dict[str, Any]
Handler = Callable[[Request, Ledger], Awaitable[Response]]
KINDS = {"Invoice": "invoice", "CreditMemo": "credit_note", "Bill": "bill"}
ENTITIES = [
    "Invoice",
    "CreditMemo",
    "Bill",
    "VendorCredit",
    "PurchaseOrder",
    "Payment",
    "Account",
    "Item",
    "Customer",
    "Vendor",
    "Class",
    "Department",
    "JournalEntry",
    "Preferences",
    "CompanyInfo",
]
REPORTS = {"TrialBalance": trial_balance, "TaxSummary": tax_summary}
BY_PATH = {name.lower(): name for name in ENTITIES}


def rows_of(ledger: Ledger, entity: str) -> list[Row]:
    """Every row of an entity; the company has had no vendor credit yet."""
    match entity:
        case "Invoice" | "CreditMemo" | "Bill":
            contacts, all_ = ledger.contacts(), ledger.documents()
            wanted = [each for each in all_ if each.kind == KINDS[entity]]
            if entity == "Bill":
                return [shapes.bill(ledger, each, contacts) for each in wanted]
            credited: dict[str, int] = {}
            for each in all_:
                if each.credits and each.status != "voided":
                    credited[each.credits] = credited.get(each.credits, 0) + each.net
            return [shapes.sale(each, contacts, credited.get(each.id, 0)) for each in wanted]
        case "PurchaseOrder":
            contacts, all_ = ledger.contacts(), ledger.documents()
            bills = {each.order: each.id for each in all_ if each.order}
            return [
                shapes.purchase_order(ledger, each, contacts, bills.get(each.id))
                for each in all_
                if each.kind == "order"
            ]
        case "Payment":
            contacts = ledger.contacts()
            return [
                shapes.payment(each, contacts)
                for each in ledger.documents()
                if each.kind == "invoice" and each.paid_on
            ]
        case "Account":
            balances = ledger.movements(None, date.max)
            return [shapes.account(each, balances.get(each.code, 0)) for each in ledger.accounts()]
        case "Item":
            return shapes.items(ledger)
        case "Customer" | "Vendor":
            supplier = entity == "Vendor"
            return [
                shapes.contact(each)
                for each in ledger.contacts().values()
                if each.supplier == supplier
            ]
        case "Class":
            return shapes.named(shapes.CLASSES)
        case "Department":
            return shapes.named(shapes.DEPARTMENTS)
        case "JournalEntry":
            return [shapes.journal(ledger, each) for each in ledger.journals()]
        case "Preferences":
            return [shapes.preferences(ledger)]
        case "CompanyInfo":
            return [shapes.company(ledger)]
        case _:
            return []


class QuickBooks:
    """State, the one client, and the endpoints."""

    def __init__(self, state: State, tokens: Tokens, base_url: str) -> None:
        self.state = state
        self.tokens = tokens
        self.base_url = base_url
        self.client = tokens.client(ORG, "quickbooks", tenant=REALM)

    async def discovery(self, _request: Request) -> Response:
        return answer(
            {
                "issuer": "https://oauth.platform.intuit.com/op/v1",
                "authorization_endpoint": f"{self.base_url}/connect/oauth2",
                "token_endpoint": f"{self.base_url}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{self.base_url}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{self.base_url}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{self.base_url}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "client_secret_basic",
                ],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            }
        )

    async def token(self, request: Request) -> Response:
        """The refresh_token grant; the answer carries the refresh token to use from now on."""
        form = await request.form()
        if basic(request.headers.get("authorization")) != (self.client.id, self.client.secret):
            return answer({"error": "invalid_client"}, 401)
        if form.get("grant_type") != "refresh_token":
            return answer({"error": "unsupported_grant_type"}, 400)
        newest = self.tokens.rotate(self.client, str(form.get("refresh_token")))
        if newest is None:
            return answer({"error": "invalid_grant"}, 400)
        return answer(
            {
                "x_refresh_token_expires_in": int(REFRESH_LIFE_S),
                "refresh_token": newest,
                "access_token": self.tokens.issue(self.client, "access", TOKEN_LIFE_S),
                "token_type": "bearer",
                "expires_in": TOKEN_LIFE_S,
            }
        )

    def guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Check token and company; every answer carries intuit_tid."""

        async def endpoint(request: Request) -> Response:
            token = bearer(request.headers.get("authorization"))
            if self.tokens.owner(token, "quickbooks", "access") is None:
                response = faults.expired(token)
            elif request.path_params["realm"] != REALM:
                response = faults.wrong_company()
            else:
                try:
                    response = await handler(request, Ledger(self.state, ORG))
                except FaultError as fault:
                    response = fault.answer()
            response.headers["intuit_tid"] = f"1-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:24]}"
            return response

        return endpoint

    async def query(self, request: Request, ledger: Ledger) -> Response:
        if request.method == "POST":
            sentence = (await request.body()).decode()
        else:
            sentence = request.query_params.get("query", "")
        asked = query.parse(sentence)
        if asked.entity not in ENTITIES:
            raise faults.query(f"Invalid context declaration: {asked.entity}")
        found = query.run(asked, rows_of(ledger, asked.entity))
        return answer({"QueryResponse": found, "time": now_text()})

    async def read(self, request: Request, ledger: Ledger) -> Response:
        entity = BY_PATH.get(request.path_params["entity"])
        if entity is None:
            raise faults.FaultError(
                "500",
                "Unsupported Operation",
                f"Operation {request.path_params['entity']} is not supported.",
                element="Operation",
            )
        key = request.path_params.get("key", "1")
        for row in rows_of(ledger, entity):
            if row["Id"] == key or entity in {"Preferences", "CompanyInfo"}:
                return answer({entity: row, "time": now_text()})
        raise faults.not_found("Something you're trying to use has been made inactive.")

    async def save_journal(self, request: Request, ledger: Ledger) -> Response:
        """Create; a repeated requestid gets the first success again, whatever the body."""
        raw = await request.body()
        if request.query_params.get("operation") == "void":
            return answer({"BatchItemResponse": [], "time": now_text()})
        if request.query_params.get("operation"):
            raise faults.FaultError(
                "500",
                "Unsupported Operation",
                f"Operation {request.query_params['operation']} is not supported.",
                element="Operation",
            )
        wanted = request.query_params.get("requestid")
        if wanted and len(wanted) > REQUEST_ID_MAX:
            raise faults.FaultError("2050", "requestid is too long", "Max 50 characters")
        if wanted:
            known = self.state.connection.execute(
                "select status, body from remembered where target = 'quickbooks' and key = ?",
                (wanted,),
            ).fetchone()
            if known is not None:
                return Response(known[1], known[0], media_type="application/json")
        try:
            body = json.loads(raw, parse_float=Decimal)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise faults.FaultError("2010", "Request has invalid or unsupported property", "JSON")
        with self.state.transaction():
            made = journals.create(ledger, body)
            response = answer({"JournalEntry": shapes.journal(ledger, made), "time": now_text()})
            if wanted:
                self.state.connection.execute(
                    "insert into remembered values ('quickbooks', ?, '', ?, ?, ?)",
                    (wanted, time.time(), response.status_code, bytes(response.body)),
                )
        return response

    async def report(self, request: Request, ledger: Ledger) -> Response:
        today = date.fromisoformat(self.state.meta("today") or "")
        make = REPORTS.get(request.path_params["report"])
        if make is None:
            raise faults.not_found("There is no such report.")
        try:
            end = date.fromisoformat(request.query_params.get("end_date", str(today)))
            first = str(end.replace(month=1, day=1))
            start = date.fromisoformat(request.query_params.get("start_date", first))
        except ValueError:
            raise faults.FaultError(
                "5020", "Permission Denied Error", "Invalid date in the report's parameters"
            ) from None
        return answer(make(ledger, start, end))


async def nothing_there(request: Request, _error: Exception) -> Response:
    return faults.gateway(
        404,
        "message=NotFound; errorCode=000404; statusCode=404",
        request.url.path,
        "404",
        "SERVICE",
    )


def quickbooks_app(state: State, tokens: Tokens, base_url: str) -> Served:
    """The server and its one connection."""
    books = QuickBooks(state, tokens, base_url)
    company = "/v3/company/{realm}"
    routes = [
        Route("/.well-known/openid_configuration", books.discovery),
        Route("/oauth2/v1/tokens/bearer", books.token, methods=["POST"]),
        Route(f"{company}/query", books.guarded(books.query), methods=["GET", "POST"]),
        Route(f"{company}/journalentry", books.guarded(books.save_journal), methods=["POST"]),
        Route(f"{company}/reports/{{report}}", books.guarded(books.report)),
        Route(f"{company}/{{entity}}", books.guarded(books.read)),
        Route(f"{company}/{{entity}}/{{key}}", books.guarded(books.read)),
    ]
    connection = {
        "vendor": "quickbooks",
        "base_url": base_url,
        "client_id": books.client.id,
        "client_secret": books.client.secret,
        "realm_id": REALM,
        "refresh_token": tokens.newest_refresh(books.client),
        "discovery_url": f"{base_url}/.well-known/openid_configuration",
    }
    app = Starlette(routes=routes, exception_handlers={404: nothing_there})
    return Served(
        app, {"quickbooks-us": connection}, faults.throttled, faults.broken, faults.nothing
    )
