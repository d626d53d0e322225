"""From revenue lines to columns; what does not fit the arrays is marked `apart` there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from accounting.bulk import AMOUNT_MAX
from accounting.calendars import CALENDAR_MONTHS
from accounting.currency import Billing, Conversion
from accounting.methods import method_named
from accounting.periods import ONE_DAY
from accounting.rates import NO_RATES
from accounting.recognition import RevenueLine
from accounting.segments import USAGE, Segment
from accounting.vectorised import Columns
from accounting.vectorised_arithmetic import Ints, ints
from accounting.vectorised_billings import Billings
from accounting.vectorised_segments import AT_ONCE, BY_REPORTS, METHODS, Reports, Segments

REPORTS_MAX = 64
"""Lines with more reports than this, of other things than usage, are left to the one-line path."""
MANUAL = "manual"
CODES = {name: code for code, name in enumerate(METHODS)}
NOWHERE = Conversion("", "", NO_RATES, CALENDAR_MONTHS)

Row = tuple[int, int, int, int, int, int, int]
"""Line, since, opening, amount, method, start, end."""
Reported = list[tuple[int, int]]
"""Days and R from them on."""


@dataclass(slots=True)
class _Table:
    """Rows as they are gathered."""

    conversion: Conversion
    remeasured: bool
    segments: list[Row] = field(default_factory=list)
    reports: list[tuple[int, int, int]] = field(default_factory=list)
    billings: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, number: int, line: RevenueLine) -> bool:
        """Add the line, or say that it does not fit."""
        if not self._fits(line):
            return False
        read = [_read(number, segment) for segment in line.life.segments]
        rows = [each for each in read if each is not None]
        if len(rows) < len(read):
            return False
        if not line.conversion.is_same and not _is_plain(line, rows):
            return False
        for row, reported in rows:
            self.reports.extend((len(self.segments), day, value) for day, value in reported)
            self.segments.append(row)
        self.billings.extend(
            (number, each.date.toordinal(), each.amount, each.functional)
            for each in sorted(line.billings, key=_day)
        )
        return True

    def leave(self, number: int) -> None:
        """A line that the one-line path answers for."""
        self.segments.append((number, 0, 0, 0, AT_ONCE, 0, 0))

    def _fits(self, line: RevenueLine) -> bool:
        ours, its = self.conversion, line.conversion
        segments = line.life.segments
        return (
            its.target == ours.target
            and (its.rates is ours.rates or its.rates == ours.rates)
            and (its.calendar is ours.calendar or its.calendar == ours.calendar)
            and all(each.terms.calendar == ours.calendar for each in segments)
            and line.remeasured == self.remeasured
            and all(abs(each.opening) + abs(each.amount) < AMOUNT_MAX for each in segments)
            and sum(abs(each.amount) for each in line.billings) < AMOUNT_MAX
            and sum(abs(each.functional) for each in line.billings) < AMOUNT_MAX
        )


def compiled(lines: Sequence[RevenueLine]) -> Columns:
    """The columns of lines of one entity, in the order of the lines."""
    conversion = lines[0].conversion if lines else NOWHERE
    table = _Table(conversion, not lines or lines[0].remeasured)
    names: dict[str, int] = {}
    sources, apart = [], []
    for number, line in enumerate(lines):
        sources.append(names.setdefault(line.conversion.source, len(names)))
        fits = table.add(number, line)
        if not fits:
            table.leave(number)
        apart.append(not fits)
    number_of, since, opening, amount, method, start, end = _columns(table.segments, 7)
    return Columns(
        segments=Segments(
            line=number_of,
            since=since,
            opening=opening,
            amount=amount,
            method=method,
            start=start,
            end=end,
            reports=Reports(*_columns(table.reports, 3)),
            calendar=conversion.calendar,
        ),
        billings=Billings(*_columns(table.billings, 4)),
        source=ints(sources),
        apart=ints(apart).astype(bool),
        currencies=tuple(names),
        target=conversion.target,
        rates=conversion.rates,
        calendar=conversion.calendar,
        remeasured=table.remeasured,
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> list[Ints]:
    return [ints(column) for column in zip(*rows, strict=True)] or [ints([])] * width


def _day(billing: Billing) -> date:
    return billing.date


def _read(number: int, segment: Segment) -> tuple[Row, Reported] | None:
    """The segment as a row, with what it earns by reports; None where no row can say it."""
    terms = segment.terms
    since = segment.start.toordinal() if segment.start is not None else 0
    row = number, since, segment.opening, segment.amount
    if segment.at_once:
        return (*row, AT_ONCE, 0, 0), []
    if method_named(terms.method).over_time:
        assert terms.service is not None
        first, last = terms.service.start.toordinal(), terms.service.end.toordinal()
        return (*row, CODES[terms.method], first, last), []
    if terms.method == MANUAL:
        return None
    days = sorted({*terms.turns(), *((terms.known_start,) if terms.known_start else ())})
    if terms.method == USAGE:
        reported = _used(segment)
    elif len(days) > REPORTS_MAX:
        return None
    else:
        before = segment.recognised(days[0] - ONE_DAY) if days else segment.opening
        reported = [(0, before), *((day.toordinal(), segment.recognised(day)) for day in days)]
    if any(abs(value) >= AMOUNT_MAX for _, value in reported):
        return None
    first = reported[1][0] if len(reported) > 1 else 0
    return (*row, BY_REPORTS, first, 0), reported


def _used(segment: Segment) -> Reported:
    """R by days of usage, summed in one go: there may be a report for each day of years."""
    reached = segment.opening
    by_day = {0: reached}
    for day, amount in segment.terms.usage:
        if segment.start is None or day >= segment.start:
            reached += amount
            by_day[day.toordinal()] = reached
    return list(by_day.items())


def _is_plain(line: RevenueLine, rows: Sequence[tuple[Row, Reported]]) -> bool:
    """Whether the arrays know the foreign line's course: R only grows, away from zero, in one
    segment, and billings of the same sign lie in layers that no credit takes from.
    """
    if len(rows) != 1 or any(each.credits is not None for each in line.billings):
        return False
    (_, _, opening, amount, *_), reported = rows[0]
    if opening or (line.life.segments[0].at_once and amount):
        return False
    values = [value for _, value in reported] or [0, amount]
    signs = {_sign(after - before) for before, after in pairwise([0, *values])}
    billed = {_sign(each.amount) for each in line.billings}
    worth = {_sign(each.functional) for each in line.billings}
    return 0 not in billed and len((signs | billed | worth) - {0}) <= 1


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
