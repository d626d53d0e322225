"""Documents of the ledger: invoices, bills, expenses, and the credits against their lines."""

from typing import Any

from hypothesis import strategies as st

from tests.strategies_draft import (
    AMOUNTS,
    DOCUMENT_DAYS,
    EVENT_DAYS,
    Data,
    Draft,
    Idea,
    KnownLine,
    after,
    chance,
    iso,
    on,
    pick,
    text,
)
from tests.strategies_entities import CURRENCIES, RATES
from tests.strategies_lines import method_of, signed, terms

EFFECTS = ["cancel", "price", "full"]


def add(draw: st.DrawFn, draft: Draft, document: Data) -> Data:
    """Put the document into the draft; some reach us on another day than their date."""
    if draft.has(Idea.LATE) and chance(draw, 6):
        away = draw(st.sampled_from([31, 62, 5, -5, -40, 120]))
        document["known_on"] = iso(after(on(document["date"]), away))
    draft.documents.append(document)
    return document


def currency_of(draw: st.DrawFn, draft: Draft, entity: Data) -> str:
    """A document's currency: mostly its entity's own."""
    home = str(entity["functional_currency"])
    if draft.has(Idea.FOREIGN) and draw(st.booleans()):
        return draw(st.sampled_from([each for each in CURRENCIES if each != home]))
    return home


def money_of(draw: st.DrawFn, entity: Data, currency: str) -> Data:
    """The keys of a document's currency and rate."""
    if currency == entity["functional_currency"]:
        return {}
    stated: Data = {"currency": currency}
    return stated | {"rate": draw(RATES)} if draw(st.booleans()) else stated


def ledger_line(
    draw: st.DrawFn, draft: Draft, entity: Data, document: Data, currency: str, *, bills: str | None
) -> None:
    """One more line of an invoice or bill; of its own, or billing something."""
    number = str(len(document["lines"]) + 1)
    is_credit, is_cost = document["kind"] == "credit_note", document["kind"] == "bill"
    amount = draw(AMOUNTS) if is_credit else signed(draw, draft)
    part: Data = {"id": number, "amount": text(amount, currency)}
    if bills is None:
        part |= draw(terms(draft, entity, amount, currency))
    else:
        part["expense" if is_cost else "obligation"] = bills
    if draft.has(Idea.CODED) and chance(draw, 5):
        part["account"] = draw(st.sampled_from(["prepaid"] if is_cost else ["deferred"]))
    if draft.has(Idea.DIMENSIONS) and chance(draw, 2):
        part["dimensions"] = {"Region": draw(st.sampled_from(["North", "South"]))}
    document["lines"].append(part)
    draft.lines.append(
        KnownLine(
            key=f"{document['id']}/{number}",
            document=document,
            part=part,
            kind=document["kind"],
            currency=currency,
            amount=amount,
            method=method_of(entity, part),
            bills=bills,
            left=abs(amount),
        )
    )


def new_document(draft: Draft, entity: Data, kind: str, prefix: str, **more: Any) -> Data:
    """A document without lines."""
    document = {"kind": kind, "id": draft.name(prefix), **more}
    return draft.of_entity(entity, document)


def invoice(draw: st.DrawFn, draft: Draft) -> None:
    """An invoice whose lines are lines of their own."""
    entity = draft.entity(draw)
    currency = currency_of(draw, draft, entity)
    document = new_document(draft, entity, "invoice", "INV", date=iso(draw(DOCUMENT_DAYS)))
    document |= {**money_of(draw, entity, currency), "lines": []}
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        ledger_line(draw, draft, entity, document, currency, bills=None)
    add(draw, draft, document)


def bill(draw: st.DrawFn, draft: Draft) -> None:
    """A bill from a vendor; of its own."""
    entity = draft.entity(draw)
    currency = currency_of(draw, draft, entity)
    document = new_document(draft, entity, "bill", "BILL", date=iso(draw(DOCUMENT_DAYS)))
    document |= {**money_of(draw, entity, currency), "lines": []}
    ledger_line(draw, draft, entity, document, currency, bills=None)
    add(draw, draft, document)


def expense(draw: st.DrawFn, draft: Draft) -> None:
    """A known cost, with bills that name it: none, the final one, or partial ones before it."""
    entity = draft.entity(draw)
    currency = currency_of(draw, draft, entity)
    amount = draw(AMOUNTS)
    document = new_document(draft, entity, "expense", "EXP", date=iso(draw(DOCUMENT_DAYS)))
    if currency != entity["functional_currency"]:
        document["currency"] = currency
    document["amount"] = text(amount, currency)
    document |= draw(terms(draft, entity, amount, currency))
    add(draw, draft, document)
    draft.lines.append(
        KnownLine(
            key=document["id"],
            document=document,
            part=document,
            kind="expense",
            currency=currency,
            amount=amount,
            method=method_of(entity, document),
        )
    )


def expense_bill(draw: st.DrawFn, draft: Draft) -> None:
    """A bill of an expense that is known: partial, or for good."""
    line = pick(draw, draft.of_kind("expense"))
    if line is None:
        expense(draw, draft)
        return
    entity = draft.owner(line.document)
    document = new_document(draft, entity, "bill", "BILL", date=iso(draw(DOCUMENT_DAYS)))
    document |= {**money_of(draw, entity, line.currency), "lines": []}
    ledger_line(draw, draft, entity, document, line.currency, bills=line.key)
    if draw(st.booleans()):
        document["lines"][0]["partial"] = True
    add(draw, draft, document)


def effects_of(line: KnownLine) -> list[str]:
    """What a credit can do to a line: only what bills an obligation can be billed again."""
    return [*EFFECTS, "billing"] if line.kind == "invoice" and line.bills else EFFECTS


def credit(draw: st.DrawFn, draft: Draft) -> None:
    """A credit note against lines of invoices, or a bill credit against lines of bills."""
    kinds = ("invoice", "bill") if draft.has(Idea.COSTS) else ("invoice",)
    line = pick(draw, (each for each in draft.of_kind(*kinds) if each.credits is None))
    if line is None:
        invoice(draw, draft)
        return
    entity = draft.owner(line.document)
    kind, prefix = ("bill_credit", "BC") if line.is_cost else ("credit_note", "CN")
    document = new_document(draft, entity, kind, prefix, date=iso(draw(EVENT_DAYS)))
    if line.currency != entity["functional_currency"]:
        document["currency"] = line.currency
        if chance(draw, 3):
            document["rate"] = draw(RATES)
    document["lines"] = []
    credit_line(draw, draft, document, line)
    while chance(draw, 6):
        fits = [
            each
            for each in draft.of_kind(line.kind)
            if each.currency == line.currency and draft.owner(each.document) is entity
        ]
        credit_line(draw, draft, document, draw(st.sampled_from(fits)))
    add(draw, draft, document)


def credit_line(draw: st.DrawFn, draft: Draft, document: Data, line: KnownLine) -> None:
    """One more line of a credit: the line, or part of what is left of it."""
    most = abs(line.amount) + 5 if draft.has(Idea.MISSING) and chance(draw, 8) else line.left
    amount = draw(st.one_of(st.just(most), st.integers(min(1, most), most)))
    line.left = max(line.left - amount, 0)
    number = str(len(document["lines"]) + 1)
    part = {
        "id": number,
        "amount": text(amount, line.currency),
        "against": line.key,
        "effect": draw(st.sampled_from(effects_of(line))),
    }
    if draw(st.booleans()):
        part["effective"] = iso(draw(EVENT_DAYS))
    document["lines"].append(part)
    draft.lines.append(
        KnownLine(
            key=f"{document['id']}/{number}",
            document=document,
            part=part,
            kind=document["kind"],
            currency=line.currency,
            amount=amount,
            method=line.method,
            credits=line.key,
        )
    )


def loose_credit(draw: st.DrawFn, draft: Draft) -> None:
    """A credit that credits no line: a negative line of its own."""
    entity = draft.entity(draw)
    currency = currency_of(draw, draft, entity)
    kind, prefix = "credit_note", "CN"
    if draft.has(Idea.COSTS) and chance(draw, 3):
        kind, prefix = "bill_credit", "BC"
    document = new_document(draft, entity, kind, prefix, date=iso(draw(DOCUMENT_DAYS)))
    amount = draw(AMOUNTS)
    part: Data = {"id": "1", "amount": text(amount, currency)}
    part |= draw(terms(draft, entity, amount, currency))
    document |= {**money_of(draw, entity, currency), "lines": [part]}
    add(draw, draft, document)
    draft.lines.append(
        KnownLine(
            key=f"{document['id']}/1",
            document=document,
            part=part,
            kind=kind,
            currency=currency,
            amount=-amount,
            method=method_of(entity, part),
        )
    )
