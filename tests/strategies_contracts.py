"""Contracts, what modifies and renews them, and the invoices that bill them."""

from hypothesis import strategies as st

from tests.strategies_documents import add, currency_of, ledger_line, money_of, new_document
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
    pick,
    text,
)
from tests.strategies_entities import TYPES
from tests.strategies_lines import method_of, signed, terms

TREATMENTS = ["prospective", "catch_up", "separate"]


def obligation(
    draw: st.DrawFn,
    draft: Draft,
    entity: Data,
    document: Data,
    name: str,
    currency: str,
    *,
    method: str | None = None,
) -> None:
    """One more performance obligation of the contract."""
    first = not document["obligations"]
    amount = draw(AMOUNTS) if first else signed(draw, draft)
    part: Data = {"id": name} | draw(terms(draft, entity, amount, currency, method=method))
    method = method_of(entity, part)
    if part.get("method") == "usage" and draw(st.booleans()):
        amount = 0
    else:
        part["amount"] = text(amount, currency)
    if draft.has(Idea.PRICES) and chance(draw, 2):
        part["standalone_price"] = text(draw(AMOUNTS), currency)
    document["obligations"].append(part)
    root = document["id"]
    if document.get("treatment", "separate") != "separate":
        root = root_of(draft, document["modifies"])
    draft.lines.append(
        KnownLine(
            key=f"{root}/{name}",
            document=document,
            part=part,
            kind="obligation",
            currency=currency,
            amount=amount,
            method=method,
        )
    )


def root_of(draft: Draft, contract: str) -> str:
    """The first contract of a chain of modifications that are not separate ones."""
    by_id = {document["id"]: document for document in draft.documents}
    while by_id[contract].get("treatment", "separate") != "separate":
        contract = by_id[contract]["modifies"]
    return contract


def family_of(draft: Draft, contract: str) -> str:
    """The first contract of all, through separate ones as well: its obligations share names."""
    by_id = {document["id"]: document for document in draft.documents}
    while by_id[contract].get("modifies"):
        contract = by_id[contract]["modifies"]
    return contract


def contract(draw: st.DrawFn, draft: Draft, *, method: str | None = None) -> None:
    """A contract of one to three obligations, all of a method where one is given."""
    entity = draft.entity(draw)
    currency = currency_of(draw, draft, entity)
    document = new_document(draft, entity, "contract", "OPP", date=iso(draw(DOCUMENT_DAYS)))
    if currency != entity["functional_currency"]:
        document["currency"] = currency
    if draft.has(Idea.RULES) and chance(draw, 2):
        document["type"] = draw(st.sampled_from(TYPES))
    document["obligations"] = []
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        name = draft.name(document["id"]).rpartition("-")[2]
        obligation(draw, draft, entity, document, name, currency, method=method)
    _price(draw, draft, entity, document, currency)
    add(draw, draft, document)


def _price(draw: st.DrawFn, draft: Draft, entity: Data, document: Data, currency: str) -> None:
    """A transaction price that is not the sum, where all weights are above zero."""
    fixed = [part for part in document["obligations"] if method_of(entity, part) != "usage"]
    above = all(not part.get("amount", "-").startswith(("-", "0.00")) for part in fixed)
    if draft.has(Idea.PRICES) and fixed and above and chance(draw, 3):
        document["price"] = text(draw(AMOUNTS), currency)


def renewal(draw: st.DrawFn, draft: Draft) -> None:
    """A contract of its own that follows another one."""
    known = [each for each in draft.documents if each["kind"] == "contract"]
    if not known:
        contract(draw, draft)
        return
    renewed = draw(st.sampled_from(known[::-1]))
    before = len(draft.documents)
    contract(draw, draft)
    for document in draft.documents[before:]:
        if draft.owner(document) is draft.owner(renewed):
            document["renews"] = renewed["id"]


def current(draft: Draft, root: str) -> dict[str, KnownLine]:
    """The obligations that the newest modification of the contract lists, by id."""
    chain = [
        document
        for document in draft.documents
        if document["kind"] == "contract" and root_of(draft, document["id"]) == root
    ]
    latest = {line.key: line for line in draft.of_kind("obligation")}
    listed = [f"{root}/{part['id']}" for part in chain[-1]["obligations"]]
    return {key.rpartition("/")[2]: latest[key] for key in listed}


def modification(draw: st.DrawFn, draft: Draft) -> None:
    """A document that restates a contract, or adds a separate one to it."""
    known = [each for each in draft.documents if each["kind"] == "contract"]
    if not known:
        contract(draw, draft)
        return
    modified = draw(st.sampled_from(known[::-1]))
    entity, root = draft.owner(modified), root_of(draft, modified["id"])
    treatment = draw(st.sampled_from(TREATMENTS))
    day = draw(EVENT_DAYS)
    document = new_document(
        draft,
        entity,
        "contract",
        "MOD",
        date=iso(after(day, -draw(st.integers(0, 20)))),
        modifies=modified["id"],
        treatment=treatment,
        effective=iso(day),
        obligations=[],
    )
    goes_on = current(draft, root)
    signed_lines = (line for line in draft.of_kind("obligation") if line.key.startswith(f"{root}/"))
    currency = next(signed_lines).currency
    if currency != entity["functional_currency"]:
        document["currency"] = currency
    if treatment != "separate":
        for name, line in goes_on.items():
            if draw(st.sampled_from([True, True, True, False])):
                _restate(draw, draft, entity, document, name, line)
    if treatment == "separate" or chance(draw, 3):
        name = draft.name(family_of(draft, root)).rpartition("-")[2]
        obligation(draw, draft, entity, document, name, currency)
    _price(draw, draft, entity, document, currency)
    add(draw, draft, document)


def _restate(
    draw: st.DrawFn, draft: Draft, entity: Data, document: Data, name: str, line: KnownLine
) -> None:
    """The obligation goes on with a new total, the old terms or new ones."""
    part: Data = {"id": name}
    if "product" in line.part:
        part["product"] = line.part["product"]
    amount = draw(st.one_of(st.just(line.amount), AMOUNTS))
    part["amount"] = text(amount, line.currency)
    if chance(draw, 3):
        given: Data = draw(terms(draft, entity, amount, line.currency))
        method = method_of(entity, given)
        part |= {key: value for key, value in given.items() if key not in ("product", "method")}
        part |= {"method": method} if method != line.method else {}
    document["obligations"].append(part)
    draft.lines.append(
        KnownLine(
            key=line.key,
            document=document,
            part={**line.part, **part},
            kind="obligation",
            currency=line.currency,
            amount=amount,
            method=str(part.get("method", line.method)),
        )
    )


def contract_invoice(draw: st.DrawFn, draft: Draft) -> None:
    """An invoice that bills obligations or contracts as a whole, now and then a line of its own
    beside them; or a credit note that takes back a billing without naming its line.
    """
    line = pick(draw, draft.of_kind("obligation"))
    if line is None:
        contract(draw, draft)
        return
    entity, currency = draft.owner(line.document), line.currency
    loose = draft.has(Idea.LOOSE_CREDITS) and chance(draw, 8)
    kind, prefix = ("credit_note", "CN") if loose else ("invoice", "INV")
    document = new_document(draft, entity, kind, prefix, date=iso(draw(DOCUMENT_DAYS)))
    document |= {**money_of(draw, entity, currency), "lines": []}
    ledger_line(draw, draft, entity, document, currency, bills=_billed(draw, draft, line))
    while kind == "invoice" and chance(draw, 4):
        fits = [
            each
            for each in draft.of_kind("obligation")
            if each.currency == currency and draft.owner(each.document) is entity
        ]
        own = draft.has(Idea.OWN_LINES) and chance(draw, 3)
        bills = None if own else _billed(draw, draft, draw(st.sampled_from(fits)))
        ledger_line(draw, draft, entity, document, currency, bills=bills)
    add(draw, draft, document)


def _billed(draw: st.DrawFn, draft: Draft, line: KnownLine) -> str:
    """The obligation, or its whole contract, by the id of any document of the contract."""
    root, _, name = line.key.rpartition("/")
    chain = [
        document["id"]
        for document in draft.documents
        if document["kind"] == "contract" and root_of(draft, document["id"]) == root
    ]
    named = str(draw(st.sampled_from(chain)))
    whole = draft.has(Idea.WHOLE) and chance(draw, 4)
    return named if whole else f"{named}/{name}"
