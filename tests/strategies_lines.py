"""What a line says of how it is recognised: its method, its dates, its measures."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from tests.strategies_draft import (
    AMOUNTS,
    Data,
    Draft,
    Idea,
    chance,
    days,
    iso,
    parts_of,
    services,
    text,
)
from tests.strategies_entities import METHODS, PRODUCTS, TIME_METHODS, period_names

MILESTONES = st.sampled_from([["1"], ["0.5", "0.5"], ["0.25", "0.75"], ["0.2", "0.3", "0.5"]])
UNITS = st.sampled_from(["10", "3", "7.5", "1"])


def method_of(entity: Data, part: Data) -> str:
    """The method that a line is recognised by: its own, a rule's for its product, the policy's.

    Other rules can give it another one; then it lacks measures, which a book may.
    """
    policy = entity["policy"]
    for rule in policy.get("rules", []):
        if "method" not in part and rule["when"] == {"product": part.get("product")}:
            return str(rule["method"])
    return str(part.get("method", policy.get("method", "daily")))


def manual_periods(entity: Data) -> list[str]:
    """The periods for which amounts can be keyed in."""
    calendar = entity.get("fiscal_calendar", "calendar_months")
    if isinstance(calendar, list):
        return [name for name, _, _ in calendar]
    return period_names("weeks" if isinstance(calendar, dict) else "months")


@st.composite
def manual_amounts(draw: st.DrawFn, entity: Data, amount: int, currency: str) -> dict[str, str]:
    """Amounts by period that sum to the line's."""
    parts = draw(parts_of(amount))
    names = manual_periods(entity)
    first = draw(st.integers(0, len(names) - len(parts)))
    keyed = zip(names[first:], parts, strict=False)
    return {name: text(part, currency) for name, part in keyed}


@st.composite
def terms(
    draw: st.DrawFn,
    draft: Draft,
    entity: Data,
    amount: int,
    currency: str,
    *,
    product: str | None = None,
    method: str | None = None,
) -> Data:
    """The keys of a line that say how it is recognised; amounts stand elsewhere."""
    part: Data = {}
    name = product or (draw(st.sampled_from(PRODUCTS)) if chance(draw, 4) else None)
    if name:
        part["product"] = name
    if method or draw(st.booleans()):
        part["method"] = method or draw(st.sampled_from(METHODS))
    method = method_of(entity, part)
    silent = draft.has(Idea.MISSING) and chance(draw, 8)
    if method in TIME_METHODS:
        part |= _dates(draw, draft, silent=silent)
    elif chance(draw, 2):
        part["service_start"] = iso(draw(days(-60, 300)))
    measures = _measures(draw, entity, method, amount, currency)
    return part if silent else part | measures


def _dates(draw: st.DrawFn, draft: Draft, *, silent: bool) -> dict[str, str]:
    start, end = draw(services())
    if silent:
        return {"service_start": iso(start)} if draw(st.booleans()) else {}
    if draft.has(Idea.TEXT) and chance(draw, 5):
        return {"text": f"Seats {iso(start)} – {iso(end)}"}
    if draft.has(Idea.TERMS) and chance(draw, 8):
        return {"text": draw(st.sampled_from(["annual licence", "3 months", "Q2 2024"]))}
    return {"service_start": iso(start), "service_end": iso(end)}


def _measures(
    draw: st.DrawFn, entity: Data, method: str, amount: int, currency: str
) -> dict[str, Any]:
    if method == "units":
        return {"units": draw(UNITS)}
    if method == "milestone":
        weights = draw(MILESTONES)
        named = [{"id": f"M{n}", "weight": weight} for n, weight in enumerate(weights, start=1)]
        return {"milestones": named}
    if method == "manual" and amount:
        return {"manual": draw(manual_amounts(entity, amount, currency))}
    return {}


def signed(draw: st.DrawFn, draft: Draft) -> int:
    """A line's amount: above zero, now and then below, rarely nothing."""
    amount = draw(AMOUNTS)
    if draft.has(Idea.NEGATIVE) and chance(draw, 6):
        return draw(st.sampled_from([-amount, -amount, 0]))
    return amount


def known_dates(part: Data) -> tuple[date, date] | None:
    """Both dates, where the line states them."""
    if "service_start" in part and "service_end" in part:
        return date.fromisoformat(part["service_start"]), date.fromisoformat(part["service_end"])
    return None
