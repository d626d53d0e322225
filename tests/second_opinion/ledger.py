"""Lines of invoices, bills and credit notes: on their own, or billing another line."""

from fractions import Fraction

from tests.second_opinion.calendars import day_of
from tests.second_opinion.documents import Raw
from tests.second_opinion.evidence import account_of, method_of
from tests.second_opinion.lines import Billing, Line
from tests.second_opinion.model import LedgerLine, Model
from tests.second_opinion.money import converted, minor, rounded, split

CREDITS = {"credit_note", "bill_credit"}
COSTS = {"bill", "bill_credit"}
Targets = list[tuple[str, Fraction]]


def ledger_raws(model: Model) -> list[tuple[str, Raw, Raw]]:
    """Key, document and line of all that bills: credits only where they credit no line."""
    return [
        (f"{document['id']}/{raw['id']}", document, raw)
        for document in model.of_kind("invoice", "bill", *CREDITS)
        for raw in document["lines"]
        if document["kind"] not in CREDITS or not raw.get("against")
    ]


def named_target(raw: Raw) -> str | None:
    reference = raw.get("obligation") or raw.get("expense")
    return str(reference) if reference else None


def targets_of(model: Model, reference: str) -> Targets:
    """The lines that a reference bills; a contract alone is split as signed."""
    chains = model.entity.chains
    if reference in chains.contracts:
        return model.as_signed.get(chains.head(reference), [])
    key = model.one_named(reference)
    return [(key, Fraction(1))] if key in model.lines and key is not None else []


def add_ledger_lines(model: Model) -> None:
    for key, document, raw in ledger_raws(model):
        currency = model.entity.currency_of(document)
        amount = minor(raw["amount"], currency)
        if document["kind"] in CREDITS:
            amount = -amount
        reference = named_target(raw)
        targets = targets_of(model, reference) if reference else []
        if not targets:
            targets = [(key, Fraction(1))]
            add_own_line(model, key, document, raw, amount)
        line = LedgerLine(key, document, amount, currency, targets, amount)
        model.ledger[key] = line
        bill(model, line, raw)


def add_own_line(model: Model, key: str, document: Raw, raw: Raw, amount: int) -> None:
    entity = model.entity
    cost = document["kind"] in COSTS
    currency = entity.currency_of(document)
    account = account_of(raw, "expense" if cost else "revenue")
    method = method_of(raw, document, currency, account, entity.policy)
    line = Line(
        key=key,
        side="cost" if cost else "revenue",
        unit=entity.unit_of(f"document {document['id']}", key),
        contract=None,
        currency=currency,
        document_date=day_of(document["date"]),
        is_ledger_line=True,
        calendar=entity.calendar,
        terms=model.terms_of(key, raw, document, method, "line"),
    )
    line.total = amount
    line.in_force = True
    model.add(line, raw, document)
    model.judge_materiality(line, document)
    line.whole_life()


def bill(model: Model, ledger_line: LedgerLine, raw: Raw) -> None:
    """Both amounts, each rounded once for the ledger line, split in the same shares."""
    document = ledger_line.document
    rate = model.entity.rate_of(document, ledger_line.currency)
    account = account_of(raw, "expense" if document["kind"] in COSTS else "revenue")
    add_billings(model, ledger_line, raw, rate, account, ledger_line.amount)


def add_billings(
    model: Model,
    ledger_line: LedgerLine,
    raw: Raw,
    rate: Fraction | None,
    account: str,
    amount: int,
    credit: Raw | None = None,
) -> None:
    document = credit or ledger_line.document
    home = model.entity.currency
    functional: int | None = None
    if rate is not None:
        functional = rounded(converted(amount, rate, ledger_line.currency, home))
    weights = [weight for _, weight in ledger_line.targets]
    parts = split(amount, weights)
    homes: list[int | None] = [None] * len(parts)
    if functional is not None:
        homes = list(split(functional, weights))
    for (key, _), part, home_part in zip(ledger_line.targets, parts, homes, strict=True):
        entry = Billing(
            order=(document["kind"] in CREDITS, document["id"], place_of(document, raw)),
            date=day_of(document["date"]),
            amount=part,
            functional=home_part,
            origin=ledger_line.key,
            is_credit=document["kind"] in CREDITS,
            account=account,
            waits_for=ledger_line.key if ledger_line.key in model.ledger else key,
        )
        target = model.lines[key]
        target.billings.append(entry)
        target.touched.add(entry.date)


def place_of(document: Raw, raw: Raw) -> int:
    return [item["id"] for item in document["lines"]].index(raw["id"])


def settle_expenses(model: Model) -> None:
    """An expense costs its estimate until a bill names it as final; then the sum of its bills."""
    for raw in model.of_kind("expense"):
        line = model.lines[raw["id"]]
        bills = [
            (model.ledger[key].amount, bool(item.get("partial")))
            for key, _, item in ledger_raws(model)
            if model.ledger[key].targets[0][0] == line.key
        ]
        if any(not partial for _, partial in bills):
            line.total = sum(amount for amount, _ in bills)
        line.whole_life()
