"""Approvals: one pure judge, asked by the API, the Update's validator and the posting activity."""

from dataclasses import dataclass
from enum import StrEnum

from controls.canonical import canonical
from controls.steps import Step, UserRole


class Verdict(StrEnum):
    """What a person decides."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_CHANGE = "request_change"


class Reason(StrEnum):
    """Why a decision does not count."""

    WRONG_STEP = "wrong_step"
    WRONG_ROLE = "wrong_role"
    OWN_PROPOSAL = "own_proposal"
    ALREADY_DECIDED = "already_decided"
    STALE = "stale"
    REASON_MISSING = "reason_missing"
    NOT_SUBMITTED = "not_submitted"
    BAD_TAG = "bad_tag"
    WRONG_CLOSE = "wrong_close"
    UNKNOWN_VERDICT = "unknown_verdict"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of approval: how many people of the role must approve."""

    role: UserRole
    count: int = 1


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """Ordered levels; the next opens when the one before is complete. `version` is its hash."""

    version: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as a person made it. `nonce` is the form's, and the Temporal Update's id.

    `proposal_hash` is that of the proposal the person saw. `level` is -1 until it is accepted.
    """

    entity: str
    period: str
    step: str
    verdict: str
    actor: str
    roles: tuple[str, ...]
    reason: str
    proposal_hash: str
    nonce: str
    tag: str = ""
    level: int = -1

    def signed_bytes(self) -> bytes:
        """What the authenticity tag covers: everything but the tag and the level."""
        return canonical(
            {
                "entity": self.entity,
                "period": self.period,
                "step": self.step,
                "verdict": self.verdict,
                "actor": self.actor,
                "roles": list(self.roles),
                "reason": self.reason,
                "proposal_hash": self.proposal_hash,
                "nonce": self.nonce,
            }
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision is judged against: where the close stands and what was decided before.

    `taken` are the decisions that count for the current proposal (none of a suspended round),
    `preparers` everybody who resolved or submitted anything in this close.
    """

    entity: str
    period: str
    step: str
    proposal_hash: str
    policy: ApprovalPolicy
    taken: tuple[Decision, ...] = ()
    preparers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The decision counts, at this level; `completes` when it ends its step."""

    level: int
    completes: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The decision does not count: a named reason, and a sentence for the person."""

    reason: Reason
    message: str


def open_level(standing: Standing) -> int:
    """The number of the level that is due; as many as there are levels when all are complete."""
    for number, level in enumerate(standing.policy.levels):
        given = [d for d in standing.taken if d.verdict == Verdict.APPROVE and d.level == number]
        if len({d.actor for d in given}) < level.count:
            return number
    return len(standing.policy.levels)


def submitted(standing: Standing) -> bool:
    """Whether a preparer has put the current proposal forward."""
    return any(d.verdict == Verdict.SUBMIT for d in standing.taken)


def judge(decision: Decision, standing: Standing, *, tag_valid: bool = True) -> Accepted | Refused:
    """Whether a decision counts (docs/close.md §2). `tag_valid` is the result of the tag's check.

    Reads nothing and changes nothing, so a validator may ask it.
    """
    if not tag_valid:
        return Refused(Reason.BAD_TAG, "The decision does not carry the seal of our own server.")
    if (decision.entity, decision.period) != (standing.entity, standing.period):
        return Refused(Reason.WRONG_CLOSE, "The decision was made for another close.")
    if decision.step != standing.step:
        return Refused(
            Reason.WRONG_STEP,
            f"The close is in step {standing.step}, not in {decision.step}. Reload the page.",
        )
    if decision.proposal_hash != standing.proposal_hash:
        return Refused(
            Reason.STALE,
            "The numbers have changed since you opened the page. Reload it and look again.",
        )
    if decision.verdict not in set(Verdict):
        return Refused(Reason.UNKNOWN_VERDICT, f"{decision.verdict} is not a decision.")
    if decision.verdict in (Verdict.REJECT, Verdict.REQUEST_CHANGE) and not decision.reason.strip():
        return Refused(Reason.REASON_MISSING, "Say why: a rejection needs a reason.")
    match decision.step:
        case Step.REVIEW:
            return _judge_review(decision, standing)
        case Step.VERIFY | Step.SIGN_OFF:
            return _judge_controller(decision, standing)
        case _:
            return Refused(Reason.WRONG_STEP, f"Nothing is decided in step {decision.step}.")


def _judge_review(decision: Decision, standing: Standing) -> Accepted | Refused:
    if decision.verdict == Verdict.SUBMIT:
        if UserRole.PREPARER not in decision.roles:
            return Refused(Reason.WRONG_ROLE, "Only a preparer submits a proposal.")
        if submitted(standing):
            return Refused(Reason.ALREADY_DECIDED, "This proposal is submitted already.")
        return Accepted(level=-1, completes=False)
    if not submitted(standing):
        return Refused(Reason.NOT_SUBMITTED, "The preparer has not submitted this proposal yet.")
    number = open_level(standing)
    if number == len(standing.policy.levels):
        return Refused(Reason.ALREADY_DECIDED, "Every level has approved already.")
    level = standing.policy.levels[number]
    if level.role not in decision.roles:
        return Refused(Reason.WRONG_ROLE, f"The close waits for a {level.role}; you are not one.")
    if decision.actor in standing.preparers:
        return Refused(
            Reason.OWN_PROPOSAL, "You prepared this proposal; somebody else must decide on it."
        )
    if any(d.actor == decision.actor and d.verdict == Verdict.APPROVE for d in standing.taken):
        return Refused(Reason.ALREADY_DECIDED, "You have decided on this proposal already.")
    last = number == len(standing.policy.levels) - 1
    given = sum(1 for d in standing.taken if d.verdict == Verdict.APPROVE and d.level == number)
    completes = decision.verdict == Verdict.APPROVE and last and given + 1 >= level.count
    return Accepted(level=number, completes=completes)


def _judge_controller(decision: Decision, standing: Standing) -> Accepted | Refused:
    if decision.verdict != Verdict.APPROVE:
        return Refused(Reason.UNKNOWN_VERDICT, f"In {decision.step} one can only approve, or wait.")
    if UserRole.CONTROLLER not in decision.roles:
        return Refused(Reason.WRONG_ROLE, f"Only a controller decides in {decision.step}.")
    if decision.actor in standing.preparers:
        return Refused(Reason.OWN_PROPOSAL, "You prepared this close; another controller decides.")
    if decision.step == Step.VERIFY and not decision.reason.strip():
        return Refused(Reason.REASON_MISSING, "Say what explains the difference.")
    return Accepted(level=0, completes=True)


def covered(decisions: tuple[Decision, ...], standing: Standing) -> Refused | None:
    """Whether these decisions, judged one after another from nothing, complete the review.

    None when they do; else why not. The posting activity asks this of what Postgres holds,
    whatever the workflow says (docs/close.md §2, defence in depth).
    """
    counted: tuple[Decision, ...] = ()
    for decision in decisions:
        before = Standing(
            entity=standing.entity,
            period=standing.period,
            step=Step.REVIEW,
            proposal_hash=standing.proposal_hash,
            policy=standing.policy,
            taken=counted,
            preparers=standing.preparers,
        )
        match judge(decision, before):
            case Refused() as refused:
                return refused
            case Accepted(completes=True):
                return None
            case Accepted(level=level):
                counted = (*counted, at_level(decision, level))
    return Refused(Reason.NOT_SUBMITTED, "The approvals on record do not complete the review.")


def at_level(decision: Decision, level: int) -> Decision:
    """The same decision, with the level at which it was accepted."""
    return Decision(
        entity=decision.entity,
        period=decision.period,
        step=decision.step,
        verdict=decision.verdict,
        actor=decision.actor,
        roles=decision.roles,
        reason=decision.reason,
        proposal_hash=decision.proposal_hash,
        nonce=decision.nonce,
        tag=decision.tag,
        level=level,
    )
