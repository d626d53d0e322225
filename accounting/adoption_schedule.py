"""Each row of an adoption schedule to its line, or refused by name (docs/accounting.md §11). Pure.

A row says what was recognised of a line up to the adoption date, R0, or what of it was deferred
then: R0 = B(t0) − deferred, in the document's currency. Nothing here is guessed: a row that can
mean two things, or that the close would not take as it stands, is refused with its reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from accounting.book import Book
from accounting.engine import Reading, read_at
from accounting.errors import AmountError
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, RecognitionPolicy
from accounting.positions import Member, balances, totals
from accounting.recognition import RevenueLine, Standing
from accounting.schedule_lookup import Lookup
from accounting.schedule_rows import (
    ComputedLine,
    Fault,
    HeldLine,
    Matched,
    Refusal,
    RoleTotal,
    RowResult,
    Schedule,
    ScheduleRow,
)
from accounting.segments import USAGE


def match(schedule: Schedule, book: Book, policy: RecognitionPolicy) -> Matched:
    """What the schedule would do to the book at adoption. What the book has imported is left out.

    Nothing is imported here. A file of which any row is refused has no totals.
    """
    lookup = Lookup(book, policy)
    rows = _once_each([_result(row, schedule, lookup) for row in schedule.rows])
    return _matched(rows, lookup)


def imported(book: Book, policy: RecognitionPolicy) -> Matched:
    """The same for what the book has imported already: a result per line that it names."""
    lookup = Lookup(book, policy)
    rows = []
    for number, (key, recognised) in enumerate(sorted(book.imported.items()), 1):
        result = RowResult(number, "", "", line=key, label=key, recognised=recognised)
        line = lookup.reading.lines.lines.get(key)
        if line is None or key not in lookup.reading.standings:
            rows.append(replace(result, fault=Fault(Refusal.HELD, lookup.held_by(key))))
        else:
            computed = _computed(lookup.reading, key).recognised
            rows.append(replace(result, label=line.label, computed=computed))
    return _matched(rows, lookup)


def _matched(rows: Iterable[RowResult], lookup: Lookup) -> Matched:
    said = [row for row in rows if row.fault is None]
    recognised = {row.line: row.recognised for row in said if row.recognised is not None}
    book = replace(lookup.book, imported=recognised)
    then = read_at(book, lookup.policy, lookup.day, with_imports=True)
    rows = [_as_taken(row, then) for row in rows]
    named = {row.line for row in rows}
    without = [key for key in sorted(lookup.reading.standings) if key not in named]
    still_open = [key for key in without if _is_open(lookup.reading, key)]
    refused = any(row.fault is not None for row in rows)
    return Matched(
        rows=tuple(rows),
        computed=tuple(_computed(lookup.reading, key) for key in still_open),
        settled=len(without) - len(still_open),
        held=tuple(HeldLine(key, lookup.held_by(key)) for key in sorted(lookup.held)),
        totals=() if refused else _totals(then, lookup.book, lookup.policy),
        recognised={} if refused else recognised,
    )


def _result(row: ScheduleRow, schedule: Schedule, lookup: Lookup) -> RowResult:
    """One row to its line with R0, or refused."""
    result = RowResult(row.row, row.document, row.line)
    if row.fault is not None:
        return replace(result, fault=row.fault)
    document = lookup.document(row, schedule.documents_by)
    if isinstance(document, Fault):
        return replace(result, fault=document)
    choice = lookup.line(row, document, schedule.lines_by)
    if isinstance(choice, Fault):
        return replace(result, fault=choice)
    result = replace(result, line=choice.key)
    fault = lookup.fault(document, choice)
    if fault is not None:
        return replace(result, fault=fault)
    line = lookup.reading.lines.lines[choice.key]
    computed = _computed(lookup.reading, choice.key).recognised
    result = replace(result, label=line.label, computed=computed)
    said = _recognised(row, line, lookup.reading.standings[choice.key])
    if isinstance(said, Fault):
        return replace(result, fault=said)
    return replace(result, recognised=said, fault=_beyond(said, line, computed))


def _recognised(row: ScheduleRow, line: RevenueLine, stands: Standing) -> Money | Fault:
    """R0 as the row says it: recognised to date, or what was billed less what was deferred."""
    currency = line.conversion.source
    if row.currency and row.currency.upper() != currency:
        return Fault(
            Refusal.CURRENCY_DIFFERS,
            f"The row is in {row.currency}, and {line.key} is in {currency}: figures are in the "
            "document's own currency.",
        )
    try:
        said = Money.parse(row.recognised, currency) if row.recognised is not None else None
        deferred = Money.parse(row.deferred, currency) if row.deferred is not None else None
    except AmountError as error:
        return Fault(Refusal.WRONG_DECIMALS, str(error))
    billed = Money(stands.billed, currency)
    by_deferred = billed - deferred if deferred is not None else None
    if said is not None and by_deferred is not None and said != by_deferred:
        return Fault(
            Refusal.AMOUNTS_CONTRADICT,
            f"Recognised to date {said} and deferred {deferred} do not add up to what {line.key} "
            f"was billed, {billed}. Correct one of them, or leave it empty.",
        )
    found = said if said is not None else by_deferred
    if found is None:
        return Fault(Refusal.NO_AMOUNT, "The row gives neither recognised to date nor deferred.")
    return found


def _beyond(said: Money, line: RevenueLine, computed: Money) -> Fault | None:
    """Whether R0 lies outside of nothing … P; usage has no P that bounds it."""
    zero, price = Money.zero(said.currency), line.price
    if said == computed or min(zero, price) <= said <= max(zero, price) or line.method == USAGE:
        return None
    return Fault(
        Refusal.BEYOND_PRICE,
        f"{said} would be recognised of {line.key}, and its price is {price}.",
    )


def _once_each(rows: Sequence[RowResult]) -> list[RowResult]:
    """Rows that say the same line are all refused: which one is meant can't be told."""
    by_line: dict[str, list[int]] = {}
    for row in rows:
        by_line.setdefault(row.line, []).append(row.row)
    told = []
    for row in rows:
        others = [str(number) for number in by_line[row.line] if number != row.row]
        if row.fault is None and others:
            message = f"{row.line} is in row {', '.join(others)}, too. Keep one of them."
            told.append(replace(row, fault=Fault(Refusal.DUPLICATE, message)))
        else:
            told.append(row)
    return told


def _as_taken(row: RowResult, then: Reading) -> RowResult:
    """The row refused, where the close would not start from its figure."""
    if row.fault is not None or row.recognised is None:
        return row
    stands = then.standings.get(row.line)
    if stands is None:
        why = next((e.message for e in then.lines.exceptions if e.subject == row.line), "")
        message = f"With this figure an exception holds {row.line}: {why}"
        return replace(row, fault=Fault(Refusal.HELD, message))
    if stands.recognised == row.recognised.minor:
        return row
    message = (
        f"What counts of {row.line} now became known after adoption, and that forgets an imported "
        "figure. Take the row out."
    )
    return replace(row, fault=Fault(Refusal.NOT_KNOWN_AT_ADOPTION, message))


def _is_open(reading: Reading, key: str) -> bool:
    """Whether something of the line is still to be earned or billed."""
    stands, line = reading.standings[key], reading.lines.lines[key]
    return not stands.recognised == stands.billed == line.price.minor


def _computed(reading: Reading, key: str) -> ComputedLine:
    """A line as it stands without a row."""
    stands, line = reading.standings[key], reading.lines.lines[key]
    currency = line.conversion.source
    return ComputedLine(
        key, line.label, Money(stands.recognised, currency), Money(stands.billed, currency)
    )


def _totals(then: Reading, book: Book, policy: RecognitionPolicy) -> tuple[RoleTotal, ...]:
    currency = book.functional_currency
    by_role = totals(balances(_members(then, currency)).parts, BALANCE_ROLES, currency)
    ledger = book.adoption.balances if book.adoption is not None else None
    return tuple(
        RoleTotal(
            role=role,
            account=policy.accounts.of(role),
            positions=by_role[role],
            ledger=ledger.get(role) if ledger is not None else None,
        )
        for role in BALANCE_ROLES
        if policy.accounts.has(role)
    )


def _members(reading: Reading, currency: str) -> Iterable[Member]:
    for key, stands in reading.standings.items():
        line = reading.lines.lines[key]
        yield Member(
            line=key,
            unit=line.unit,
            is_cost=line.is_cost,
            ahead=Money(stands.ahead, currency),
            in_a_year=Money(stands.in_a_year or 0, currency),
            negative=stands.is_negative,
            account=line.account,
            dimensions=line.dimensions,
        )
