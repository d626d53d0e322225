"""What a decision on a close is judged against, from Postgres alone: for page and posting alike."""

from controls.approval import Standing
from controls.approval_policy import facts_from, required
from controls.steps import Step
from models import CloseRow, ProposalRow
from store.unit_of_work import Work


def standing_of(work: Work, close: CloseRow) -> Standing | None:
    """Where the close stands and who did what in it; None before it has a proposal.

    While it is only asked for, what that takes back stands in the proposal's place.
    """
    if close.step == Step.REOPEN:
        return Standing(
            entity=close.entity_id,
            period=close.period,
            number=close.number,
            step=close.step,
            proposal_hash=work.reopenings.hash_of(close),
            levels=(),
            taken=work.genuine(work.approvals.decisions(close.id or 0, 0)),
            preparers=(close.started_by,),
            now=work.now().isoformat(timespec="seconds"),
        )
    if close.proposal_id is None:
        return None
    return standing_at(work, close, work.proposals.get(close.proposal_id))


def standing_at(work: Work, close: CloseRow, proposal: ProposalRow) -> Standing:
    """The same as it is for one of the close's proposals.

    The levels are those that the policy of the proposal's own configuration asks of its facts.
    Of an earlier proposal those prepared it who had done so when it was last decided on.
    """
    assert close.id is not None
    config = work.config.version(proposal.config_id)
    policy = config.entity(close.entity_id).approval_policy(config.sha256)
    approved = proposal.summary["approved"]
    facts = facts_from(approved)
    # What was approved before reasons were asked for again counts as it was given.
    asks_again = "approval" in approved
    round_ = work.proposals.round_of(proposal)
    is_current = proposal.id == close.proposal_id
    until = None if is_current else work.approvals.last_decided(close.id, round_, Step.REVIEW)
    return Standing(
        entity=close.entity_id,
        period=close.period,
        number=close.number,
        step=close.step,
        proposal_hash=proposal.hash,
        levels=required(policy, facts),
        may_coincide=policy.may_coincide,
        taken=work.genuine(work.approvals.decisions(close.id, round_)),
        preparers=work.approvals.preparers(close.id, until),
        retriers=work.journals.retriers(proposal.id or 0),
        overridden=facts.override,
        suspended=work.approvals.suspended(close.id, round_ - 1) if asks_again else (),
        kinds=tuple(sorted({row.kind for row in work.journals.of_proposal(proposal.id or 0)})),
        now=work.now().isoformat(timespec="seconds"),
    )
