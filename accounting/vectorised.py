"""Many revenue lines at once: columns of whole numbers instead of objects (docs/accounting.md §10).

`Columns` is a book's lines as arrays, `Subledger` says of a day what recognition.py says of one
line: the same integers, to the minor unit. What the arrays can't say exactly they do not say:
such lines are not among the `told`, and the one-line path answers for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from accounting.calendars import CALENDAR_MONTHS, FiscalCalendar
from accounting.rates import NO_RATES, Rates
from accounting.recognition import RevenueLine, a_year_on, standing
from accounting.vectorised_arithmetic import Bools, Ints
from accounting.vectorised_billings import Billings
from accounting.vectorised_currency import Foreign
from accounting.vectorised_days import Days
from accounting.vectorised_exchange import Exchange
from accounting.vectorised_segments import Earning, Segments


@dataclass(frozen=True, slots=True)
class Columns:
    """The lines of one entity. `source` is each line's place in `currencies`, `apart` says which
    lines the one-line path answers for; `remeasured` as of `RevenueLine`.
    """

    segments: Segments
    billings: Billings
    source: Ints
    apart: Bools
    currencies: Sequence[str]
    target: str
    rates: Rates = NO_RATES
    calendar: FiscalCalendar = CALENDAR_MONTHS
    remeasured: bool = True

    @property
    def lines(self) -> int:
        """How many lines."""
        return self.source.size


@dataclass(frozen=True, slots=True)
class Figures:
    """What `recognition.Standing` is, of every line: minor units, in the order of the columns.

    Of a line that is not `told` all figures mean nothing. `in_a_year` is known of the lines with
    `year_known`.
    """

    recognised: Ints
    billed: Ints
    recognised_functional: Ints
    billed_functional: Ints
    ahead: Ints
    in_a_year: Ints
    year_known: Bools
    told: Bools

    @property
    def is_negative(self) -> Bools:
        """Nothing of it is positive (docs/accounting.md §5)."""
        return (self.recognised <= 0) & (self.billed <= 0)


class Subledger:
    """Columns made ready to be asked of any day."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.earning = Earning.of(columns.segments, columns.lines)
        names = columns.currencies
        home = names.index(columns.target) if columns.target in names else -1
        abroad = np.flatnonzero((columns.source != home) & ~columns.apart)
        exchange = Exchange(
            names, columns.target, columns.rates, columns.calendar, remeasured=columns.remeasured
        )
        self._foreign = (
            Foreign(exchange, columns.source[abroad], abroad, self.earning, columns.billings)
            if abroad.size
            else None
        )

    def recognised(self, day: date) -> Ints:
        """R(t) of every line in minor units of its document's currency."""
        return self.earning.recognised(Days.one(day))

    def recognised_functional(self, day: date) -> tuple[Ints, Bools]:
        """R(t) of every line in functional currency, and of which lines it is told."""
        found, told = self.recognised(day), ~self.columns.apart
        if self._foreign is not None:
            lines = self._foreign.lines
            found[lines], told[lines] = self._foreign.measured(day, found[lines])
        return found, told

    def standing(self, day: date) -> Figures:
        """Every line at the end of the day."""
        columns = self.columns
        recognised, later = self.recognised(day), self.recognised(a_year_on(day))
        billed, billed_functional = columns.billings.upto(day, columns.lines)
        figures = Figures(
            recognised=recognised,
            billed=billed,
            recognised_functional=recognised.copy(),
            billed_functional=billed_functional,
            ahead=billed - recognised,
            in_a_year=billed - later,
            year_known=np.ones(columns.lines, np.bool_),
            told=~columns.apart,
        )
        if self._foreign is not None:
            self._abroad(day, figures, later)
        return figures

    def _abroad(self, day: date, figures: Figures, later: Ints) -> None:
        """The figures of foreign lines in functional currency, in their places."""
        foreign = self._foreign
        assert foreign is not None
        lines = foreign.lines
        recognised = figures.recognised[lines]
        earned, told = foreign.measured(day, recognised)
        figures.recognised_functional[lines] = earned
        figures.ahead[lines], also = foreign.ahead(day, recognised, earned)
        year, figures.year_known[lines], year_told = foreign.in_a_year(day, later[lines])
        figures.in_a_year[lines] = year
        figures.told[lines] = told & also & year_told


def completed(figures: Figures, lines: Sequence[RevenueLine], day: date) -> Figures:
    """The figures with those of lines that the arrays do not tell, by the one-line path.

    Raises MissingRateError as `recognition.standing` does, OverflowError where a figure is no
    number of 64 bits.
    """
    for place in np.flatnonzero(~figures.told).tolist():
        stands = standing(lines[place], day)
        figures.recognised[place] = stands.recognised
        figures.billed[place] = stands.billed
        figures.recognised_functional[place] = stands.recognised_functional
        figures.billed_functional[place] = stands.billed_functional
        figures.ahead[place] = stands.ahead
        figures.in_a_year[place] = stands.in_a_year or 0
        figures.year_known[place] = stands.in_a_year is not None
        figures.told[place] = True
    return figures
