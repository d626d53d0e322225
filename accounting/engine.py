"""The door of the accounting core: a book, a policy and a period in; a calculation out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from accounting.book import (
    AdoptionChoice,
    Book,
    BookedPart,
    Calculation,
    Journal,
    LinePosition,
)
from accounting.exceptions import AccountingException, ExceptionCode
from accounting.journals import adoption_journal, movements
from accounting.lines import Lines, lines_known
from accounting.money import Money
from accounting.periods import Period
from accounting.policy import BALANCE_ROLES, RecognitionPolicy, Role
from accounting.positions import booked_by_documents, positions, totals
from accounting.recognition import RevenueLine

ENGINE_VERSION = "1"
"""Changes whenever the same book could give another figure."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the period starts from: the day, R frozen by line, and what the books hold then."""

    day: date
    recognised: Mapping[str, Money]
    booked: tuple[BookedPart, ...]
    adopted: tuple[BookedPart, ...]


def calculate(book: Book, policy: RecognitionPolicy, period: Period) -> Calculation:
    """What a close of the period proposes. Pure: the same book gives the same answer, bit for bit.

    Documents dated after the period's end are not known to it. What an exception holds keeps what
    is booked: nothing of its unit moves (docs/accounting.md §§6, 7, 9, 11).
    """
    currency = book.functional_currency
    known = lines_known(book, policy, period.end)
    start = _start(book, policy)
    lines = {k: line for k, line in known.lines.items() if line.unit not in known.held_units}
    by_documents = booked_by_documents(known.lines.values(), book.adopted_on, period.end)
    booked = (*start.booked, *start.adopted, *by_documents)
    held = tuple(part for part in booked if part.unit in known.held_units)
    target = (*positions(lines.values(), period.end), *held)
    figures = _figures(lines, known, start, booked, book, period)
    late = {position.line: position.catch_up for position in figures}
    adoption_journals, exceptions, differences, reconciling = _adopt(book, policy, start, period)
    opening = (
        *start.booked,
        *start.adopted,
        *booked_by_documents(known.lines.values(), book.adopted_on, start.day),
    )
    return Calculation(
        period=period,
        positions=_with_balances(figures, opening, target, currency),
        journals=(
            *adoption_journals,
            *movements(target, booked, late, policy.accounts, period, currency),
        ),
        exceptions=(*exceptions, *known.exceptions),
        opening=totals(opening, BALANCE_ROLES, currency),
        closing=totals(target, BALANCE_ROLES, currency),
        adoption_parts=start.adopted,
        adoption_differences=differences,
        reconciling=reconciling,
    )


def _start(book: Book, policy: RecognitionPolicy) -> _Start:
    if book.adoption is None:
        day = book.last_closed or book.adopted_on
        return _Start(day, book.recognised_frozen, book.booked, ())
    day = book.adoption.date
    then = lines_known(book, policy, day)
    lines = [line for line in then.lines.values() if line.unit not in then.held_units]
    recognised = {line.key: line.recognised_to_date(day) for line in lines}
    return _Start(day, recognised, book.booked, tuple(positions(lines, day)))


def _figures(
    lines: Mapping[str, RevenueLine],
    known: Lines,
    start: _Start,
    booked: Iterable[BookedPart],
    book: Book,
    period: Period,
) -> tuple[LinePosition, ...]:
    """The figures of every line; lines that are gone (void, excluded) give back what was frozen."""
    zero = Money.zero(book.functional_currency)
    rows = [_row(line, start, period) for line in lines.values()]
    units = {part.line: part for part in booked}
    gone = {*start.recognised, *units} - set(known.lines)
    for key in sorted(gone):
        part = units.get(key)
        if part is not None and part.unit in known.held_units:
            continue
        frozen = start.recognised.get(key, zero)
        if not frozen and part is None:
            continue
        document = key.split("/", 1)[0]
        rows.append(
            LinePosition(
                line=key,
                unit=part.unit if part else document,
                document=document,
                document_hash="",
                counterparty="",
                label=f"{key}: void, excluded or billed elsewhere",
                product=None,
                is_cost=part is not None and part.role is Role.PREPAYMENTS,
                method="none",
                service_start=period.start,
                service_end=period.end,
                dates_from="none",
                price=zero,
                billed=zero,
                billed_to_date=zero,
                recognised=-frozen,
                own=zero,
                catch_up=-frozen,
                recognised_to_date=zero,
                opening={},
                closing={},
            )
        )
    return tuple(sorted(rows, key=lambda row: row.line))


def _row(line: RevenueLine, start: _Start, period: Period) -> LinePosition:
    """One line: recognised = R(now known, period end) − R frozen; own is the period's part of it."""
    zero = Money.zero(line.functional_price.currency)
    to_date = line.recognised_to_date(period.end)
    recognised = to_date - start.recognised.get(line.key, zero)
    own = to_date - line.recognised_to_date(start.day)
    billed_to_date = line.billed_to_date(period.end)
    before = line.billed_to_date(start.day) if line.key in start.recognised else zero
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
        service_start=line.service.start,
        service_end=line.service.end,
        dates_from=line.dates_from,
        price=line.price,
        billed=billed_to_date - before,
        billed_to_date=billed_to_date,
        recognised=recognised,
        own=own,
        catch_up=recognised - own,
        recognised_to_date=to_date,
        opening={},
        closing={},
    )


def _with_balances(
    rows: Iterable[LinePosition],
    opening: Iterable[BookedPart],
    closing: Iterable[BookedPart],
    currency: str,
) -> tuple[LinePosition, ...]:
    before, after = _by_line(opening, currency), _by_line(closing, currency)
    return tuple(
        replace(row, opening=before.get(row.line, {}), closing=after.get(row.line, {}))
        for row in rows
    )


def _by_line(parts: Iterable[BookedPart], currency: str) -> dict[str, dict[Role, Money]]:
    balances: dict[str, dict[Role, Money]] = {}
    for part in parts:
        line = balances.setdefault(part.line, {})
        line[part.role] = line.get(part.role, Money.zero(currency)) + part.amount
    return balances


def _adopt(
    book: Book, policy: RecognitionPolicy, start: _Start, period: Period
) -> tuple[
    tuple[Journal, ...],
    tuple[AccountingException, ...],
    dict[Role, Money],
    dict[Role, Money],
]:
    """The adoption difference by role, and what people made of it (§11); nothing after adoption."""
    if book.adoption is None:
        return (), (), {}, {}
    held = totals(start.adopted, BALANCE_ROLES, book.functional_currency)
    answers = {answer.role: answer for answer in book.adoption.resolutions}
    journals: list[Journal] = []
    exceptions: list[AccountingException] = []
    differences: dict[Role, Money] = {}
    reconciling: dict[Role, Money] = {}
    for role in BALANCE_ROLES:
        ledger = book.adoption.balances[role]
        difference = held[role] - ledger
        if not difference:
            continue
        differences[role] = difference
        answer = answers.get(role)
        if answer is None or answer.difference != difference:
            exceptions.append(
                AccountingException(
                    ExceptionCode.ADOPTION_DIFFERENCE,
                    role.value,
                    f"At {book.adoption.date} the positions add up to {held[role]}, and account "
                    f"{policy.accounts.of(role)} in the ledger holds {ledger}. Accept the "
                    "difference as a reconciling item, or post an opening adjustment.",
                    difference.text(),
                )
            )
        elif answer.choice is AdoptionChoice.ACCEPT:
            reconciling[role] = difference
        else:
            journals.append(adoption_journal(answer, policy.accounts, period))
    return tuple(journals), tuple(exceptions), differences, reconciling
