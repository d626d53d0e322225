"""The course of a line: what it is, on which terms, and its life so far (docs §§3, 4, 7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from accounting.currency import document_rate
from accounting.documents import Document, DocumentLine, Override, Report
from accounting.exceptions import ExceptionCode
from accounting.methods import Terms, method_named
from accounting.money import exponent
from accounting.periods import Period
from accounting.policy import RecognitionPolicy
from accounting.rates import Rates
from accounting.segments import USAGE, Life
from accounting.service_period import (
    FROM_DOCUMENT,
    Chosen,
    ChosenBy,
    Dates,
    Fault,
    choose_method,
    dates_of,
)

MANUAL, UNITS, POINT_IN_TIME = "manual", "units", "point_in_time"


@dataclass(frozen=True, slots=True)
class Sources:
    """What terms are read from: the policy, what people said, what was reported, the rates."""

    policy: RecognitionPolicy
    overrides: Mapping[str, Override]
    reports: Mapping[str, tuple[Report, ...]]
    rates: Rates


@dataclass(slots=True)
class Course:
    """One row of the book while events are applied to it. Amounts in minor units of the document.

    `line` is as listed last, `document` the one that first listed it. `life` is None where a
    fault keeps it from being recognised. `credited` is what credits took off P. An `ended` one is
    no longer listed by its contract. `whole` says that it is earned whole on its document's date.
    """

    key: str
    line: DocumentLine
    document: Document
    method: str
    chosen: Chosen
    is_contract: bool
    dates: Dates | None = None
    terms: Terms | None = None
    life: Life | None = None
    fault: Fault | None = None
    whole: bool = False
    ended: bool = False
    credited: int = 0
    forgets_import: bool = False

    @property
    def is_usage(self) -> bool:
        """Whether P is not fixed."""
        return self.method == USAGE

    def recognised(self, at: date) -> int:
        """R so far, nothing where a fault keeps it from being known."""
        return self.life.recognised(at) if self.life is not None else 0


def opened(
    sources: Sources,
    key: str,
    line: DocumentLine,
    document: Document,
    total: int,
    *,
    is_contract: bool,
) -> Course:
    """A line as signed or invoiced: its method, dates and terms, nothing having happened yet."""
    method, chosen = choose_method(sources.policy, document, line)
    course = Course(
        key=key,
        line=line,
        document=document,
        method=method,
        chosen=chosen,
        is_contract=is_contract,
    )
    read_terms(sources, course, total)
    if course.terms is not None:
        course.life = Life.of(total, course.terms)
    return course


def restated(sources: Sources, course: Course, line: DocumentLine) -> None:
    """A modification lists the line: what it leaves out stays, its terms are read again."""
    before = course.line
    course.line = replace(
        line,
        product=line.product or before.product,
        text=line.text or before.text,
        service_start=line.service_start or before.service_start,
        service_end=line.service_end or before.service_end,
        standalone_price=line.standalone_price or before.standalone_price,
        units=line.units if line.units is not None else before.units,
        milestones=line.milestones or before.milestones,
        manual=line.manual or before.manual,
        dimensions=line.dimensions or before.dimensions,
    )
    if line.method:
        course.method, course.chosen = method_named(line.method).name, Chosen(ChosenBy.LINE)
    read_terms(sources, course, None)


def read_terms(sources: Sources, course: Course, total: int | None) -> None:
    """Set the course's dates and terms, or its fault. With a total, judge its materiality."""
    line, document, policy = course.line, course.document, sources.policy
    found = dates_of(
        line,
        document.date,
        course.method,
        policy,
        sources.overrides.get(course.key),
        is_contract=course.is_contract,
    )
    course.fault, course.terms = None, None
    course.dates = found if isinstance(found, Dates) else None
    if total is not None:
        course.whole = _immaterial(sources, course, total)
    if course.whole:
        on = Period(document.date, document.date)
        course.terms = Terms(POINT_IN_TIME, on, policy.calendar, known_start=document.date)
        return
    fault = found if isinstance(found, Fault) else _fault(course)
    if fault is not None:
        course.fault = fault
        return
    course.terms = _terms(sources, course)


def _immaterial(sources: Sources, course: Course, total: int) -> bool:
    """Materiality (docs §3): judged on the line as signed or invoiced; usage never."""
    policy, document = sources.policy, course.document
    if course.is_usage:
        return False
    if policy.immaterial_below is not None and policy.immaterial_below.minor > 0:
        rate = document_rate(document, sources.rates, policy.functional_currency)
        if rate is not None:
            amount = (
                abs(total)
                * rate
                * Fraction(10)
                ** (exponent(policy.functional_currency) - exponent(document.currency))
            )
            if amount < policy.immaterial_below.minor:
                return True
    period = course.dates.period if course.dates else None
    if not policy.single_period or period is None:
        return False
    around = policy.calendar.containing(document.date)
    return period.start in around and period.end in around


def _fault(course: Course) -> Fault | None:
    line, document = course.line, course.document
    name = f"“{line.text or line.product or line.id or document.number}” ({document.number})"
    whose = f"{document.counterparty}, " if document.counterparty else ""
    if method_named(course.method).over_time and (course.dates is None or not course.dates.period):
        return Fault(
            ExceptionCode.NO_SERVICE_PERIOD,
            f"Nothing says over which days {name}, {whose}{line.amount}, is "
            "delivered. Give the first and last day of service, or exclude the line.",
        )
    if course.method == UNITS and not line.units:
        return Fault(
            ExceptionCode.NO_UNITS,
            f"{name} is recognised by units, and nothing says how many were contracted. "
            "Give the number of units on the line, or another method.",
        )
    if course.method == MANUAL and not line.manual:
        return Fault(
            ExceptionCode.NO_MANUAL_AMOUNTS,
            f"{name} is recognised by amounts keyed in, and none were. Key in its amounts by "
            "period, or give another method.",
        )
    return None


def _terms(sources: Sources, course: Course) -> Terms:
    line, document = course.line, course.document
    dates = course.dates
    service = dates.period if dates else None
    start = dates.start if dates else None
    if course.method == POINT_IN_TIME:
        if start is not None:
            service = Period(start, start)
        elif not course.is_contract:
            service = Period(document.date, document.date)
            course.dates = Dates(document.date, document.date, FROM_DOCUMENT)
    reports = sources.reports.get(course.key, ())
    weights = {name: Fraction(weight) for name, weight in line.milestones}
    calendar = sources.policy.calendar
    return Terms(
        method=course.method,
        service=service,
        calendar=calendar,
        known_start=start,
        deliveries=tuple(r.date for r in reports if r.usage is None),
        milestones=tuple(_once(reports, weights)),
        completions=tuple((r.date, Fraction(r.percent)) for r in reports if r.percent is not None),
        units_contracted=Fraction(line.units) if line.units else None,
        units=tuple((r.date, Fraction(r.units)) for r in reports if r.units is not None),
        usage=tuple((r.date, r.usage.minor) for r in reports if r.usage is not None),
        manual=tuple((calendar.named(name), amount.minor) for name, amount in line.manual),
    )


def _once(
    reports: Iterable[Report], weights: Mapping[str, Fraction]
) -> Iterable[tuple[date, Fraction]]:
    """Each milestone on the day of its first delivery."""
    delivered: set[str] = set()
    for report in reports:
        name = report.milestone
        if name is not None and name in weights and name not in delivered:
            delivered.add(name)
            yield report.date, weights[name]


def told_of(sources: Sources, course: Course, at: date) -> Iterable[Fault]:
    """What is worth telling of a line and holds nothing: a fall in completion, too many units."""
    reports = [report for report in sources.reports.get(course.key, ()) if report.date <= at]
    if course.method == "percent_complete":
        shares = [report.percent for report in reports if report.percent is not None]
        if any(after < before for before, after in pairwise(shares)):
            yield Fault(
                ExceptionCode.COMPLETION_FALLS,
                f"A reported completion of {course.key} is lower than the one before it; the "
                "latest counts. If it was a mistake, correct the report.",
            )
    if course.method == UNITS and course.line.units:
        delivered = sum((report.units for report in reports if report.units), Decimal(0))
        if delivered > course.line.units:
            yield Fault(
                ExceptionCode.UNITS_EXCEED_CONTRACT,
                f"{course.key}: {delivered} units were delivered, {course.line.units} are "
                "contracted. Have the rest contracted, or billed as usage.",
            )
