"""Journals that people booked by hand: what they moved, laid upon the lines that they moved it for.

The close posts target − booked (docs/accounting.md §6). A journal by hand that did what a journal
of ours would do is booked; it names no line, so its amounts are laid upon the lines whose movement
they make, account by account. What no line takes stays under the journal's own name, and the
proposal takes it back: in either case the ledger comes to hold the target.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from accounting.book import BookedPart, Dimensions, JournalLine, LinePosition
from accounting.journals import PartKey, by_key, gains_of, key_order, parted
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, COST_SIDE, CREDIT_NORMAL, AccountMap, Role


@dataclass(slots=True)
class _Side:
    """A line while it is matched with those on the other side: what is left of it, debit positive."""

    line: JournalLine
    left: int


def balance_roles(accounts: AccountMap) -> dict[str, Role]:
    """The close's balance accounts, each with its role."""
    return {accounts.of(role): role for role in BALANCE_ROLES if accounts.has(role)}


def result_accounts(accounts: AccountMap) -> frozenset[str]:
    """The accounts that face the close's balance accounts in its journals."""
    fx = {accounts.fx_gain_loss} if accounts.has(Role.FX_GAIN_LOSS) else set()
    products = {account for _product, account in accounts.product_revenue}
    return frozenset({*accounts.revenue, *accounts.expense, *products, *fx})


def others(lines: Iterable[JournalLine], accounts: AccountMap) -> tuple[str, ...]:
    """The accounts that no journal of the close's uses: with one of them it did something else."""
    known = balance_roles(accounts).keys() | result_accounts(accounts)
    return tuple(sorted({line.account for line in lines} - known))


def moved(
    name: str, day: date, lines: Sequence[JournalLine], accounts: AccountMap
) -> tuple[BookedPart, ...]:
    """What the journal moved in the close's balance accounts, each part with its result account.

    Only of a journal in which `others` finds nothing. Balance accounts that face each other get one
    result account, on which they cancel out.
    """
    roles = balance_roles(accounts)
    balances = [_Side(each, _signed(each)) for each in lines if each.account in roles]
    results = [_Side(each, _signed(each)) for each in lines if each.account not in roles]
    parts = []

    def part(balance: _Side, account: str, dimensions: Dimensions, amount: int) -> BookedPart:
        role = roles[balance.line.account]
        minor = -amount if role in CREDIT_NORMAL else amount
        money = Money(minor, balance.line.debit.currency)
        return BookedPart(name, name, role, account, dimensions, money, posted_on=day)

    for balance in balances:
        for result in results:
            taken = min(abs(balance.left), abs(result.left))
            if taken and balance.left * result.left < 0:
                signed = taken if balance.left > 0 else -taken
                balance.left, result.left = balance.left - signed, result.left + signed
                parts.append(part(balance, result.line.account, result.line.dimensions, signed))
    facing = results[0].line.account if results else ""
    for balance in balances:
        if balance.left:
            is_cost = roles[balance.line.account] in (COST_SIDE.ahead, COST_SIDE.behind)
            usual = (*accounts.expense, *accounts.revenue) if is_cost else accounts.revenue
            parts.append(part(balance, facing or usual[0], (), balance.left))
    return tuple(parts)


def without(parts: Iterable[BookedPart]) -> tuple[BookedPart, ...]:
    """The parts with their sign turned: what counted before counts no more."""
    return tuple(replace(part, amount=-part.amount) for part in parts)


def by_role(parts: Iterable[BookedPart]) -> dict[Role, Money]:
    """What the parts moved in each balance account, on its normal side."""
    sums: dict[Role, Money] = {}
    for part in parts:
        zero = Money.zero(part.amount.currency)
        sums[part.role] = sums.get(part.role, zero) + part.amount
    return sums


def less(amounts: Mapping[Role, Money], taken: Mapping[Role, Money]) -> dict[Role, Money]:
    """The amounts by role without what is taken from them; a role that comes to nothing is left out."""
    found = dict(amounts)
    for role, amount in taken.items():
        found[role] = found.get(role, Money.zero(amount.currency)) - amount
    return {role: amount for role, amount in found.items() if amount}


def lay(
    by_hand: Iterable[BookedPart],
    target: Iterable[BookedPart],
    booked: Iterable[BookedPart],
    rows: Iterable[LinePosition],
    accounts: AccountMap,
    until: date,
) -> tuple[BookedPart, ...]:
    """The parts by line: upon the movements of the same account, those of the same tracking first.

    What faces the exchange account is laid upon gains, as part of the period's remeasurement. The
    sums by role and account stay as they were; what no movement takes keeps the journal's name.
    """
    given = _netted(by_hand)
    if not given:
        return ()
    currency = given[0].amount.currency
    now, _later = parted(booked, until)
    gains = gains_of(rows, [part for part in now if part.open_gain], currency)
    wanted, held = by_key(target, currency), by_key(now, currency)
    zero = Money.zero(currency)
    moves = {key: wanted.get(key, zero) - held.get(key, zero) for key in {*wanted, *held}}
    laid: list[BookedPart] = []
    for part in sorted(given, key=lambda each: (each.line, each.role, each.account)):
        is_gain = accounts.has(Role.FX_GAIN_LOSS) and part.account == accounts.fx_gain_loss
        laid.extend(_laid(part, gains if is_gain else moves, is_gain=is_gain))
    return tuple(laid)


def _netted(parts: Iterable[BookedPart]) -> list[BookedPart]:
    """What each journal comes to: of one that counted before and was changed, the difference."""
    sums: dict[tuple[str, Role, str, Dimensions], BookedPart] = {}
    for part in parts:
        key = (part.line, part.role, part.account, part.dimensions)
        known = sums.get(key)
        sums[key] = replace(part, amount=part.amount + known.amount) if known else part
    return [part for part in sums.values() if part.amount]


def _laid(part: BookedPart, moves: dict[PartKey, Money], *, is_gain: bool) -> Iterable[BookedPart]:
    """Take from the movements what the part did of them."""
    left = part.amount
    for key in _candidates(part, moves, is_gain=is_gain):
        if (moves[key].minor > 0) != (left.minor > 0):
            continue
        taken = min(moves[key], left, key=abs)
        moves[key], left = moves[key] - taken, left - taken
        yield BookedPart(
            line=key.line,
            unit=key.unit,
            role=key.role,
            account=key.account,
            dimensions=key.dimensions,
            amount=taken,
            posted_on=part.posted_on,
            open_gain=is_gain,
        )
        if not left:
            return
    yield replace(part, amount=left)


def _candidates(
    part: BookedPart, moves: Mapping[PartKey, Money], *, is_gain: bool
) -> list[PartKey]:
    """The movements that the part may have made, the likeliest first."""
    fitting = [
        key
        for key, amount in moves.items()
        if amount and key.role is part.role and (is_gain or key.account == part.account)
    ]
    return sorted(fitting, key=lambda key: (key.dimensions != part.dimensions, key_order(key)))


def _signed(line: JournalLine) -> int:
    return line.debit.minor - line.credit.minor
