"""Approvals: one pure judge, asked by the API, the Update's validator and the posting activity."""

from dataclasses import asdict, dataclass, field, replace

from controls.approval_policy import (
    BY_DEFAULT,
    JOB_OF,
    Coincidence,
    Job,
    Level,
    coincidence,
)
from controls.canonical import canonical
from controls.delegation import Delegation
from controls.steps import Step, UserRole
from controls.verdicts import Accepted, Fixed, Reason, Refused, Verdict

__all__ = [
    "Accepted",
    "Decision",
    "Fixed",
    "Level",
    "Reason",
    "Refused",
    "Standing",
    "Verdict",
    "at_level",
    "covered",
    "judge",
    "needs_reason",
    "open_kinds",
    "open_level",
    "submitted",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as a person made it. `nonce` is the form's, and the Temporal Update's id.

    `proposal_hash` is that of the proposal the person saw, `seen` the hash of the figures on the
    page (empty where none were kept), `kinds` the kinds of journal that an approval is for, all of
    them where it names none, `number` 1 or, of a period that is opened again, how many closes it
    has had with this one. `delegations` are what others granted to the person, in
    force or not. `level` is -1 until it is accepted, `at` the instant of its record.
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
    delegations: tuple[Delegation, ...] = ()
    seen: str = ""
    kinds: tuple[str, ...] = ()
    number: int = 1
    at: str = field(default="", compare=False)

    def signed_bytes(self) -> bytes:
        """What the authenticity tag covers: everything but the tag, the level and the record's time.

        What is empty and was not there at first is left out, so that old tags stay valid.
        """
        later: dict[str, object] = {}
        if self.delegations:
            later["delegations"] = [asdict(each) for each in self.delegations]
        if self.seen:
            later["seen"] = self.seen
        if self.kinds:
            later["kinds"] = list(self.kinds)
        if self.number > 1:
            later["number"] = self.number
        return canonical(
            {
                **later,
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

    `levels` and `may_coincide` are what the policy asks of this proposal, `kinds` its kinds of
    journal: each level is given for each of them. `taken` are the decisions
    that count for it (none of a suspended round), `preparers` everybody who resolved or submitted
    anything in this close, `retriers` who sent failed journals again. `overridden`: an exception
    was answered by hand. `suspended` are those whose approval of an earlier proposal counts for
    nothing now. `now` is ISO text in UTC.
    """

    entity: str
    period: str
    step: str
    proposal_hash: str
    levels: tuple[Level, ...]
    may_coincide: tuple[Coincidence, ...] = BY_DEFAULT
    taken: tuple[Decision, ...] = ()
    preparers: tuple[str, ...] = ()
    retriers: tuple[str, ...] = ()
    overridden: bool = False
    suspended: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    now: str = ""
    number: int = 1


def open_level(standing: Standing) -> int:
    """The number of the level that is due; as many as there are levels when all are complete."""
    for number in range(len(standing.levels)):
        if open_kinds(standing, number):
            return number
    return len(standing.levels)


def open_kinds(standing: Standing, number: int) -> tuple[str, ...]:
    """The kinds of journal that a level has not approved yet; ("",) stands for a proposal without."""

    def given(kind: str) -> int:
        return len(
            {
                d.actor
                for d in standing.taken
                if _approves(d) and d.level == number and (not d.kinds or kind in d.kinds)
            }
        )

    count = standing.levels[number].count
    return tuple(kind for kind in standing.kinds or ("",) if given(kind) < count)


def submitted(standing: Standing) -> bool:
    """Whether a preparer has put the current proposal forward."""
    return any(d.verdict == Verdict.SUBMIT for d in standing.taken)


def needs_reason(actor: str, standing: Standing) -> bool:
    """Whether this person's approval of the proposal needs a reason."""
    return standing.overridden or actor in standing.suspended


def judge(decision: Decision, standing: Standing, *, tag_valid: bool = True) -> Accepted | Refused:
    """Whether a decision counts (docs/approvals.md). `tag_valid` is the result of the tag's check.

    Reads nothing and changes nothing, so a validator may ask it.
    """
    if not tag_valid:
        return Refused(
            Reason.BAD_TAG, "The decision does not carry the seal of our own server.", Fixed.SEAL
        )
    made_for = (decision.entity, decision.period, decision.number)
    if made_for != (standing.entity, standing.period, standing.number):
        return Refused(Reason.WRONG_CLOSE, "The decision was made for another close.", Fixed.PLACE)
    if decision.step != standing.step:
        return Refused(
            Reason.WRONG_STEP,
            f"The close is in step {standing.step}, not in {decision.step}. Reload the page.",
            Fixed.PLACE,
        )
    if decision.proposal_hash != standing.proposal_hash:
        return Refused(
            Reason.STALE,
            "The numbers have changed since you opened the page. Reload it and look again.",
            Fixed.CURRENT,
        )
    if decision.verdict not in set(Verdict):
        return Refused(
            Reason.UNKNOWN_VERDICT, f"{decision.verdict} is not a decision.", Fixed.PLACE
        )
    partial = decision.verdict == Verdict.APPROVE and decision.step == Step.REVIEW
    if decision.kinds and not (partial and {*decision.kinds} <= {*standing.kinds}):
        return Refused(
            Reason.UNKNOWN_KIND,
            f"Choose which journals you approve: {', '.join(standing.kinds) or 'there are none'}.",
            Fixed.PLACE,
        )
    if decision.verdict in (Verdict.REJECT, Verdict.REQUEST_CHANGE) and not decision.reason.strip():
        return Refused(Reason.REASON_MISSING, "Say why: a rejection needs a reason.", Fixed.REASON)
    match decision.step:
        case Step.REVIEW if decision.verdict == Verdict.SUBMIT:
            return _judge_submission(decision, standing)
        case Step.REVIEW:
            return _judge_review(decision, standing)
        case Step.VERIFY | Step.SIGN_OFF | Step.REOPEN:
            return _judge_controller(decision, standing)
        case _:
            return Refused(
                Reason.WRONG_STEP, f"Nothing is decided in step {decision.step}.", Fixed.PLACE
            )


def _judge_submission(decision: Decision, standing: Standing) -> Accepted | Refused:
    if UserRole.PREPARER not in decision.roles:
        return Refused(Reason.WRONG_ROLE, "Only a preparer submits a proposal.", Fixed.ROLE)
    if submitted(standing):
        return Refused(Reason.ALREADY_DECIDED, "This proposal is submitted already.", Fixed.ONCE)
    return Accepted(level=-1, completes=False, clause=Fixed.ROLE)


def _judge_review(decision: Decision, standing: Standing) -> Accepted | Refused:
    if not submitted(standing):
        return Refused(
            Reason.NOT_SUBMITTED,
            "The preparer has not submitted this proposal yet.",
            Fixed.ORDER,
        )
    number = open_level(standing)
    if number == len(standing.levels):
        return Refused(Reason.ALREADY_DECIDED, "Every level has approved already.", Fixed.ONCE)
    level = standing.levels[number]
    held = _held(
        decision,
        level.role,
        standing.now,
        Refused(
            Reason.WRONG_ROLE,
            f"The close waits for a {level.role}; you are not one.",
            level.clause,
        ),
    )
    if isinstance(held, Refused):
        return held
    if decision.actor in standing.preparers:
        return Refused(
            Reason.OWN_PROPOSAL,
            "You prepared this proposal; somebody else must decide on it.",
            Fixed.FOUR_EYES,
        )
    if any(_clash(decision, number, d) for d in standing.taken):
        return Refused(
            Reason.ALREADY_DECIDED, "You have decided on this proposal already.", Fixed.ONCE
        )
    if decision.verdict != Verdict.APPROVE:
        return Accepted(number, completes=False, clause=level.clause, delegation=held)
    if needs_reason(decision.actor, standing) and not decision.reason.strip():
        return _say_why(standing)
    after = replace(standing, taken=(*standing.taken, at_level(decision, number)))
    completes = open_level(after) == len(standing.levels)
    return Accepted(number, completes, level.clause, held)


def _clash(decision: Decision, number: int, earlier: Decision) -> bool:
    """Whether an earlier approval leaves this person nothing to decide here.

    Who approved some kinds may approve others at the same level, or send the proposal back.
    """
    if earlier.actor != decision.actor or not _approves(earlier):
        return False
    if earlier.level != number or not earlier.kinds:
        return True
    approves = decision.verdict == Verdict.APPROVE
    return approves and (not decision.kinds or bool({*decision.kinds} & {*earlier.kinds}))


def _judge_controller(decision: Decision, standing: Standing) -> Accepted | Refused:
    possible = {Verdict.APPROVE, *([Verdict.REJECT] if decision.step == Step.REOPEN else [])}
    if decision.verdict not in possible:
        return Refused(
            Reason.UNKNOWN_VERDICT,
            f"In {decision.step} one can only {' or '.join(sorted(possible))}, or wait.",
            Fixed.PLACE,
        )
    held = _held(
        decision,
        UserRole.CONTROLLER,
        standing.now,
        Refused(Reason.WRONG_ROLE, f"Only a controller decides in {decision.step}.", Fixed.ROLE),
    )
    if isinstance(held, Refused):
        return held
    if decision.actor in standing.preparers:
        return Refused(
            Reason.OWN_PROPOSAL,
            "You prepared this close; another controller decides.",
            Fixed.FOUR_EYES,
        )
    if decision.step == Step.REOPEN and standing.taken:
        return Refused(Reason.ALREADY_DECIDED, "Somebody has decided on it already.", Fixed.ONCE)
    clause: str = Fixed.ROLE
    for job in _jobs_done(decision.actor, standing):
        allowed = coincidence(standing.may_coincide, job, Job.CLOSE)
        if allowed is None:
            did = {Job.REVIEW: "reviewed", Job.APPROVE: "approved"}.get(job, "sent again")
            return Refused(
                Reason.OWN_PROPOSAL,
                f"You {did} what this close posts, and no clause of the policy lets the same "
                "person close it; another controller decides.",
                Fixed.FOUR_EYES,
            )
        clause = allowed.id
    if decision.step == Step.VERIFY and not decision.reason.strip():
        return Refused(Reason.REASON_MISSING, "Say what explains the difference.", Fixed.REASON)
    return Accepted(level=0, completes=True, clause=clause, delegation=held)


def _approves(decision: Decision) -> bool:
    """Whether it is an approval of the proposal: explaining and signing off are others."""
    return decision.verdict == Verdict.APPROVE and decision.step == Step.REVIEW


def _held(decision: Decision, role: UserRole, now: str, refused: Refused) -> int | Refused:
    """0 where the person has the role, a delegation's number where one gives it, else why not."""
    if role in decision.roles:
        return 0
    granted = [each for each in decision.delegations if each.role == role]
    for each in granted:
        if each.in_force(now):
            return each.id
    if granted:
        return Refused(
            Reason.DELEGATION_ENDED,
            f"What {granted[-1].granted_by} delegated to you as {role} {granted[-1].why_not(now)}.",
            Fixed.DELEGATION,
        )
    return refused


def _say_why(standing: Standing) -> Refused:
    message = (
        "An exception of this close was answered by hand: say what you saw of it."
        if standing.overridden
        else "You approved an earlier proposal of this close: say why this one is right."
    )
    return Refused(Reason.REASON_MISSING, message, Fixed.REASON)


def _jobs_done(actor: str, standing: Standing) -> list[Job]:
    """What this person did for the current proposal, but for preparing it."""
    done = [
        JOB_OF[standing.levels[d.level].role]
        for d in standing.taken
        if d.actor == actor and _approves(d)
    ]
    return [*done, Job.RETRY] if actor in standing.retriers else done


def covered(decisions: tuple[Decision, ...], standing: Standing) -> Refused | None:
    """Whether these decisions, judged one after another from nothing, complete the review.

    None when they do; else why not. Each is judged at the instant of its record. The posting
    activity asks this of what Postgres holds, whatever the workflow says (defence in depth).
    """
    counted: tuple[Decision, ...] = ()
    for decision in decisions:
        before = replace(standing, step=Step.REVIEW, taken=counted, now=decision.at or standing.now)
        match judge(decision, before):
            case Refused() as refused:
                return refused
            case Accepted(completes=True):
                return None
            case Accepted(level=level):
                counted = (*counted, at_level(decision, level))
    return Refused(
        Reason.NOT_SUBMITTED, "The approvals on record do not complete the review.", Fixed.ORDER
    )


def at_level(decision: Decision, level: int) -> Decision:
    """The same decision, with the level at which it was accepted."""
    return replace(decision, level=level)
