"""Days, amounts, numbers and rates as people write them; nothing here is reckoned with."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from accounting.money import Money, exponent, round_half_away

RATE_DECIMALS = 10
MORE_DECIMALS = 4
"""What an amount that is not rounded yet shows beyond its currency's decimals."""


def day(value: date) -> str:
    """A day as people write it, without a doubt about day and month: "1 Sep 2026"."""
    return f"{value.day} {value:%b} {value.year}"


def days(start: date | None, end: date | None) -> str:
    """A range of days, both included; nothing where neither is known."""
    if start is None and end is None:
        return ""
    if start == end and start is not None:
        return day(start)
    return f"{day(start) if start else '…'} – {day(end) if end else '…'}"


def amount(minor: int, currency: str) -> str:
    """Minor units with the currency's decimals and thousands apart: "1,200.00"."""
    return f"{Money(minor, currency).decimal():,f}"


def unrounded(minor: Fraction, currency: str) -> str:
    """Minor units that may not be whole: "22.599"; more than four decimals more are cut short."""
    if minor.denominator == 1:
        return amount(minor.numerator, currency)
    decimals = exponent(currency)
    return _trimmed(minor / 10**decimals, decimals + MORE_DECIMALS)


def number(value: Fraction | int) -> str:
    """A count or a share: "30", "0.4", and "5 8/15" where no decimals say it."""
    exact = Fraction(value)
    if (exact * 10**6).denominator == 1:
        return _trimmed(exact, 6)
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    sign = "-" if exact < 0 else ""
    return f"{sign}{f'{whole:,} ' if whole else ''}{rest}/{exact.denominator}"


def rate(value: Fraction) -> str:
    """An exchange rate, to ten decimals."""
    return _trimmed(value, RATE_DECIMALS)


def _trimmed(value: Fraction, decimals: int) -> str:
    scaled = Decimal(round_half_away(value * 10**decimals)).scaleb(-decimals)
    text = f"{scaled:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
