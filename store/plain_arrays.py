"""From the rows of plain lines to arrays: which documents are plain whole, by what method each line
goes, at what rate it was billed; and the close of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accounting.beside import Beside
from accounting.book import Book
from accounting.methods import method_named
from accounting.money import exponent
from accounting.periods import Period
from accounting.policy import BALANCE_ROLES, Netting, RecognitionPolicy, Rule
from accounting.rates import Rates
from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints, ratio
from accounting.vectorised_journals import Place
from accounting.vectorised_plain import PlainClose, PlainLines, closed
from accounting.vectorised_positions import Frozen
from accounting.vectorised_segments import DAY_BITS, METHODS
from store.document_rows import dimensions_of
from store.plain_query import AMOUNT_MAX, Asked

POINT_IN_TIME = "point_in_time"
NO_METHOD = -1


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few different texts: each line's place among them."""

    code: Ints
    texts: Sequence[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Coded":
        """An Arrow column; no text is the empty one."""
        found = column.combine_chunks().fill_null("").dictionary_encode()
        return cls(found.indices.to_numpy().astype(np.int64), found.dictionary.to_pylist())

    def take(self, rows: Ints) -> "Coded":
        """Of some lines."""
        return Coded(self.code[rows], self.texts)


@dataclass(frozen=True, slots=True)
class PlainReading:
    """The plain lines of a close, closed: where each stands in the tables, its texts, its figures.

    `others` are the rows of all other documents: those that have to be read one by one; `names` are
    those of them of which anything may be frozen or booked. `currency` is the functional one;
    `by_contract` says that a document nets as a whole.
    """

    others: Sequence[int]
    names: Sequence[str]
    currency: str
    by_contract: bool
    document: Ints
    number: Ints
    key: pa.Array
    unit: pa.Array
    document_hash: pa.Array
    method: Coded
    account: Coded
    dimensions: Coded
    service_end: Ints
    close: PlainClose

    def beside(self, currency: str) -> Beside:
        """The sums that the calculation of the other lines takes in."""
        return self.close.beside(currency)


def reading(
    table: pa.Table, documents: Ints, policy: RecognitionPolicy, book: Book, asked: Asked
) -> PlainReading:
    """The close of those documents that are plain in all their lines; `documents` are all there are."""
    columns = _Columns(table)
    lined = columns["number"] > 0
    document = columns["document_id"]
    currency = Coded.of(table["currency"])
    account, dimensions = Coded.of(table["account"]), Coded.of(table["dimensions"])
    by = _Lines(currency, Coded.of(table["product"]), account, dimensions)
    method = _methods(policy, by, columns)
    functional, has_rate = _functional(policy, book.rates, currency, columns, table)
    fine = columns.flag("plain") & (~lined | (has_rate & (method != NO_METHOD)))
    fine &= ~(lined & _said_twice(table["key"])) & ~_named_twice(document, table["source_id"])
    plain = _whole(columns, fine, table["source_id"])
    rows = np.flatnonzero(plain & lined)
    at_once = method[rows] == len(METHODS)
    place, places = _places(account.take(rows), dimensions.take(rows))
    by_contract = policy.netting is Netting.CONTRACT
    lines = PlainLines(
        amount=columns["amount"][rows],
        functional=functional[rows],
        billed=columns["billed"][rows],
        known=columns["known"][rows],
        method=np.where(at_once, METHODS.index("daily"), method[rows]),
        start=columns["start"][rows],
        end=np.where(at_once, columns["start"][rows], columns["end"][rows]),
        source=currency.code[rows],
        is_cost=columns.flag("is_cost")[rows],
        unit=numbered(document[rows]) if by_contract else np.arange(rows.size),
        place=place,
        booked=np.stack([columns[role.value][rows] for role in BALANCE_ROLES]),
        frozen=_frozen(columns, rows),
        currencies=currency.texts,
        places=places,
    )
    last = book.adoption.date if book.adoption is not None else book.last_closed
    period = Period(asked.close.period_start, asked.close.period_end)
    close, kept = closed(
        lines,
        policy,
        book.rates,
        period,
        last or book.adopted_on,
        first=book.adoption is not None,
        together=document[rows],
    )
    if not kept.all():
        plain &= ~np.isin(document, document[rows[~kept]])
        rows = rows[kept]
    taken = pa.array(rows)
    key = table["key"].combine_chunks()
    unit = table["source_id"].combine_chunks() if by_contract else key
    return PlainReading(
        others=documents[~np.isin(documents, document[plain], kind="table")].tolist(),
        names=spelt_both_ways(table["source_id"].filter(pa.array(~plain))),
        currency=policy.functional_currency,
        by_contract=by_contract,
        document=document[rows],
        number=columns["number"][rows],
        key=key.take(taken),
        unit=unit.take(taken),
        document_hash=table["content_hash"].combine_chunks().take(taken),
        method=Coded(method[rows], (*METHODS, POINT_IN_TIME)),
        account=account.take(rows),
        dimensions=dimensions.take(rows),
        service_end=columns["end"][rows],
        close=close,
    )


class _Columns:
    """The table's columns of numbers, none of which is missing anywhere."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __getitem__(self, name: str) -> Ints:
        found: Ints = self._table[name].combine_chunks().to_numpy(zero_copy_only=True)
        return found

    def flag(self, name: str) -> Bools:
        """A column of yes and no."""
        found: Bools = self._table[name].combine_chunks().to_numpy(zero_copy_only=False)
        return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """What rules ask of lines."""

    currency: Coded
    product: Coded
    account: Coded
    dimensions: Coded


def _frozen(columns: _Columns, rows: Ints) -> Frozen:
    return Frozen(
        recognised=columns["frozen_recognised"][rows],
        billed=columns["frozen_billed"][rows],
        ahead=columns["frozen_ahead"][rows],
        in_a_year=columns["frozen_in_a_year"][rows],
        negative=columns.flag("frozen_negative")[rows],
    )


def numbered(values: Ints) -> Ints:
    """Equal values that stand side by side, numbered from 0."""
    found: Ints = np.cumsum(np.diff(values, prepend=values[:1]) != 0)
    return found


def _said_twice(key: pa.ChunkedArray) -> Bools:
    """Which keys, in their order, stand there more than once."""
    return _on_either_side(_as_before(key), len(key))


def _named_twice(document: Ints, name: pa.ChunkedArray) -> Bools:
    """Which rows stand beside those of another document of the same name: an invoice and a bill."""
    return _on_either_side(_as_before(name) & (np.diff(document) != 0), len(name))


def _as_before(column: pa.ChunkedArray) -> Bools:
    """Whether the next text is the same one, of every text but the last."""
    texts = column.combine_chunks()
    found: Bools = pc.equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    return found.astype(np.bool_)


def _on_either_side(between: Bools, rows: int) -> Bools:
    """The rows on both sides of what is marked between two of them."""
    found = np.zeros(rows, np.bool_)
    found[1:] |= between
    found[:-1] |= between
    return found


def _whole(columns: _Columns, fine: Bools, names: pa.ChunkedArray) -> Bools:
    """The rows of documents of which every line is fine, and nothing else is frozen or booked."""
    rows = columns["document_id"]
    document = numbered(rows)
    bad = np.zeros(int(document[-1]) + 1 if document.size else 0, np.bool_)
    bad[document[~fine]] = True
    if strays := spelt_both_ways(names.filter(pa.array(rows == 0))):
        named = pc.is_in(names, value_set=pa.array(strays, names.type))
        bad[document[named.combine_chunks().to_numpy(zero_copy_only=False).astype(bool)]] = True
    return ~bad[document]


def spelt_both_ways(names: pa.ChunkedArray) -> list[str]:
    """Names of documents, each as it is, and as the names of its lines would have it."""
    known = pc.unique(names).to_pylist()
    return sorted({*known, *(each.partition("/")[0] for each in known)})


def _places(account: Coded, dimensions: Coded) -> tuple[Ints, tuple[Place, ...]]:
    """Each line's result account with its tracking: its place among those there are."""
    both = account.code * len(dimensions.texts) + dimensions.code
    known, place = np.unique(both, return_inverse=True)
    places = tuple(
        (account.texts[code // size], dimensions_of(dimensions.texts[code % size]))
        for size in (len(dimensions.texts),)
        for code in known.tolist()
    )
    return place.astype(np.int64), places


def _methods(policy: RecognitionPolicy, by: _Lines, columns: _Columns) -> Ints:
    """What `service_period.choose_method` chooses, of each line: a place in METHODS, the one after
    the last for what is earned at once, NO_METHOD for all others.
    """
    code = _code(policy.method)
    found = np.full(columns["amount"].size, code, np.int64)
    free = np.ones(found.size, np.bool_)
    for rule in policy.rules:
        fits = free & _fits(rule, by, columns)
        found[fits] = _code(rule.method)
        free &= ~fits
    return found


def _code(name: str) -> int:
    method = method_named(name).name
    if method == POINT_IN_TIME:
        return len(METHODS)
    return METHODS.index(method) if method in METHODS else NO_METHOD


def _fits(rule: Rule, by: _Lines, columns: _Columns) -> Bools:
    """`service_period._fits` of lines of documents without a type."""
    fits = np.full(columns["amount"].size, rule.type is None)
    for wanted, column in (
        (rule.product, by.product),
        (rule.account, by.account),
        (rule.currency, by.currency),
    ):
        if wanted is not None:
            fits &= np.array([text == wanted for text in column.texts], np.bool_)[column.code]
    if rule.tag is not None:
        tagged = [bool(text) and rule.tag in dimensions_of(text) for text in by.dimensions.texts]
        fits &= np.array(tagged, np.bool_)[by.dimensions.code]
    size = np.abs(columns["amount"])
    for bound, at_least in ((rule.amount_from, True), (rule.amount_below, False)):
        if bound is not None:
            limits = ints([_limit(bound, each) for each in by.currency.texts])[by.currency.code]
            fits &= (size >= limits) == at_least
    day = columns["billed"]
    if rule.valid_from is not None:
        fits &= day >= rule.valid_from.toordinal()
    if rule.valid_to is not None:
        fits &= day <= rule.valid_to.toordinal()
    return fits


def _limit(amount: Decimal, currency: str) -> int:
    """The least number of minor units that is at least the amount."""
    return min(ceil(amount.scaleb(exponent(currency))), FITS)


def _functional(
    policy: RecognitionPolicy, rates: Rates, currency: Coded, columns: _Columns, table: pa.Table
) -> tuple[Ints, Bools]:
    """What each line was billed in functional currency, by its document's rate or the day's; and of
    which lines that is known (currency.document_quote).
    """
    amount, target = columns["amount"], policy.functional_currency
    abroad = np.array([text != target for text in currency.texts], np.bool_)[currency.code]
    stated = Coded.of(table["rate"])
    of_the_day = np.array([not text for text in stated.texts], np.bool_)[stated.code]
    day = np.where(abroad & of_the_day, columns["billed"], 0)
    rate = np.where(abroad, stated.code, 0)
    pairs = ((currency.code * len(stated.texts) + rate) << DAY_BITS) + day
    known, which = np.unique(pairs, return_inverse=True)
    quotes = [
        _quote(rates, currency.texts[pair // len(stated.texts)], target, said, on)
        for pair, on in (divmod(each, 1 << DAY_BITS) for each in known.tolist())
        for said in (stated.texts[pair % len(stated.texts)],)
    ]
    numerator = ints([each.numerator for each in quotes])[which]
    denominator = ints([each.denominator for each in quotes])[which]
    can = (numerator > 0) & (np.abs(amount) < AMOUNT_MAX // (numerator // denominator + 1))
    return ratio(np.where(can, amount, 0), np.where(can, numerator, 1), denominator), can


def _quote(rates: Rates, source: str, target: str, said: str, on: int) -> Fraction:
    """From minor units to minor units; nothing where it is not known, or no array holds it."""
    if source == target:
        return Fraction(1)
    rate = Fraction(Decimal(said)) if said else rates.spot(source, target, date.fromordinal(on))
    if rate is None:
        return Fraction(0)
    scaled = rate * Fraction(10) ** (exponent(target) - exponent(source))
    fits = scaled > 0 and max(scaled.numerator, scaled.denominator) < FITS
    return scaled if fits else Fraction(0)
