"""A contract's price over its obligations: as they are listed, or by stand-alone prices (docs §5)."""

from collections.abc import Sequence
from fractions import Fraction

from accounting.documents import DocumentLine
from accounting.money import Money, split
from accounting.policy import Allocation


def shares(total: int, weights: Sequence[int | Fraction], currency: str) -> list[int]:
    """A total in minor units over weights, cumulatively rounded; the parts sum to it."""
    return [part.minor for part in split(Money(total, currency), weights)]


def by_standalone_price(lines: Sequence[DocumentLine], allocation: Allocation) -> bool:
    """Whether the policy allocates by stand-alone prices, and any is known."""
    return allocation is Allocation.RELATIVE_SSP and any(
        line.standalone_price is not None for line in lines
    )


def standalone_weights(lines: Sequence[DocumentLine]) -> list[int]:
    """The listed stand-alone prices in minor units; a line without one stands at its amount."""
    return [
        (line.standalone_price if line.standalone_price is not None else line.amount).minor
        for line in lines
    ]


def as_listed(
    lines: Sequence[DocumentLine], price: Money | None, allocation: Allocation
) -> list[int]:
    """Each line's total: its amount, or its share of the price where one is given or allocated.

    Lines in one currency; usage has no fixed amount and is not among them.
    """
    amounts = [line.amount.minor for line in lines]
    if not lines:
        return []
    total = price.minor if price is not None else sum(amounts)
    currency = lines[0].amount.currency
    if by_standalone_price(lines, allocation):
        return shares(total, standalone_weights(lines), currency)
    return amounts if total == sum(amounts) else shares(total, amounts, currency)
