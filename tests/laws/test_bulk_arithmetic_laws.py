"""Shares of a table by a fixed-point number a line are the exact ones, halves away from zero."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.money import round_half_away
from accounting.vectorised_arithmetic import ints, shares
from tests.laws.profiles import books

POWERS = st.tuples(st.integers(0, 60), st.integers(-2, 2)).map(lambda of: 2 ** of[0] + of[1])
"""At powers of two numbers cease to fit."""
SIZES = st.one_of(st.integers(0, 1_000), st.integers(0, 2**60), POWERS)
AMOUNTS = st.one_of(SIZES, SIZES.map(lambda size: -size))
WHOLES = st.one_of(
    st.integers(1, 40), st.integers(300, 1_200), st.integers(1, 2**22), st.integers(1, 2**59)
)


@st.composite
def tables(draw: st.DrawFn) -> list[tuple[int, int, list[int]]]:
    """Amount, whole and elapsed of some lines; the wholes of like size, as in a schedule."""
    width = draw(st.integers(1, 5))
    near = draw(WHOLES)
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        whole = draw(st.integers(max(near - 30, 1), near))
        some = st.one_of(
            st.sampled_from([0, 1, whole // 2, whole - 1, whole]), st.integers(0, whole)
        )
        elapsed = draw(st.lists(some, min_size=width, max_size=width))
        rows.append((draw(AMOUNTS), whole, elapsed))
    return rows


@given(tables(), st.booleans())
@books(1_500)
def test_shares_are_exact(rows, given_room):
    """Of any size, either sign, from one of one to 2⁵⁹, into room that is given or not."""
    amount, whole = (ints([row[place] for row in rows])[:, None] for place in (0, 1))
    elapsed = ints([row[2] for row in rows])
    room = np.full_like(elapsed, -1) if given_room else None
    found = shares(amount, elapsed, whole, room)
    assert found is room or room is None
    assert found.tolist() == [
        [round_half_away(Fraction(amount * part, whole)) for part in parts]
        for amount, whole, parts in rows
    ]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("whole", [2, 4, 30, 366, 1_096, 36_526, 2**20 - 2, 2**20, 2**21])
def test_every_half_goes_away_from_zero(whole, sign):
    """Amount × elapsed is an odd number of halves of the whole, up to the largest that fit."""
    sizes = [2**power + 1 for power in range(1, 61)]
    found = shares(ints(sizes)[:, None] * sign, ints([[whole // 2]] * 60), ints([[whole]] * 60))
    assert found[:, 0].tolist() == [sign * (size + 1) // 2 for size in sizes]
