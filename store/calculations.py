"""One calculation of a close from what is on record: what is stored as a proposal, and what a
preview shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from accounting.beside import NOTHING_BESIDE
from accounting.book import Book, Calculation
from accounting.bulk import calculate
from accounting.by_hand import less
from accounting.calendars import FiscalCalendar
from accounting.engine import ENGINE_VERSION
from accounting.exceptions import AccountingException
from accounting.periods import Period
from accounting.policy import LateDocuments, RecognitionPolicy
from accounting.rates import Pair
from controls.approval_policy import Level, approval_data, required
from controls.canonical import digest
from controls.posting_choices import Chosen
from controls.proposal import (
    PositionTotals,
    Versions,
    facts_of,
    journal_hash,
    proposal_data,
    totals_of,
)
from models import CloseRow, ProposalRow
from store.accepted import TAKEN
from store.books import seen_hash
from store.config import AppliedConfig
from store.outdated import RATES, rates_data
from store.rates import NewRate, RateTable
from store.unit_of_work import Work

if TYPE_CHECKING:
    from store.plain_arrays import PlainReading

SEAL_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a close would propose, complete.

    `data` is what approvals bind to, `notes` what the proposal keeps beside its figures, `levels`
    who must approve, `chosen` which journals are dated later, or left out. In a big book `plain` are
    the lines that are reckoned beside the calculation's own.
    """

    calculation: Calculation
    data: Mapping[str, object]
    notes: Mapping[str, object]
    levels: tuple[Level, ...]
    chosen: Chosen
    plain: "PlainReading | None" = None

    @property
    def hash(self) -> str:
        """The proposal's name: the digest of what approvals bind to."""
        return digest(self.data)


def proposed(
    work: Work,
    close: CloseRow,
    config: AppliedConfig,
    rates: RateTable | None = None,
    *,
    keep: bool = False,
) -> Proposed:
    """What the close proposes by this configuration; `rates` are those on record where none are given.

    Of a big book what was read is kept where asked for (store/kept_readings.py).

    Raises NotFoundError where nothing was read of the ledger yet, PolicyError where the entity
    lacks an account that a journal needs.
    """
    entity = config.entity(close.entity_id)
    policy = entity.policy(config.sha256)
    period = Period(close.period_start, close.period_end)
    book, plain = work.books.read(close, policy, rates, keep=keep)
    beside = plain.beside if plain is not None else NOTHING_BESIDE
    calculation = _with_what_was(work, close, calculate(book, policy, period, beside))
    found = (*calculation.exceptions, *_found(work, close))
    calculation = replace(calculation, exceptions=found)
    number = close.id or 0
    chosen = work.posting_choices.chosen(number)
    hashes = tuple(journal_hash(entity.id, chosen.dated(each)) for each in calculation.journals)
    left_out = tuple(
        name
        for name, journal in zip(hashes, calculation.journals, strict=True)
        if chosen.leaves_out(entity.id, journal)
    )
    override = work.approvals.answered(number)
    totals = _totals(plain, calculation)
    facts = facts_of(calculation, override=override, reopened=close.number > 1, totals=totals)
    levels = required(entity.approval_policy(config.sha256), facts)
    versions = Versions(config=config.sha256, engine=ENGINE_VERSION)
    asked = approval_data(facts, levels)
    return Proposed(
        calculation=calculation,
        data=proposal_data(entity.id, calculation, hashes, versions, asked, left_out, totals),
        notes={
            "late_documents": policy.late_documents.value,
            "documents_seen": _seen(book, policy, period),
            RATES: rates_data(book.rates),
            TAKEN: dict(work.books.by_hand(close, policy).taken),
        },
        levels=levels,
        chosen=chosen,
        plain=plain,
    )


def _totals(plain: "PlainReading | None", calculation: Calculation) -> PositionTotals:
    if plain is None:
        return totals_of(calculation.positions)
    from store.plain_positions import position_totals

    return position_totals(plain, calculation.positions)


def _seen(book: Book, policy: RecognitionPolicy, period: Period) -> str:
    """The name of what the period sees; asked for only where late documents land in their own."""
    if policy.late_documents is not LateDocuments.OWN_PERIOD_WHILE_OPEN:
        return ""
    return seen_hash(book.documents, book.reports, book.voids, period.end)


def keep_averages(work: Work, close: CloseRow, config: AppliedConfig) -> None:
    """Append the average rates that the close needs and that are missing, or ours and outdated."""
    work.rates.keep_averages(close.entity_id, *_averaged(work, close, config))


def calculated(work: Work, close: CloseRow, config: AppliedConfig) -> ProposalRow:
    """Store what the close proposes by this configuration, with the average rates that it needs.

    Raises as `proposed` does.
    """
    keep_averages(work, close, config)
    made = proposed(work, close, config, keep=True)
    return work.proposals.save(
        close,
        made.calculation,
        made.data,
        config.id,
        ENGINE_VERSION,
        made.notes,
        made.chosen,
        made.plain,
    )


def averages(work: Work, close: CloseRow, config: AppliedConfig, rates: RateTable) -> list[NewRate]:
    """What `keep_averages` would append, were these the rates on record."""
    return rates.averages(close.entity_id, *_averaged(work, close, config))


def _averaged(
    work: Work, close: CloseRow, config: AppliedConfig
) -> tuple[FiscalCalendar, set[Pair], date, date]:
    """Of which periods, and between which currencies: the documents' and the group's."""
    entity = config.entity(close.entity_id)
    currency = entity.functional_currency
    pairs = work.books.pairs(entity.id, currency)
    reporting = config.configuration.group.reporting_currency
    if reporting != currency:
        pairs.add((currency, reporting))
    return entity.calendar, pairs, close.period_end, work.closes.closed_to(entity.id)


def _found(work: Work, close: CloseRow) -> list[AccountingException]:
    """What people changed in the ledger, what is missing there, which lock was moved back."""
    last = work.closes.last_closed(close.entity_id)
    return [
        *work.drift.exceptions(close),
        *work.reversals.exceptions(close),
        *work.locks.exceptions(close, last.closed_at if last else None),
    ]


def _with_what_was(work: Work, close: CloseRow, calculation: Calculation) -> Calculation:
    """With what earlier closes left behind: their seal, the reconciling items."""
    last = work.closes.last_closed(close.entity_id)
    if last is None:
        return calculation
    if last.seal:
        calculation = _witnessing(calculation, last.seal)
    currency = next(iter(calculation.closing.values())).currency
    kept = work.books.reconciling(close.entity_id, currency)
    new = {role: -amount for role, amount in calculation.reconciling.items()}
    return replace(calculation, reconciling=less(kept, new))


def _witnessing(calculation: Calculation, seal: str) -> Calculation:
    """The journals' texts carry the head of the entity's previous seal: the ledger witnesses it."""
    journals = tuple(
        replace(journal, text=f"{journal.text} [seal {seal[:SEAL_DIGITS]}]")
        for journal in calculation.journals
    )
    return replace(calculation, journals=journals)
