"""`tieout check`: the invariants of a live installation, those of its ledgers among them.

Ledgers are read between two looks at Postgres, and a journal that moved meanwhile is not judged:
the command may be run while closes run.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from activities.post import comparable
from connectors.errors import ConnectorError
from connectors.ledger import Ledger, LedgerJournal
from controls.audit import Actor
from controls.authenticity import Verifier
from controls.configuration import EntityConfig
from controls.drift import Held, drift_from
from controls.invariants import Finding
from controls.posting import IN_DOUBT, IN_LEDGER, JournalState, PostedLine, line_differences
from controls.proposal import REFERENCE
from models import JournalRow
from store import Store
from store.invariants import findings

LEDGER, LEDGER_PROMISE = "ledger", "The ledger holds each approved journal once, line by line"
NO_LEDGERS = (
    f"{LEDGER_PROMISE}: no ledger was read. Set TIEOUT_CONNECTIONS_FILE and "
    "TIEOUT_SECRET_KEY_FILE, and use the worker's database log-in, to have them compared."
)
CHECK = Actor("service", "check")


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and which invariants were left out and why."""

    findings: list[Finding]
    left_out: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every invariant that was looked at holds."""
        return all(finding.holds for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Known:
    """A journal as Postgres knows it, with its lines; and as somebody accepted it after a change."""

    row: JournalRow
    lines: tuple[PostedLine, ...]
    accepted: Held | None = None

    @property
    def stands(self) -> tuple[str, int]:
        return self.row.state, self.row.attempt


def check(
    store: Store, verifier: Verifier, ledgers: Callable[[EntityConfig], Ledger] | None
) -> Report:
    """Every invariant; those that need the ledgers only where there is a way to them."""
    with store.unit_of_work(CHECK, one_moment=True) as work:
        found = findings(work, verifier)
    if ledgers is None:
        return Report(found, [NO_LEDGERS])
    return Report([*found, Finding(LEDGER, LEDGER_PROMISE, tuple(in_ledgers(store, ledgers)))])


def in_ledgers(store: Store, ledgers: Callable[[EntityConfig], Ledger]) -> Iterator[str]:
    """Where a ledger does not hold exactly what was approved and posted."""
    with store.unit_of_work(CHECK) as work:
        if not work.config.entities():
            return
        configuration = work.config.current().configuration
    for entity in configuration.entities:
        before = _known(store, entity.id)
        since = datetime.combine(entity.adopted_on, time.min, UTC)
        try:
            held = [
                journal
                for journal in ledgers(entity).journals(since)
                if REFERENCE.fullmatch(journal.reference)
            ]
        except ConnectorError as error:
            yield f"{entity.id}: the ledger could not be read. {error}"
            continue
        after = _known(store, entity.id)
        by_reference: dict[str, list[LedgerJournal]] = defaultdict(list)
        for journal in held:
            by_reference[journal.reference].append(journal)
        for reference in sorted({*by_reference} - {*after}):
            yield f"{entity.id}: the ledger holds {reference}, which is no journal of ours."
        for reference, known in sorted(after.items()):
            if reference in before and before[reference].stands == known.stands:
                yield from _compared(entity.id, known, by_reference[reference])


def _known(store: Store, entity: str) -> dict[str, _Known]:
    with store.unit_of_work(CHECK, one_moment=True) as work:
        return {
            row.reference: _Known(
                row,
                work.journals.posted_lines(row.id or 0),
                accepted[row.ledger_id].held if row.ledger_id in accepted else None,
            )
            for accepted in [work.drift.accepted.newest(entity)]
            for row in work.journals.all()
            if row.entity_id == entity and row.reference is not None
        }


def _compared(entity: str, known: _Known, held: list[LedgerJournal]) -> Iterator[str]:
    row, name = known.row, f"{entity} journal {known.row.reference}"
    if len(held) > 1:
        yield f"{name} stands {len(held)} times in the ledger."
    if row.state in IN_DOUBT:
        return  # what the next attempt finds out
    if row.state not in IN_LEDGER:
        if any(each.posted for each in held) or (held and row.state != JournalState.DRAFT):
            yield f"{name} is {row.state} by our record, and the ledger holds it."
        return
    if known.accepted is not None:
        yield from _as_accepted(name, known, held[0] if held else None)
        return
    if not held:
        yield f"{name} is posted by our record, and not in the ledger."
        return
    (found, *_more) = held
    if found.id != row.ledger_id:
        yield f"{name} is {found.id} in the ledger, and {row.ledger_id} by our record."
    if not found.posted:
        yield f"{name} is a draft, or voided, in the ledger."
    if found.date != row.date:
        yield f"{name} was approved for {row.date} and is dated {found.date} in the ledger."
    for difference in line_differences(known.lines, comparable(found.lines), row.currency):
        yield f"{name}: {difference}."


def _as_accepted(name: str, known: _Known, found: LedgerJournal | None) -> Iterator[str]:
    """Of a journal that people changed: the ledger holds what somebody accepted of it."""
    held = found and Held(found.reference, found.date, comparable(found.lines), found.posted)
    assert known.accepted is not None
    drift = drift_from(known.accepted, held or None, known.row.currency)
    if drift is not None:
        told = "; ".join(drift.differences) or drift.kind
        yield f"{name} was accepted as changed in the ledger, and has changed again: {told}."
