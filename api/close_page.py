"""A close's page: the context of what a person sees of it and may do there."""

import secrets

from accounting.documents import Effect
from accounting.exceptions import Remedy
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, LateDocuments, Role
from accounting.written import days
from api.contexts import BalanceRow, ClosePage, ExceptionForm, StepMark
from api.drift_view import drift_of
from api.exceptions import ExceptionView
from api.rendering import grouped
from api.seen import kept
from api.stuck import STUCK
from api.views import STEP_ORDER, CloseView, view_of
from api.wording import EFFECTS, LATE_DOCUMENTS, REMEDIES, ROLES
from controls.approval import (
    Accepted,
    Decision,
    Standing,
    Verdict,
    judge,
    needs_reason,
    open_kinds,
    open_level,
)
from controls.delegation import Delegation
from controls.posting import JournalState
from controls.steps import ENDED, STEPS, Action, Awaiting, Step, UserRole, may
from models import CloseRow
from store import Work
from store.standings import standing_of
from store.users import Person

NOT_TAKEN = (JournalState.FAILED, JournalState.DRAFT)


def close_page(work: Work, person: Person, row: CloseRow, message: str = "") -> ClosePage:
    """The close as this person sees it, with what was refused on top."""
    entity = row.entity_id
    standing = standing_of(work, row)
    close = kept(work, view_of(work, row, standing))
    roles, waits = person.roles, close.awaiting
    delegations = work.delegations.of_person(entity, person.name)

    kinds = _kinds(standing, person.name)

    def counts(verdict: Verdict) -> bool:
        return standing is not None and _would_count(verdict, person, close, standing, delegations)

    nonce = secrets.token_urlsafe(16)
    is_stuck = waits in STUCK
    may_reopen = (
        close.step == Step.CLOSED and may(roles, Action.REOPEN) and not work.reopenings.why_not(row)
    )
    asked = {each.link for each in close.exceptions}
    return ClosePage(
        title=f"{close.name}, {close.period}",
        person=person.display_name,
        close=close,
        period_days=days(row.period_start, row.period_end),
        steps=_steps(close),
        balances=_balances(close),
        late_documents=LATE_DOCUMENTS[LateDocuments(close.late_documents)],
        fx=_fx(close),
        waiting=[
            _form(each, f"{nonce}-{number}")
            for number, each in enumerate(close.exceptions, start=1)
            if each.blocks
        ],
        told=[each for each in close.exceptions if not each.blocks],
        drift=[each for each in drift_of(work, row) if each.link not in asked],
        step_title=STEPS[Step(close.step)].title,
        step_purpose=STEPS[Step(close.step)].purpose,
        nonce=nonce,
        may_resolve=may(roles, Action.RESOLVE) and close.step in (Step.RESOLVE, Step.REVIEW),
        may_recalculate=waits == Awaiting.RESOLUTION and may(roles, Action.RECALCULATE),
        may_submit=waits == Awaiting.SUBMISSION and counts(Verdict.SUBMIT),
        may_decide=waits == Awaiting.APPROVAL and counts(Verdict.APPROVE),
        kinds=kinds,
        needs_reason=standing is not None and needs_reason(person.name, standing),
        may_recheck=(waits == Awaiting.LOCKED and may(roles, Action.RECHECK_LOCK))
        or (waits == Awaiting.DIFFERENCE and may(roles, Action.RECHECK_DIFFERENCE)),
        may_retry=waits == Awaiting.RETRY and may(roles, Action.RETRY),
        may_send_back=is_stuck and may(roles, Action.SEND_BACK),
        keeps_drafts=work.config.current().entity(entity).ledger.keeps_drafts,
        stuck=[j for j in close.journals if j.state in NOT_TAKEN] if is_stuck else [],
        may_reopen=may_reopen,
        may_decide_reopening=waits == Awaiting.REOPENING and counts(Verdict.APPROVE),
        would_take_back=[
            each.period for each in (work.reopenings.taken_back(row) if may_reopen else ())
        ],
        may_explain=waits == Awaiting.DIFFERENCE and counts(Verdict.APPROVE),
        may_sign_off=waits == Awaiting.SIGN_OFF
        and counts(Verdict.APPROVE)
        and not _is_given(close),
        may_preview=may(roles, Action.PREVIEW) and close.step not in ENDED,
        moves_on=_moves_on(close),
        message=message,
    )


def _would_count(
    verdict: Verdict,
    person: Person,
    close: CloseView,
    standing: Standing,
    delegations: tuple[Delegation, ...],
) -> bool:
    """Whether this decision of the person would count now, given with a reason."""
    is_approval = (close.step, verdict) == (Step.REVIEW, Verdict.APPROVE)
    tried = Decision(
        entity=close.entity,
        period=close.period,
        number=close.number,
        step=close.step,
        verdict=verdict,
        actor=person.name,
        roles=person.roles,
        reason="to see whether it would count",
        proposal_hash=close.proposal_hash,
        nonce="",
        delegations=delegations,
        kinds=tuple(_kinds(standing, person.name)) if is_approval else (),
    )
    return isinstance(judge(tried, standing), Accepted)


def _kinds(standing: Standing | None, name: str) -> list[str]:
    """The kinds of journal that wait for the level that is due, but for those the person gave.

    None where there is nothing to choose among.
    """
    if standing is None or open_level(standing) == len(standing.levels) or len(standing.kinds) == 1:
        return []
    number = open_level(standing)
    given = {k for d in standing.taken if (d.actor, d.level) == (name, number) for k in d.kinds}
    return [kind for kind in open_kinds(standing, number) if kind and kind not in given]


def _steps(close: CloseView) -> list[StepMark]:
    order = [Step.REOPEN, *STEP_ORDER] if close.number > 1 else STEP_ORDER
    step = Step(close.step)
    reached = order.index(step) if step in order else len(order)
    return [
        StepMark(
            step.value,
            STEPS[step].title,
            "done" if number < reached else "current" if number == reached else "coming",
        )
        for number, step in enumerate(order)
    ]


def _balances(close: CloseView) -> list[BalanceRow]:
    """Each balance account from opening to closing; deferred revenue split by a year from then."""
    rows = []
    for role in BALANCE_ROLES:
        if role in close.closing:
            opening, closing = (
                Money.parse(amounts[role], close.currency)
                for amounts in (close.opening, close.closing)
            )
            rows.append(_row(ROLES[role], opening, closing))
            if role is Role.DEFERRED_REVENUE and close.non_current:
                rows.extend(_by_maturity(close, opening, closing))
    return rows


def _by_maturity(close: CloseView, opening: Money, closing: Money) -> list[BalanceRow]:
    later = Money.parse(close.non_current, close.currency)
    before = None
    if close.opening_non_current:
        before = Money.parse(close.opening_non_current, close.currency)
    current = opening - before if before is not None else None
    return [
        _row("of which current", current, closing - later, is_part=True),
        _row("of which non-current", before, later, is_part=True),
    ]


def _row(title: str, opening: Money | None, closing: Money, *, is_part: bool = False) -> BalanceRow:
    """Without an opening nothing is said of the movement either."""
    if opening is None:
        return BalanceRow(title, "", "", closing.text(), is_part)
    return BalanceRow(title, opening.text(), (closing - opening).text(), closing.text(), is_part)


def _fx(close: CloseView) -> str:
    """The period's exchange result as a sentence; nothing where there is none."""
    gain = Money.parse(close.fx, close.currency) if close.fx else Money.zero(close.currency)
    if not gain:
        return ""
    word = "gain" if gain.minor > 0 else "loss"
    return f"Exchange {word} of the period: {grouped(abs(gain).text())} {close.currency}."


def _form(about: ExceptionView, nonce: str) -> ExceptionForm:
    remedies = about.remedies
    return ExceptionForm(
        about=about,
        nonce=nonce,
        asks_days=Remedy.DATES in remedies,
        asks_account=Remedy.POST in remedies,
        asks_contract_line=Remedy.MATCH in remedies,
        effects=[
            *((effect.value, EFFECTS[effect]) for effect in Effect if Remedy.EFFECT in remedies)
        ],
        buttons=[(remedy, REMEDIES[Remedy(remedy)]) for remedy in remedies],
    )


def _is_given(close: CloseView) -> bool:
    """Whether somebody has decided what this step waits for: the close is about to go on."""
    return any(
        each.counts and (each.step, each.verdict) == (close.step, Verdict.APPROVE)
        for each in close.decisions
    )


def _moves_on(close: CloseView) -> bool:
    """Whether the close is at work: it waits for nobody, or for what was given a moment ago."""
    match close.awaiting:
        case Awaiting.NOTHING:
            return Step(close.step) not in ENDED
        case Awaiting.SUBMISSION:
            return close.next_level != UserRole.PREPARER
        case Awaiting.APPROVAL:
            return not close.next_level
        case Awaiting.SIGN_OFF | Awaiting.DIFFERENCE | Awaiting.REOPENING:
            return _is_given(close)
        case _:
            return False
