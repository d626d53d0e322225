"""The door of the accounting core: a book, a policy and a period in; a calculation out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from accounting.adoption import adopt
from accounting.book import Book, BookedPart, Calculation, FrozenLine, LinePosition
from accounting.by_hand import lay, less
from accounting.errors import MissingRateError
from accounting.exceptions import ExceptionCode
from accounting.journals import movements
from accounting.lines import lines_known
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import BALANCE_ROLES, BEHIND_ROLES, Accruals, Catch, RecognitionPolicy, Role
from accounting.positions import Balances, balances, frozen_members, members, totals
from accounting.recognition import RevenueLine, Standing, recognised_functional, standing
from accounting.reversal import booked_by, turned_round
from accounting.rows import Lines
from accounting.service_period import Fault

ENGINE_VERSION = "2"
"""Changes whenever the same book could give another figure."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the period starts from: the day, each line as it was frozen, what was adopted."""

    day: date
    frozen: Mapping[str, FrozenLine]
    adopted: tuple[BookedPart, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines as known on a day, each with how it stands; held ones have no standing."""

    lines: Lines
    standings: Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Subledger:
    """The lines at the end of a period: where it starts from, what is known, every position."""

    start: Start
    now: Reading
    positions: tuple[LinePosition, ...]
    opening: Balances
    closing: Balances


def calculate(book: Book, policy: RecognitionPolicy, period: Period) -> Calculation:
    """What a close of the period proposes. Pure: the same book gives the same answer, bit for bit.

    What is known after the period's end is not known to it. What an exception holds keeps its
    frozen figures: nothing of it moves (docs/accounting.md §§6-9, 11).
    """
    currency = book.functional_currency
    subledger = subledger_of(book, policy, period)
    start, now, rows = subledger.start, subledger.now, subledger.positions
    opening, target = subledger.opening, subledger.closing
    reversals = tuple(turned_round(each, period) for each in book.to_reverse)
    booked = (*book.booked, *start.adopted, *_coded_parts(rows), *booked_by(reversals))
    laid = lay(book.by_hand, target.parts, booked, rows, policy.accounts, period.end)
    held_at_start = totals(opening.parts, BALANCE_ROLES, currency)
    adoption = adopt(book, policy, held_at_start, period)
    return Calculation(
        period=period,
        positions=rows,
        journals=(
            *reversals,
            *adoption.journals,
            *movements(target.parts, (*booked, *laid), rows, policy, period, currency),
        ),
        exceptions=(*adoption.exceptions, *now.lines.exceptions),
        opening=held_at_start,
        closing=totals(target.parts, BALANCE_ROLES, currency),
        adoption_parts=start.adopted,
        adoption_differences=adoption.differences,
        reconciling=less(adoption.reconciling, book.explained),
        non_current=Money.sum(target.non_current.values(), currency),
        adopted=start.frozen if book.adoption is not None else {},
        by_hand=laid,
    )


def subledger_of(book: Book, policy: RecognitionPolicy, period: Period) -> Subledger:
    """Every line of the book at the end of the period; journals are none of its business."""
    currency = book.functional_currency
    start = _start(book, policy)
    now = read_at(book, policy, period.end, with_imports=policy.imported is Catch.PROSPECTIVE)
    rows = [*_rows(now, start, period, currency), *_gone(now, start, currency)]
    rows.sort(key=lambda row: row.line)
    opening, closing = balances(frozen_members(start.frozen)), balances(members(rows))
    return Subledger(start, now, _with_balances(rows, opening, closing, currency), opening, closing)


def carried_forward(book: Book, calculation: Calculation) -> Book:
    """The book that the next close starts from, every journal of this one having been posted."""
    moved = booked_by(calculation.journals)
    frozen_by_hand = (replace(part, open_gain=False) for part in calculation.by_hand)
    return replace(
        book,
        frozen={row.line: row.frozen() for row in calculation.positions},
        booked=(*book.booked, *calculation.adoption_parts, *frozen_by_hand, *moved),
        adoption=None,
        by_hand=(),
        explained={},
        to_reverse=(),
        last_closed=calculation.period.end,
    )


def read_at(book: Book, policy: RecognitionPolicy, at: date, *, with_imports: bool) -> Reading:
    """The book's lines at the end of the day; `with_imports` from the figures that were imported."""
    lines = lines_known(book, policy, at, with_imports=with_imports)
    standings: dict[str, Standing] = {}
    for key, line in lines.lines.items():
        if key in lines.held:
            continue
        try:
            standings[key] = standing(line, at)
        except MissingRateError as error:
            lines.hold(key, Fault(ExceptionCode.MISSING_RATE, str(error)))
    _hold_unknown_year(lines, standings)
    return Reading(lines, {k: s for k, s in standings.items() if k not in lines.held})


def _hold_unknown_year(lines: Lines, standings: Mapping[str, Standing]) -> None:
    """Hold a line whose worth a year on is not known, where its unit's non-current part needs it.

    Nothing is asked for where nothing would be deferred anyway.
    """
    units: dict[str, list[str]] = {}
    for key in standings:
        units.setdefault(lines.lines[key].unit, []).append(key)
    for keys in units.values():
        unknown = [key for key in keys if standings[key].in_a_year is None]
        if not unknown:
            continue
        negative = all(standings[key].is_negative for key in keys)
        sign = -1 if negative else 1
        net = sum(standings[key].ahead for key in keys) * sign
        then = sum(standings[key].in_a_year or 0 for key in keys) * sign
        if net > 0 and then:
            line = lines.lines[unknown[0]]
            message = (
                f"What {line.key} will have earned a year on can't be valued: there is no closing "
                f"rate from {line.conversion.source} to {line.conversion.target}. Add the rate, "
                "or exclude the line."
            )
            lines.hold(unknown[0], Fault(ExceptionCode.MISSING_RATE, message))


def _start(book: Book, policy: RecognitionPolicy) -> Start:
    if book.adoption is None:
        return Start(book.last_closed or book.adopted_on, book.frozen, ())
    day = book.adoption.date
    then = read_at(book, policy, day, with_imports=True)
    currency = book.functional_currency
    frozen = {
        key: _frozen(then.lines.lines[key], stands, _coded(then.lines, key, day), currency)
        for key, stands in then.standings.items()
    }
    reversed_ = BEHIND_ROLES if policy.accruals is Accruals.AUTO_REVERSE else frozenset()
    parts = [p for p in balances(frozen_members(frozen)).parts if p.role not in reversed_]
    # What the documents put there by themselves stands in every later book for itself.
    by_documents = [
        BookedPart(key, line.unit, role, line.account, line.dimensions, -amount)
        for key, line in frozen.items()
        for role, amount in line.coded.items()
    ]
    return Start(day, frozen, (*parts, *by_documents))


def _coded(lines: Lines, key: str, at: date) -> dict[Role, Money]:
    sums: dict[Role, Money] = {}
    for day, role, amount in lines.coded.get(key, ()):
        if day <= at:
            sums[role] = sums.get(role, Money.zero(amount.currency)) + amount
    return sums


def _frozen(
    line: RevenueLine, stands: Standing, coded: Mapping[Role, Money], currency: str
) -> FrozenLine:
    return FrozenLine(
        unit=line.unit,
        is_cost=line.is_cost,
        recognised=Money(stands.recognised_functional, currency),
        billed=Money(stands.billed_functional, currency),
        ahead=Money(stands.ahead, currency),
        in_a_year=Money(stands.in_a_year or 0, currency),
        negative=stands.is_negative,
        account=line.account,
        dimensions=line.dimensions,
        coded=coded,
    )


def _rows(now: Reading, start: Start, period: Period, currency: str) -> Iterable[LinePosition]:
    """Every line that is known: as it stands, or held as it was frozen."""
    for key, stands in now.standings.items():
        coded = _coded(now.lines, key, period.end)
        yield _row(now.lines.lines[key], stands, start, coded, currency)
    for key in sorted(now.lines.held):
        frozen = start.frozen.get(key)
        if frozen is not None:
            yield _still(key, frozen, now.lines.lines.get(key), currency)


def _row(
    line: RevenueLine,
    stands: Standing,
    start: Start,
    coded: Mapping[Role, Money],
    currency: str,
) -> LinePosition:
    """One line: recognised = R(now known, period end) − R frozen; own is the period's part of it."""
    zero = Money.zero(currency)
    frozen = start.frozen.get(line.key)
    before = Money(recognised_functional(line, start.day), currency)
    to_date = Money(stands.recognised_functional, currency)
    billed_to_date = Money(stands.billed_functional, currency)
    recognised = to_date - (frozen.recognised if frozen else zero)
    billed = billed_to_date - (frozen.billed if frozen else zero)
    ahead = Money(stands.ahead, currency)
    return LinePosition(
        line=line.key,
        unit=line.unit,
        document=line.document,
        document_hash=line.document_hash,
        counterparty=line.counterparty,
        label=line.label,
        product=line.product,
        is_cost=line.is_cost,
        method=line.method,
        service_start=line.service_start,
        service_end=line.service_end,
        dates_from=line.dates_from,
        price=line.price,
        billed=billed,
        billed_to_date=billed_to_date,
        recognised=recognised,
        own=to_date - before,
        catch_up=recognised - (to_date - before),
        recognised_to_date=to_date,
        billed_in_document=Money(stands.billed, line.conversion.source),
        recognised_in_document=Money(stands.recognised, line.conversion.source),
        ahead=ahead,
        in_a_year=Money(stands.in_a_year or 0, currency),
        fx=_gain(frozen.ahead if frozen else zero, billed, recognised, ahead, line.is_cost),
        negative=stands.is_negative,
        account=line.account,
        dimensions=line.dimensions,
        coded=coded,
    )


def _gain(opening: Money, billed: Money, recognised: Money, closing: Money, cost: bool) -> Money:
    """FX by identity: opening + billed − recognised − closing; of costs with the sign turned."""
    gain = opening + billed - recognised - closing
    return -gain if cost else gain


def _still(key: str, frozen: FrozenLine, line: RevenueLine | None, currency: str) -> LinePosition:
    """A line that an exception holds: nothing of it moves."""
    document = line.document if line else key.split("/", 1)[0]
    source = line.conversion.source if line else currency
    zero = Money.zero(currency)
    return LinePosition(
        line=key,
        unit=frozen.unit,
        document=document,
        document_hash=line.document_hash if line else "",
        counterparty=line.counterparty if line else "",
        label=line.label if line else f"{key}: held",
        product=line.product if line else None,
        is_cost=frozen.is_cost,
        method=line.method if line else "none",
        service_start=line.service_start if line else None,
        service_end=line.service_end if line else None,
        dates_from=line.dates_from if line else "",
        price=line.price if line else zero,
        billed=zero,
        billed_to_date=frozen.billed,
        recognised=zero,
        own=zero,
        catch_up=zero,
        recognised_to_date=frozen.recognised,
        billed_in_document=Money.zero(source),
        recognised_in_document=Money.zero(source),
        ahead=frozen.ahead,
        in_a_year=frozen.in_a_year,
        fx=zero,
        negative=frozen.negative,
        held=True,
        account=frozen.account,
        dimensions=frozen.dimensions,
        coded=frozen.coded,
    )


def _gone(now: Reading, start: Start, currency: str) -> Iterable[LinePosition]:
    """Lines that are gone (void, excluded, billed elsewhere) give back what was frozen."""
    zero = Money.zero(currency)
    for key in sorted(set(start.frozen) - set(now.standings) - now.lines.held):
        frozen = start.frozen[key]
        if not (frozen.recognised or frozen.billed or frozen.ahead):
            continue
        yield LinePosition(
            line=key,
            unit=frozen.unit,
            document=key.split("/", 1)[0],
            document_hash="",
            counterparty="",
            label=f"{key}: void, excluded or billed elsewhere",
            product=None,
            is_cost=frozen.is_cost,
            method="none",
            service_start=None,
            service_end=None,
            dates_from="",
            price=zero,
            billed=-frozen.billed,
            billed_to_date=zero,
            recognised=-frozen.recognised,
            own=zero,
            catch_up=-frozen.recognised,
            recognised_to_date=zero,
            billed_in_document=zero,
            recognised_in_document=zero,
            ahead=zero,
            in_a_year=zero,
            fx=_gain(frozen.ahead, -frozen.billed, -frozen.recognised, zero, frozen.is_cost),
            negative=True,
            account=frozen.account,
            dimensions=frozen.dimensions,
        )


def _coded_parts(rows: Iterable[LinePosition]) -> Iterable[BookedPart]:
    """What documents coded straight to a balance account have put there by themselves."""
    for row in rows:
        for role, amount in row.coded.items():
            yield BookedPart(row.line, row.unit, role, row.account, row.dimensions, amount)


def _with_balances(
    rows: Iterable[LinePosition], opening: Balances, closing: Balances, currency: str
) -> tuple[LinePosition, ...]:
    before, after = _by_line(opening.parts, currency), _by_line(closing.parts, currency)
    return tuple(
        replace(
            row,
            opening=before.get(row.line, {}),
            closing=after.get(row.line, {}),
            non_current=closing.non_current.get(row.line, Money.zero(currency)),
        )
        for row in rows
    )


def _by_line(parts: Iterable[BookedPart], currency: str) -> dict[str, dict[Role, Money]]:
    by_line: dict[str, dict[Role, Money]] = {}
    for part in parts:
        line = by_line.setdefault(part.line, {})
        line[part.role] = line.get(part.role, Money.zero(currency)) + part.amount
    return by_line
