"""Exchange rates: spot by day, average and closing by period; units of `target` for one of `source`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accounting.calendars import FiscalCalendar

SPOT_DAYS_MAX = 7
"""A spot rate holds for a day at most this many days later."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A rate of a day."""

    source: str
    target: str
    day: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class PeriodRate:
    """An average or closing rate of a period, by the period's name."""

    source: str
    target: str
    period: str
    kind: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """A table of rates. A rate that is given the other way round only is inverted exactly."""

    spots: Mapping[Pair, tuple[tuple[date, Fraction], ...]] = field(default_factory=dict)
    periods: Mapping[tuple[Pair, str, str], Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, spots: Iterable[Spot], periods: Iterable[PeriodRate]) -> "Rates":
        """The table of these rates."""
        by_pair: dict[Pair, list[tuple[date, Fraction]]] = {}
        for spot in spots:
            by_pair.setdefault((spot.source, spot.target), []).append(
                (spot.day, Fraction(spot.rate))
            )
        return cls(
            {pair: tuple(sorted(known)) for pair, known in by_pair.items()},
            {
                ((each.source, each.target), each.period, each.kind): Fraction(each.rate)
                for each in periods
            },
        )

    def spot(self, source: str, target: str, day: date) -> Fraction | None:
        """The latest rate of the day or of the week before it; None where there is none."""
        if source == target:
            return Fraction(1)
        for pair, inverted in (((source, target), False), ((target, source), True)):
            for known, rate in reversed(self.spots.get(pair, ())):
                if known <= day and (day - known).days <= SPOT_DAYS_MAX:
                    return 1 / rate if inverted else rate
        return None

    def _of_period(self, source: str, target: str, name: str, kind: str) -> Fraction | None:
        rate = self.periods.get(((source, target), name, kind))
        if rate is not None:
            return rate
        rate = self.periods.get(((target, source), name, kind))
        return 1 / rate if rate is not None else None

    def closing(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Fraction | None:
        """The table's closing rate of the period in which the day lies, else its last day's spot."""
        if source == target:
            return Fraction(1)
        rate = self._of_period(source, target, calendar.name_at(day), "closing")
        return rate if rate is not None else self.spot(source, target, calendar.containing(day).end)

    def average(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Fraction | None:
        """The table's average rate of the period in which the day lies, else its closing rate."""
        if source == target:
            return Fraction(1)
        rate = self._of_period(source, target, calendar.name_at(day), "average")
        return rate if rate is not None else self.closing(source, target, calendar, day)


NO_RATES = Rates()
