"""A line and its segments: R(t) in minor units of the document currency."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.second_opinion.calendars import Calendar, Period
from tests.second_opinion.evidence import Dates
from tests.second_opinion.methods import TIME_METHODS, earned_by_time
from tests.second_opinion.money import rounded

ONE_DAY = timedelta(days=1)
EVER = date(1, 1, 2)


@dataclass(frozen=True)
class Report:
    """A delivery or a usage report."""

    id: str
    date: date
    percent: Fraction | None = None
    units: Fraction | None = None
    milestone: str | None = None
    amount: int = 0


@dataclass(frozen=True)
class Terms:
    """What a contract or a ledger line says about how it is earned."""

    method: str
    dates: Dates
    units: Fraction | None = None
    milestones: tuple[tuple[str, Fraction], ...] = ()
    manual: tuple[tuple[Period, Fraction], ...] = ()
    standalone_price: Fraction | None = None


@dataclass(frozen=True)
class Billing:
    """An invoice line, or (negative) a credit, on the line that it bills."""

    order: tuple[Any, ...]
    date: date
    amount: int
    functional: int | None
    origin: str
    is_credit: bool
    account: str
    waits_for: str


@dataclass(frozen=True)
class Segment:
    """From a day on, R(t); `problem` is the exception that its terms raise."""

    from_day: date
    earned: Callable[[date], int]
    problem: str | None = None


@dataclass
class Line:
    """A revenue line: a ledger line, an obligation or an expense."""

    key: str
    side: str
    unit: str
    contract: str | None
    currency: str
    document_date: date
    is_ledger_line: bool
    calendar: Calendar
    terms: Terms
    total: int = 0
    credited: int = 0
    deliveries: list[Report] = field(default_factory=list)
    usage: list[Report] = field(default_factory=list)
    billings: list[Billing] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    ended: bool = False
    cancelled_on: date | None = None
    whole_on: date | None = None
    imported: int | None = None
    imported_at: date | None = None
    import_applied: bool = False
    in_force: bool = False
    fixed_values: dict[date, int] = field(default_factory=dict)
    touched: set[date] = field(default_factory=set)

    def recognised(self, at: date) -> int:
        """R(t): the latest segment that has begun answers."""
        if at in self.fixed_values:
            return self.fixed_values[at]
        running: Segment | None = None
        for segment in self.segments:
            if segment.from_day <= at:
                running = segment
        answer = running.earned(at) if running else 0
        self.fixed_values[at] = answer
        return answer

    def billed(self, at: date) -> int:
        return sum(billing.amount for billing in self.billings if billing.date <= at)

    def problems(self) -> set[str]:
        return {segment.problem for segment in self.segments if segment.problem}

    def open_segment(self, segment: Segment) -> None:
        self.segments.append(segment)
        self.touched.add(segment.from_day)
        self.touched |= {period.start for period, _ in self.terms.manual}
        if self.terms.dates.start:
            self.touched.add(self.terms.dates.start)
        self.fixed_values.clear()

    # What events do.

    def whole_life(self) -> None:
        """One segment over the whole life; a cancellation and an import stay in force."""
        self.segments.clear()
        self.open_segment(whole_segment(self))
        cancelled = self.cancelled_on
        if cancelled and self.imported_at and cancelled <= self.imported_at:
            self.open_segment(constant(cancelled, self.total))
        if self.import_applied:
            self.open_import()
        if cancelled and not (self.imported_at and cancelled <= self.imported_at):
            self.open_segment(constant(cancelled, self.total))

    def go_on(self, day: date) -> None:
        """Close the running segment at R(d-1); earn the remainder over what remains."""
        self.open_segment(remaining_segment(self, day))

    def stop(self, day: date) -> None:
        """An absent obligation stops at R(d-1)."""
        self.total = self.recognised(day - ONE_DAY)
        self.open_segment(constant(day, self.total))
        self.ended = True

    def cancel(self, day: date, credit: int) -> None:
        self.total -= credit
        self.credited += credit
        self.open_segment(constant(day, self.total))
        self.cancelled_on = day

    def lower_for_life(self, credit: int, *, known_later: bool) -> None:
        self.total -= credit
        self.credited += credit
        if known_later:
            self.forget_import()
        self.whole_life()

    def lower_from(self, day: date, credit: int) -> None:
        self.total -= credit
        self.credited += credit
        self.go_on(day)

    def apply_import(self) -> None:
        if self.imported is not None and self.imported_at is not None:
            self.import_applied = True
            self.open_import()

    def open_import(self) -> None:
        """R(t0) is the imported figure; from the day after the rest is earned."""
        assert self.imported is not None
        assert self.imported_at is not None
        self.open_segment(constant(self.imported_at, self.imported))
        self.go_on(self.imported_at + ONE_DAY)

    def forget_import(self) -> None:
        self.imported = None
        self.import_applied = False


def constant(day: date, amount: int) -> Segment:
    return Segment(day, lambda _at: amount)


def step(day: date, before: int, after: int, on: date) -> Segment:
    """`before` up to the day before `on`, `after` from it on."""
    return Segment(day, lambda at: after if at >= on else before)


def whole_segment(line: Line) -> Segment:
    """R(t) = round(P · f(t)), or Σ of the usage, or all of it on the document's date."""
    total = line.total
    if line.terms.method == "usage":
        return Segment(EVER, lambda at: used(line, at))
    if line.whole_on is not None:
        return step(EVER, 0, total, line.whole_on)
    problem = problem_of(line.terms)
    if problem:
        return Segment(EVER, lambda _at: 0, problem)
    terms = line.terms
    return Segment(EVER, lambda at: rounded(total * fraction(line, terms, at)))


def remaining_segment(line: Line, day: date) -> Segment:
    """From day d on: what was earned before it, plus the remainder by the same method."""
    before = line.recognised(day - ONE_DAY)
    total, terms = line.total, line.terms
    rest = total - before
    if terms.method == "usage":
        used_before = used(line, day - ONE_DAY)
        return Segment(day, lambda at: before + used(line, at) - used_before)
    if line.cancelled_on is not None:
        return constant(day, total)
    if line.whole_on is not None:
        return step(day, before, total, max(day, line.whole_on))
    problem = problem_of(terms)
    if problem:
        return Segment(day, lambda _at: before, problem)
    if terms.method in TIME_METHODS:
        start, end = terms.dates.start, terms.dates.end
        assert start is not None
        assert end is not None
        if day > end:
            return constant(day, total)
        moved = replace(terms, dates=Dates(max(day, start), end, None))
        return Segment(day, lambda at: before + rounded(rest * fraction(line, moved, at)))
    done = fraction(line, terms, day - ONE_DAY)
    if done == 1:
        return constant(day, total)
    return Segment(
        day,
        lambda at: before + rounded(rest * (fraction(line, terms, at) - done) / (1 - done)),
    )


def problem_of(terms: Terms) -> str | None:
    """The exception of terms that don't say enough."""
    if terms.method in TIME_METHODS and not (terms.dates.start and terms.dates.end):
        return "no_service_period"
    if terms.method == "units" and not terms.units:
        return "no_units"
    if terms.method == "manual" and not terms.manual:
        return "no_manual_amounts"
    return None


def used(line: Line, at: date) -> int:
    return sum(report.amount for report in line.usage if report.date <= at)


def fraction(line: Line, terms: Terms, at: date) -> Fraction:
    """f(t) of the accounting model (docs/accounting.md) §3."""
    if terms.method in TIME_METHODS:
        start, end = terms.dates.start, terms.dates.end
        assert start is not None
        assert end is not None
        return earned_by_time(terms.method, start, end, at, line.calendar)
    return REPORTED[terms.method](line, terms, at)


def by_transfer(line: Line, terms: Terms, at: date) -> Fraction:
    start = terms.dates.start
    if line.deliveries:
        first = min(report.date for report in line.deliveries)
        transfer: date | None = max(first, start) if start else first
    elif start:
        transfer = start
    else:
        transfer = line.document_date if line.is_ledger_line else None
    return Fraction(1 if transfer is not None and at >= transfer else 0)


def by_milestones(line: Line, terms: Terms, at: date) -> Fraction:
    reached = {report.milestone for report in line.deliveries if report.date <= at}
    return sum((weight for name, weight in terms.milestones if name in reached), Fraction(0))


def by_completion(line: Line, _terms: Terms, at: date) -> Fraction:
    completion = Fraction(0)
    for report in completions(line):
        if report.date <= at and report.percent is not None:
            completion = report.percent
    return completion


def completions(line: Line) -> list[Report]:
    found = [report for report in line.deliveries if report.percent is not None]
    return sorted(found, key=lambda report: (report.date, report.id))


def units_delivered(line: Line, at: date) -> Fraction:
    dated = [report.units for report in line.deliveries if report.date <= at]
    return sum((units for units in dated if units is not None), Fraction(0))


def by_units(line: Line, terms: Terms, at: date) -> Fraction:
    assert terms.units
    return min(units_delivered(line, at) / terms.units, Fraction(1))


def by_hand(_line: Line, terms: Terms, at: date) -> Fraction:
    """Amounts per period, each earned evenly over the period's days."""
    whole = sum((amount for _, amount in terms.manual), Fraction(0))
    earned = Fraction(0)
    for period, amount in terms.manual:
        passed = sum(1 for day in period.days if day <= at)
        earned += amount * passed / len(period.days)
    return earned / whole if whole else Fraction(0)


REPORTED: dict[str, Callable[[Line, Terms, date], Fraction]] = {
    "point_in_time": by_transfer,
    "milestone": by_milestones,
    "percent_complete": by_completion,
    "units": by_units,
    "manual": by_hand,
}
