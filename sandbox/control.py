"""The control port: health, faults, and what people do in the ledgers behind the product's back.

POST /faults, GET /faults, DELETE /faults; POST /lock-date, /accounts, /documents/void,
/journals/edit, /journals/remove, /journals/add, /journals/post; GET /journals, /documents, /positions, /calls. Amounts are texts.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.books import Ledger
from sandbox.faults import KINDS, TARGETS, Faults
from sandbox.state import State
from sandbox.wire import answer, text
from sandbox.world.charts import entity_keys
from sandbox.world.reckoning import positions
from sandbox.world.records import (
    Delivery,
    Document,
    Journal,
    JournalLine,
    Opportunity,
    UsageReport,
)

FAULT_FIELDS = frozenset({"target", "kind", "method", "path", "times", "skip", "seconds"}) | {
    "retry_after_s"
}


class WrongError(Exception):
    """A request that the control port cannot follow, and why."""


class Control:
    """The endpoints."""

    def __init__(self, state: State, faults: Faults, today: date) -> None:
        self.state = state
        self.faults = faults
        self.today = today
        self.entities = entity_keys(state.copies)

    def ledger(self, key: Any) -> Ledger:
        if key not in self.entities:
            raise WrongError(f"entity must be one of {', '.join(self.entities)}, not {key!r}")
        return Ledger(self.state, str(key))

    async def health(self, _request: Request) -> Any:
        return {"ok": True, "today": str(self.today)}

    async def add_fault(self, request: Request) -> Any:
        given = {k: v for k, v in (await body_of(request)).items() if v is not None}
        unknown = given.keys() - FAULT_FIELDS
        if unknown:
            raise WrongError(f"unknown field {', '.join(sorted(unknown))}")
        if given.get("target") not in TARGETS or given.get("kind") not in KINDS:
            raise WrongError(
                f"target is one of {', '.join(TARGETS)}; kind of {', '.join(sorted(KINDS))}"
            )
        return self.faults.add(**given).shown()

    async def list_faults(self, _request: Request) -> Any:
        return [fault.shown() for fault in self.faults.faults]

    async def clear_faults(self, _request: Request) -> Any:
        self.faults.clear()
        return []

    async def lock_date(self, request: Request) -> Any:
        given = await body_of(request)
        day = read_day(given.get("date"))
        self.ledger(given.get("entity")).set_lock_date(day)
        return {"entity": given["entity"], "date": str(day) if day else None}

    async def account(self, request: Request) -> Any:
        given = await body_of(request)
        archived = bool(given.get("archived"))
        ledger = self.ledger(given.get("entity"))
        if not ledger.archive(str(given.get("account")), archived=archived):
            raise WrongError(f"no account {given.get('account')!r} in {given['entity']}")
        return given

    async def void(self, request: Request) -> Any:
        given = await body_of(request)
        voided = self.ledger(given.get("entity")).void(str(given.get("id")))
        if voided is None:
            raise WrongError(f"no document {given.get('id')!r} in {given['entity']}")
        return shown_document(voided)

    async def edit(self, request: Request) -> Any:
        """Another amount on one line (counted from 0), its side kept, nothing checked: as a
        person with rights might leave it.
        """
        given = await body_of(request)
        ledger = self.ledger(given.get("entity"))
        journal = ledger.journal(str(given.get("id")))
        place = given.get("line")
        if journal is None or not isinstance(place, int) or not 0 <= place < len(journal.lines):
            raise WrongError(f"no journal {given.get('id')!r} with a line {place!r}")
        try:
            amount = int(Decimal(str(given.get("amount"))) * 100)
        except InvalidOperation:
            raise WrongError("amount must be a decimal text") from None
        lines = list(journal.lines)
        sign = 1 if lines[place].amount >= 0 else -1
        lines[place] = replace(lines[place], amount=sign * amount)
        edited = replace(
            journal,
            lines=tuple(lines),
            sync=journal.sync + 1,
            modified=self.state.later_stamp(),
        )
        ledger.store_journal(edited)
        return shown_journal(edited)

    async def remove(self, request: Request) -> Any:
        """A journal that a person takes away: Xero voids it, in QuickBooks it is gone."""
        given = await body_of(request)
        ledger = self.ledger(given.get("entity"))
        journal = ledger.journal(str(given.get("id")))
        if journal is None:
            raise WrongError(f"no journal {given.get('id')!r}")
        voided = replace(journal, status="voided", modified=self.state.later_stamp())
        ledger.store_journal(voided)
        if ledger.entity.vendor == "quickbooks":
            ledger.forget_journal(voided.id)
        return shown_journal(voided)

    async def post(self, request: Request) -> Any:
        """A draft that a person posts, by its reference."""
        given = await body_of(request)
        ledger = self.ledger(given.get("entity"))
        wanted = str(given.get("reference") or "?")
        drafts = [j for j in ledger.journals() if j.status == "draft" and wanted in j.narration]
        if len(drafts) != 1:
            raise WrongError(f"there are {len(drafts)} drafts of {wanted!r}")
        posted = replace(drafts[0], status="posted", modified=self.state.later_stamp())
        ledger.store_journal(posted)
        return shown_journal(posted)

    async def add(self, request: Request) -> Any:
        """A journal that a person writes: lines of account and signed amount, a debit positive."""
        given = await body_of(request)
        ledger = self.ledger(given.get("entity"))
        day = read_day(given.get("date"))
        if day is None:
            raise WrongError("date must be given")
        try:
            lines = tuple(
                JournalLine(str(line["account"]), int(Decimal(str(line["amount"])) * 100))
                for line in given.get("lines", [])
            )
        except (InvalidOperation, KeyError, TypeError):
            raise WrongError("each line has an account and an amount as decimal text") from None
        quickbooks = ledger.entity.vendor == "quickbooks"
        ids = [int(each.id) for each in ledger.journals()] if quickbooks else []
        words = str(given.get("narration", "By hand"))
        written = Journal(
            id=str(max([9000, *ids]) + 1) if quickbooks else str(uuid.uuid4()),
            date=day,
            narration=words,
            number=words[:21] if quickbooks else None,
            lines=lines,
            modified=self.state.later_stamp(),
        )
        ledger.store_journal(written)
        return shown_journal(written)

    async def journals(self, request: Request) -> Any:
        ledger = self.ledger(request.query_params.get("entity"))
        wanted = request.query_params.get("reference", "")
        return [
            shown_journal(each)
            for each in ledger.journals()
            if wanted in each.narration or wanted in (each.number or "")
        ]

    async def documents(self, request: Request) -> Any:
        """Documents, to be found by kind, number or case."""
        ledger = self.ledger(request.query_params.get("entity"))
        return [
            shown_document(each)
            for each in ledger.documents()
            if all(
                request.query_params.get(name, value) == value
                for name, value in (
                    ("kind", each.kind),
                    ("number", each.number),
                    ("case", each.case),
                )
            )
        ]

    async def positions(self, request: Request) -> Any:
        """The spreadsheet's reckoning at a date, from the documents as they stand now."""
        ledger = self.ledger(request.query_params.get("entity"))
        day = read_day(request.query_params.get("date")) or self.today
        deals = [
            deal
            for deal in self.state.all("crm", "opportunity", Opportunity)
            if deal.entity == ledger.org
        ]
        reports: list[UsageReport | Delivery] = [
            *self.state.all("crm", "usage", UsageReport),
            *self.state.all("crm", "delivery", Delivery),
        ]
        at = positions(ledger.documents(), deals, reports, day)
        chart = ledger.entity.chart
        held = ledger.movements(None, day)
        return {
            "date": str(day),
            "deferred": text(at.deferred),
            "accrued": text(at.accrued),
            "prepaid": text(at.prepaid),
            "accrued_expenses": text(at.accrued_expenses),
            "ledger": {
                "deferred": text(-held.get(chart.deferred, 0)),
                "accrued": text(held.get(chart.accrued, 0)),
                "prepaid": text(held.get(chart.prepaid, 0)),
                "accrued_expenses": text(-held.get(chart.accrued_expenses, 0)),
            },
        }

    async def calls(self, request: Request) -> Any:
        target = request.query_params.get("target")
        return [call for call in self.faults.calls if target in {None, call["target"]}]


async def body_of(request: Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise WrongError("the body must be a JSON object")
    return given


def read_day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise WrongError(f"{value!r} is not a date") from None


def shown_journal(journal: Journal) -> dict[str, Any]:
    return {
        "id": journal.id,
        "date": str(journal.date),
        "narration": journal.narration,
        "doc_number": journal.number,
        "status": journal.status,
        "lines": [
            {
                "account": line.account,
                "debit": text(max(line.amount, 0)),
                "credit": text(max(-line.amount, 0)),
                "description": line.description,
            }
            for line in journal.lines
        ],
    }


def shown_document(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind,
        "number": document.number,
        "date": str(document.date),
        "status": document.status,
        "currency": document.currency,
        "net": text(document.net),
        "opportunity": document.opportunity,
        "credits": document.credits,
        "effect": document.effect,
        "effective": str(document.effective) if document.effective else None,
        "order": document.order,
        "case": document.case,
        "lines": [
            {
                "description": line.description,
                "account": line.account,
                "net": text(line.net),
                "item": line.item,
                "service": [str(line.service.start), str(line.service.end)]
                if line.service
                else None,
            }
            for line in document.lines
        ],
    }


def told(handler: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return answer(await handler(request))
        except WrongError as wrong:
            return answer({"error": str(wrong)}, 400)

    return endpoint


def control_app(state: State, faults: Faults, today: date) -> Starlette:
    """The control port's app."""
    control = Control(state, faults, today)
    return Starlette(
        routes=[
            Route("/health", told(control.health)),
            Route("/faults", told(control.add_fault), methods=["POST"]),
            Route("/faults", told(control.list_faults), methods=["GET"]),
            Route("/faults", told(control.clear_faults), methods=["DELETE"]),
            Route("/lock-date", told(control.lock_date), methods=["POST"]),
            Route("/accounts", told(control.account), methods=["POST"]),
            Route("/documents/void", told(control.void), methods=["POST"]),
            Route("/documents", told(control.documents)),
            Route("/journals/edit", told(control.edit), methods=["POST"]),
            Route("/journals/remove", told(control.remove), methods=["POST"]),
            Route("/journals/post", told(control.post), methods=["POST"]),
            Route("/journals/add", told(control.add), methods=["POST"]),
            Route("/journals", told(control.journals)),
            Route("/positions", told(control.positions)),
            Route("/calls", told(control.calls)),
        ]
    )
