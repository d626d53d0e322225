"""Contracts and their modifications; expenses."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.second_opinion.calendars import day_of
from tests.second_opinion.documents import Raw, known_on
from tests.second_opinion.evidence import account_of, method_of
from tests.second_opinion.lines import Line, Terms
from tests.second_opinion.model import Model
from tests.second_opinion.money import minor, split

ONE_DAY = timedelta(days=1)


def contract_keys(model: Model) -> set[str]:
    """The keys of all obligations that are known, and of expenses."""
    keys = {raw["id"] for raw in model.of_kind("expense")}
    for raw in model.of_kind("contract"):
        head = model.entity.chains.head(raw["id"])
        if head in model.documents:
            keys |= {f"{head}/{item['id']}" for item in raw["obligations"]}
    return keys


def add_contracts(model: Model) -> None:
    """Contracts as signed, and a place for every obligation that a modification adds."""
    chains = model.entity.chains
    contracts = model.of_kind("contract")
    for document in contracts:
        if chains.is_head(document["id"]):
            sign(model, document)
    for document in contracts:
        head = chains.head(document["id"])
        if not chains.is_head(document["id"]) and head in model.documents:
            for raw in document["obligations"]:
                if f"{head}/{raw['id']}" not in model.lines:
                    add_obligation(model, head, raw, document)


def sign(model: Model, document: Raw) -> None:
    head = document["id"]
    model.members[head] = []
    lines = [add_obligation(model, head, raw, document) for raw in document["obligations"]]
    currency = model.entity.currency_of(document)
    amounts = [listed_amount(raw, currency) for raw in document["obligations"]]
    price = minor(document["price"], currency) if document.get("price") else None
    totals = allocated(model, lines, amounts, price)
    model.as_signed[head] = [
        (line.key, Fraction(total)) for line, total in zip(lines, totals, strict=True)
    ]
    for line, total in zip(lines, totals, strict=True):
        begin(model, line, total, document)
        line.whole_life()


def begin(model: Model, line: Line, total: int, document: Raw) -> None:
    """An obligation comes into force with the total that was signed."""
    line.total = model.gross[line.key] = total
    line.in_force = True
    model.judge_materiality(line, document)


def listed_amount(raw: Raw, currency: str) -> int:
    return minor(raw["amount"], currency) if raw.get("amount") else 0


def add_obligation(model: Model, head: str, raw: Raw, document: Raw) -> Line:
    key = f"{head}/{raw['id']}"
    entity = model.entity
    contract = model.documents[head]
    currency = entity.currency_of(contract)
    account = account_of(raw, "revenue")
    method = method_of(raw, document, currency, account, entity.policy)
    line = Line(
        key=key,
        side="revenue",
        unit=entity.unit_of(f"contract {head}", key),
        contract=head,
        currency=currency,
        document_date=day_of(document["date"]),
        is_ledger_line=False,
        calendar=entity.calendar,
        terms=model.terms_of(key, raw, document, method, "contract"),
    )
    model.add(line, raw, document)
    model.members[head].append(key)
    return line


def has_standalone_prices(model: Model, terms: list[Terms]) -> bool:
    by_price = model.entity.policy.get("allocation", "none") == "relative_ssp"
    return by_price and any(item.standalone_price is not None for item in terms)


def weights_of(model: Model, lines: list[Line], amounts: list[int]) -> list[Fraction]:
    """Stand-alone prices, or the listed amounts; usage takes no part."""
    by_price = has_standalone_prices(model, [line.terms for line in lines])
    weights = []
    for line, amount in zip(lines, amounts, strict=True):
        weight = Fraction(amount)
        if by_price and line.terms.standalone_price is not None:
            weight = line.terms.standalone_price * minor("1", line.currency)
        weights.append(Fraction(0) if line.terms.method == "usage" else weight)
    return weights


def allocated(model: Model, lines: list[Line], amounts: list[int], price: int | None) -> list[int]:
    """The transaction price over the obligations, in the listed order."""
    fixed = [
        0 if line.terms.method == "usage" else amount
        for line, amount in zip(lines, amounts, strict=True)
    ]
    by_price = has_standalone_prices(model, [line.terms for line in lines])
    if not by_price and price in {None, sum(fixed)}:
        return fixed
    whole = sum(fixed) if price is None else price
    return split_fixed(lines, whole, weights_of(model, lines, fixed))


def split_fixed(lines: list[Line], whole: int, weights: list[Fraction]) -> list[int]:
    """A split that leaves out what is earned by usage."""
    fixed = [n for n, line in enumerate(lines) if line.terms.method != "usage"]
    parts = split(whole, [weights[n] for n in fixed])
    totals = [0] * len(lines)
    for place, part in zip(fixed, parts, strict=True):
        totals[place] = part
    return totals


def apply_modification(model: Model, document: Raw, closed_on: date) -> None:
    """The same id goes on, a new one is added, an absent one stops at R(d-1)."""
    head = model.entity.chains.head(document["id"])
    day = day_of(document.get("effective") or document["date"])
    for_life = document.get("treatment") == "catch_up"
    if for_life and day > closed_on:
        return
    listed = [f"{head}/{raw['id']}" for raw in document["obligations"]]
    lines = [model.lines[key] for key in listed]
    for line, raw in zip(lines, document["obligations"], strict=True):
        model.restate_terms(line, raw, document)
        line.cancelled_on = None
        line.ended = False
    new = [line for line in lines if not line.in_force]
    totals = restated_totals(model, head, document, for_life=for_life)
    for key in model.members[head]:
        line = model.lines[key]
        if key not in listed and line.in_force and not line.ended:
            line.stop(day)
    known_later = known_on(document) > model.entity.adopted_on
    for line, (gross, total) in zip(lines, totals, strict=True):
        if line in new:
            line.document_date = day_of(document["date"])
            begin(model, line, gross, document)
        model.gross[line.key] = gross
        line.total = total
        if not for_life:
            line.go_on(day)
            continue
        if known_later:
            line.forget_import()
        line.whole_life()


def restated_totals(
    model: Model, head: str, document: Raw, *, for_life: bool
) -> list[tuple[int, int]]:
    """For each listed obligation the contract's total and what credits leave of it."""
    day = day_of(document.get("effective") or document["date"])
    raws: list[dict[str, Any]] = document["obligations"]
    lines = [model.lines[f"{head}/{raw['id']}"] for raw in raws]
    currency = lines[0].currency if lines else model.entity.currency
    amounts = [
        minor(raw["amount"], currency) if raw.get("amount") else model.gross.get(line.key, 0)
        for line, raw in zip(lines, raws, strict=True)
    ]
    price = minor(document["price"], currency) if document.get("price") else None
    if not has_standalone_prices(model, [line.terms for line in lines]):
        totals = allocated(model, lines, amounts, price)
        return [(total, total - line.credited) for line, total in zip(lines, totals, strict=True)]
    fixed = [
        0 if line.terms.method == "usage" else amount
        for line, amount in zip(lines, amounts, strict=True)
    ]
    absent = sum(
        model.lines[key].recognised(day - ONE_DAY)
        for key in model.members[head]
        if model.lines[key] not in lines and model.lines[key].terms.method != "usage"
    )
    earned = [
        0 if line.terms.method == "usage" else line.recognised(day - ONE_DAY) for line in lines
    ]
    pool = (sum(fixed) + absent if price is None else price) - absent
    pool -= sum(line.credited for line in lines)
    if not for_life:
        pool -= sum(earned)
    parts = split_fixed(lines, pool, weights_of(model, lines, fixed))
    before = [0] * len(lines) if for_life else earned
    totals = [part + first for part, first in zip(parts, before, strict=True)]
    return [(total + line.credited, total) for line, total in zip(lines, totals, strict=True)]


def add_expenses(model: Model) -> None:
    """Known costs: the estimate, until a bill names the expense as final."""
    entity = model.entity
    for document in model.of_kind("expense"):
        key = document["id"]
        currency = entity.currency_of(document)
        method = method_of(document, document, currency, "expense", entity.policy)
        line = Line(
            key=key,
            side="cost",
            unit=entity.unit_of(f"expense {key}", key),
            contract=None,
            currency=currency,
            document_date=day_of(document["date"]),
            is_ledger_line=False,
            calendar=entity.calendar,
            terms=model.terms_of(key, document, document, method, "line"),
        )
        line.total = minor(document["amount"], currency)
        line.in_force = True
        model.add(line, document, document)
        model.judge_materiality(line, document)
