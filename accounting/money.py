"""Money: whole minor units of one ISO 4217 currency, the one rounding rule, the cumulative split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import total_ordering

from accounting.errors import AmountError, CurrencyMismatchError

NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF UYI"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
# Decimals of a currency's minor unit where they are not two (ISO 4217, list one).
EXPONENTS = {
    **dict.fromkeys(NO_DECIMALS.split(), 0),
    **dict.fromkeys(THREE_DECIMALS.split(), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """Decimals of the currency's minor unit: JPY 0, USD 2, KWD 3."""
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise AmountError(f"{currency!r} is not a currency code; write ISO 4217's, such as USD.")
    return EXPONENTS.get(currency, 2)


def round_half_away(value: Fraction) -> int:
    """The product's only rounding: to the nearest integer, halves away from zero."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of its currency. Adding two currencies raises."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """From text or Decimal in whole units, such as "33.85" USD.

        Raises AmountError when it is not a number or has more decimals than the currency.
        """
        try:
            decimal = Decimal(amount)
            exact = Fraction(decimal) * 10 ** exponent(currency)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise AmountError(f"{amount!r} is not an amount in {currency}.") from error
        if exact.denominator != 1:
            raise AmountError(
                f"{amount} has more decimals than {currency} allows ({exponent(currency)})."
            )
        return cls(exact.numerator, currency)

    @classmethod
    def sum(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The total of amounts that are all in this currency."""
        total = cls(0, currency)
        for amount in amounts:
            total += amount
        return total

    def text(self) -> str:
        """Plain decimal text with the currency's decimals: "-33.85"; no currency, no grouping."""
        decimals = exponent(self.currency)
        digits = str(abs(self.minor)).rjust(decimals + 1, "0")
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits

    def decimal(self) -> Decimal:
        """The same amount in whole units."""
        return Decimal(self.text())

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self} and {other} are in different currencies.")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __str__(self) -> str:
        return f"{self.decimal():,f} {self.currency}"


def split(total: Money, weights: Sequence[Fraction | int]) -> tuple[Money, ...]:
    """A total over parts in the listed order, rounded cumulatively, so that the parts sum to it.

    Part k = round(total · w₁…ₖ/W) − round(total · w₁…ₖ₋₁/W). Weights that sum to nothing are
    taken as equal. docs/accounting.md §2.
    """
    shares = [Fraction(weight) for weight in weights]
    if not sum(shares):
        shares = [Fraction(1)] * len(shares)
    whole = sum(shares)
    parts: list[Money] = []
    weight_so_far, given = Fraction(0), 0
    for share in shares:
        weight_so_far += share
        upto = round_half_away(total.minor * weight_so_far / whole)
        parts.append(Money(upto - given, total.currency))
        given = upto
    return tuple(parts)
