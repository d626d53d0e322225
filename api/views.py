"""A close as people see it: read once from Postgres, the same for JSON and page."""

from dataclasses import dataclass
from datetime import datetime

from accounting.money import Money
from accounting.policy import BALANCE_ROLES, Role
from api.catch_ups import CatchUpView, catch_ups_of
from api.drift_view import AcceptedView, accepted_in
from api.exceptions import ExceptionView, exceptions_of
from api.lock_view import LockView, locks_of
from api.reperformance import ReperformedView, on_record
from api.suspension import SuspendedView, suspended_of
from controls.approval import Standing, Verdict, open_kinds, open_level, submitted
from controls.posting import IN_LEDGER
from controls.steps import ENDED, Awaiting, Step
from models import CloseRow, JournalRow, ProposalRow, TieOutRow
from store import Work
from store.standings import standing_of


@dataclass(frozen=True, slots=True)
class JournalView:
    """A journal in a list. `reverses` and `reversed_by` are references of other journals."""

    id: int
    kind: str
    date: str
    text: str
    total: str
    state: str
    reference: str | None
    ledger_id: str | None
    ledger_message: str
    reverses: str
    reversed_by: str


@dataclass(frozen=True, slots=True)
class ReversalView:
    """A posted journal that the close turns round: what it is, who asked for it, and why."""

    reference: str
    text: str
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision; `counts` is false for one of a suspended round. `clause` asked for it.

    `seen` is the hash of the figures that the person saw, empty where none were kept.
    """

    step: str
    verdict: str
    actor: str
    reason: str
    at: str
    level: int
    counts: bool
    clause: str
    round: int
    seen: str
    kinds: list[str]


@dataclass(frozen=True, slots=True)
class LevelView:
    """A level of approval that the proposal needs: by which clause, why, and who gave it.

    `open_kinds` are the kinds of journal that it still lacks, where it was given for others.
    """

    clause: str
    role: str
    count: int
    because: str
    given_by: list[str]
    open_kinds: list[str]


@dataclass(frozen=True, slots=True)
class TieOutView:
    """A balance account tied out; every amount on the account's normal side."""

    role: str
    account: str
    subledger: str
    reconciling: str
    unposted: str
    ledger: str
    unexplained: str


@dataclass(frozen=True, slots=True)
class CloseLine:
    """A close on the board."""

    entity: str
    period: str
    step: str
    awaiting: str
    detail: str
    journals: int
    posted: int


@dataclass(frozen=True, slots=True)
class CloseView:
    """One close in full. Amounts are text in the currency's decimals.

    `non_current` is the part of closing deferred revenue that is not released within a year,
    `opening_non_current` the same of the opening as the last close froze it (empty where none
    did), `fx` the period's exchange gain, `late_documents` the policy that applied. Catch-up is
    what belongs to closed periods: by line, and summed for revenue and for cost. `suspended` are
    earlier proposals that were decided on, `by_hand` the answers to journals that people booked or
    changed in the ledger, `to_reverse` the posted journals that it turns round. A decision gives `seen` back: the hash of the figures.
    From `number` 2 on the period was closed before, by `earlier` closes; `takes_back` are the
    periods opened again, `reperformed` what came of it when it was made anew in SQL. `which` asks for this close in a link, where it is not the newest.
    """

    entity: str
    name: str
    period: str
    number: int
    earlier: list[int]
    which: str
    reopened_because: str
    takes_back: list[str]
    period_start: str
    period_end: str
    ledger: str
    currency: str
    step: str
    awaiting: str
    detail: str
    round: int
    proposal_hash: str
    seal: str
    started_by: str
    opening: dict[str, str]
    closing: dict[str, str]
    reconciling: dict[str, str]
    opening_non_current: str
    non_current: str
    fx: str
    late_documents: str
    policy_version: str
    catch_ups: list[CatchUpView]
    catch_up_revenue: str
    catch_up_cost: str
    exceptions: list[ExceptionView]
    journals: list[JournalView]
    decisions: list[DecisionView]
    preparers: list[str]
    next_level: str
    levels: list[LevelView]
    tie_out: list[TieOutView]
    locks: list[LockView]
    suspended: list[SuspendedView]
    by_hand: list[AcceptedView]
    to_reverse: list[ReversalView]
    reperformed: ReperformedView | None
    seen: str = ""


def board(work: Work) -> list[CloseLine]:
    """Every period's newest close, newest period first."""
    lines = []
    for row in work.closes.all():
        if row.step in (Step.SUPERSEDED, Step.REFUSED):
            continue
        if row.step == Step.CLOSED and work.closes.find(row.entity_id, row.period) is not row:
            continue  # it is asked for again: that line tells of it
        journals = work.journals.standing(row)
        posted = sum(1 for journal in journals if journal.state in IN_LEDGER)
        lines.append(
            CloseLine(
                row.entity_id,
                row.period,
                row.step,
                row.awaiting,
                row.detail,
                len(journals),
                posted,
            )
        )
    return lines


def periods_of(closes: list[CloseLine]) -> list[str]:
    """The names of the periods that were closed or are being closed, in the board's order."""
    return [*dict.fromkeys(close.period for close in closes)]


def next_level_of(standing: Standing | None, close: CloseRow) -> str:
    """The role that is waited for now; empty when nobody's decision is."""
    if standing is None or close.awaiting not in (Awaiting.SUBMISSION, Awaiting.APPROVAL):
        return "controller" if close.awaiting in (Awaiting.SIGN_OFF, Awaiting.REOPENING) else ""
    if not submitted(standing):
        return "preparer"
    number = open_level(standing)
    return str(standing.levels[number].role) if number < len(standing.levels) else ""


def close_view(work: Work, row: CloseRow) -> CloseView:
    """One close in full."""
    return view_of(work, row, standing_of(work, row))


def view_of(work: Work, row: CloseRow, standing: Standing | None) -> CloseView:
    """The same of a close whose standing has been read."""
    entity = row.entity_id
    settings = work.config.current().entity(entity)
    currency = settings.functional_currency
    proposal = work.proposals.get(row.proposal_id) if row.proposal_id else None
    summary = proposal.summary if proposal else {}
    catch_ups = catch_ups_of(work, row, currency)
    decisions = work.approvals.decision_rows(row.id or 0)
    counting = {decision.nonce for decision in standing.taken} if standing else set()
    return CloseView(
        entity=entity,
        name=settings.name,
        period=row.period,
        number=row.number,
        earlier=work.closes.earlier(row),
        which="" if work.closes.find(entity, row.period) is row else f"?number={row.number}",
        reopened_because=row.reason,
        takes_back=[period for period, _number, _seal in row.supersedes],
        period_start=row.period_start.isoformat(),
        period_end=row.period_end.isoformat(),
        ledger=settings.ledger.vendor,
        currency=currency,
        step=row.step,
        awaiting=row.awaiting,
        detail=row.detail,
        round=row.round,
        proposal_hash=standing.proposal_hash if standing else "",
        seal=row.seal or "",
        started_by=row.started_by,
        opening=summary.get("opening", {}),
        closing=summary.get("closing", {}),
        reconciling=summary.get("reconciling", {}),
        opening_non_current=_opening_non_current(work, row),
        non_current=summary.get("non_current", ""),
        fx=summary.get("fx", ""),
        late_documents=summary.get("late_documents", settings.recognition.late_documents),
        policy_version=_policy_version(work, proposal),
        catch_ups=catch_ups.lines,
        catch_up_revenue=catch_ups.revenue,
        catch_up_cost=catch_ups.cost,
        exceptions=exceptions_of(work, row),
        journals=[journal_view(work, j) for j in work.journals.standing(row)],
        decisions=[
            DecisionView(
                d.step,
                d.verdict,
                d.actor,
                d.reason,
                _instant(d.decided_at),
                d.level,
                d.nonce in counting,
                d.clause,
                d.round,
                d.seen,
                d.kinds.split(",") if d.kinds else [],
            )
            for d in decisions
        ],
        preparers=list(standing.preparers) if standing else [],
        next_level=next_level_of(standing, row),
        levels=_levels(standing),
        tie_out=_tie_out(work, row, currency),
        reperformed=on_record(work, row),
        locks=locks_of(work, row),
        suspended=suspended_of(work, row, decisions),
        by_hand=accepted_in(work, row, currency),
        to_reverse=_to_reverse(work, row),
    )


def _to_reverse(work: Work, row: CloseRow) -> list[ReversalView]:
    if row.step in ENDED:
        return []
    return [
        ReversalView(each.asked.subject, each.journal.text, each.asked.actor, each.asked.reason)
        for each in work.corrections.wanted(row)
    ]


def _levels(standing: Standing | None) -> list[LevelView]:
    if standing is None:
        return []
    given = [d for d in standing.taken if (d.step, d.verdict) == (Step.REVIEW, Verdict.APPROVE)]
    return [
        LevelView(
            level.clause,
            level.role.value,
            level.count,
            level.because,
            [f"{d.actor}{_only(d.kinds)}" for d in given if d.level == number],
            _open_kinds(standing, number),
        )
        for number, level in enumerate(standing.levels)
    ]


def _only(kinds: tuple[str, ...]) -> str:
    return f" ({', '.join(kinds)})" if kinds else ""


def _open_kinds(standing: Standing, number: int) -> list[str]:
    kinds = [kind for kind in open_kinds(standing, number) if kind]
    return kinds if kinds != list(standing.kinds) else []


def _opening_non_current(work: Work, row: CloseRow) -> str:
    before = work.closes.before(row)
    if before is None or before.proposal_id is None:
        return ""
    return str(work.proposals.get(before.proposal_id).summary.get("non_current", ""))


def _policy_version(work: Work, proposal: ProposalRow | None) -> str:
    if proposal is None:
        return work.config.current().sha256
    return work.config.version(proposal.config_id).sha256


def _tie_out(work: Work, row: CloseRow, currency: str) -> list[TieOutView]:
    if row.proposal_id is None:
        return []
    return [
        TieOutView(
            t.role,
            t.account,
            *(
                Money(minor, currency).text()
                for minor in (
                    t.subledger_minor,
                    t.reconciling_minor,
                    t.unposted_minor,
                    t.ledger_minor,
                    t.unexplained_minor,
                )
            ),
        )
        for t in sorted(work.proposals.tie_out(row.proposal_id), key=_in_order)
    ]


def _in_order(row: TieOutRow) -> int:
    return BALANCE_ROLES.index(Role(row.role))


def journal_view(work: Work, row: JournalRow) -> JournalView:
    """A journal in a list, with the total of its debits."""
    total = sum(line.debit_minor for line in work.journals.lines(row.id or 0))
    reverses, reversed_by = work.journals.linked(row)
    return JournalView(
        id=row.id or 0,
        kind=row.kind,
        date=row.date.isoformat(),
        text=row.text,
        total=Money(total, row.currency).text(),
        state=row.state,
        reference=row.reference,
        ledger_id=row.ledger_id,
        ledger_message=row.ledger_message,
        reverses=reverses,
        reversed_by=reversed_by,
    )


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


STEP_ORDER = [step for step in Step if step not in {*ENDED, Step.REOPEN}]
"""The steps of a close; that of a period that is opened again has one before."""
