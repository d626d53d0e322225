"""Exact integer arithmetic on arrays; halves go away from zero, as in `money.round_half_away`.

NumPy's int64 wraps round without a word. So a product is formed only where its size is known to
fit; the rows where it is not are computed by Python's integers, one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FITS = 2**62
"""What a figure of the arrays stays below, so that the sum of two of them fits in int64."""


def ints(values: Any) -> Ints:
    """An array of whole numbers. Raises OverflowError where one does not fit in 64 bits."""
    return np.array(values, dtype=np.int64)


def largest(values: Ints) -> int:
    """The largest size in the array; 0 of an empty one."""
    return max(int(values.max()), -int(values.min())) if values.size else 0


def ratio(amount: Ints, numerator: Ints, denominator: Ints) -> Ints:
    """Rounded amount × numerator ÷ denominator; numerator ≥ 0, denominator > 0.

    With amount = q·d + r it is q·n + round(r·n ÷ d): no product is larger than d·n or the result.
    Raises OverflowError where a result does not fit.
    """
    size = np.abs(amount)
    whole = size // denominator
    rest = size - whole * denominator
    result: Ints = whole * numerator + (2 * rest * numerator + denominator) // (2 * denominator)
    top, bottom = largest(numerator), largest(denominator)
    if 2 * top * bottom + bottom >= 2 * FITS or (largest(whole) + 1) * top >= FITS:
        room = FITS // np.maximum(numerator, 1)
        fits = (2 * (rest + 1) < room) & (whole + 1 < room) & (denominator < FITS // 2)
        _one_by_one(result, np.nonzero(~fits), size, numerator, denominator)
    signed: Ints = np.where(amount < 0, -result, result)
    return signed


def _one_by_one(
    result: Ints, at: tuple[Ints, ...], size: Ints, numerator: Ints, denominator: Ints
) -> None:
    """The ratios at some places by Python's integers."""
    columns = (np.broadcast_to(each, result.shape)[at] for each in (size, numerator, denominator))
    exact = zip(*(column.tolist() for column in columns), strict=True)
    result[at] = ints([(2 * a * n + d) // (2 * d) for a, n, d in exact])


def shares(amount: Ints, elapsed: Ints, whole: Ints, out: Ints | None = None) -> Ints:
    """Rounded amount × elapsed ÷ whole, 0 ≤ elapsed ≤ whole, of a table whose rows are lines:
    `amount` is a column, `whole` mostly. As `ratio`, but dividing once a line, not once a figure.

    What one of `whole` earns is a fixed-point number p ÷ 2ᵇ, next after amount ÷ whole away from
    zero. Then p·n ÷ 2ᵇ is off amount·n ÷ whole by e, 0 < e ≤ n ÷ 2ᵇ, away from zero (n > 0).
    amount·n ÷ whole + ½ is a multiple of 1 ÷ (2·whole), and e is less than that as 2ᵇ > 2·whole·n.
    So ⌊p·n ÷ 2ᵇ + ½⌋ is the nearest whole number. Of a half it is the one away from zero: a
    positive sum is a whole number and e more, a negative one falls short of it.
    """
    size = np.abs(amount)
    bits = min((2 * largest(whole) ** 2).bit_length(), FITS.bit_length() - 1)
    each = size // whole
    each = (each << bits) + ((size - each * whole) << bits) // whole + 1
    found: Ints = np.multiply(elapsed, np.where(amount < 0, -each, each), out=out)
    found += 1 << (bits - 1)
    found >>= bits
    fits = FITS >> bits  # Sizes below it do: |p|·n ≤ size·2ᵇ + whole.
    if largest(size) >= fits:
        others = np.flatnonzero(size >= fits)
        found[others] = ratio(amount[others], elapsed[others], whole[others])
    return found


def ratio_sum(first: Ints, below: int, second: Ints, factor: Ints, over: Ints) -> Ints:
    """Rounded first ÷ below + second × factor ÷ over; both of one sign, factor ≤ over.

    Raises OverflowError where a result does not fit.
    """
    sign = np.where((first < 0) | (second < 0), -1, 1)
    a, b = np.abs(first), np.abs(second)
    fits = (over < FITS // (4 * below)) & (b < FITS // np.maximum(factor, 1))
    found = np.zeros(a.size, np.int64)
    if fits.any():
        n, f, s, d = a[fits], factor[fits], b[fits], over[fits]
        one, two = n // below, s * f // d
        rest = (n - one * below) * d + (s * f - two * d) * below
        found[fits] = one + two + (2 * rest + below * d) // (2 * below * d)
    columns = zip(
        a[~fits].tolist(),
        b[~fits].tolist(),
        factor[~fits].tolist(),
        over[~fits].tolist(),
        strict=True,
    )
    found[~fits] = ints(
        [(2 * (n * d + s * f * below) + below * d) // (2 * below * d) for n, s, f, d in columns]
    )
    return found * sign


def sums(values: Ints, groups: Ints, count: int) -> Ints:
    """Σ of the values of each group; groups are numbered from 0. Of Python's integers where a sum
    might not fit.
    """
    fits = largest(values) * max(values.size, 1) < FITS
    found: Ints = np.zeros(count, np.int64 if fits else object)
    np.add.at(found, groups, values if fits else values.astype(object))
    return found


def total(values: Ints) -> int:
    """Σ of all."""
    if largest(values) * max(values.size, 1) < FITS:
        return int(values.sum())
    return sum(values.tolist())
