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
class Quote:
    """A rate as it was found: `kind` is spot, average or closing, `at` a day as ISO text for a
    spot, else a period's name; both are empty where there is nothing to convert.
    """

    rate: Fraction
    kind: str = ""
    at: str = ""


SAME = Quote(Fraction(1))


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

    def spot_quote(self, source: str, target: str, day: date) -> Quote | None:
        """The latest rate of the day or of the week before it; None where there is none."""
        if source == target:
            return SAME
        for pair, inverted in (((source, target), False), ((target, source), True)):
            for known, rate in reversed(self.spots.get(pair, ())):
                if known <= day and (day - known).days <= SPOT_DAYS_MAX:
                    return Quote(1 / rate if inverted else rate, "spot", known.isoformat())
        return None

    def spot(self, source: str, target: str, day: date) -> Fraction | None:
        """What `spot_quote` found, alone."""
        quote = self.spot_quote(source, target, day)
        return quote.rate if quote is not None else None

    def _of_period(self, source: str, target: str, name: str, kind: str) -> Quote | None:
        rate = self.periods.get(((source, target), name, kind))
        if rate is None:
            other_way = self.periods.get(((target, source), name, kind))
            rate = 1 / other_way if other_way is not None else None
        return Quote(rate, kind, name) if rate is not None else None

    def closing_quote(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Quote | None:
        """The table's closing rate of the period in which the day lies, else its last day's spot."""
        if source == target:
            return SAME
        quote = self._of_period(source, target, calendar.name_at(day), "closing")
        return quote or self.spot_quote(source, target, calendar.containing(day).end)

    def closing(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Fraction | None:
        """What `closing_quote` found, alone."""
        quote = self.closing_quote(source, target, calendar, day)
        return quote.rate if quote is not None else None

    def average_quote(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Quote | None:
        """The table's average rate of the period in which the day lies, else its closing rate."""
        if source == target:
            return SAME
        quote = self._of_period(source, target, calendar.name_at(day), "average")
        return quote or self.closing_quote(source, target, calendar, day)

    def average(
        self, source: str, target: str, calendar: FiscalCalendar, day: date
    ) -> Fraction | None:
        """What `average_quote` found, alone."""
        quote = self.average_quote(source, target, calendar, day)
        return quote.rate if quote is not None else None


NO_RATES = Rates()
