"""Positions: what the balance accounts must hold per netting unit, shared out over its lines (§5)."""

from collections.abc import Iterable
from datetime import date

from accounting.book import BookedPart
from accounting.money import Money
from accounting.policy import Role
from accounting.recognition import RevenueLine


def positions(lines: Iterable[RevenueLine], at: date) -> list[BookedPart]:
    """The target: each line's share of its unit's balances at the end of the day.

    N = Σ (B − R) over the unit, in functional currency. N ≥ 0 is deferred and each line holds
    its B − R of it (a share may be negative); N < 0 is accrued, each line holds its R − B. In a
    unit where nothing is positive (every B ≤ 0 and R ≤ 0) the sign turns: N ≤ 0 is a negative
    deferral. On the cost side all of it is prepaid.
    """
    units: dict[str, list[RevenueLine]] = {}
    for line in lines:
        units.setdefault(line.unit, []).append(line)
    parts: list[BookedPart] = []
    for unit, members in units.items():
        figures = [(m.billed_to_date(at), m.recognised_to_date(at)) for m in members]
        net = sum(billed.minor - recognised.minor for billed, recognised in figures)
        negative = all(b.minor <= 0 and r.minor <= 0 for b, r in figures)
        accrued = net > 0 if negative else net < 0
        for member, (billed, recognised) in zip(members, figures, strict=True):
            ahead = billed - recognised
            if member.is_cost:
                role, amount = Role.PREPAYMENTS, ahead
            elif accrued:
                role, amount = Role.ACCRUED_REVENUE, -ahead
            else:
                role, amount = Role.DEFERRED_REVENUE, ahead
            if amount:
                parts.append(
                    BookedPart(member.key, unit, role, member.account, member.dimensions, amount)
                )
    return parts


def booked_by_documents(lines: Iterable[RevenueLine], after: date, until: date) -> list[BookedPart]:
    """What documents coded straight to a balance account have put there by themselves.

    After adoption only: what is dated up to it stands in the balances that were adopted.
    """
    parts: list[BookedPart] = []
    for line in lines:
        for billing in line.billings:
            if billing.books_to is None or not after < billing.date <= until:
                continue
            role = Role(billing.books_to)
            amount = -billing.amount if role is Role.ACCRUED_REVENUE else billing.amount
            parts.append(
                BookedPart(line.key, line.unit, role, line.account, line.dimensions, amount)
            )
    return parts


def totals(parts: Iterable[BookedPart], roles: Iterable[Role], currency: str) -> dict[Role, Money]:
    """The balance of each role: Σ over all parts."""
    balances = {role: Money.zero(currency) for role in roles}
    for part in parts:
        balances[part.role] += part.amount
    return balances
