"""Amounts as whole minor units, one way to round, one way to split."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

NO_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
    *("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
}
THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
FOUR_DECIMALS = {"CLF", "UYW"}


def decimals(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    if currency in THREE_DECIMALS:
        return 3
    return 4 if currency in FOUR_DECIMALS else 2


def minor(text: str, currency: str) -> int:
    """The text of an amount in minor units."""
    scaled = Decimal(text).scaleb(decimals(currency))
    assert scaled == int(scaled), text
    return int(scaled)


def shown(amount: int, currency: str) -> str:
    """Minor units as text with the currency's decimals."""
    places = decimals(currency)
    sign = "-" if amount < 0 else ""
    digits = str(abs(amount)).rjust(places + 1, "0")
    return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")


def rounded(exact: Fraction) -> int:
    """Half away from zero."""
    size = abs(exact)
    whole = int(size)
    if size - whole >= Fraction(1, 2):
        whole += 1
    return -whole if exact < 0 else whole


def converted(amount: int, rate: Fraction, source: str, target: str) -> Fraction:
    """Minor units of one currency, exactly, in minor units of another."""
    return Fraction(amount) * rate * Fraction(10) ** (decimals(target) - decimals(source))


def split(total: int, weights: Sequence[Fraction]) -> list[int]:
    """A total over weights, cumulatively, in the listed order."""
    if not weights:
        return []
    if sum(weights) == 0:
        weights = [Fraction(1)] * len(weights)
    whole = sum(weights, Fraction(0))
    parts: list[int] = []
    running = Fraction(0)
    taken = 0
    for weight in weights:
        running += weight
        up_to_here = rounded(total * running / whole)
        parts.append(up_to_here - taken)
        taken = up_to_here
    return parts
