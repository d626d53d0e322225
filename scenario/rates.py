"""The table of rates of a scenario."""

from collections.abc import Sequence

from accounting.calendars import FiscalCalendar
from accounting.rates import PeriodRate, Rates, Spot
from scenario.calendars import has_rates_of
from scenario.errors import Faults, Place
from scenario.parts import RatePart


def rates_of(
    parts: Sequence[tuple[int, RatePart]],
    calendars: Sequence[FiscalCalendar | None],
    faults: Faults,
) -> Rates:
    """The table. Each rate is of a day, or the average or closing rate of a period."""
    spots: list[Spot] = []
    periods: list[PeriodRate] = []
    seen: set[tuple[object, ...]] = set()
    for index, part in parts:
        place: Place = ("rates", index)
        _check(part, calendars, place, faults)
        name = (part.source, part.target, part.date, part.period, part.kind)
        if name in seen:
            faults.add(place, "is given twice; keep one.")
        seen.add(name)
        if part.date is not None:
            spots.append(Spot(part.source, part.target, part.date, part.rate))
        elif part.period is not None and part.kind is not None:
            periods.append(PeriodRate(part.source, part.target, part.period, part.kind, part.rate))
    return Rates.of(spots, periods)


def _check(
    part: RatePart, calendars: Sequence[FiscalCalendar | None], place: Place, faults: Faults
) -> None:
    if part.source == part.target:
        faults.add((*place, "to"), f"is {part.target}, as is “from”.")
    if part.date is not None:
        for key in ("period", "kind"):
            if getattr(part, key) is not None:
                faults.add((*place, key), "stands beside a date; a rate of a day has neither.")
        return
    if part.period is None:
        faults.add((*place, "date"), "is missing, as is “period”: of when is the rate?")
        return
    if part.kind is None:
        faults.add((*place, "kind"), "is missing: is it the average or the closing rate?")
    known = [calendar for calendar in calendars if calendar is not None]
    if len(known) == len(calendars) and not any(has_rates_of(c, part.period) for c in known):
        faults.add((*place, "period"), f"“{part.period}” is not a period of the calendar.")
