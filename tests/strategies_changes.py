"""What is said of documents later: reports, overrides, payments, edits, voids."""

from copy import deepcopy
from datetime import date

from hypothesis import strategies as st

from tests.strategies_contracts import contract
from tests.strategies_documents import EFFECTS, add, new_document
from tests.strategies_draft import (
    AMOUNTS,
    DOCUMENT_DAYS,
    EVENT_DAYS,
    Data,
    Draft,
    KnownLine,
    after,
    chance,
    iso,
    pick,
    services,
    text,
)
from tests.strategies_lines import method_of, signed, terms

UNITS = st.sampled_from(["1", "4", "2.5", "10"])
SHARES = st.sampled_from(["0.25", "0.5", "0.75", "1", "0.1", "0"])
REPORTED = ("usage", "units", "percent_complete", "milestone", "point_in_time")


def report(draw: st.DrawFn, draft: Draft) -> None:
    """A delivery or usage of a line that waits for it."""
    own = ("obligation", "invoice", "bill", "expense")
    line = pick(
        draw,
        (each for each in draft.of_kind(*own) if each.method in REPORTED and each.bills is None),
    )
    if line is None:
        contract(draw, draft, method=draw(st.sampled_from(REPORTED)))
        return
    entity = draft.owner(line.document)
    kind, prefix = ("usage", "U") if line.method == "usage" else ("delivery", "D")
    document = new_document(draft, entity, kind, prefix, obligation=line.key)
    document["date"] = iso(draw(EVENT_DAYS))
    match line.method:
        case "usage":
            amount = draw(AMOUNTS)
            document["amount"] = text(amount, line.currency)
        case "units":
            document["units"] = draw(UNITS)
        case "percent_complete":
            document["percent"] = draw(SHARES)
        case "milestone":
            named = [each["id"] for each in line.part.get("milestones", [])]
            if not named:
                return
            document["milestone"] = draw(st.sampled_from(named))
    add(draw, draft, document)


def override(draw: st.DrawFn, draft: Draft) -> None:
    """A person gives both dates of a line, from the start or from a day on."""
    own = ("obligation", "invoice", "bill", "expense")
    line = pick(draw, (each for each in draft.of_kind(*own) if each.bills is None))
    if line is None:
        return
    start, end = draw(services())
    document = new_document(draft, draft.owner(line.document), "override", "OV", line=line.key)
    document |= {"service_start": iso(start), "service_end": iso(end)}
    if draw(st.booleans()):
        document["known_on"] = iso(draw(EVENT_DAYS))
    draft.documents.append(document)


def word(draw: st.DrawFn, draft: Draft) -> None:
    """A person leaves a line out, says what it bills, or says what a credit does."""
    line = pick(draw, draft.of_kind("obligation", "invoice", "bill", "expense", "credit_note"))
    if line is None:
        return
    entity = draft.owner(line.document)
    document = new_document(draft, entity, "override", "OV", line=line.key)
    obligations = [
        each.key
        for each in draft.of_kind("obligation")
        if each.currency == line.currency and draft.owner(each.document) is entity
    ]
    if line.credits is not None:
        document["effect"] = draw(st.sampled_from(EFFECTS))
        document["effective"] = iso(draw(EVENT_DAYS))
    elif line.kind == "invoice" and obligations and draw(st.booleans()):
        document["obligation"] = draw(st.sampled_from(obligations))
    else:
        document["excluded"] = True
    if draw(st.booleans()):
        document["known_on"] = iso(draw(EVENT_DAYS))
    draft.documents.append(document)


def payment(draw: st.DrawFn, draft: Draft) -> None:
    """Cash for an invoice or a bill, or back."""
    line = pick(draw, draft.of_kind("invoice", "bill"))
    if line is None:
        return
    entity = draft.owner(line.document)
    document = new_document(draft, entity, "payment", "P", against=line.document["id"])
    amount = draw(AMOUNTS) * (-1 if chance(draw, 2) else 1)
    document |= {"date": iso(draw(DOCUMENT_DAYS)), "amount": text(amount, line.currency)}
    add(draw, draft, document)


def void(draw: st.DrawFn, draft: Draft) -> None:
    """Any document is taken as if it had never been: also another void."""
    if not draft.documents:
        return
    gone = draw(st.sampled_from(draft.documents[::-1]))
    document = new_document(draft, draft.owner(gone), "void", "V", against=gone["id"])
    document["date"] = iso(draw(EVENT_DAYS))
    add(draw, draft, document)


def edit(draw: st.DrawFn, draft: Draft) -> None:
    """A higher version of a document, known on a day of its own."""
    kinds = {"void", "payment"}
    known = [document for document in draft.documents if document["kind"] not in kinds]
    if not known:
        return
    before = draw(st.sampled_from(known[::-1]))
    versions = [each for each in draft.documents if each["id"] == before["id"]]
    newest = max(versions, key=lambda each: int(each.get("version", 1)))
    document = deepcopy(newest)
    document["version"] = int(newest.get("version", 1)) + 1
    document["known_on"] = iso(draw(EVENT_DAYS))
    _change(draw, draft, document)
    draft.documents.append(document)


def _change(draw: st.DrawFn, draft: Draft, document: Data) -> None:
    if "date" in document and chance(draw, 4):
        document["date"] = iso(after(date.fromisoformat(document["date"]), draw(_AWAY)))
        return
    match document["kind"]:
        case "delivery" | "usage":
            document["date"] = iso(draw(EVENT_DAYS))
        case "override":
            if "service_start" in document:
                start, end = draw(services())
                document |= {"service_start": iso(start), "service_end": iso(end)}
        case "expense":
            _change_terms(draw, draft, document, document)
        case "contract":
            _change_line(draw, draft, document, document["obligations"])
        case _:
            _change_line(draw, draft, document, document["lines"])


_AWAY = st.sampled_from([-1, 1, -31, 31, 7])


def _change_line(draw: st.DrawFn, draft: Draft, document: Data, parts: list[Data]) -> None:
    if not parts:
        return
    place = draw(st.integers(0, len(parts) - 1))
    if len(parts) > 1 and chance(draw, 4):
        del parts[place]
    else:
        _change_terms(draw, draft, document, parts[place])


def _change_terms(draw: st.DrawFn, draft: Draft, document: Data, part: Data) -> None:
    """Another amount, and other terms for a line that has terms of its own."""
    entity = draft.owner(document)
    currency = str(document.get("currency", entity["functional_currency"]))
    if "against" in part:
        most = _amount_of(draft, part["against"])
        part["amount"] = text(draw(st.integers(min(1, most), most)), currency)
        return
    is_free = document["kind"] in ("invoice", "bill")
    amount = signed(draw, draft) if is_free else draw(AMOUNTS)
    if "obligation" in part or (document["kind"] == "bill" and "expense" in part):
        part["amount"] = text(amount, currency)
        return
    before = method_of(entity, part)
    given: Data = draw(terms(draft, entity, amount, currency, product=part.get("product")))
    for key in ("service_start", "service_end", "text", "method", "units", "milestones", "manual"):
        part.pop(key, None)
    part |= given
    if "amount" in part or method_of(entity, part) != "usage" or before != "usage":
        part["amount"] = text(amount, currency)
    kept = KnownLine(
        key=document["id"] if part is document else f"{document['id']}/{part['id']}",
        document=document,
        part=part,
        kind=document["kind"],
        currency=currency,
        amount=amount,
        method=method_of(entity, part),
        left=abs(amount),
    )
    if document["kind"] in ("invoice", "bill", "expense"):
        draft.lines.append(kept)


def _amount_of(draft: Draft, key: str) -> int:
    return max(abs(line.amount) for line in draft.lines if line.key == key)
