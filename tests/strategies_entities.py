"""Entities: currencies, calendars, policies, adoption, the table of rates, the periods to close."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.strategies_draft import (
    AMOUNTS,
    DECIMALS,
    Data,
    Draft,
    Idea,
    after,
    chance,
    days,
    iso,
    maybe,
    text,
)

CURRENCIES = list(DECIMALS)
TIME_METHODS = [
    "daily",
    "monthly",
    "daily_360",
    "prorated_ends",
    "even_periods",
    "whole_months",
    "half_month",
    "mid_month",
]
REPORT_METHODS = ["point_in_time", "usage", "units", "percent_complete", "milestone", "manual"]
METHODS = TIME_METHODS + REPORT_METHODS
PRODUCTS = ["SEAT", "SETUP"]
TYPES = ["New", "Renewal"]
CONDITIONS = st.sampled_from(
    [
        {"type": "Renewal"},
        {"tag": {"Region": "North"}},
        {"account": "deferred"},
        {"currency": "EUR"},
        {"amount_from": "10"},
        {"amount_below": "50", "product": PRODUCTS[0]},
    ]
)
"""What a rule may ask of a line, apart from its product."""
PATTERNS = ["4-4-5", "4-5-4", "5-4-4", "13x4"]
MONTHS = [f"{2023 + month // 12}-{month % 12 + 1:02d}" for month in range(6, 36)]
"""The names of the months around the book, July 2023 to December 2025."""
RATES = st.sampled_from(["2", "1", "1.1", "1.2", "0.5", "0.9", "1.0850", "3", "0.3333", "0.01"])


@st.composite
def calendars(draw: st.DrawFn, family: str) -> Any:
    """A calendar of a family, within which all name their periods alike."""
    if family == "weeks":
        first = draw(st.sampled_from([date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 15)]))
        return {
            "pattern": draw(st.sampled_from(PATTERNS)),
            "first_day": iso(first),
            "years": [
                {"name": "2024", "weeks": draw(st.sampled_from([52, 53]))},
                {"name": "2025", "weeks": 52},
            ],
        }
    if family == "table":
        rows, start = [], draw(days(-20, 20))
        for number in range(1, draw(st.integers(5, 9)) + 1):
            end = after(start, draw(st.integers(6, 44)))
            rows.append([f"T{number:02d}", iso(start), iso(end)])
            start = after(end, 1)
        return rows
    return "calendar_months"


def period_names(family: str) -> list[str]:
    """The names that every calendar of the family has, from the one to which closes shrink."""
    if family == "weeks":
        return [f"2024-P{number:02d}" for number in range(1, 13)]
    if family == "table":
        return [f"T{number:02d}" for number in range(1, 6)]
    return MONTHS[6:20]


@st.composite
def closes(draw: st.DrawFn, family: str) -> list[str]:
    """Periods to close in turn, with gaps."""
    names = period_names(family)
    chosen: list[str] = []
    place = draw(st.integers(0, min(8, len(names) - 1)))
    chosen.append(names[place])
    for gap in draw(st.lists(st.sampled_from([1, 2, 4]), max_size=4)):
        place += gap
        chosen += names[place : place + 1]
    return chosen


@st.composite
def policies(draw: st.DrawFn, ideas: frozenset[Idea], currency: str) -> Data:
    """A policy; most of it is left to its default."""
    policy: Data = {}
    if Idea.POLICIES not in ideas:
        return policy
    maybe(
        draw,
        policy,
        method=st.sampled_from(METHODS),
        netting=st.just("line"),
        credit_note=st.just("catch_up"),
        remeasure_accrued=st.just(value=False),
    )
    if Idea.PRICES in ideas:
        maybe(draw, policy, of=2, allocation=st.just("relative_ssp"))
    if Idea.AUTO_REVERSE in ideas:
        maybe(draw, policy, accruals=st.just("auto_reverse"))
    if chance(draw, 6):
        method = draw(st.sampled_from(METHODS))
        policy["rules"] = [{"when": {"product": draw(st.sampled_from(PRODUCTS))}, "method": method}]
    if Idea.TERMS in ideas and chance(draw, 3):
        policy["product_terms"] = {PRODUCTS[0]: draw(st.sampled_from([1, 3, 12]))}
    if Idea.RULES in ideas and chance(draw, 3):
        rule = {"when": draw(CONDITIONS), "method": draw(st.sampled_from(METHODS))}
        maybe(draw, rule, of=2, valid_from=st.just("2024-01-15"))
        maybe(draw, rule, of=3, valid_to=st.just("2024-03-31"))
        policy.setdefault("rules", []).append(rule)
    if chance(draw, 6):
        limit = draw(st.sampled_from([0, 500, 5000]))
        policy["materiality"] = {
            "amount": text(limit, currency),
            "single_period": draw(st.booleans()),
        }
    return policy


@st.composite
def entities(
    draw: st.DrawFn, ideas: frozenset[Idea], family: str, homes: Sequence[str]
) -> list[Data]:
    """One entity, or up to three."""
    names = ["main", "second", "third"]
    count = draw(st.integers(1, 3)) if Idea.GROUP in ideas else 1
    found = []
    for name in names[:count]:
        currency = draw(st.sampled_from(homes))
        entity: Data = {
            "id": name,
            "functional_currency": currency,
            "policy": draw(policies(ideas, currency)),
        }
        if family != "months":
            entity["fiscal_calendar"] = draw(calendars(family))
        found.append(entity)
    return found


@st.composite
def families(draw: st.DrawFn, ideas: frozenset[Idea]) -> str:
    """Whether periods are months, weeks by pattern, or a table."""
    if Idea.CALENDARS not in ideas:
        return "months"
    return draw(st.sampled_from(["months", "months", "weeks", "table"]))


def first_day(entity: Data, name: str) -> date:
    """The first day of a period of the entity's calendar."""
    calendar = entity.get("fiscal_calendar", "calendar_months")
    if isinstance(calendar, list):
        return next(date.fromisoformat(start) for row, start, _ in calendar if row == name)
    if isinstance(calendar, dict):
        number = int(name.rpartition("P")[2]) - 1
        months = [4] * 13
        if calendar["pattern"] != "13x4":
            months = [int(weeks) for weeks in calendar["pattern"].split("-")] * 4
        start = date.fromisoformat(calendar["first_day"])
        return after(start, 7 * sum(months[:number]))
    return date.fromisoformat(f"{name}-01")


def adopt(draw: st.DrawFn, draft: Draft) -> None:
    """Adoption: an earlier date, imported figures of lines, balances of the ledger."""
    for entity in draft.entities:
        if not chance(draw, 3):
            continue
        adoption: Data = {}
        opening = after(first_day(entity, draft.periods[0]), -1)
        if chance(draw, 3):
            adoption["date"] = iso(after(opening, -draw(st.integers(0, 40))))
        imported: dict[str, str] = {}
        own = [line for line in draft.lines if draft.owner(line.document) is entity]
        for line in own:
            if line.credits is None and line.bills is None and chance(draw, 3):
                figure = draw(st.integers(0, abs(line.amount)))
                sign = -1 if line.amount < 0 else 1
                imported.setdefault(line.key, text(sign * figure, line.currency))
        if imported:
            adoption["recognised_to_date"] = imported
            maybe(draw, adoption, of=2, difference=st.just("catch_up"))
        if chance(draw, 4):
            balance = text(draw(AMOUNTS), entity["functional_currency"])
            accounts = ["deferred_revenue", "accrued_revenue", "prepayments", "accrued_expenses"]
            adoption["balances"] = {draw(st.sampled_from(accounts)): balance}
        if adoption:
            entity["adoption"] = adoption


def _table_start(entity: Data) -> date | None:
    calendar = entity.get("fiscal_calendar", "calendar_months")
    if isinstance(calendar, dict):
        return date.fromisoformat(calendar["first_day"])
    return date.fromisoformat(calendar[0][1]) if isinstance(calendar, list) else None


def rate_periods(draft: Draft) -> list[str]:
    """Names of the periods that can need a rate: up to the last close, from August 2023 on."""
    last = draft.periods[-1]
    names: list[str] = []
    for entity in draft.entities:
        start = _table_start(entity)
        months = [name for name in MONTHS[1:] if start is None or f"{name}-01" < iso(start)]
        names += [name for name in months if start is not None or name <= last]
        if start is not None:
            first = "2024-P01" if isinstance(entity["fiscal_calendar"], dict) else "T01"
            stem, number = first[:-2], int(last[-2:])
            names += [f"{stem}{each:02d}" for each in range(1, number + 1)]
    return sorted(set(names))


@st.composite
def rates(draw: st.DrawFn, draft: Draft, reporting: str | None) -> list[Data]:
    """The table of rates for the pairs of currencies that the book needs.

    Complete, but for the idea MISSING: a closing rate of every period, and a spot for every
    document that states no rate.
    """
    wanted: list[tuple[str, str, str | None]] = []
    for document in draft.documents:
        home = draft.owner(document)["functional_currency"]
        wanted.append((str(document.get("currency", home)), home, _needs_spot(document)))
    if reporting is not None:
        wanted += [(entity["functional_currency"], reporting, None) for entity in draft.entities]
    pairs: dict[frozenset[str], tuple[Data, list[str]]] = {}
    for source, target, day in wanted:
        if source == target:
            continue
        pair = {"from": source, "to": target}
        _, dates = pairs.setdefault(frozenset((source, target)), (pair, []))
        dates += [day] if day is not None else []
    rows: list[Data] = []
    for pair, dates in pairs.values():
        turned = {"from": pair["to"], "to": pair["from"]} if chance(draw, 5) else pair
        rows += _of_pair(draw, draft, turned, dates)
    return rows


def _needs_spot(document: Data) -> str | None:
    return document.get("date") if "rate" not in document else None


def _of_pair(draw: st.DrawFn, draft: Draft, pair: Data, dates: list[str]) -> list[Data]:
    gaps = draft.has(Idea.MISSING) and chance(draw, 4)
    spots: dict[str, Data] = {}
    for day in dates:
        if gaps and draw(st.booleans()):
            continue
        known = iso(after(date.fromisoformat(day), -draw(st.sampled_from([0, 1, 7]))))
        spots[known] = {**pair, "date": known, "rate": draw(RATES)}
    rows = list(spots.values())
    for kind in ("closing", "average"):
        if kind == "average" and chance(draw, 2):
            continue
        turns = draw(st.lists(RATES, min_size=1, max_size=3))
        rows += [
            {**pair, "period": name, "kind": kind, "rate": turns[number % len(turns)]}
            for number, name in enumerate(rate_periods(draft))
            if not gaps or draw(st.booleans())
        ]
    return rows
