"""Events, modifications and credit notes together, in the order of their effective dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.second_opinion.calendars import day_of
from tests.second_opinion.documents import Raw, known_on
from tests.second_opinion.entity import Entity
from tests.second_opinion.evidence import account_of
from tests.second_opinion.ledger import (
    COSTS,
    CREDITS,
    add_billings,
    add_ledger_lines,
    ledger_raws,
    settle_expenses,
    targets_of,
)
from tests.second_opinion.lines import Line
from tests.second_opinion.model import LedgerLine, Model
from tests.second_opinion.money import minor, split
from tests.second_opinion.obligations import (
    add_contracts,
    add_expenses,
    apply_modification,
    contract_keys,
)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Credit:
    """One line of a credit note that names what it credits."""

    key: str
    document: Raw
    raw: Raw
    day: date
    known_later: bool


def model_of(entity: Entity, day: date, imports: dict[str, int]) -> Model:
    """All lines as known on the day, after all events."""
    model = Model.known(entity, day, imports)
    model.keys = contract_keys(model) | {key for key, _, _ in ledger_raws(model)}
    add_contracts(model)
    add_expenses(model)
    add_ledger_lines(model)
    settle_expenses(model)
    run_events(model, day)
    for line in model.lines.values():
        for problem in line.problems():
            model.find(problem, line.key)
    model.tell_of_reports()
    tell_of_refunds(model)
    return model


def run_events(model: Model, closed_on: date) -> None:
    events: list[tuple[tuple[date, date, str, int], object]] = []
    after_adoption = model.entity.adopted_on + ONE_DAY
    events += [
        ((after_adoption, date.min, "", 0), line)
        for line in model.lines.values()
        if line.imported is not None
    ]
    for document in model.of_kind("contract"):
        head = model.entity.chains.head(document["id"])
        if head != document["id"] and head in model.documents:
            day = day_of(document.get("effective") or document["date"])
            events.append(((day, day_of(document["date"]), document["id"], 0), document))
    for credit, place in credits_of(model):
        dated = day_of(credit.document["date"])
        events.append(((credit.day, dated, credit.document["id"], place), credit))
    for _, event in sorted(events, key=lambda pair: pair[0]):
        if isinstance(event, Line):
            event.apply_import()
        elif isinstance(event, Credit):
            apply_credit(model, event)
        elif isinstance(event, dict):
            apply_modification(model, event, closed_on)


def credits_of(model: Model) -> list[tuple[Credit, int]]:
    found = []
    for document in model.of_kind(*CREDITS):
        for place, raw in enumerate(document["lines"]):
            if raw.get("against"):
                day = day_of(raw.get("effective") or document["date"])
                later = known_on(document) > model.entity.adopted_on
                key = f"{document['id']}/{raw['id']}"
                found.append((Credit(key, document, raw, day, later), place))
    return found


def credited_line(model: Model, credit: Credit) -> LedgerLine | None:
    """The ledger line that is credited; an obligation or expense named itself stands alone."""
    reference = credit.raw["against"]
    if reference in model.ledger:
        return model.ledger[reference]
    targets = targets_of(model, reference)
    if not targets:
        return None
    currency = model.lines[targets[0][0]].currency
    return LedgerLine(reference, credit.document, 0, currency, targets, 10**18)


def apply_credit(model: Model, credit: Credit) -> None:
    """P and B fall by its effect; above what is left it is an exception and takes no part."""
    ledger_line = credited_line(model, credit)
    if ledger_line is None:
        model.find("credit_exceeds_line", credit.key, holds=False)
        return
    amount = minor(credit.raw["amount"], ledger_line.currency)
    parts = split(amount, [weight for _, weight in ledger_line.targets])
    lines = [model.lines[key] for key, _ in ledger_line.targets]
    effects = [effect_on(line, credit) for line in lines]
    above = any(
        effect != "billing" and exceeds(part, line.total)
        for line, effect, part in zip(lines, effects, parts, strict=True)
    )
    if amount > ledger_line.left or above:
        model.find("credit_exceeds_line", credit.key, holds=False)
        return
    ledger_line.left -= amount
    for line, effect, part in zip(lines, effects, parts, strict=True):
        take(model, line, effect, part, credit)
    bill_credit(model, ledger_line, credit, amount)


def exceeds(part: int, left: int) -> bool:
    """A share of a credit above what is left; a share of a discount is negative."""
    return part < left if part < 0 else part > left


def effect_on(line: Line, credit: Credit) -> str:
    if line.ended or line.terms.method == "usage":
        return "billing"
    return str(credit.raw["effect"])


def take(model: Model, line: Line, effect: str, part: int, credit: Credit) -> None:
    by_policy = model.entity.policy.get("credit_note", "prospective")
    if effect == "cancel":
        line.cancel(credit.day, part)
    elif effect == "full" or (effect == "price" and by_policy == "catch_up"):
        line.lower_for_life(part, known_later=credit.known_later)
    elif effect == "price":
        line.lower_from(credit.day, part)


def bill_credit(model: Model, ledger_line: LedgerLine, credit: Credit, amount: int) -> None:
    """At its own rate if it states one, else at that of the document that it credits."""
    rate: Fraction | None
    own = credit.document.get("rate")
    if own is not None and ledger_line.currency != model.entity.currency:
        rate = Fraction(own)
    else:
        rate = model.entity.rate_of(ledger_line.document, ledger_line.currency)
    cost = credit.document["kind"] in COSTS
    account = account_of(credit.raw, "expense" if cost else "revenue")
    add_billings(model, ledger_line, credit.raw, rate, account, -amount, credit=credit.document)


def tell_of_refunds(model: Model) -> None:
    """Cash paid back on an invoice beyond its credit notes."""
    refunded: dict[str, int] = {}
    payments = [raw for raw in model.of_kind("payment") if raw["amount"].startswith("-")]
    for raw in sorted(payments, key=lambda item: (item["date"], item["id"])):
        invoice = model.documents.get(raw["against"])
        if invoice is None or invoice["kind"] not in {"invoice", "bill"}:
            continue
        currency = model.entity.currency_of(invoice)
        refunded[invoice["id"]] = refunded.get(invoice["id"], 0) - minor(raw["amount"], currency)
        credited = sum(
            minor(line["amount"], currency)
            for document in model.of_kind(*CREDITS)
            for line in document["lines"]
            if str(line.get("against", "")).rpartition("/")[0] == invoice["id"]
        )
        if refunded[invoice["id"]] > credited:
            model.find("refund_without_credit_note", raw["id"], holds=False)
