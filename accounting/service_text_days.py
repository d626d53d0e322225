"""What a text can say of time, and the days that it means: orders, fiscal years, missing years.

Values only: nothing here looks at a text.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accounting.periods import ONE_DAY, Period, month_end, months_later


@dataclass(frozen=True, slots=True)
class Locale:
    """How an entity writes dates: day or month first, the fiscal year's first month, its name.

    `fiscal_year_named` is "end" where FY26 is the year that ends in 2026, "start" where it is
    the one that starts then.
    """

    day_first: bool = True
    fiscal_year_starts: int = 1
    fiscal_year_named: str = "end"


@dataclass(frozen=True, slots=True)
class Way:
    """How one reading takes what a text leaves open: the order of numerics, the kind of year."""

    month_first: bool
    fiscal: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day. Of a numeric one `day` and `month` are the numbers as they stand, left and right."""

    day: int
    month: int
    year: int | None
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month. `or_day` is the 26 of "Mar 26", which may be a day as well as a year."""

    month: int
    year: int | None
    or_day: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one month, or months, quarters or halves that share a year: "1-31 March", "01-03/2026".

    Of "Nov–Jan 2026/27" each end has its own year.
    """

    first: "Day | Month | Part"
    last: "Day | Month | Part"
    year: int | None


@dataclass(frozen=True, slots=True)
class Part:
    """A year (12 months), half, quarter or fiscal month; `fiscal` None: the text doesn't say.

    `straddles`: the year is the first of two that the text names ("FY2025/26").
    """

    months: int
    number: int
    year: int | None
    fiscal: bool | None = None
    straddles: bool = False


@dataclass(frozen=True, slots=True)
class Weeks:
    """Calendar weeks (ISO 8601): "KW 12/2026"."""

    first: int
    last: int
    year: int | None


@dataclass(frozen=True, slots=True)
class Fraction:
    """Two numbers that are a date only beside another: "01/04 – 31/03/2027", "03/26 – 02/27"."""

    first: int
    second: int
    slash: bool
    padded: bool
    year: int | None = None


Value = Day | Month | Span | Part | Weeks | Fraction
Days = tuple[date, date]
YEARS_AROUND = 2
BILLED_AHEAD_DAYS, ABOUT_A_YEAR_DAYS = 92, 300
"""A year's service is billed so many days ahead: "Jan - Dec" in November is the next one's, too."""
MONTHS_AWAY, MONTHS_AWAY_OFFERED = 6, 18
"""How far from the document's the month of "Mar 26" may lie, to be meant or to be offered."""
ABOUT_AS_NEAR = (3, 2)
"""A second year is offered with the nearest where it is less than 3/2 as far away."""
CENTURY = 2000


def first_day(value: Value, year: int, way: Way, locale: Locale) -> date | None:
    """The first day that the value means in a year; None where there is no such day."""
    try:
        match value:
            case Day():
                day, month = value.day, value.month
                if value.numeric and way.month_first:
                    day, month = month, day
                return date(year, month, day)
            case Month():
                return date(year, value.month, 1)
            case Span():
                return first_day(value.first, value.first.year or year, way, locale)
            case Weeks():
                return date.fromisocalendar(year, value.first, 1)
            case Part():
                return _part_start(value, year, way, locale)
            case Fraction():
                return None
    except ValueError:
        return None


def last_day(value: Value, year: int, way: Way, locale: Locale) -> date | None:
    """The last day that the value means in a year; None where there is no such day."""
    try:
        match value:
            case Month():
                return month_end(date(year, value.month, 1))
            case Span():
                return last_day(value.last, value.last.year or year, way, locale)
            case Weeks():
                return date.fromisocalendar(year, value.last, 7)
            case Part():
                start = _part_start(value, year, way, locale)
                return months_later(start, value.months) if start else None
            case _:
                return first_day(value, year, way, locale)
    except ValueError:
        return None


def _part_start(part: Part, year: int, way: Way, locale: Locale) -> date | None:
    first_month = locale.fiscal_year_starts if way.fiscal else 1
    if part.straddles and first_month == 1:
        return None
    if first_month > 1 and not part.straddles and locale.fiscal_year_named == "end":
        year -= 1
    start = date(year, first_month, 1)
    if part.number == 1:
        return start
    return day_after(months_later(start, part.months * (part.number - 1)))


def day_after(day: date) -> date:
    """The next day."""
    return day + ONE_DAY


def start_of_term(end: date, months: int) -> date:
    """The first day of a term of whole months that ends on a day: 12 months to 14 March."""
    return day_after(months_later(day_after(end), -months))


def ways(values: tuple[Value, ...], locale: Locale) -> tuple[Way, ...]:
    """The ways to read values that belong together, the locale's order first.

    One order for all of them: the other one only where the locale's gives no date. Two kinds of
    year where a quarter or half says neither and the fiscal year doesn't start in January.
    """
    orders = [not locale.day_first]
    if not _are_days(values, month_first=orders[0]):
        orders = [locale.day_first]
    kinds = [False]
    inner = [value.first if isinstance(value, Span) else value for value in values]
    parts = [value for value in inner if isinstance(value, Part)]
    if any(part.fiscal or part.straddles for part in parts):
        kinds = [True]
    elif locale.fiscal_year_starts != 1 and any(
        part.fiscal is None and part.months < 12 for part in parts
    ):
        kinds = [False, True]
    return tuple(Way(order, kind) for order in orders for kind in kinds)


def _are_days(values: tuple[Value, ...], *, month_first: bool) -> bool:
    for value in values:
        if isinstance(value, Day) and value.numeric:
            day, month = (value.month, value.day) if month_first else (value.day, value.month)
            if not (1 <= month <= 12 and 1 <= day <= 31):
                return False
    return True


def is_in_other_order(values: tuple[Value, ...], locale: Locale) -> bool:
    """Whether numeric dates can't be read in the locale's order."""
    return not _are_days(values, month_first=not locale.day_first)


def days_between(
    first: Value, last: Value, document_date: date, way: Way, locale: Locale
) -> tuple[Days, ...]:
    """The first day of one value and the last of another, which may be the same value.

    An end without a year has the other end's, or the one beside it that puts start before end.
    Neither with a year: the nearest to the document's date, and the next where that is about as
    near. The end may come before the start where both years stand there. Empty: a day that does
    not exist.
    """
    match first.year, last.year:
        case int(one), int(other):
            start = first_day(first, one, way, locale)
            end = last_day(last, other, way, locale)
            return ((start, end),) if start and end else ()
        case None, int(other):
            end = last_day(last, other, way, locale)
            starts = (first_day(first, year, way, locale) for year in (other, other - 1))
            return tuple((s, end) for s in starts if s and end and s <= end)[:1]
        case int(one), None:
            start = first_day(first, one, way, locale)
            ends = (last_day(last, year, way, locale) for year in (one, one + 1))
            return tuple((start, e) for e in ends if e and start and start <= e)[:1]
        case _:
            return _nearest(_around(first, last, document_date, way, locale), document_date)


def _nearest(around: Iterable[Days], document_date: date) -> tuple[Days, ...]:
    """The days nearest to the document's date, and the next where they are about as near."""
    near = sorted(around, key=lambda days: _distance(days, document_date))
    if len(near) < 2:
        return tuple(near)
    first, second = (_distance(days, document_date) for days in near[:2])
    is_now = near[0][0] <= document_date <= near[0][1]
    is_about_as_near = not is_now and second * ABOUT_AS_NEAR[1] < first * ABOUT_AS_NEAR[0]
    ahead, length = (near[1][0] - document_date).days, (near[1][1] - near[1][0]).days
    is_next_year = 0 <= ahead <= BILLED_AHEAD_DAYS and length > ABOUT_A_YEAR_DAYS
    return tuple(near[:2]) if is_about_as_near or is_next_year else (near[0],)


def _around(
    first: Value, last: Value, document_date: date, way: Way, locale: Locale
) -> Iterator[Days]:
    for year in range(document_date.year - YEARS_AROUND, document_date.year + YEARS_AROUND + 1):
        start = first_day(first, year, way, locale)
        for other in (year, year + 1):
            end = last_day(last, other, way, locale)
            if start and end and start <= end:
                yield start, end
                break


def _distance(days: Days, document_date: date) -> int:
    return abs(days[0].toordinal() + days[1].toordinal() - 2 * document_date.toordinal())


def months_away(month: Month, document_date: date) -> int:
    """How many months lie between a month and the document's."""
    years = (month.year or document_date.year) - document_date.year
    return abs(years * 12 + month.month - document_date.month)


def is_over_five_years(period: Period) -> bool:
    """Longer than any service that a line's text is trusted with."""
    return period.end > months_later(period.start, 60)
