"""Calculate: the book from Postgres, through the core's one door, back as a proposal."""

from dataclasses import replace

from temporalio import activity

from accounting.book import Calculation
from accounting.bulk import calculate
from accounting.by_hand import less
from accounting.engine import ENGINE_VERSION
from accounting.exceptions import ONLY_TELL, AccountingException, ExceptionCode
from accounting.periods import Period
from accounting.policy import RecognitionPolicy
from activities.doors import Doors
from controls.approval_policy import approval_data, facts_from, required
from controls.messages import Calculated, CloseRef, Coincidence, Level
from controls.proposal import Versions, facts_of, journal_hash, proposal_data
from models import CloseRow
from store import Work
from store.accepted import TAKEN
from store.books import seen_hash
from store.config import AppliedConfig
from store.outdated import RATES, rates_data

SEAL_DIGITS = 12


class CalculateActivities:
    """One calculation of a close. Each run stores a proposal of its own and starts a new round."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def calculate(self, close: CloseRef) -> Calculated:
        """Propose the journals of the period, or say which period must be closed before."""
        with self._doors.outside(close), self._doors.work() as work:
            row = work.closes.lock(close.close_id)
            config = work.config.current()
            entity = config.entity(close.entity)
            period = Period(row.period_start, row.period_end)
            if work.closes.closed_to(close.entity) < period.day_before:
                before = entity.calendar.name_at(period.day_before)
                return Calculated(waits_for_predecessor=before)
            policy = entity.policy(config.sha256)
            _keep_averages(work, row, config, policy)
            book = work.books.book(row, policy)
            calculation = _with_what_was(work, row, calculate(book, policy, period))
            found = (
                *work.drift.exceptions(row),
                *work.reversals.exceptions(row),
                *_locks(work, row),
            )
            calculation = replace(calculation, exceptions=(*calculation.exceptions, *found))
            chosen = work.posting_choices.chosen(close.close_id)
            hashes = tuple(
                journal_hash(close.entity, chosen.dated(j)) for j in calculation.journals
            )
            left_out = tuple(
                name
                for name, journal in zip(hashes, calculation.journals, strict=True)
                if chosen.leaves_out(close.entity, journal)
            )
            versions = Versions(config=config.sha256, engine=ENGINE_VERSION)
            approvals = entity.approval_policy(config.sha256)
            override = work.approvals.answered(close.close_id)
            facts = facts_of(calculation, override=override, reopened=row.number > 1)
            levels = required(approvals, facts)
            asked = approval_data(facts, levels)
            data = proposal_data(close.entity, calculation, hashes, versions, asked, left_out)
            notes = {
                "late_documents": policy.late_documents.value,
                "documents_seen": seen_hash(book.documents, book.reports, book.voids, period.end),
                RATES: rates_data(book.rates),
                TAKEN: dict(work.books.by_hand(row, policy).taken),
            }
            work.proposals.save(row, calculation, data, config.id, ENGINE_VERSION, notes, chosen)
            return as_calculated(work, row)


def as_calculated(work: Work, row: CloseRow) -> Calculated:
    """The close's current proposal as the workflow keeps it in mind."""
    assert row.id is not None
    assert row.proposal_id is not None
    proposal = work.proposals.get(row.proposal_id)
    config = work.config.version(proposal.config_id)
    policy = config.entity(row.entity_id).approval_policy(config.sha256)
    facts = facts_from(proposal.summary["approved"])
    problems = work.proposals.exceptions(row.proposal_id)
    journals = work.journals.of_proposal(row.proposal_id)
    return Calculated(
        proposal_id=row.proposal_id,
        proposal_hash=proposal.hash,
        round=row.round,
        journals=len(journals),
        exceptions=sum(1 for e in problems if ExceptionCode(e.code) not in ONLY_TELL),
        levels=tuple(
            Level(le.role, le.count, le.clause, le.because) for le in required(policy, facts)
        ),
        policy_version=config.sha256,
        late_documents=str(proposal.summary.get("late_documents", "")),
        may_coincide=tuple(Coincidence(each.id, tuple(each.jobs)) for each in policy.may_coincide),
        overridden=facts.override,
        kinds=tuple(sorted({journal.kind for journal in journals})),
        suspended=work.approvals.suspended(row.id, row.round - 1),
    )


def _locks(work: Work, row: CloseRow) -> list[AccountingException]:
    """What was moved back of the ledger's locks since the period before was closed."""
    last = work.closes.last_closed(row.entity_id)
    return work.locks.exceptions(row, last.closed_at if last else None)


def _keep_averages(
    work: Work, row: CloseRow, config: AppliedConfig, policy: RecognitionPolicy
) -> None:
    """Average rates of the entity's periods, as far as its documents or the group need them."""
    entity, currency = row.entity_id, policy.functional_currency
    pairs = work.books.pairs(entity, currency)
    reporting = config.configuration.group.reporting_currency
    if reporting != currency:
        pairs.add((currency, reporting))
    closed_to = work.closes.closed_to(entity)
    work.rates.keep_averages(entity, policy.calendar, pairs, row.period_end, closed_to)


def _with_what_was(work: Work, row: CloseRow, calculation: Calculation) -> Calculation:
    """With what earlier closes left behind: their seal, the reconciling items."""
    last = work.closes.last_closed(row.entity_id)
    if last is None:
        return calculation
    if last.seal:
        calculation = _witnessing(calculation, last.seal)
    currency = next(iter(calculation.closing.values())).currency
    kept = work.books.reconciling(row.entity_id, currency)
    new = {role: -amount for role, amount in calculation.reconciling.items()}
    return replace(calculation, reconciling=less(kept, new))


def _witnessing(calculation: Calculation, seal: str) -> Calculation:
    """The journals' texts carry the head of the entity's previous seal: the ledger witnesses it."""
    journals = tuple(
        replace(journal, text=f"{journal.text} [seal {seal[:SEAL_DIGITS]}]")
        for journal in calculation.journals
    )
    return replace(calculation, journals=journals)
