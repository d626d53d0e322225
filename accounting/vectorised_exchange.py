"""Rates between minor units, of all currencies of a ledger at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
    _shifts: Sequence[Fraction] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        decimals = exponent(self.target) if self.target else 0
        shifts = [Fraction(10) ** (decimals - exponent(source)) for source in self.currencies]
        object.__setattr__(self, "_shifts", shifts)

    def closing(self, day: date) -> list[Fraction | None]:
        """The closing rate of the day's period, by currency; None where it is not known."""
        return self._scaled(
            self.rates.closing(source, self.target, self.calendar, day)
            for source in self.currencies
        )

    def average(self, day: date) -> list[Fraction | None]:
        """The average rate of the day's period, by currency; None where it is not known."""
        return self._scaled(
            self.rates.average(source, self.target, self.calendar, day)
            for source in self.currencies
        )

    def _scaled(self, rates: Iterable[Fraction | None]) -> list[Fraction | None]:
        return [
            None if rate is None else rate * shift
            for rate, shift in zip(rates, self._shifts, strict=True)
        ]
