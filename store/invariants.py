"""The invariants of an installation, by name: what must hold at any moment, whatever died before.

Each reads what Postgres holds at one moment (`Store.unit_of_work(…, one_moment=True)`) and answers
with sentences that name entity, journal or close: none where it holds. `tieout check`, the health
page and the fault tests ask the same list. What the ledger holds is compared in tieout/check.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from accounting.book import Journal
from accounting.engine import calculate
from accounting.money import Money
from accounting.periods import Period
from controls.audit import Event
from controls.authenticity import Verifier
from controls.invariants import (
    CloseStands,
    Finding,
    close_story,
    journal_attempts,
    journal_story,
)
from controls.posting import IN_LEDGER, JournalState, line_differences
from controls.steps import ENDED, WHO, Awaiting, Step
from models import CloseRow, JournalRow
from store.audit import close_subject
from store.cover import journal_of, why_unapproved, why_unlike
from store.positions import amounts_of
from store.unit_of_work import Work

QUIET_MAX = timedelta(minutes=45)
"""A close that waits for nobody writes something at least as often: its longest activity may take
30 minutes. Silence for longer means that nothing carries it any more."""


@dataclass(frozen=True)
class Ground:
    """What several invariants read; each part is read once."""

    work: Work
    verifier: Verifier

    @cached_property
    def closes(self) -> list[CloseRow]:
        """Every close."""
        return self.work.closes.all()

    @cached_property
    def journals(self) -> list[JournalRow]:
        """Every journal that was ever proposed."""
        return self.work.journals.all()

    @cached_property
    def events(self) -> dict[tuple[str, str], list[Event]]:
        """The events of every chain by chain and subject, oldest first."""
        found: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for chain in self.work.audit.chains():
            for event in self.work.audit.events(chain):
                found[chain, event.subject].append(event)
        return found

    def frozen(self, entity: str) -> list[CloseRow]:
        """The entity's closed periods, oldest first."""
        found = [c for c in self.closes if c.entity_id == entity and c.step == Step.CLOSED]
        return sorted(found, key=lambda close: (close.period_end, close.number))

    @property
    def entities(self) -> list[str]:
        """Every entity that has a close."""
        return sorted({close.entity_id for close in self.closes})


def _chains(ground: Ground) -> Iterable[str]:
    _count, breaks = ground.work.audit.verify()
    return [f"{b.chain} {b.sequence}: {b.message}" for b in breaks]


def _journal_events(ground: Ground) -> Iterable[str]:
    known = set()
    for row in ground.journals:
        subject = f"journal/{row.reference or row.id}"
        known.add((row.entity_id, subject))
        yield from journal_story(
            _named(row), ground.events.get((row.entity_id, subject), ()), row.state, row.attempt
        )
    for chain, subject in ground.events:
        if subject.startswith("journal/") and (chain, subject) not in known:
            yield f"{chain}: events tell of {subject}, and there is no such journal."


def _attempts(ground: Ground) -> Iterable[str]:
    for row in ground.journals:
        events = ground.events.get((row.entity_id, f"journal/{row.reference or row.id}"), ())
        yield from journal_attempts(_named(row), events)


def _approvals(ground: Ground) -> Iterable[str]:
    """The approvals are judged once a proposal, then every journal against what they cover."""
    work = ground.work
    closes = {close.id: close for close in ground.closes}
    unapproved: dict[int, str] = {}
    for row in ground.journals:
        if not row.attempt:
            continue
        close, proposal = closes[row.close_id], work.proposals.get(row.proposal_id)
        if row.proposal_id not in unapproved:
            unapproved[row.proposal_id] = why_unapproved(work, close, proposal, ground.verifier)
        why = unapproved[row.proposal_id] or why_unlike(work, proposal, row)
        if why:
            yield f"{_named(row)} was sent to the ledger without full approval. {why}"


def _balances(ground: Ground) -> Iterable[str]:
    for row in ground.journals:
        lines = ground.work.journals.lines(row.id or 0)
        debit, credit = sum(x.debit_minor for x in lines), sum(x.credit_minor for x in lines)
        if debit != credit:
            yield (
                f"{_named(row)} does not balance: debit {Money(debit, row.currency)}, credit "
                f"{Money(credit, row.currency)}."
            )
        if any(min(x.debit_minor, x.credit_minor) != 0 for x in lines) or not debit:
            yield f"{_named(row)} has a line that is not on exactly one side, or none at all."


def _reversals(ground: Ground) -> Iterable[str]:
    """A journal counts as reversed exactly where a posted one takes back each of its lines."""
    journals = ground.work.journals
    by = {row.reverses_id: row for row in ground.journals if row.state in IN_LEDGER}
    for row in ground.journals:
        reversal = by.get(row.id)
        if reversal is None and row.state == JournalState.REVERSED:
            yield f"{_named(row)} counts as reversed, and no posted journal reverses it."
        if reversal is not None and row.state != JournalState.REVERSED:
            yield f"{_named(row)} is {row.state}, and {_named(reversal)} reverses it."
        if reversal is not None:
            back = [
                replace(line, debit_minor=line.credit_minor, credit_minor=line.debit_minor)
                for line in journals.posted_lines(reversal.id or 0)
            ]
            for difference in line_differences(
                journals.posted_lines(row.id or 0), tuple(back), row.currency
            ):
                yield f"{_named(reversal)} does not take back {_named(row)}: {difference}"


def _close_events(ground: Ground) -> Iterable[str]:
    for close in ground.closes:
        subject = close_subject(close)
        stands = CloseStands(close.step, close.awaiting, close.round, close.seal or "")
        yield from close_story(subject, ground.events.get((close.entity_id, subject), ()), stands)


def _decision_events(ground: Ground) -> Iterable[str]:
    """Each decision and resolution has its one event, and the other way round."""
    for close in ground.closes:
        subject = close_subject(close)
        events = ground.events.get((close.entity_id, subject), ())
        told = Counter(
            (e.actor.name, e.verb.removeprefix("decision."), str(e.hashes.get("proposal")))
            for e in events
            if e.verb.startswith("decision.") and e.verb != "decision.refused"
        )
        kept = Counter(
            (row.actor, row.verdict, row.proposal_hash)
            for row in ground.work.approvals.decision_rows(close.id or 0)
        )
        for actor, verdict, _hash in (kept - told).elements():
            yield f"{subject}: a decision “{verdict}” of {actor} is on record without its event."
        for actor, verdict, _hash in (told - kept).elements():
            yield f"{subject}: an event tells of “{verdict}” by {actor}, which is not on record."
    for entity in ground.entities:
        resolutions = ground.work.approvals.resolutions(entity)
        events_of = [
            event
            for (chain, _subject), events in ground.events.items()
            if chain == entity
            for event in events
            if event.verb == "exception.resolved"
        ]
        if len(resolutions) != len(events_of):
            yield (
                f"{entity}: {len(resolutions)} resolutions are on record, and {len(events_of)} "
                "events tell of one."
            )


def _roll_forward(ground: Ground) -> Iterable[str]:
    """Positions sum up to the balances, and each period opens where the one before closed."""
    for entity in ground.entities:
        before: CloseRow | None = None
        for close in ground.frozen(entity):
            yield from _sums(ground, close)
            if before is not None:
                yield from _follows(ground, before, close)
            before = close


def _sums(ground: Ground, close: CloseRow) -> Iterable[str]:
    """The frozen positions add up to the period's opening and closing balances."""
    proposal, number, currency = _frozen(ground, close)
    lines = ground.work.position_sums.by_role(number, currency)
    for name in ("opening", "closing"):
        said = amounts_of(proposal[name], currency)
        summed = {**dict.fromkeys(said, Money.zero(currency)), **lines[name]}
        for role, amount in summed.items():
            stands = said.get(role, Money.zero(currency))
            if amount != stands:
                yield (
                    f"{close_subject(close)}: {role.value} {name} is {stands}, its lines add up "
                    f"to {amount}."
                )


def _follows(ground: Ground, before: CloseRow, close: CloseRow) -> Iterable[str]:
    """Balances open where the period before closed; each line carries on what it had reached."""
    old, old_number, currency = _frozen(ground, before)
    new, new_number, _currency = _frozen(ground, close)
    closed, opened = amounts_of(old["closing"], currency), amounts_of(new["opening"], currency)
    for role in sorted({*closed, *opened}):
        left = closed.get(role, Money.zero(currency))
        found = opened.get(role, Money.zero(currency))
        if left != found:
            yield (
                f"{close_subject(close)}: {role.value} opens at {found}; {before.period} closed "
                f"at {left}."
            )
    for line, stands, makes in ground.work.position_sums.broken(old_number, new_number):
        yield (
            f"{close_subject(close)}: {line} has recognised {Money(stands, currency)} to date; "
            f"{before.period} and this period make {Money(makes, currency)}."
        )


def _frozen(ground: Ground, close: CloseRow) -> tuple[dict[str, dict[str, str]], int, str]:
    assert close.proposal_id is not None
    proposal = ground.work.proposals.get(close.proposal_id)
    config = ground.work.config.version(proposal.config_id)
    currency = config.entity(close.entity_id).functional_currency
    return proposal.summary, close.proposal_id, currency


def _tie_outs(ground: Ground) -> Iterable[str]:
    for close in ground.closes:
        if close.step != Step.CLOSED or close.proposal_id is None:
            continue
        rows = ground.work.proposals.tie_out(close.proposal_id)
        if not rows:
            yield f"{close_subject(close)} is closed, and was never tied out."
        explained = any(
            row.step == Step.VERIFY and row.round == close.round
            for row in ground.work.approvals.decision_rows(close.id or 0)
        )
        for row in rows:
            if row.unexplained_minor and not explained:
                yield (
                    f"{close_subject(close)}: account {row.account} differs from the ledger by "
                    f"{row.unexplained_minor} minor units, and nobody explained it."
                )


def _rerun(ground: Ground) -> Iterable[str]:
    """What is posted leaves nothing to post but what was left out. Asked of the newest closes."""
    newest: dict[str, CloseRow] = {}
    for close in ground.closes:
        known = newest.setdefault(close.entity_id, close)
        if (close.period_end, close.number) > (known.period_end, known.number):
            newest[close.entity_id] = close
    for entity, close in newest.items():
        if close.step not in (Step.SIGN_OFF, Step.CLOSED) or close.proposal_id is None:
            continue
        left_out = {
            _moves(journal_of(ground.work, row))
            for row in ground.work.journals.of_proposal(close.proposal_id)
            if row.state == JournalState.SKIPPED
        }
        config = ground.work.config.version(ground.work.proposals.get(close.proposal_id).config_id)
        policy = config.entity(entity).policy(config.sha256)
        book = ground.work.books.book(close, policy)
        again = calculate(book, policy, Period(close.period_start, close.period_end))
        for journal in again.journals:
            if _moves(journal) in left_out:
                continue
            yield f"{close_subject(close)}: calculated again it proposes “{journal.text}”."


def _moves(journal: Journal) -> tuple[object, ...]:
    """What a journal does, whatever its text and date."""
    lines = [(line.account, line.debit, line.credit, line.dimensions) for line in journal.lines]
    return journal.kind, *lines


def _resting(ground: Ground) -> Iterable[str]:
    now = ground.work.now()
    for close in ground.closes:
        if close.step in ENDED:
            continue
        subject = close_subject(close)
        awaiting = Awaiting(close.awaiting)
        if WHO[awaiting]:
            continue
        if awaiting is Awaiting.PREDECESSOR:
            if not _has_predecessor(ground, close):
                yield f"{subject}: {close.detail}, and nobody has started that close."
            continue
        last = ground.work.audit.last_at(close.entity_id, subject, "journal/")
        if last is None or now - last > QUIET_MAX:
            yield (
                f"{subject} waits for nobody in {close.step}, and nothing has happened since "
                f"{last:%Y-%m-%d %H:%M} UTC. `tieout close recover` takes it up again."
                if last
                else f"{subject} waits for nobody, and nothing is known of it."
            )


def _has_predecessor(ground: Ground, close: CloseRow) -> bool:
    return any(
        other.entity_id == close.entity_id and other.period_end < close.period_start
        for other in ground.closes
    )


def _named(row: JournalRow) -> str:
    return f"{row.entity_id} journal {row.reference or row.id}"


@dataclass(frozen=True, slots=True)
class Invariant:
    """What is promised, and where to look for what contradicts it."""

    name: str
    promise: str
    broken: Callable[[Ground], Iterable[str]]


INVARIANTS = (
    Invariant("chains", "Every chain of the audit trail is gapless and verifies", _chains),
    Invariant("journal events", "Every change of a journal has its one event", _journal_events),
    Invariant("attempts", "A journal is sent after its intent, once for each attempt", _attempts),
    Invariant(
        "approvals", "Nothing was sent without full, valid approvals to its hash", _approvals
    ),
    Invariant("balanced", "Every journal balances", _balances),
    Invariant("reversals", "What counts as reversed is taken back line by line", _reversals),
    Invariant("close events", "Every move of a close has its one event", _close_events),
    Invariant("decision events", "Every decision has its one event", _decision_events),
    Invariant(
        "roll-forward", "Lines add up, and each period opens where the last closed", _roll_forward
    ),
    Invariant("tie-out", "Closed periods tie out with the ledger", _tie_outs),
    Invariant("re-run", "A closed period leaves nothing to post", _rerun),
    Invariant("owners", "Every open close moves, or waits for somebody", _resting),
)


def findings(work: Work, verifier: Verifier) -> list[Finding]:
    """Every invariant that Postgres alone can tell of, with what contradicts it."""
    ground = Ground(work, verifier)
    return [Finding(each.name, each.promise, tuple(each.broken(ground))) for each in INVARIANTS]
