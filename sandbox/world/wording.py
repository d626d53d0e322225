"""How the invented people write service dates on their lines: exactly one range of two dates."""

from __future__ import annotations

from datetime import date

from sandbox.world.records import Span

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONATE = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _long(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _german(day: date) -> str:
    return f"{day.day}. {MONATE[day.month - 1]} {day.year}"


def span_text(span: Span, form: int, *, german: bool) -> str:
    """The range in one of four forms; `form` may be any whole number."""
    start, end = span.start, span.end
    if german:
        if form % 2:
            return f"{start} – {end}"
        return f"{_german(start)} bis {_german(end)}"
    match form % 4:
        case 0:
            return f"{_short(start)} – {_short(end)}"
        case 1:
            return f"{_long(start)} - {_long(end)}"
        case 2:
            return f"{start} to {end}"
        case _:
            return f"{start} – {end}"


def month_text(day: date, *, german: bool) -> str:
    """A month by name, which nobody can mistake for a service period."""
    return f"{(MONATE if german else MONTHS)[day.month - 1]} {day.year}"
