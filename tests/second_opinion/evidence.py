"""Method and service dates of a line, in the order of the evidence."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.second_opinion.calendars import day_of, month_length

Raw = dict[str, Any]
ISO = r"(\d{4}-\d{2}-\d{2})"
ACCOUNT_NAMES = {"deferred": "deferred_revenue", "prepaid": "prepayments"}


@dataclass(frozen=True)
class Dates:
    start: date | None
    end: date | None
    source: str | None


def account_of(raw: Raw, default: str) -> str:
    name = str(raw.get("account") or default)
    return ACCOUNT_NAMES.get(name, name)


def months_on(day: date, count: int) -> date:
    place = day.year * 12 + day.month - 1 + count
    first = date(place // 12, place % 12 + 1, 1)
    return first.replace(day=min(day.day, month_length(first)))


def dates_in_text(text: str, document_date: date) -> tuple[date, date] | None:
    """Two ISO dates, or "annual" or "N months" from the document's date; nothing else."""
    found = re.search(ISO + r"\D+" + ISO, text)
    if found:
        return day_of(found[1]), day_of(found[2])
    term = re.search(r"\b(\d+)\s+months?\b", text, re.IGNORECASE)
    count = int(term[1]) if term else None
    if count is None and re.search(r"\bannual\b", text, re.IGNORECASE):
        count = 12
    if count is None:
        return None
    return document_date, months_on(document_date, count) - timedelta(days=1)


def service_dates(raw: Raw, overrides: list[Raw], document_date: date, own: str) -> Dates:
    """An override, the line's own dates (`own` names that evidence), then its text."""
    start = end = None
    source = None
    offers: list[tuple[str, Any, Any]] = [
        ("override", raw.get("service_start"), raw.get("service_end")) for raw in overrides
    ]
    offers.append((own, raw.get("service_start"), raw.get("service_end")))
    in_text = dates_in_text(raw["text"], document_date) if raw.get("text") else None
    if in_text:
        offers.append(("text", in_text[0].isoformat(), in_text[1].isoformat()))
    for name, first, last in offers:
        gives = (start is None and first) or (end is None and last)
        start = start or (day_of(first) if first else None)
        end = end or (day_of(last) if last else None)
        if gives and source is None:
            source = name
    return Dates(start, end, source)


def method_of(raw: Raw, document: Raw, currency: str, account: str, policy: Raw) -> str:
    """The line's own method, else the first rule that matches, else the default."""
    if raw.get("method"):
        return str(raw["method"])
    facts = {**document, **raw, "currency": currency, "account": account}
    for rule in policy.get("rules", []):
        if all(matches(key, wanted, facts) for key, wanted in rule["when"].items()):
            return str(rule["method"])
    return str(policy.get("method", "daily"))


def matches(key: str, wanted: Any, facts: Raw) -> bool:
    """One condition of a rule; amounts are compared as numbers."""
    if key == "account":
        return bool(ACCOUNT_NAMES.get(wanted, wanted) == facts["account"])
    if key != "amount":
        return bool(facts.get(key) == wanted)
    if facts.get("amount") is None:
        return False
    amount = Decimal(facts["amount"])
    if not isinstance(wanted, dict):
        return amount == Decimal(wanted)
    tests = {
        "below": amount < Decimal(wanted.get("below", 0)),
        "above": amount > Decimal(wanted.get("above", 0)),
        "at_least": amount >= Decimal(wanted.get("at_least", 0)),
        "at_most": amount <= Decimal(wanted.get("at_most", 0)),
    }
    return all(tests[name] for name in wanted)
