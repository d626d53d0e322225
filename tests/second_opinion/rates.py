"""Exchange rates as the accounting model (docs/accounting.md) §8 looks them up."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.second_opinion.calendars import Period, day_of

SPOT_DAYS = 7


class MissingRateError(Exception):
    """No rate answers; `subject` is the line or document that waits for it."""

    def __init__(self, subject: str = "") -> None:
        super().__init__(subject)
        self.subject = subject


class Rates:
    """The table of a book; a rate given only the other way round is inverted exactly."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def spot(self, source: str, target: str, day: date) -> Fraction | None:
        """The latest on or before the day, at most seven days old."""
        if source == target:
            return Fraction(1)
        direct = self._latest_spot(source, target, day)
        if direct is not None:
            return direct
        inverse = self._latest_spot(target, source, day)
        return None if inverse is None else 1 / inverse

    def _latest_spot(self, source: str, target: str, day: date) -> Fraction | None:
        found: tuple[date, Fraction] | None = None
        for row in self.rows:
            if "date" not in row or (row["from"], row["to"]) != (source, target):
                continue
            if row.get("kind", "spot") != "spot":
                continue
            dated = day_of(row["date"])
            recent = 0 <= (day - dated).days <= SPOT_DAYS
            if recent and (found is None or dated >= found[0]):
                found = (dated, Fraction(row["rate"]))
        return None if found is None else found[1]

    def _of_period(self, kind: str, source: str, target: str, name: str) -> Fraction | None:
        inverse: Fraction | None = None
        for row in self.rows:
            if row.get("kind") != kind or row.get("period") != name:
                continue
            if (row["from"], row["to"]) == (source, target):
                return Fraction(row["rate"])
            if (row["from"], row["to"]) == (target, source):
                inverse = 1 / Fraction(row["rate"])
        return inverse

    def closing(self, source: str, target: str, period: Period) -> Fraction | None:
        """The table's closing rate of the period, else the spot of its last day."""
        if source == target:
            return Fraction(1)
        given = self._of_period("closing", source, target, period.name)
        return given if given is not None else self.spot(source, target, period.end)

    def average(self, source: str, target: str, period: Period) -> Fraction | None:
        """The table's average rate of the period, else its closing rate."""
        if source == target:
            return Fraction(1)
        given = self._of_period("average", source, target, period.name)
        return given if given is not None else self.closing(source, target, period)
