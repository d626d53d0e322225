"""Consolidation: each figure of each entity translated and rounded once (§8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.second_opinion.calendars import Period
from tests.second_opinion.entity import Entity
from tests.second_opinion.model import Model
from tests.second_opinion.money import converted, minor, rounded, shown
from tests.second_opinion.units import Unit


@dataclass(frozen=True)
class GroupClose:
    """Our accounts of one entity at the end of a period."""

    period: Period
    deferred: int
    accrued: int
    net_assets: int

    @classmethod
    def of(cls, _entity: Entity, period: Period, units: Iterable[Unit]) -> "GroupClose":
        deferred = accrued = costs = 0
        for unit in units:
            if unit.side == "revenue":
                deferred += unit.first
                accrued += unit.second
            else:
                costs += unit.first - unit.second
        return cls(period, deferred, accrued, accrued - deferred + costs)


Closes = list[tuple[Entity, GroupClose, GroupClose, dict[str, Any], Model]]


def group_of(currency: str, closes: Closes) -> dict[str, str]:
    """Balances at the closing rate, income at the average, the rest is the adjustment."""
    names = ("recognised", "deferred", "accrued", "translation_adjustment")
    sums = dict.fromkeys(names, 0)
    for entity, before, after, output, _ in closes:
        translated = translation(entity, currency, before, after, output)
        if translated is None:
            missing = {"code": "missing_rate", "subject": entity.name}
            output["exceptions"].append(missing)
            continue
        for name, amount in translated.items():
            sums[name] += amount
    return {"currency": currency, **{name: shown(sums[name], currency) for name in names}}


def translation(
    entity: Entity, currency: str, before: GroupClose, after: GroupClose, output: dict[str, Any]
) -> dict[str, int] | None:
    """Each figure rounded once; nothing needs no rate; None where a rate is missing."""
    home, rates = entity.currency, entity.rates
    closing = rates.closing(home, currency, after.period)
    average = rates.average(home, currency, after.period)
    opening = rates.closing(home, currency, before.period)
    recognised = minor(output["recognised"], home)
    movement = after.net_assets - before.net_assets
    needed = [
        (recognised, average),
        (after.deferred, closing),
        (after.accrued, closing),
        (after.net_assets, closing),
        (-before.net_assets, opening),
        (-movement, average),
    ]
    exact = []
    for amount, rate in needed:
        if rate is None and amount:
            return None
        exact.append(converted(amount, rate or Fraction(0), home, currency))
    return {
        "recognised": rounded(exact[0]),
        "deferred": rounded(exact[1]),
        "accrued": rounded(exact[2]),
        "translation_adjustment": rounded(exact[3] + exact[4] + exact[5]),
    }
