"""An entity's figures of a period as text, from its positions: the same for a run and an export."""

from collections.abc import Iterable
from typing import Any

from accounting.book import LinePosition
from accounting.money import Money
from accounting.policy import Role

LOOKED_FOR = ("override", "line", "contract", "text", "product_term")
"""Where the dates of a line can come from when they are looked for."""


def figures_of(positions: Iterable[LinePosition], currency: str) -> dict[str, Any]:
    """Totals of the entity and the figures of each line (docs/scenario.md, Output)."""
    rows = list(positions)
    revenue = [row for row in rows if not row.is_cost]
    costs = [row for row in rows if row.is_cost]
    zero = Money.zero(currency)

    def total(amounts: Iterable[Money]) -> str:
        return Money.sum(amounts, currency).text()

    def balance(role: Role) -> str:
        return total(row.closing.get(role, zero) for row in rows)

    return {
        "recognised": total(row.recognised for row in revenue),
        "catch_up": total(row.catch_up for row in revenue),
        "billed": total(row.billed for row in revenue),
        "deferred": balance(Role.DEFERRED_REVENUE),
        "accrued": balance(Role.ACCRUED_REVENUE),
        "deferred_non_current": total(row.non_current or zero for row in rows),
        "expense": total(row.recognised for row in costs),
        "prepaid": balance(Role.PREPAYMENTS),
        "expense_accrued": balance(Role.ACCRUED_EXPENSES),
        "fx": total(row.fx for row in rows),
        "lines": {row.line: _line(row) for row in rows},
    }


def _line(row: LinePosition) -> dict[str, str]:
    ahead, behind = row.alone
    names = ("prepaid", "expense_accrued") if row.is_cost else ("deferred", "accrued")
    figures = {
        "recognised": row.recognised.text(),
        "recognised_to_date": row.recognised_to_date.text(),
        "billed_to_date": row.billed_to_date.text(),
        names[0]: ahead.text(),
        names[1]: behind.text(),
    }
    if row.dates_from in LOOKED_FOR:
        if row.service_start is not None:
            figures["service_start"] = row.service_start.isoformat()
        if row.service_end is not None:
            figures["service_end"] = row.service_end.isoformat()
        figures["dates_from"] = row.dates_from
    return figures
