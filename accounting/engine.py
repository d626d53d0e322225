"""The door of the accounting core: a book, a policy and a period in; a calculation out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from accounting.adoption import adopt
from accounting.beside import NOTHING_BESIDE, Beside, with_these
from accounting.book import Book, BookedPart, Calculation, FrozenLine, LinePosition
from accounting.by_hand import lay, less
from accounting.errors import MissingRateError
from accounting.exceptions import ExceptionCode
from accounting.journals import movements
from accounting.line_positions import frozen_line, given_back, held_position, line_position
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


class Reckoner:
    """How lines stand at the end of a day: here one line after another, which is the reference."""

    def standings(
        self,
        lines: Mapping[str, RevenueLine],  # noqa: ARG002  # who reckons at once wants them all
        at: date,
    ) -> Callable[[RevenueLine], Standing]:
        """What says of each of the lines how it stands; that raises MissingRateError."""
        return partial(standing, at=at)

    def recognised(
        self,
        lines: Mapping[str, RevenueLine],  # noqa: ARG002
        at: date,
    ) -> Callable[[RevenueLine], int]:
        """What says of each of the lines its R in functional currency."""
        return partial(recognised_functional, at=at)


def calculate(
    book: Book,
    policy: RecognitionPolicy,
    period: Period,
    reckoner: Reckoner | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> Calculation:
    """What a close of the period proposes. Pure: the same book gives the same answer, bit for bit.

    What is known after the period's end is not known to it. What an exception holds keeps its
    frozen figures: nothing of it moves (docs/accounting.md §§6-9, 11). What is reckoned `beside`
    the book's lines goes into balances and journals.
    """
    lines = _lines_of(book, policy, period)
    return calculate_lines(book, policy, period, lines, reckoner, beside)


def calculate_lines(
    book: Book,
    policy: RecognitionPolicy,
    period: Period,
    lines: Lines,
    reckoner: Reckoner | None = None,
    beside: Beside = NOTHING_BESIDE,
) -> Calculation:
    """The same of lines that are read already: `book` says what is frozen, adopted and booked."""
    currency = book.functional_currency
    subledger = _subledger(book, policy, period, lines, reckoner or Reckoner())
    start, now, rows = subledger.start, subledger.now, subledger.positions
    opening, target = subledger.opening, subledger.closing
    reversals = tuple(turned_round(each, period) for each in book.to_reverse)
    booked = (*book.booked, *start.adopted, *_coded_parts(rows), *booked_by(reversals))
    laid = lay(book.by_hand, target.parts, booked, rows, policy.accounts, period.end)
    held_at_start = with_these(totals(opening.parts, BALANCE_ROLES, currency), beside.opening)
    closing = with_these(totals(target.parts, BALANCE_ROLES, currency), beside.closing)
    adoption = adopt(book, policy, held_at_start, period)
    return Calculation(
        period=period,
        positions=rows,
        journals=(
            *reversals,
            *adoption.journals,
            *movements(
                target.parts, (*booked, *laid), rows, policy, period, currency, beside.parts
            ),
        ),
        exceptions=(*adoption.exceptions, *now.lines.exceptions),
        opening=held_at_start,
        closing=closing,
        adoption_parts=start.adopted,
        adoption_differences=adoption.differences,
        reconciling=less(adoption.reconciling, book.explained),
        non_current=Money.sum(target.non_current.values(), currency)
        + Money(beside.non_current, currency),
        adopted=start.frozen if book.adoption is not None else {},
        by_hand=laid,
    )


def subledger_of(book: Book, policy: RecognitionPolicy, period: Period) -> Subledger:
    """Every line of the book at the end of the period; journals are none of its business."""
    return _subledger(book, policy, period, _lines_of(book, policy, period), Reckoner())


def _lines_of(book: Book, policy: RecognitionPolicy, period: Period) -> Lines:
    with_imports = policy.imported is Catch.PROSPECTIVE
    return lines_known(book, policy, period.end, with_imports=with_imports)


def _subledger(
    book: Book, policy: RecognitionPolicy, period: Period, lines: Lines, reckoner: Reckoner
) -> Subledger:
    currency = book.functional_currency
    start = _start(book, policy, reckoner)
    now = read_lines(lines, period.end, reckoner)
    rows = sorted(_rows(now, start, period, currency, reckoner), key=lambda each: each.line)
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


def read_at(
    book: Book,
    policy: RecognitionPolicy,
    at: date,
    *,
    with_imports: bool,
    reckoner: Reckoner | None = None,
) -> Reading:
    """The book's lines at the end of the day; `with_imports` from the figures that were imported."""
    lines = lines_known(book, policy, at, with_imports=with_imports)
    return read_lines(lines, at, reckoner or Reckoner())


def read_lines(lines: Lines, at: date, reckoner: Reckoner) -> Reading:
    """How lines that are known stand at the end of the day. What a missing rate holds is held in
    `lines`, too.
    """
    stands = reckoner.standings(lines.lines, at)
    standings: dict[str, Standing] = {}
    for key, line in lines.lines.items():
        if key in lines.held:
            continue
        try:
            standings[key] = stands(line)
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


def _start(book: Book, policy: RecognitionPolicy, reckoner: Reckoner) -> Start:
    if book.adoption is None:
        return Start(book.last_closed or book.adopted_on, book.frozen, ())
    day = book.adoption.date
    then = read_at(book, policy, day, with_imports=True, reckoner=reckoner)
    currency = book.functional_currency
    was = {
        key: frozen_line(then.lines.lines[key], stands, _coded(then.lines, key, day), currency)
        for key, stands in then.standings.items()
    }
    reversed_ = BEHIND_ROLES if policy.accruals is Accruals.AUTO_REVERSE else frozenset()
    parts = [p for p in balances(frozen_members(was)).parts if p.role not in reversed_]
    # What the documents put there by themselves stands in every later book for itself.
    by_documents = [
        BookedPart(key, line.unit, role, line.account, line.dimensions, -amount)
        for key, line in was.items()
        for role, amount in line.coded.items()
    ]
    return Start(day, was, (*parts, *by_documents))


def _coded(lines: Lines, key: str, at: date) -> dict[Role, Money]:
    sums: dict[Role, Money] = {}
    for day, role, amount in lines.coded.get(key, ()):
        if day <= at:
            sums[role] = sums.get(role, Money.zero(amount.currency)) + amount
    return sums


def _rows(
    now: Reading, start: Start, period: Period, currency: str, reckoner: Reckoner
) -> Iterable[LinePosition]:
    """Every line that is known: as it stands, or held as it was frozen; then those that are gone."""
    before = reckoner.recognised(now.lines.lines, start.day)
    for key, stands in now.standings.items():
        line, coded = now.lines.lines[key], _coded(now.lines, key, period.end)
        yield line_position(line, stands, before(line), start.frozen.get(key), coded, currency)
    for key in sorted(now.lines.held):
        was = start.frozen.get(key)
        if was is not None:
            yield held_position(key, was, now.lines.lines.get(key), currency)
    yield from given_back(start.frozen, now.standings.keys() | now.lines.held, currency)


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
