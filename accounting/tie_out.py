"""Tie-out: subledger against ledger by balance account, the difference explained to the unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounting.money import Money
from accounting.policy import Role


@dataclass(frozen=True, slots=True)
class TieOut:
    """One balance account at the period's end, each figure on the role's normal side.

    ledger = subledger − reconciling − unposted + unexplained. `reconciling` was accepted at
    adoption (positions − ledger), `unposted` stands in journals that are not in the ledger.
    """

    role: Role
    subledger: Money
    reconciling: Money
    unposted: Money
    ledger: Money

    @property
    def difference(self) -> Money:
        """Ledger − subledger, explained or not."""
        return self.ledger - self.subledger

    @property
    def unexplained(self) -> Money:
        """What no reconciling item and no unposted journal accounts for."""
        return self.difference + self.reconciling + self.unposted


def tie_out(
    subledger: Mapping[Role, Money],
    reconciling: Mapping[Role, Money],
    unposted: Mapping[Role, Money],
    ledger: Mapping[Role, Money],
) -> tuple[TieOut, ...]:
    """Every role of the subledger, in its order; the other three must know the same roles."""
    return tuple(
        TieOut(role, balance, reconciling[role], unposted[role], ledger[role])
        for role, balance in subledger.items()
    )
