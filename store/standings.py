"""What a decision on a close is judged against, from Postgres alone: for page and posting alike."""

from controls.approval import Standing
from controls.approval_policy import facts_from, required
from models import CloseRow
from store.unit_of_work import Work


def standing_of(work: Work, close: CloseRow) -> Standing | None:
    """Where the close stands and who did what in it; None before it has a proposal.

    The levels are those that the policy of the proposal's own configuration asks of its facts.
    """
    if close.proposal_id is None or close.id is None:
        return None
    proposal = work.proposals.get(close.proposal_id)
    config = work.config.version(proposal.config_id)
    policy = config.entity(close.entity_id).approval_policy(config.sha256)
    approved = proposal.summary["approved"]
    facts = facts_from(approved)
    # What was approved before reasons were asked for again counts as it was given.
    asks_again = "approval" in approved
    return Standing(
        entity=close.entity_id,
        period=close.period,
        step=close.step,
        proposal_hash=proposal.hash,
        levels=required(policy, facts),
        may_coincide=policy.may_coincide,
        taken=work.genuine(work.approvals.decisions(close.id, close.round)),
        preparers=work.approvals.preparers(close.id),
        retriers=work.journals.retriers(proposal.id or 0),
        overridden=facts.override,
        suspended=work.approvals.suspended(close.id, close.round - 1) if asks_again else (),
        kinds=tuple(sorted({row.kind for row in work.journals.of_proposal(proposal.id or 0)})),
        now=work.now().isoformat(timespec="seconds"),
    )
