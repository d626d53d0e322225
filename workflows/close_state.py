"""What a close keeps in mind while it runs: decisions and progress, never figures."""

from dataclasses import dataclass, field

from controls.approval import ApprovalPolicy, Decision, Level, Standing
from controls.messages import Acted, Answer, Calculated, CloseRef, Stands
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
    decided: tuple[str, ...] = ()

    def take_up(self, stands: Stands) -> None:
        """Go on from where the close stands by Postgres."""
        self.step = Step(stands.step)
        self.proposal = stands.proposal
        self.taken, self.preparers = stands.taken, stands.preparers
        self.completed = stands.completed
        self.outdated, self.resync = stands.outdated, stands.resync
        self.decided = stands.decided

    def standing(self) -> Standing:
        """What a decision is judged against now."""
        return Standing(
            entity=self.close.entity,
            period=self.close.period,
            step=self.step,
            proposal_hash=self.proposal.proposal_hash,
            policy=ApprovalPolicy(
                self.proposal.policy_version,
                tuple(Level(UserRole(le.role), le.count) for le in self.proposal.levels),
            ),
            taken=self.taken,
            preparers=self.preparers,
        )

    def outdate(self, acted: Acted) -> Answer:
        """Let the close calculate anew for who changed its start: who did prepared it, too.

        The answer names the step in which the close was; refused once its figures stand.
        """
        if not may(acted.roles, Action.IMPORT_ADOPTION):
            return Answer(False, "Your roles do not allow this.", "wrong_role")
        if self.step not in FIGURES_OPEN:
            return Answer(
                False, f"The close is in step {self.step}; its figures stand.", "wrong_step"
            )
        self.preparers = tuple(sorted({*self.preparers, acted.actor}))
        self.outdated = True
        return Answer(accepted=True, message=self.step)
