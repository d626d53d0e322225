"""Calculate: the book from Postgres, through the core's one door, back as a proposal."""

from dataclasses import replace

from temporalio import activity

from accounting.book import Calculation
from accounting.engine import ENGINE_VERSION, calculate
from accounting.periods import Period
from activities.doors import Doors, beating, told_to_temporal
from controls.messages import Calculated, CloseRef, Level
from controls.proposal import Versions, journal_hash, proposal_data
from store import Work

SEAL_DIGITS = 12


class CalculateActivities:
    """One calculation of a close. Each run stores a proposal of its own and starts a new round."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def calculate(self, close: CloseRef) -> Calculated:
        """Propose the journals of the period, or say which period must be closed before."""
        with told_to_temporal(), beating(), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            period = Period.month(close.period)
            if (waits_for := _predecessor(work, close.entity, period)) is not None:
                return Calculated(waits_for_predecessor=waits_for)
            config = work.config.current()
            entity = config.entity(close.entity)
            policy = entity.policy(config.sha256)
            calculation = calculate(work.proposals.book(row, policy), policy, period)
            last = work.closes.last_closed(close.entity)
            if last is not None and last.seal:
                calculation = _witnessing(calculation, last.seal)
            kept = {
                role: amount
                for role, amount in work.proposals.reconciling(
                    close.entity, entity.functional_currency
                ).items()
                if last is not None
            }
            if kept:
                calculation = replace(calculation, reconciling=kept)
            hashes = tuple(journal_hash(close.entity, j) for j in calculation.journals)
            versions = Versions(config=config.sha256, engine=ENGINE_VERSION)
            data = proposal_data(close.entity, calculation, hashes, versions)
            proposal = work.proposals.save(row, calculation, data, config.id, ENGINE_VERSION)
            assert proposal.id is not None
            return Calculated(
                proposal_id=proposal.id,
                proposal_hash=proposal.hash,
                round=row.round,
                journals=len(calculation.journals),
                exceptions=len(calculation.exceptions),
                levels=tuple(Level(level.role, level.count) for level in entity.approval),
                policy_version=config.sha256,
            )


def _predecessor(work: Work, entity: str, period: Period) -> str | None:
    """The period that must be closed first; None when everything before is closed or adopted."""
    if work.closes.closed_to(entity) >= period.day_before:
        return None
    return period.previous_month().name


def _witnessing(calculation: Calculation, seal: str) -> Calculation:
    """The journals' texts carry the head of the entity's previous seal: the ledger witnesses it."""
    journals = tuple(
        replace(journal, text=f"{journal.text} [seal {seal[:SEAL_DIGITS]}]")
        for journal in calculation.journals
    )
    return replace(calculation, journals=journals)
