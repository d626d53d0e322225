"""Journals are movements toward a target: target − booked, by line, summed over units by kind (§6)."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from accounting.book import (
    AdoptionResolution,
    BookedPart,
    Dimensions,
    Journal,
    JournalKind,
    JournalLine,
    JournalPart,
)
from accounting.errors import UnbalancedJournalError
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import AccountMap, Role

CREDIT_NORMAL = frozenset({Role.DEFERRED_REVENUE})
"""The roles whose balance is a credit: liabilities."""

KINDS: dict[Role, tuple[JournalKind, JournalKind]] = {
    Role.DEFERRED_REVENUE: (JournalKind.DEFERRAL, JournalKind.RELEASE),
    Role.ACCRUED_REVENUE: (JournalKind.ACCRUAL, JournalKind.ACCRUAL_REVERSAL),
    Role.PREPAYMENTS: (JournalKind.PREPAYMENT, JournalKind.PREPAYMENT_RELEASE),
}
"""What a balance of the role does when it rises, and when it falls."""

TEXTS = {
    JournalKind.ADOPTION: "Opening adjustment at adoption",
    JournalKind.DEFERRAL: "Revenue billed ahead of delivery, deferred",
    JournalKind.RELEASE: "Deferred revenue released as delivered",
    JournalKind.ACCRUAL: "Revenue delivered ahead of billing, accrued",
    JournalKind.ACCRUAL_REVERSAL: "Accrued revenue reversed as billed",
    JournalKind.PREPAYMENT: "Cost billed ahead of delivery, prepaid",
    JournalKind.PREPAYMENT_RELEASE: "Prepaid cost released as delivered",
}


def journal_text(kind: JournalKind, period: Period) -> str:
    """The journal's words, the same for the same period for ever: they open in the ledger."""
    return f"{TEXTS[kind]}, {calendar.month_name[period.start.month]} {period.start.year}"


@dataclass(frozen=True, slots=True)
class PartKey:
    """What a movement is followed by."""

    line: str
    unit: str
    role: Role
    account: str
    dimensions: Dimensions


def by_key(parts: Iterable[BookedPart], currency: str) -> dict[PartKey, Money]:
    """Parts summed by what they are followed by."""
    sums: dict[PartKey, Money] = {}
    for part in parts:
        key = PartKey(part.line, part.unit, part.role, part.account, part.dimensions)
        sums[key] = sums.get(key, Money.zero(currency)) + part.amount
    return sums


def balanced(
    kind: JournalKind,
    day: date,
    text: str,
    lines: tuple[JournalLine, ...],
    parts: tuple[JournalPart, ...] = (),
) -> Journal:
    """A journal. Raises UnbalancedJournalError where debits and credits differ."""
    debits = sum(line.debit.minor for line in lines)
    credits_ = sum(line.credit.minor for line in lines)
    if debits != credits_ or not lines:
        raise UnbalancedJournalError(f"{kind} of {day}: debits {debits}, credits {credits_}.")
    return Journal(kind, day, text, lines, parts)


def movements(
    target: Iterable[BookedPart],
    booked: Iterable[BookedPart],
    catch_up: Mapping[str, Money],
    accounts: AccountMap,
    period: Period,
    currency: str,
) -> tuple[Journal, ...]:
    """The journals that bring what is booked to the target, in the order of JournalKind.

    Per unit and role the sum decides: what rises goes into one kind, what falls (or only moves
    between accounts) into the other. `catch_up` is each line's R that belongs to closed periods;
    it lowers what is deferred or prepaid and raises what is accrued, and stands with the first
    part of its line.
    """
    wanted, held = by_key(target, currency), by_key(booked, currency)
    zero = Money.zero(currency)
    deltas = {
        key: wanted.get(key, zero) - held.get(key, zero)
        for key in sorted({*wanted, *held}, key=_order)
    }
    unit_sums: dict[tuple[str, Role], int] = {}
    for key, delta in deltas.items():
        unit_sums[key.unit, key.role] = unit_sums.get((key.unit, key.role), 0) + delta.minor
    parts: dict[JournalKind, list[JournalPart]] = {}
    told: set[str] = set()
    for key, delta in deltas.items():
        if not delta:
            continue
        rise, fall = KINDS[key.role]
        kind = rise if unit_sums[key.unit, key.role] > 0 else fall
        late = zero if key.line in told else catch_up.get(key.line, zero)
        told.add(key.line)
        parts.setdefault(kind, []).append(
            JournalPart(
                line=key.line,
                unit=key.unit,
                role=key.role,
                account=key.account,
                dimensions=key.dimensions,
                amount=delta,
                catch_up=late if key.role is Role.ACCRUED_REVENUE else -late,
            )
        )
    return tuple(
        balanced(kind, period.end, journal_text(kind, period), lines, tuple(parts[kind]))
        for kind in JournalKind
        if kind in parts and (lines := _lines(parts[kind], accounts, currency))
    )


def _order(key: PartKey) -> tuple[str, str, str, str, Dimensions]:
    return key.unit, key.line, key.role.value, key.account, key.dimensions


def _lines(
    parts: Iterable[JournalPart], accounts: AccountMap, currency: str
) -> tuple[JournalLine, ...]:
    """The parts summarised by account and dimensions; what sums to nothing has no line."""
    debits: dict[tuple[str, Role | None, Dimensions], int] = {}
    for part in parts:
        debit = -part.amount.minor if part.role in CREDIT_NORMAL else part.amount.minor
        balance = (accounts.of(part.role), part.role, part.dimensions)
        result = (part.account, None, part.dimensions)
        debits[balance] = debits.get(balance, 0) + debit
        debits[result] = debits.get(result, 0) - debit
    return tuple(
        JournalLine(
            account=account,
            role=role,
            debit=Money(max(minor, 0), currency),
            credit=Money(max(-minor, 0), currency),
            dimensions=dimensions,
        )
        for (account, role, dimensions), minor in sorted(
            debits.items(), key=lambda item: (item[1] < 0, item[0][0], item[0][2])
        )
        if minor
    )


def adoption_journal(
    resolution: AdoptionResolution, accounts: AccountMap, period: Period
) -> Journal:
    """The opening adjustment that a person chose: it brings the ledger to the positions.

    Dated the first day of the first period. It has no parts: no line moves, the ledger follows.
    """
    difference = resolution.difference
    assert resolution.account is not None
    credit_balance = (difference.minor > 0) == (resolution.role in CREDIT_NORMAL)
    amount, zero = abs(difference), Money.zero(difference.currency)
    balance_account = accounts.of(resolution.role)
    debited, credited = (
        (resolution.account, balance_account)
        if credit_balance
        else (balance_account, resolution.account)
    )
    lines = (
        JournalLine(debited, None, amount, zero),
        JournalLine(credited, None, zero, amount),
    )
    return balanced(
        JournalKind.ADOPTION,
        period.start,
        f"{journal_text(JournalKind.ADOPTION, period)}, {resolution.role.replace('_', ' ')}",
        lines,
    )
