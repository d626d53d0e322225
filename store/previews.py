"""What a period's close would propose now, or with other settings or rates: read, and never stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounting.periods import Period
from controls.posting import IN_LEDGER
from controls.preview import Figures, exceptions_told
from controls.proposal_changes import JournalFigure, kind_told
from controls.steps import ENDED
from models import CloseRow, ProposalRow
from store.calculations import Proposed, averages, proposed
from store.config import AppliedConfig
from store.positions import amounts_of, position_of
from store.rates import OF_SPOTS, RateTable
from store.unit_of_work import Work

LINES_MOST = 200
"""So many lines are compared figure by figure where a book has more that change."""


def close_of_period(work: Work, entity: str, name: str, period: Period) -> CloseRow:
    """The close that runs for the period; one that stands on no record where none does."""
    found = work.closes.find(entity, name)
    if found is not None and found.step not in ENDED:
        return found
    number = found.number + 1 if found is not None else 1
    return CloseRow(
        id=0,
        entity_id=entity,
        period=name,
        period_start=period.start,
        period_end=period.end,
        started_by=work.audit.actor.name,
        number=number,
    )


def previewed(work: Work, close: CloseRow, config: AppliedConfig, rates: RateTable) -> Proposed:
    """What the close would propose by this configuration and these rates, averages among them.

    Raises as `proposed` does.
    """
    reckoned = averages(work, close, config, rates)
    return proposed(work, close, config, rates.supposing(reckoned, OF_SPOTS))


@dataclass(frozen=True, slots=True)
class SetAgainst:
    """What would be proposed, and the figures of it and of what was, as they are compared. In a big
    book those of the lines with the largest changes; `more` lines would change besides.
    """

    made: Proposed
    was: Figures
    now: Figures
    more: int


def set_against(
    work: Work,
    close: CloseRow,
    before: ProposalRow | None,
    config: AppliedConfig,
    rates: RateTable,
) -> SetAgainst:
    """What would be proposed against what was, if anything was. Raises as `proposed` does."""
    currency = config.entity(close.entity_id).functional_currency
    number = before.id if before is not None else None
    with work.record_coming(close.entity_id, number, currency) as record:
        made = previewed(work, close, config, rates)
        now = figures_of(made, close.entity_id, currency)
        if made.plain is None:
            was = figures_on_record(work, before, currency) if before else Figures.none(currency)
            return SetAgainst(made, was, now, 0)
        found = work.changed_plain(made.plain, record() if record else None, LINES_MOST)
    largest = {each.line: each for each in found.largest}
    named = [*largest, *found.others]
    was = figures_on_record(work, before, currency, named) if before else Figures.none(currency)
    both = replace(now, positions={**now.positions, **largest})
    return SetAgainst(made, was, both, found.lines - len(largest))


def figures_of(made: Proposed, entity: str, currency: str) -> Figures:
    """What would be proposed, as it is compared."""
    chosen, calculation = made.chosen, made.calculation
    return Figures(
        currency=currency,
        closing={role.value: amount for role, amount in calculation.closing.items()},
        journals=tuple(
            JournalFigure(
                kind_told(journal.kind.value, left_out=chosen.leaves_out(entity, journal)),
                chosen.dated(journal).date.isoformat(),
                journal.total.text(),
                "",
            )
            for journal in calculation.journals
        ),
        positions={position.line: position for position in calculation.positions},
        exceptions=exceptions_told(
            (each.code.value, each.subject, each.message) for each in calculation.exceptions
        ),
    )


def figures_on_record(
    work: Work, proposal: ProposalRow, currency: str, lines: Sequence[str] | None = None
) -> Figures:
    """What was proposed, as it is compared; of all lines, or of those named."""
    found = work.proposals.figures(proposal)
    rows = work.proposals.positions(proposal.id or 0, lines)
    closing = amounts_of(proposal.summary["closing"], currency)
    return Figures(
        currency=currency,
        closing={role.value: amount for role, amount in closing.items()},
        journals=found.journals,
        positions={row.line: position_of(row, currency) for row in rows},
        exceptions=dict(found.exceptions),
    )


def in_the_ledger(work: Work, close: CloseRow) -> int:
    """How many journals of the close the ledger holds already: they count as booked."""
    rows = work.journals.of_proposal(close.proposal_id) if close.proposal_id else []
    return sum(1 for row in rows if row.state in IN_LEDGER)
