"""The proposal of a close: what approvals bind to, and its hash."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounting.book import Calculation, Journal, LinePosition
from accounting.money import Money
from accounting.policy import Role
from controls.approval_policy import Facts
from controls.canonical import digest


def journal_data(journal: Journal) -> dict[str, object]:
    """Everything of a journal but its reference, as canonical data."""
    return {
        "kind": journal.kind.value,
        **({"reverses": journal.reverses} if journal.reverses else {}),
        "date": journal.date.isoformat(),
        "text": journal.text,
        "lines": [
            {
                "account": line.account,
                "debit": line.debit.text(),
                "credit": line.credit.text(),
                "dimensions": [list(pair) for pair in line.dimensions],
            }
            for line in journal.lines
        ],
    }


def journal_hash(entity: str, journal: Journal) -> str:
    """The content hash of a journal: over all but the reference, which is derived from it."""
    return digest({"entity": entity, **journal_data(journal)})


def _amounts(amounts: Mapping[Role, Money]) -> dict[str, str]:
    return {role.value: amount.text() for role, amount in amounts.items()}


def _days(position: LinePosition) -> list[str | None]:
    both = (position.service_start, position.service_end)
    return [day.isoformat() if day else None for day in both]


def position_data(position: LinePosition) -> dict[str, object]:
    """One line's position as canonical data: all that its figures are, or that the next close needs."""
    later = position.non_current
    return {
        "line": position.line,
        "unit": position.unit,
        "document_hash": position.document_hash,
        "is_cost": position.is_cost,
        "method": position.method,
        "service": _days(position),
        "dates_from": position.dates_from,
        "price": str(position.price),
        "recognised_to_date": position.recognised_to_date.text(),
        "own": position.own.text(),
        "catch_up": position.catch_up.text(),
        "billed": position.billed.text(),
        "billed_to_date": position.billed_to_date.text(),
        "recognised_in_document": str(position.recognised_in_document),
        "billed_in_document": str(position.billed_in_document),
        "ahead": position.ahead.text(),
        "in_a_year": position.in_a_year.text(),
        "fx": position.fx.text(),
        "non_current": later.text() if later is not None else None,
        "negative": position.negative,
        "held": position.held,
        "account": position.account,
        "dimensions": [list(pair) for pair in position.dimensions],
        "coded": _amounts(position.coded),
        "opening": _amounts(position.opening),
        "closing": _amounts(position.closing),
    }


def gains_and_losses(calculation: Calculation) -> str:
    """The period's FX, a gain positive, in functional currency."""
    gains = [position.fx for position in calculation.positions]
    return Money.sum(gains, gains[0].currency).text() if gains else "0"


def facts_of(calculation: Calculation, *, override: bool, reopened: bool) -> Facts:
    """What the approval policy's conditions are asked of, all but what people did before.

    `override`: somebody answered an exception in this close; `reopened`: the period was closed
    before.
    """
    totals = [journal.total.decimal() for journal in calculation.journals]
    moved = [
        abs((closing - calculation.opening.get(role, Money.zero(closing.currency))).decimal())
        for role, closing in calculation.closing.items()
    ]
    early = any(journal.date < calculation.period.start for journal in calculation.journals)
    return Facts(
        journal=max(totals, default=Decimal(0)),
        movement=max(moved, default=Decimal(0)),
        catch_up=sum((abs(p.catch_up.decimal()) for p in calculation.positions), Decimal(0)),
        override=override,
        earlier_period=reopened or early,
    )


@dataclass(frozen=True, slots=True)
class Versions:
    """Which configuration and which engine gave the figures."""

    config: str
    engine: str


def proposal_data(
    entity: str,
    calculation: Calculation,
    journal_hashes: tuple[str, ...],
    versions: Versions,
    approval: Mapping[str, object] | None = None,
    left_out: tuple[str, ...] = (),
) -> dict[str, object]:
    """Everything that a person approves, as canonical data; its digest is the proposal's hash.

    Positions stand in it by their digest. `approval` says who must approve and why. Kept beside
    the proposal, so that the posting activity can prove that a journal is one of those that were
    approved, and that nobody was left out. `left_out` are those of the journals that are not posted.
    """
    later = calculation.non_current
    return {
        "entity": entity,
        "period": [calculation.period.start.isoformat(), calculation.period.end.isoformat()],
        "journals": list(journal_hashes),
        "positions": digest([position_data(p) for p in calculation.positions]),
        "opening": _amounts(calculation.opening),
        "closing": _amounts(calculation.closing),
        "reconciling": _amounts(calculation.reconciling),
        "non_current": later.text() if later is not None else None,
        "fx": gains_and_losses(calculation),
        "held": sum(1 for position in calculation.positions if position.held),
        "exceptions": [[e.code.value, e.subject] for e in calculation.exceptions],
        "config": versions.config,
        "engine": versions.engine,
        **({"approval": approval} if approval is not None else {}),
        **({"left_out": list(left_out)} if left_out else {}),
    }


REFERENCE = re.compile(r"T\d{4}-\d{4,}-[0-9a-f]{8}")
"""What every reference of ours looks like, and nothing else should."""


def reference(period_end: date, number: int, content_hash: str) -> str:
    """The journal's name for ever in its ledger, 19 characters: "T2609-0001-1a2b3c4d".

    QuickBooks' DocNumber holds 21 at most.
    """
    return f"T{period_end:%y%m}-{number:04d}-{content_hash[:8]}"
