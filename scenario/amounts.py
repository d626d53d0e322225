"""Amounts as they are written: with exactly the decimals of their currency."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from accounting.money import Money, exponent
from scenario.errors import Faults, Place
from scenario.expectations import figures_of
from scenario.parts import ScenarioPart

_FIGURES = """
    recognised recognised_to_date billed_to_date catch_up billed deferred accrued
    deferred_non_current expense prepaid expense_accrued fx debit credit translation_adjustment
"""
FIGURES = frozenset(_FIGURES.split())
"""The keys of the output that hold an amount."""


def money(text: str, currency: str, place: Place, faults: Faults) -> Money:
    """An amount; nothing where its decimals are not the currency's, which is a fault."""
    whole, _, decimals = text.partition(".")
    due = exponent(currency)
    if len(decimals) != due:
        sample = Money(abs(int(whole)) * 10**due, currency).text()
        faults.add(
            place,
            f'"{text}" has {_count(len(decimals))}; amounts in {currency} are written with '
            f'{_count(due)}, like "{sample}".',
        )
        return Money.zero(currency)
    return Money.parse(text, currency)


def _count(decimals: int) -> str:
    return {0: "no decimals", 1: "1 decimal"}.get(decimals, f"{decimals} decimals")


def unsigned(text: str, currency: str, place: Place, faults: Faults) -> Money:
    """An amount of a credit, which is written without sign."""
    if text.startswith("-"):
        faults.add(place, f'"{text}" has a sign; the lines of a credit are written without one.')
    return money(text, currency, place, faults)


def ordered(start: date | None, end: date | None, place: Place, faults: Faults) -> None:
    """An end before its start is a fault; `place` is the end's."""
    if start is not None and end is not None and end < start:
        faults.add(place, f"{end} is before the start, {start}.")


def expected(
    part: ScenarioPart, functional: Mapping[str, str], faults: Faults
) -> dict[str, dict[str, Any]]:
    """`expect` as plain data; amounts with other decimals than their currency's are faults."""
    found = {period: figures_of(what) for period, what in part.expect.items()}
    for period, entities in found.items():
        for name, figures in entities.items():
            currency = part.reporting_currency if name == "group" else functional.get(name)
            if currency is not None:
                _check_figures(figures, currency, ("expect", period, name), faults)
    return found


def _check_figures(data: object, currency: str, place: Place, faults: Faults) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in FIGURES and isinstance(value, str):
                money(value, currency, (*place, key), faults)
            else:
                _check_figures(value, currency, (*place, key), faults)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            _check_figures(value, currency, (*place, index), faults)
