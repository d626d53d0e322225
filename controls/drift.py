"""What people changed in the ledger by hand, where the close posts. Pure.

A journal of ours must stay as approved; a journal of anybody else's on our balance accounts is
foreign, and what it moves is not to be moved once more.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from controls.posting import PostedLine, line_differences


class DriftKind(StrEnum):
    """What happened to a journal."""

    CHANGED = "changed"
    """Ours, with other lines or another date."""
    VOIDED = "voided"
    """Ours, voided or turned back into a draft."""
    DELETED = "deleted"
    """Ours, and not there any more."""
    ADDED = "added"
    """Somebody else's, on our accounts."""


HAPPENED: dict[DriftKind, str] = {
    DriftKind.CHANGED: "was changed in the ledger by hand",
    DriftKind.VOIDED: "was voided in the ledger by hand",
    DriftKind.DELETED: "was deleted in the ledger",
    DriftKind.ADDED: "was posted to the close's accounts by hand",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A journal: as approved, or as the ledger holds it now."""

    reference: str
    date: date
    lines: tuple[PostedLine, ...]
    posted: bool = True


@dataclass(frozen=True, slots=True)
class Drift:
    """What happened to a journal, and the difference line by line."""

    kind: DriftKind
    differences: tuple[str, ...]


def drift_from(expected: Held, held: Held | None, currency: str) -> Drift | None:
    """What became of a journal that was posted, or accepted, so; None where it is so still."""
    lines = held.lines if held is not None and held.posted else ()
    differences = line_differences(expected.lines, lines, currency)
    if not expected.posted and not lines:
        return None
    if held is None:
        return Drift(DriftKind.DELETED, differences)
    if not held.posted:
        return Drift(DriftKind.VOIDED, differences)
    if held.date != expected.date:
        differences = (f"approved for {expected.date}, dated {held.date}", *differences)
    return Drift(DriftKind.CHANGED, differences) if differences else None


def drift_of_others(
    held: Held, accounts: frozenset[str], adopted: date, currency: str
) -> Drift | None:
    """A foreign journal on the close's balance accounts, dated after adoption; None for others.

    What was there at adoption is in the balances that the close began with.
    """
    ours = tuple(line for line in held.lines if line.account in accounts)
    if not held.posted or held.date <= adopted or not ours:
        return None
    return Drift(DriftKind.ADDED, line_differences((), ours, currency))


@dataclass(frozen=True, slots=True)
class LineDifference:
    """What an account should hold of a journal and what it holds, a debit positive, minor units."""

    account: str
    dimensions: tuple[tuple[str, str], ...]
    expected_minor: int
    held_minor: int


def by_line(
    expected: tuple[PostedLine, ...], held: tuple[PostedLine, ...]
) -> tuple[LineDifference, ...]:
    """The journal account by account, and tracking by tracking, where the two differ."""
    sums: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
    for column, lines in enumerate((expected, held)):
        for line in lines:
            found = sums.setdefault((line.account, line.dimensions), [0, 0])
            found[column] += line.debit_minor - line.credit_minor
    return tuple(
        LineDifference(account, dimensions, before, now)
        for (account, dimensions), (before, now) in sorted(sums.items())
        if before != now
    )
