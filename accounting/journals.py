"""Journals are movements toward a target: target − booked, by line, summed over units by kind (§6)."""

import calendar as calendar_months
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from accounting.book import (
    BookedPart,
    Dimensions,
    Journal,
    JournalKind,
    JournalLine,
    JournalPart,
    LinePosition,
)
from accounting.calendars import FiscalCalendar
from accounting.errors import UnbalancedJournalError
from accounting.money import Money
from accounting.periods import ONE_DAY, Period
from accounting.policy import (
    BEHIND_ROLES,
    COST_SIDE,
    CREDIT_NORMAL,
    REVENUE_SIDE,
    AccountMap,
    Accruals,
    RecognitionPolicy,
    Role,
)

KINDS: dict[Role, tuple[JournalKind, JournalKind]] = {
    Role.DEFERRED_REVENUE: (JournalKind.DEFERRAL, JournalKind.RELEASE),
    Role.ACCRUED_REVENUE: (JournalKind.ACCRUAL, JournalKind.ACCRUAL_REVERSAL),
    Role.PREPAYMENTS: (JournalKind.PREPAYMENT, JournalKind.PREPAYMENT_RELEASE),
    Role.ACCRUED_EXPENSES: (JournalKind.EXPENSE_ACCRUAL, JournalKind.EXPENSE_ACCRUAL_REVERSAL),
}
"""What a balance of the role does when it rises, and when it falls."""

REVERSALS = frozenset({JournalKind.ACCRUAL_REVERSAL, JournalKind.EXPENSE_ACCRUAL_REVERSAL})

TEXTS = {
    JournalKind.ADOPTION: "Opening adjustment at adoption",
    JournalKind.DEFERRAL: "Revenue billed ahead of delivery, deferred",
    JournalKind.RELEASE: "Deferred revenue released as delivered",
    JournalKind.ACCRUAL: "Revenue delivered ahead of billing, accrued",
    JournalKind.ACCRUAL_REVERSAL: "Accrued revenue reversed as billed",
    JournalKind.PREPAYMENT: "Cost billed ahead of delivery, prepaid",
    JournalKind.PREPAYMENT_RELEASE: "Prepaid cost released as delivered",
    JournalKind.EXPENSE_ACCRUAL: "Cost received ahead of its bill, accrued",
    JournalKind.EXPENSE_ACCRUAL_REVERSAL: "Accrued cost reversed as billed",
    JournalKind.REMEASUREMENT: "Accruals in foreign currency at the closing rate",
}


def journal_text(kind: JournalKind, period: Period, calendar: FiscalCalendar) -> str:
    """The journal's words, the same for the same period for ever: they open in the ledger."""
    end = period.end
    months = f"{calendar_months.month_name[end.month]} {end.year}"
    return f"{TEXTS[kind]}, {calendar.name_at(end) if calendar.table else months}"


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
    rows: Iterable[LinePosition],
    policy: RecognitionPolicy,
    period: Period,
    currency: str,
    beside: Mapping[JournalKind, Sequence[JournalPart]] = MappingProxyType({}),
) -> tuple[Journal, ...]:
    """The journals that bring what is booked to the target, in the order of JournalKind.

    Per unit and role the sum decides: what rises goes into one kind, what falls (or only moves
    between accounts) into the other. What `rows` gained in foreign currency goes against the
    accrued balance, and the rest of that balance's movement is accrued or reversed. Accruals that
    reverse by themselves stand as a whole, each with its reversal on the first day after. What is
    reckoned `beside` goes into the journal of its kind.
    """
    rows = list(rows)
    now, ahead = parted(booked, period.end)
    wanted, held = by_key(target, currency), by_key(now, currency)
    gains = gains_of(rows, [part for part in now if part.open_gain], currency)
    catch_up = {row.line: row.catch_up for row in rows}
    auto = policy.accruals is Accruals.AUTO_REVERSE
    zero = Money.zero(currency)
    deltas = {
        key: wanted.get(key, zero) - held.get(key, zero) - gains.get(key, zero)
        for key in sorted({*wanted, *held, *gains}, key=key_order)
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
        whole = auto and key.role in BEHIND_ROLES
        kind = rise if whole or unit_sums[key.unit, key.role] > 0 else fall
        late = zero if key.line in told else catch_up.get(key.line, zero)
        told.add(key.line)
        late = late if key.role in BEHIND_ROLES else -late
        parts.setdefault(kind, []).append(_part(key, delta, late))
    for key in sorted(gains, key=key_order):
        parts.setdefault(JournalKind.REMEASUREMENT, []).append(_part(key, gains[key], zero))
    if auto:
        later = by_key(ahead, currency)
        for key in sorted({*wanted, *later}, key=key_order):
            left = -wanted.get(key, zero) - later.get(key, zero)
            if key.role in BEHIND_ROLES and left:
                parts.setdefault(KINDS[key.role][1], []).append(_part(key, left, zero))
    for kind, more in beside.items():
        parts.setdefault(kind, []).extend(more)
    return tuple(journals_of(parts, policy, period, currency))


def parted(booked: Iterable[BookedPart], until: date) -> tuple[list[BookedPart], list[BookedPart]]:
    """What is booked up to the day, and what is dated later: accruals that reverse by themselves."""
    now: list[BookedPart] = []
    later: list[BookedPart] = []
    for part in booked:
        is_later = part.posted_on is not None and part.posted_on > until
        (later if is_later else now).append(part)
    return now, later


def journals_of(
    parts: Mapping[JournalKind, list[JournalPart]],
    policy: RecognitionPolicy,
    period: Period,
    currency: str,
) -> Iterator[Journal]:
    """A journal of each kind that has something to move, in the order of JournalKind."""
    auto = policy.accruals is Accruals.AUTO_REVERSE
    for kind in JournalKind:
        lines = _lines(kind, parts.get(kind, []), policy.accounts, currency)
        if lines:
            day = period.end + ONE_DAY if auto and kind in REVERSALS else period.end
            yield balanced(
                kind, day, journal_text(kind, period, policy.calendar), lines, tuple(parts[kind])
            )


def _part(key: PartKey, amount: Money, late: Money) -> JournalPart:
    return JournalPart(
        line=key.line,
        unit=key.unit,
        role=key.role,
        account=key.account,
        dimensions=key.dimensions,
        amount=amount,
        catch_up=late,
    )


def gains_of(
    rows: Iterable[LinePosition], posted: Iterable[BookedPart], currency: str
) -> dict[PartKey, Money]:
    """What a gain puts on the accrued balance of its line: it raises an asset, lowers a debt.

    Less what is posted of it: a period that is calculated again gains nothing twice.
    """
    gains: dict[PartKey, Money] = {}
    for row in rows:
        if row.fx:
            role = COST_SIDE.behind if row.is_cost else REVENUE_SIDE.behind
            key = PartKey(row.line, row.unit, role, row.account, row.dimensions)
            gains[key] = gains.get(key, Money.zero(currency)) + (-row.fx if row.is_cost else row.fx)
    for key, amount in by_key(posted, currency).items():
        gains[key] = gains.get(key, Money.zero(currency)) - amount
    return {key: gain for key, gain in gains.items() if gain}


def key_order(key: PartKey) -> tuple[str, str, str, str, Dimensions]:
    """The order in which movements are told."""
    return key.unit, key.line, key.role.value, key.account, key.dimensions


def _lines(
    kind: JournalKind, parts: Iterable[JournalPart], accounts: AccountMap, currency: str
) -> tuple[JournalLine, ...]:
    """The parts summarised by account and dimensions; what sums to nothing has no line."""
    debits: dict[tuple[str, Role | None, Dimensions], int] = {}
    for part in parts:
        debit = -part.amount.minor if part.role in CREDIT_NORMAL else part.amount.minor
        gain = kind is JournalKind.REMEASUREMENT
        balance = (accounts.of(part.role), part.role, part.dimensions)
        result = (
            accounts.of(Role.FX_GAIN_LOSS) if gain else part.account,
            Role.FX_GAIN_LOSS if gain else None,
            part.dimensions,
        )
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
