"""The same door as engine.py for books of many lines: figures by arrays, everything else shared.

`engine.calculate` is the reference; this gives the same calculation, field by field. The arrays
tell the figures of almost all lines (vectorised.py); what they do not tell, and books too small
for arrays to pay, the reference reckons line by line.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from accounting import engine
from accounting.beside import NOTHING_BESIDE, Beside
from accounting.book import Book, Calculation
from accounting.engine import Reckoner
from accounting.periods import Period
from accounting.policy import RecognitionPolicy
from accounting.recognition import RevenueLine, Standing

if TYPE_CHECKING:
    from accounting.vectorised import Subledger

AMOUNT_MAX = 2**60
"""Amounts from here on are left to Python's integers; the sum of some that are smaller fits."""
FEW = 1_000
"""Up to so many lines are reckoned one by one: above it arrays pay even where NumPy, a tenth of a
second, has still to be loaded."""


def calculate(
    book: Book, policy: RecognitionPolicy, period: Period, beside: Beside = NOTHING_BESIDE
) -> Calculation:
    """What a close of the period proposes: what `engine.calculate` answers, in less time."""
    return engine.calculate(book, policy, period, AtOnce(), beside)


class AtOnce(Reckoner):
    """All lines of a reading by arrays, from `few` lines on."""

    def __init__(self, few: int = FEW) -> None:
        self._few = few
        self._lines: Mapping[str, RevenueLine] = {}
        self._subledger: Subledger | None = None

    def standings(
        self, lines: Mapping[str, RevenueLine], at: date
    ) -> Callable[[RevenueLine], Standing]:
        """How each of the lines stands."""
        one = super().standings(lines, at)
        if len(lines) <= self._few:
            return one
        figures = self._made_ready(lines).standing(at)
        found = {
            key: Standing(recognised, billed, earned, invoiced, ahead, year if known else None)
            for key, recognised, billed, earned, invoiced, ahead, year, known, told in zip(
                lines,
                figures.recognised.tolist(),
                figures.billed.tolist(),
                figures.recognised_functional.tolist(),
                figures.billed_functional.tolist(),
                figures.ahead.tolist(),
                figures.in_a_year.tolist(),
                figures.year_known.tolist(),
                figures.told.tolist(),
                strict=True,
            )
            if told
        }
        return lambda line: found[line.key] if line.key in found else one(line)

    def recognised(
        self, lines: Mapping[str, RevenueLine], at: date
    ) -> Callable[[RevenueLine], int]:
        """R of each of the lines in functional currency."""
        one = super().recognised(lines, at)
        if len(lines) <= self._few:
            return one
        figures, told = self._made_ready(lines).recognised_functional(at)
        known = zip(lines, figures.tolist(), told.tolist(), strict=True)
        found = {key: figure for key, figure, is_told in known if is_told}
        return lambda line: found[line.key] if line.key in found else one(line)

    def _made_ready(self, lines: Mapping[str, RevenueLine]) -> "Subledger":
        """The lines as arrays, made once for a reading: it is asked of two days."""
        from accounting.vectorised import Subledger
        from accounting.vectorised_compile import compiled

        if self._subledger is None or lines is not self._lines:
            self._lines, self._subledger = lines, Subledger(compiled(list(lines.values())))
        return self._subledger
