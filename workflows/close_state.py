"""What a close keeps in mind while it runs: decisions and progress, never figures."""

from dataclasses import dataclass, field

from controls.approval import Accepted, Decision, Fixed, Level, Reason, Standing
from controls.approval_policy import BY_DEFAULT, JOB_OF, Coincidence, Job, coincidence
from controls.messages import (
    CONFIGURATION,
    Acted,
    Answer,
    AskedToReopen,
    Calculated,
    CloseRef,
    RecordDecision,
    Stands,
)
from controls.steps import FIGURES_OPEN, Action, Awaiting, Step, UserRole, may


@dataclass
class CloseState:
    """Where the close stands: decisions and progress, never figures."""

    close: CloseRef
    step: Step = Step.SYNC
    awaiting: Awaiting = Awaiting.NOTHING
    proposal: Calculated = field(default_factory=Calculated)
    taken: tuple[Decision, ...] = ()
    preparers: tuple[str, ...] = ()
    outdated: bool = True
    resync: bool = True
    completed: bool = False
    recheck: bool = False
    retriers: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    order: int = 0

    def take_up(self, stands: Stands) -> None:
        """Go on from where the close stands by Postgres."""
        self.step = Step(stands.step)
        self.proposal = stands.proposal
        self.taken, self.preparers = stands.taken, stands.preparers
        self.completed = stands.completed
        self.outdated, self.resync = stands.outdated, stands.resync
        self.decided, self.retriers = stands.decided, stands.retriers
        self.order = stands.order

    def ask(self, asked: AskedToReopen) -> None:
        """A person asks for the period to be opened again; what is decided on is what that takes."""
        self.step = Step.REOPEN
        self.proposal = Calculated(proposal_hash=asked.hash)
        self.preparers = (asked.by,)

    def start_anew(self, step: Step) -> None:
        """As a close that has just been started, whoever prepared it."""
        self.step, self.awaiting = step, Awaiting.NOTHING
        self.proposal, self.taken, self.completed = Calculated(), (), False
        self.outdated = self.resync = True

    def sent_back(self, by: str) -> None:
        """Read and calculate anew: what is not posted was given up, by somebody who prepares now."""
        self.preparers = tuple(sorted({*self.preparers, by}))
        self.completed, self.outdated, self.resync = False, True, True
        self.recheck = True

    def standing(self, now: str = "") -> Standing:
        """What a decision is judged against; `now` is ISO text in UTC."""
        return Standing(
            entity=self.close.entity,
            period=self.close.period,
            number=self.close.number,
            step=self.step,
            proposal_hash=self.proposal.proposal_hash,
            levels=tuple(
                Level(UserRole(level.role), level.count, level.clause, level.because)
                for level in self.proposal.levels
            ),
            may_coincide=self._may_coincide(),
            taken=self.taken,
            preparers=self.preparers,
            retriers=self.retriers,
            overridden=self.proposal.overridden,
            suspended=self.proposal.suspended,
            kinds=self.proposal.kinds,
            now=now,
        )

    def _may_coincide(self) -> tuple[Coincidence, ...]:
        """As the proposal says; one that was made before clauses had numbers says nothing of it."""
        if not any(level.clause for level in self.proposal.levels):
            return BY_DEFAULT
        return tuple(
            Coincidence(each.clause, tuple(Job(job) for job in each.jobs))
            for each in self.proposal.may_coincide
        )

    def may_not_retry(self) -> tuple[str, ...]:
        """Whoever prepared or approved, unless a clause lets them send failed journals again."""
        clauses = self._may_coincide()
        jobs = {
            d.actor: JOB_OF[UserRole(self.proposal.levels[d.level].role)]
            for d in self.taken
            if d.level >= 0
        }
        kept_apart = {
            actor for actor, job in jobs.items() if not coincidence(clauses, job, Job.RETRY)
        }
        return tuple(sorted({*self.preparers, *kept_apart}))

    def to_record(self, decision: Decision, judged: Accepted) -> RecordDecision:
        """The decision as it is written, at its level, in the present round."""
        return RecordDecision(
            close=self.close,
            round=self.proposal.round,
            step=decision.step,
            verdict=decision.verdict,
            actor=decision.actor,
            roles=decision.roles,
            reason=decision.reason,
            proposal_hash=decision.proposal_hash,
            nonce=decision.nonce,
            tag=decision.tag,
            level=judged.level,
            clause=judged.clause,
            delegation=judged.delegation,
            delegations=decision.delegations,
            seen=decision.seen,
            kinds=decision.kinds,
        )

    def outdate(self, acted: Acted) -> Answer:
        """Let the close calculate anew for who changed its start: who did prepared it, too.

        An administrator's change is nobody's preparing; another configuration reads anew as well.
        The answer names the step in which the close was; refused once its figures stand.
        """
        if not acted.because and not may(acted.roles, Action.IMPORT_ADOPTION):
            return Answer(False, "Your roles do not allow this.", Reason.WRONG_ROLE, Fixed.JOB)
        if self.step not in FIGURES_OPEN:
            words = f"The close is in step {self.step}; its figures stand."
            return Answer(False, words, Reason.WRONG_STEP, Fixed.PLACE)
        if not acted.because:
            self.preparers = tuple(sorted({*self.preparers, acted.actor}))
        self.resync = self.resync or acted.because == CONFIGURATION
        self.outdated = True
        return Answer(accepted=True, message=self.step)
