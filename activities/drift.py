"""Drift: what people changed in the ledger by hand, looked for at verify and every day."""

from datetime import UTC, date, datetime, timedelta

from temporalio import activity

from accounting.backtest_ledger import Movement
from activities.doors import Doors, told_to_temporal
from activities.post import comparable
from connectors.ledger import Ledger, LedgerJournal
from controls.configuration import EntityConfig
from controls.drift import Held, drift_from, drift_of_others
from store import Work
from store.past_journals import PAST, PastJournal

JOURNALS = "journal"
"""The name of the cursor: when journals were last looked through."""
FROM_THE_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(days=1)
"""Looked through again: a ledger's clock is not ours, and a change may show late."""
NOTHING = Held("", date.min, (), posted=False)
"""What should be of a journal of somebody else's: its being gone is nothing to tell of."""


class DriftActivities:
    """Compares the ledger's journals with what was approved."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def entities_to_look_at(self) -> tuple[str, ...]:
        """Every entity that there is."""
        with told_to_temporal(), self._doors.work() as work:
            return tuple(row.id for row in work.config.entities())

    @activity.defn
    def look_for_drift(self, entity: str) -> int:
        """How many journals of the entity's ledger are not as they should be.

        Of reversals that are due and not in it whoever can mend it is told.
        """
        with told_to_temporal():
            with self._doors.work() as work:
                config = work.config.current().entity(entity)
            look(self._doors, config, self._doors.ledger(config), deleted_too=True)
            with self._doors.work() as work:
                work.reversals.tell(entity, self._doors.today(config.zone))
                return len(work.drift.open(entity))


def look(
    doors: Doors,
    entity: EntityConfig,
    ledger: Ledger,
    *,
    deleted_too: bool,
    back_to: datetime | None = None,
) -> dict[str, LedgerJournal]:
    """Go through what changed since the last look, or since `back_to` if that is longer ago;
    `deleted_too` asks for each known one as well, and not only for those that differ. Answers what
    was read, by the ledger's id. The first look reads everything: what is dated up to adoption is
    kept for a back-test.

    What is ours is read after the ledger was: a journal's reference is on record before it is
    sent, so that none of ours is taken for a foreign one.
    """
    with doors.work() as work:
        began = work.now()
        last = work.documents.cursor(entity.id, JOURNALS)
        if work.documents.cursor(entity.id, PAST) is None:
            last = None
        asked = {row.ledger_id for row in work.drift.open(entity.id)}
        if deleted_too:
            known = work.drift.expected(entity.id)
            asked |= {key for key, held in known.items() if held.posted}
    since = min(last, back_to or last) - OVERLAP if last else FROM_THE_BEGINNING
    changed = {found.id: found for found in ledger.journals(since)}
    gone = ledger.gone(sorted(asked)) if asked else frozenset()
    with doors.work() as work:
        work.drift.one_look_at_a_time(entity.id)
        expected = work.drift.expected(entity.id)
        on_their_way = work.drift.on_their_way(entity.id)
        for found in changed.values():
            if found.id in expected or found.reference not in on_their_way:
                _see(work, entity, ledger, found, expected.get(found.id))
        for ledger_id in sorted(gone):
            should, currency = expected.get(ledger_id, NOTHING), entity.functional_currency
            deleted, link = drift_from(should, None, currency), ledger.link(ledger_id)
            work.drift.see(entity.id, ledger_id, should, None, deleted, link, work.now())
        work.past_journals.keep(entity.id, map(_past, changed.values()), entity.adopted_on)
        for name in (JOURNALS, PAST):
            work.documents.move_cursor(entity.id, name, began)
    return changed


def _past(found: LedgerJournal) -> PastJournal:
    return PastJournal(
        found.id,
        found.reference,
        found.date,
        found.posted,
        tuple(
            Movement(found.date, line.account, line.debit_minor - line.credit_minor, line.text)
            for line in found.lines
        ),
    )


def _see(
    work: Work, entity: EntityConfig, ledger: Ledger, found: LedgerJournal, expected: Held | None
) -> None:
    held = Held(found.reference, found.date, comparable(found.lines), found.posted)
    if expected is not None:
        drift = drift_from(expected, held, entity.functional_currency)
    else:
        accounts = frozenset(entity.accounts.balances)
        drift = drift_of_others(held, accounts, entity.adopted_on, entity.functional_currency)
    link = ledger.link(found.id)
    work.drift.see(entity.id, found.id, expected or held, held, drift, link, work.now())
