"""Closes whose figures rest on what is in force no more: another configuration, other rates."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounting.rates import Rates
from controls.canonical import digest
from controls.configuration import changed_settings
from controls.steps import FIGURES_OPEN
from models import CloseRow
from store.unit_of_work import Work

RATES = "rates"
"""The name under which a proposal's summary keeps the rates that it was made from: their hash, and
the pairs of currencies that it asked for."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A close that must calculate anew, and what changed: settings by their name, or `rates`."""

    close: CloseRow
    why: tuple[str, ...]


def rates_data(rates: Rates) -> dict[str, object]:
    """What a proposal keeps of the rates that it was made from."""
    return {"pairs": sorted(list(pair) for pair in rates.spots), "sha256": _rates_hash(rates)}


def why_outdated(work: Work, close: CloseRow) -> tuple[str, ...]:
    """What changed since the close's proposal was made; nothing where it has none."""
    if close.proposal_id is None:
        return ()
    proposal = work.proposals.get(close.proposal_id)
    before, now = work.config.version(proposal.config_id), work.config.current()
    why = changed_settings(before.configuration, now.configuration, close.entity_id)
    seen = proposal.summary.get(RATES)
    if seen is not None:
        pairs = [(source, target) for source, target in seen["pairs"]]
        table = work.rates.table(close.entity_id, pairs, close.period_end)
        if _rates_hash(table) != seen["sha256"]:
            why = (*why, RATES)
    return why


def outdated(work: Work) -> list[Outdated]:
    """Every close whose figures are still open and rest on something else than what is in force."""
    still_open = (close for close in work.closes.all() if close.step in FIGURES_OPEN)
    found = (Outdated(close, why_outdated(work, close)) for close in still_open)
    return [each for each in found if each.why]


def _rates_hash(rates: Rates) -> str:
    def spots() -> Iterable[object]:
        for pair, by_day in sorted(rates.spots.items()):
            yield [*pair, [[day.isoformat(), str(rate)] for day, rate in by_day]]

    periods = sorted(
        [*pair, at, kind, str(rate)] for (pair, at, kind), rate in rates.periods.items()
    )
    return digest([[*spots()], periods])
