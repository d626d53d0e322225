"""Rates between minor units, of all currencies of a ledger at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accounting.calendars import FiscalCalendar
from accounting.money import exponent
from accounting.rates import Rates


@dataclass(frozen=True, slots=True)
class Exchange:
    """The rates between minor units of each of the `currencies` and the functional one's."""

    currencies: Sequence[str]
    target: str
    rates: Rates
    calendar: FiscalCalendar
    remeasured: bool

    def closing(self, day: date) -> list[Fraction | None]:
        """The closing rate of the day's period, by currency; None where it is not known."""
        return [
            self._scaled(source, self.rates.closing(source, self.target, self.calendar, day))
            for source in self.currencies
        ]

    def average(self, day: date) -> list[Fraction | None]:
        """The average rate of the day's period, by currency; None where it is not known."""
        return [
            self._scaled(source, self.rates.average(source, self.target, self.calendar, day))
            for source in self.currencies
        ]

    def _scaled(self, source: str, rate: Fraction | None) -> Fraction | None:
        shift = exponent(self.target) - exponent(source)
        return None if rate is None else rate * Fraction(10) ** shift
