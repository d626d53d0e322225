"""What is billed in columns: by each line itself, or of a contract's lines by invoices that name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accounting.book import Book
from accounting.bulk import AMOUNT_MAX
from accounting.money import exponent
from accounting.policy import RecognitionPolicy
from accounting.rates import Rates
from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints, ratio
from accounting.vectorised_segments import DAY_BITS
from store.plain_table import Rows

BILLS_MAX = 2**20
"""No line has more of them, so that their sum fits where each is below its share of AMOUNT_MAX."""


@dataclass(frozen=True, slots=True)
class Bills:
    """What bills contracts: a row a line of an invoice. `row` is the place of the contract's line that
    it bills, −1 of none; `fine` says whether it may be closed in columns.
    """

    contract: Ints
    row: Ints
    invoice: Ints
    name: pa.Array
    day: Ints
    amount: Ints
    functional: Ints
    fine: Bools

    def broken(self, strays: Sequence[str]) -> Ints:
        """The contracts of which an invoice is not fine, or is among the strays."""
        bad = ~self.fine
        if strays and len(self.name):
            bad = bad | is_in(self.name, strays)
        return np.unique(self.contract[bad])

    def invoices_of(self, contracts: Ints) -> Ints:
        """The rows of the invoices that bill these contracts, one for each of their lines."""
        found: Ints = self.invoice[np.isin(self.contract, contracts)]
        return found


def bills_of(
    bills: Rows, lines: Rows, policy: RecognitionPolicy, book: Book, before: date
) -> Bills:
    """What the rows say; `before` is the last day that is closed or adopted."""
    row = _rows_of(bills, lines)
    functional, has_rate = functional_of(policy, book.rates, bills)
    amount, day = bills["amount"], bills["billed"]
    currency = bills.coded("currency")
    of_line = np.maximum(row, 0)
    signs = np.sign(amount) * np.sign(lines["amount"][of_line]) if row.size else amount
    fine = bills.flag("plain") & has_rate & (np.abs(amount) < AMOUNT_MAX // BILLS_MAX)
    # Arrays know foreign lines whose billings go the way that they earn (vectorised_currency.py).
    home = np.array([text == policy.functional_currency for text in currency.texts], np.bool_)
    fine &= (row < 0) | (signs > 0) | home[currency.code]
    if book.adoption is not None and row.size:
        start, known = before.toordinal(), bills["known"]
        signed = np.where(row >= 0, lines["known"][of_line], 0)
        # At adoption it stood as it was known then: without what was told later, or by itself.
        fine &= ~((day <= start) & (known > start)) & ~((known <= start) & (signed > start))
    return Bills(
        contract=bills["document_id"],
        row=row,
        invoice=bills["invoice_id"],
        name=bills.texts("source_id"),
        day=day,
        amount=amount,
        functional=functional,
        fine=fine,
    )


def is_in(names: pa.Array, strays: Sequence[str]) -> Bools:
    """Which names are among the strays'."""
    if not strays:
        return np.zeros(len(names), np.bool_)
    found = pc.is_in(names, value_set=pa.array(strays, pa.string()))
    told: Bools = found.to_numpy(zero_copy_only=False)
    return told.astype(np.bool_)


def _rows_of(bills: Rows, lines: Rows) -> Ints:
    """The places of the lines that are billed, -1 where none is."""
    named = _name(lines["document_id"], lines["number"])
    order = np.argsort(named)
    wanted = _name(bills["document_id"], bills["number"])
    place = np.minimum(np.searchsorted(named[order], wanted), max(named.size - 1, 0))
    if not wanted.size or not named.size:
        return np.full(wanted.size, -1, np.int64)
    found = order[place]
    return np.where((named[found] == wanted) & (bills["number"] > 0), found, -1)


def _name(document: Ints, number: Ints) -> Ints:
    return (document << 24) + number


def functional_of(policy: RecognitionPolicy, rates: Rates, rows: Rows) -> tuple[Ints, Bools]:
    """What each row was billed in functional currency, by its document's rate or the day's; and of
    which rows that is known (currency.document_quote).
    """
    target, amount = policy.functional_currency, rows["amount"]
    currency, stated = rows.coded("currency"), rows.coded("rate")
    worth, can = amount.copy(), np.abs(amount) < AMOUNT_MAX // 2
    abroad = np.array([text != target for text in currency.texts], np.bool_)[currency.code]
    at = np.flatnonzero(abroad)
    said, amount = stated.code[at], amount[at]
    of_the_day = np.array([not text for text in stated.texts], np.bool_)[said]
    day = np.where(of_the_day, rows["billed"][at], 0)
    pairs = ((currency.code[at] * len(stated.texts) + said) << DAY_BITS) + day
    known, which = np.unique(pairs, return_inverse=True)
    quotes = [
        _quote(rates, currency.texts[pair // len(stated.texts)], target, told, on)
        for pair, on in (divmod(each, 1 << DAY_BITS) for each in known.tolist())
        for told in (stated.texts[pair % len(stated.texts)],)
    ]
    numerator = ints([each.numerator for each in quotes])[which]
    denominator = ints([each.denominator for each in quotes])[which]
    fits = (numerator > 0) & (np.abs(amount) < AMOUNT_MAX // (numerator // denominator + 1))
    worth[at] = ratio(np.where(fits, amount, 0), np.where(fits, numerator, 1), denominator)
    can[at] = fits
    return worth, can


def _quote(rates: Rates, source: str, target: str, said: str, on: int) -> Fraction:
    """From minor units to minor units; nothing where it is not known, or no array holds it."""
    rate = Fraction(Decimal(said)) if said else rates.spot(source, target, date.fromordinal(on))
    if rate is None:
        return Fraction(0)
    scaled = rate * Fraction(10) ** (exponent(target) - exponent(source))
    fits = scaled > 0 and max(scaled.numerator, scaled.denominator) < FITS
    return scaled if fits else Fraction(0)
