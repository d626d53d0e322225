"""The proposal of a close: what approvals bind to, and its hash."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounting.book import Calculation, Journal, LinePosition
from accounting.money import Money
from accounting.policy import Role
from controls.approval_policy import Facts
from controls.canonical import digest
from controls.position_digest import positions_digest


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


@dataclass(frozen=True, slots=True)
class PositionTotals:
    """What a proposal says of its positions as a whole, in minor units of functional currency.

    `fx` is the period's gain, `catch_up` the sum of all catch-ups whatever their sign, `held` how
    many lines an exception holds; `digest` names every figure of every line (position_digest.py).
    """

    fx: int
    catch_up: int
    held: int
    digest: str


def totals_of(positions: Sequence[LinePosition], of_all: str = "") -> PositionTotals:
    """Of positions in the order of their lines; `of_all` is the digest of these and more.

    Raises CanonicalError.
    """
    return PositionTotals(
        fx=sum(each.fx.minor for each in positions),
        catch_up=sum(abs(each.catch_up.minor) for each in positions),
        held=sum(1 for each in positions if each.held),
        digest=of_all or positions_digest(positions),
    )


def facts_of(
    calculation: Calculation,
    *,
    override: bool,
    reopened: bool,
    totals: PositionTotals | None = None,
) -> Facts:
    """What the approval policy's conditions are asked of, all but what people did before.

    `override`: somebody answered an exception in this close; `reopened`: the period was closed
    before. `totals` are those of the calculation's positions where none are given.
    """
    totals = totals or totals_of(calculation.positions)
    journals = [journal.total.decimal() for journal in calculation.journals]
    moved = [
        abs((closing - calculation.opening.get(role, Money.zero(closing.currency))).decimal())
        for role, closing in calculation.closing.items()
    ]
    early = any(journal.date < calculation.period.start for journal in calculation.journals)
    return Facts(
        journal=max(journals, default=Decimal(0)),
        movement=max(moved, default=Decimal(0)),
        catch_up=Money(totals.catch_up, currency_of(calculation)).decimal(),
        override=override,
        earlier_period=reopened or early,
    )


def currency_of(calculation: Calculation) -> str:
    """The functional currency."""
    return next(iter(calculation.closing.values())).currency


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
    totals: PositionTotals | None = None,
) -> dict[str, object]:
    """Everything that a person approves, as canonical data; its digest is the proposal's hash.

    Positions stand in it by their `totals`, those of the calculation's where none are given.
    `approval` says who must approve and why. Kept beside the proposal, so that the posting activity
    can prove that a journal is one of those that were approved, and that nobody was left out.
    `left_out` are those of the journals that are not posted.
    """
    later = calculation.non_current
    totals = totals or totals_of(calculation.positions)
    return {
        "entity": entity,
        "period": [calculation.period.start.isoformat(), calculation.period.end.isoformat()],
        "journals": list(journal_hashes),
        "positions": totals.digest,
        "opening": _amounts(calculation.opening),
        "closing": _amounts(calculation.closing),
        "reconciling": _amounts(calculation.reconciling),
        "non_current": later.text() if later is not None else None,
        "fx": Money(totals.fx, currency_of(calculation)).text(),
        "held": totals.held,
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
