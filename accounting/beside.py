"""What is reckoned beside a book's own lines, as sums: the book's other lines, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from accounting.book import JournalKind, JournalPart
from accounting.money import Money
from accounting.policy import Role


@dataclass(frozen=True, slots=True)
class Beside:
    """Balances by role in minor units of functional currency, the part of deferred revenue beyond a
    year, and what each kind of journal moves: parts that name no line.
    """

    opening: Mapping[Role, int] = field(default_factory=dict)
    closing: Mapping[Role, int] = field(default_factory=dict)
    non_current: int = 0
    parts: Mapping[JournalKind, Sequence[JournalPart]] = field(default_factory=dict)


NOTHING_BESIDE = Beside()


def with_these(balances: Mapping[Role, Money], more: Mapping[Role, int]) -> dict[Role, Money]:
    """Balances by role with those that stand beside."""
    return {
        role: Money(held.minor + more.get(role, 0), held.currency)
        for role, held in balances.items()
    }
