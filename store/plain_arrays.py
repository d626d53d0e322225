"""From the rows of plain lines to arrays: which documents are plain whole, by what method each line
goes, at what rate it was billed; and the close of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accounting.beside import Beside
from accounting.book import Book
from accounting.methods import method_named
from accounting.money import exponent
from accounting.periods import Period
from accounting.policy import COST_SIDE, REVENUE_SIDE, Netting, RecognitionPolicy, Rule
from accounting.vectorised_arithmetic import FITS, Bools, Ints, ints
from accounting.vectorised_billings import Billings
from accounting.vectorised_journals import Place
from accounting.vectorised_plain import PlainClose, PlainLines, closed, numbered
from accounting.vectorised_positions import ROLE, Frozen
from accounting.vectorised_segments import METHODS
from store.document_rows import dimensions_of
from store.plain_bills import Bills, bills_of, functional_of, is_in
from store.plain_query import Asked
from store.plain_table import Coded, Rows

POINT_IN_TIME = "point_in_time"
NO_METHOD = -1
DATES_FROM = ("line", "contract")
"""Where the days of a plain line stand: on an invoice's line, or on a contract's."""


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
    dates_from: Coded
    service_end: Ints
    close: PlainClose

    @property
    def beside(self) -> Beside:
        """The sums that the calculation of the other lines takes in."""
        return self.close.beside(self.currency)


def reading(
    lines: Rows,
    bills: Rows,
    documents: Ints,
    policy: RecognitionPolicy,
    book: Book,
    asked: Asked,
) -> PlainReading:
    """The close of those documents that are plain in all their lines; `documents` are all there are."""
    lined, document = lines["number"] > 0, lines["document_id"]
    method = _methods(policy, lines)
    last = book.adoption.date if book.adoption is not None else book.last_closed
    before = last or book.adopted_on
    billed = bills_of(bills, lines, policy, book, before)
    functional, has_rate = functional_of(policy, book.rates, lines)
    has_rate |= lines.flag("is_contract")
    key, name = lines.texts("key"), lines.texts("source_id")
    fine = lines.flag("plain") & (~lined | (has_rate & (method != NO_METHOD)))
    fine &= ~(lined & _said_twice(key)) & ~_named_twice(document, name)
    fine &= ~_unnamed_among_others(document, key, name)
    strays = spelt_both_ways(name.filter(pa.array(document == 0)))
    fine &= ~np.isin(document, billed.broken(strays)) & ~is_in(name, strays)
    plain = _whole(document, fine)
    rows = _in_order(key, np.flatnonzero(plain & lined))
    close, kept = closed(
        _plain_lines(_Chosen(rows, method, functional, billed), lines, policy, asked),
        policy,
        book.rates,
        Period(asked.close.period_start, asked.close.period_end),
        before,
        first=book.adoption is not None,
        together=document[rows],
    )
    if not kept.all():
        plain &= ~np.isin(document, document[rows[~kept]])
        rows = rows[kept]
    taken, by_contract = pa.array(rows), policy.netting is Netting.CONTRACT
    known = np.concatenate([document[plain], billed.invoices_of(document[plain])])
    others = documents[~np.isin(documents, known, kind="table")]
    return PlainReading(
        others=others.tolist(),
        names=spelt_both_ways(name.filter(pa.array(~plain))),
        currency=policy.functional_currency,
        by_contract=by_contract,
        document=document[rows],
        number=lines["number"][rows],
        key=key.take(taken),
        unit=(name if by_contract else key).take(taken),
        document_hash=lines.texts("content_hash").take(taken),
        method=Coded(method[rows], (*METHODS, POINT_IN_TIME)),
        account=lines.coded("account").take(rows),
        dimensions=lines.coded("dimensions").take(rows),
        dates_from=Coded(lines.flag("is_contract")[rows].astype(np.int64), DATES_FROM),
        service_end=lines["end"][rows],
        close=close,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The rows that are plain, and what was found out of all."""

    rows: Ints
    method: Ints
    functional: Ints
    bills: Bills


def _plain_lines(of: _Chosen, columns: Rows, policy: RecognitionPolicy, asked: Asked) -> PlainLines:
    rows, method = of.rows, of.method[of.rows]
    at_once = method == len(METHODS)
    start, end = columns["start"][rows], columns["end"][rows]
    place, places = _places(
        columns.coded("account").take(rows), columns.coded("dimensions").take(rows)
    )
    currency = columns.coded("currency")
    by_contract = policy.netting is Netting.CONTRACT
    document = columns["document_id"][rows]
    return PlainLines(
        amount=columns["amount"][rows],
        # Later closes than the first ask for nothing of another day's knowledge.
        known=columns["known" if asked.adopted is not None else "billed"][rows],
        method=np.where(at_once, METHODS.index("daily"), method),
        start=start,
        end=np.where(at_once, start, end),
        source=currency.code[rows],
        is_cost=columns.flag("is_cost")[rows],
        unit=numbered(document) if by_contract else np.arange(rows.size),
        place=place,
        booked=_booked(columns, rows),
        frozen=_frozen(columns, rows),
        billings=_billings(columns, of.functional, of.bills, rows),
        currencies=currency.texts,
        places=places,
    )


def _billings(columns: Rows, functional: Ints, bills: Bills, rows: Ints) -> Billings:
    """What bills the rows: themselves, or the invoices of their contract."""
    place = np.full(functional.size, -1, np.int64)
    place[rows] = np.arange(rows.size)
    own = np.flatnonzero(~columns.flag("is_contract")[rows])
    named = np.flatnonzero((bills.row >= 0) & (place[bills.row] >= 0))
    line = np.concatenate([own, place[bills.row[named]]])
    day = np.concatenate([columns["billed"][rows[own]], bills.day[named]])
    amount = np.concatenate([columns["amount"][rows[own]], bills.amount[named]])
    worth = np.concatenate([functional[rows[own]], bills.functional[named]])
    if np.bincount(line, minlength=1).max() > 1:
        order = np.lexsort((day, line))
    else:
        order = np.full(rows.size, -1, np.int64)
        order[line] = np.arange(line.size)
        order = order[order >= 0]
    return Billings(line[order], day[order], amount[order], worth[order])


def _frozen(columns: Rows, rows: Ints) -> Frozen:
    return Frozen(
        recognised=columns["frozen_recognised"][rows],
        billed=columns["frozen_billed"][rows],
        ahead=columns["frozen_ahead"][rows],
        in_a_year=columns["frozen_in_a_year"][rows],
        negative=columns.flag("frozen_negative")[rows],
    )


def _booked(columns: Rows, rows: Ints) -> Ints:
    """What the ledger holds, a row a role: ahead and behind of sales or costs."""
    found = np.zeros((len(ROLE), rows.size), np.int64)
    is_cost = columns.flag("is_cost")[rows]
    for sides, own in ((REVENUE_SIDE, ~is_cost), (COST_SIDE, is_cost)):
        found[ROLE[sides.ahead]] = np.where(own, columns["booked_ahead"][rows], 0)
        found[ROLE[sides.behind]] = np.where(own, columns["booked_behind"][rows], 0)
    return found


def _in_order(key: pa.Array, rows: Ints) -> Ints:
    """The rows in the order of their keys; in that of their documents' names they mostly are."""
    taken = key.take(pa.array(rows))
    if pc.all(pc.less_equal(taken[:-1], taken[1:])).as_py() is not False:
        return rows
    order: Ints = pc.sort_indices(taken).to_numpy().astype(np.int64)
    return rows[order]


def _said_twice(key: pa.Array) -> Bools:
    """Which keys, in their order, stand there more than once."""
    return _on_either_side(_as_before(key), len(key))


def _named_twice(document: Ints, name: pa.Array) -> Bools:
    """Which rows stand beside those of another document of the same name: an invoice and a bill."""
    return _on_either_side(_as_before(name) & (np.diff(document) != 0), len(name))


def _unnamed_among_others(document: Ints, key: pa.Array, name: pa.Array) -> Bools:
    """Which rows are a line without a name in a document that has others: another document's may
    stand between them in the order of keys, and what nets together must stand together.
    """
    number = numbered(document)
    several = np.bincount(number, minlength=1)[number] > 1
    unnamed: Bools = pc.equal(key, name).to_numpy(zero_copy_only=False)
    found: Bools = several & unnamed.astype(np.bool_)
    return found


def _as_before(texts: pa.Array) -> Bools:
    """Whether the next text is the same one, of every text but the last."""
    found: Bools = pc.equal(texts[1:], texts[:-1]).to_numpy(zero_copy_only=False)
    return found.astype(np.bool_)


def _on_either_side(between: Bools, rows: int) -> Bools:
    """The rows on both sides of what is marked between two of them."""
    found = np.zeros(rows, np.bool_)
    found[1:] |= between
    found[:-1] |= between
    return found


def _whole(rows: Ints, fine: Bools) -> Bools:
    """The rows of documents of which every line is fine."""
    document = numbered(rows)
    bad = np.zeros(int(document[-1]) + 1 if document.size else 0, np.bool_)
    bad[document[~fine]] = True
    return ~bad[document]


def spelt_both_ways(names: pa.Array) -> list[str]:
    """Names of documents, each as it is, and as the names of its lines would have it."""
    known = pc.unique(names).to_pylist()
    return sorted({*known, *(each.partition("/")[0] for each in known)})


def _places(account: Coded, dimensions: Coded) -> tuple[Ints, tuple[Place, ...]]:
    """Each line's result account with its tracking: its place among those there are."""
    both = account.code * len(dimensions.texts) + dimensions.code
    known = np.flatnonzero(np.bincount(both))
    place = np.zeros(int(known.max(initial=0)) + 1, np.int64)
    place[known] = np.arange(known.size)
    places = tuple(
        (account.texts[code // size], dimensions_of(dimensions.texts[code % size]))
        for size in (len(dimensions.texts),)
        for code in known.tolist()
    )
    return place[both], places


def _methods(policy: RecognitionPolicy, columns: Rows) -> Ints:
    """What `service_period.choose_method` chooses, of each line: a place in METHODS, the one after
    the last for what is earned at once, NO_METHOD for all others.
    """
    code = _code(policy.method)
    found = np.full(columns["amount"].size, code, np.int64)
    free = np.ones(found.size, np.bool_)
    for rule in policy.rules:
        fits = free & _fits(rule, columns)
        found[fits] = _code(rule.method)
        free &= ~fits
    return found


def _code(name: str) -> int:
    method = method_named(name).name
    if method == POINT_IN_TIME:
        return len(METHODS)
    return METHODS.index(method) if method in METHODS else NO_METHOD


def _fits(rule: Rule, columns: Rows) -> Bools:
    """`service_period._fits`."""
    fits = np.ones(columns["amount"].size, np.bool_)
    for wanted, name in (
        (rule.product, "product"),
        (rule.account, "listed_account"),
        (rule.currency, "currency"),
        (rule.type, "type"),
    ):
        if wanted is not None:
            column = columns.coded(name)
            fits &= np.array([text == wanted for text in column.texts], np.bool_)[column.code]
    if rule.tag is not None:
        listed = columns.coded("listed_dimensions")
        tagged = [bool(text) and rule.tag in dimensions_of(text) for text in listed.texts]
        fits &= np.array(tagged, np.bool_)[listed.code]
    size = np.abs(columns["amount"])
    for bound, at_least in ((rule.amount_from, True), (rule.amount_below, False)):
        if bound is not None:
            currency = columns.coded("currency")
            limits = ints([_limit(bound, each) for each in currency.texts])[currency.code]
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
