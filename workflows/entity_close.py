"""The close of one entity's period, from sync to sign-off, for days if people need days."""

import asyncio
from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from accounting.periods import Period
from accounting.policy import LateDocuments
from activities.calculate import CalculateActivities
from activities.lock_check import LockCheckActivities
from activities.post import PostActivities
from activities.progress import ProgressActivities
from activities.recover import RecoverActivities
from activities.resolve import ResolveActivities
from activities.review import ReviewActivities
from activities.sign_off import SignOffActivities
from activities.sync import SyncActivities
from activities.verify import VerifyActivities
from controls.approval import (
    Accepted,
    Decision,
    Fixed,
    Reason,
    Refused,
    Verdict,
    at_level,
    judge,
    open_level,
)
from controls.messages import (
    Acted,
    Answer,
    CloseRef,
    CloseRequest,
    PostRequest,
    RecordRefusal,
    RecordResolution,
    Resolution,
    SignedOff,
    StepReached,
)
from controls.steps import FIGURES_OPEN, POSTED, Action, Awaiting, Step, may
from workflows.close_state import CloseState
from workflows.ids import close_id, group_close_id, posting_id
from workflows.options import (
    CALCULATE,
    LOCK_RECHECK_EVERY,
    OUTSIDE,
    PREDECESSOR_RECHECK_EVERY,
    RECORD,
)
from workflows.post_journals import PostJournalsWorkflow, why_uncovered

# Patches: sign-off says which period follows; the ledger is read again after the approvals.
FOLLOWING_PERIOD, LATE_DOCUMENTS = "following-period", "late-documents"

DECIDABLE = (Awaiting.SUBMISSION, Awaiting.APPROVAL, Awaiting.DIFFERENCE, Awaiting.SIGN_OFF)


@workflow.defn
class EntityCloseWorkflow:
    """sync → calculate → resolve → review → lock_check → post → verify → sign_off."""

    @workflow.init
    def __init__(self, request: CloseRequest) -> None:
        self._state = CloseState(CloseRef(0, request.entity, request.period))
        self._lock = asyncio.Lock()

    @workflow.run
    async def run(self, request: CloseRequest) -> SignedOff:
        """Carry the close from start to finish. Answers the seal of the closed period."""
        self._state.close = await workflow.execute_activity_method(
            ProgressActivities.open_close, request, **RECORD
        )
        if request.recover:
            stands = await workflow.execute_activity_method(
                RecoverActivities.where_it_stands, request, **RECORD
            )
            self._state.take_up(stands)
        if self._state.step in FIGURES_OPEN:
            await self._until_approved()
        while self._state.step not in POSTED:
            await self._lock_check()
            if await self._post():
                break
            await self._until_approved()
        if self._state.step is not Step.SIGN_OFF:
            await self._verify()
        return await self._sign_off()

    async def _until_approved(self) -> None:
        while not await self._approved():
            await self._sync()
            await self._calculate()
            await self._resolve()
            await self._review()

    async def _sync(self) -> None:
        if not self._state.resync:
            return
        await self._enter(Step.SYNC)
        await workflow.execute_activity_method(SyncActivities.sync, self._state.close, **OUTSIDE)
        self._state.resync = False

    async def _calculate(self) -> None:
        if not self._state.outdated:
            return
        while True:
            await self._enter(Step.CALCULATE)
            async with self._lock:
                self._state.outdated = self._state.completed = False
                self._state.taken = ()
                calculated = await workflow.execute_activity_method(
                    CalculateActivities.calculate, self._state.close, **CALCULATE
                )
            if not calculated.waits_for_predecessor:
                self._state.proposal = calculated
                return
            await self._enter(
                Step.CALCULATE,
                Awaiting.PREDECESSOR,
                f"Waits until {calculated.waits_for_predecessor} is closed",
            )
            await self._wait_for_recheck(PREDECESSOR_RECHECK_EVERY.total_seconds())

    async def _resolve(self) -> None:
        open_exceptions = self._state.proposal.exceptions
        if not open_exceptions:
            return
        noun = "exception blocks" if open_exceptions == 1 else "exceptions block"
        await self._enter(Step.RESOLVE, Awaiting.RESOLUTION, f"{open_exceptions} {noun} the close")
        await workflow.wait_condition(lambda: self._state.outdated)

    async def _review(self) -> None:
        if self._state.outdated:
            return
        if not self._state.taken:
            words = "The preparer submits the proposal"
            await self._enter(Step.REVIEW, Awaiting.SUBMISSION, words)
        else:
            await self._wait_for_approval()
        while not self._state.completed and not self._state.outdated:
            before = self._state.taken
            await workflow.wait_condition(
                lambda before=before: self._state.taken != before or self._state.outdated  # type: ignore[misc]
            )
            if not self._state.completed and not self._state.outdated:
                await self._wait_for_approval()

    async def _wait_for_approval(self) -> None:
        standing = self._state.standing()
        role = standing.levels[open_level(standing)].role
        await self._enter(Step.REVIEW, Awaiting.APPROVAL, f"Waits for a {role}", (str(role),))

    async def _approved(self) -> bool:
        """Every level has approved, and nothing came late that belongs to the period.

        Where late documents land in their own period the ledger is read once more; what it has
        to tell suspends the approvals (docs/accounting.md §6).
        """
        state = self._state
        if state.outdated or not state.completed:
            return False
        late = state.proposal.late_documents == LateDocuments.OWN_PERIOD_WHILE_OPEN
        if not late or not workflow.patched(LATE_DOCUMENTS):
            return True
        await self._enter(Step.SYNC)
        synced = await workflow.execute_activity_method(SyncActivities.sync, state.close, **OUTSIDE)
        if not (synced.outdates or state.outdated):
            return True
        state.completed, state.outdated, state.resync = False, True, False
        return False

    async def _lock_check(self) -> None:
        while True:
            await self._enter(Step.LOCK_CHECK)
            checked = await workflow.execute_activity_method(
                LockCheckActivities.lock_check, self._state.close, **OUTSIDE
            )
            if checked.open:
                return
            await self._enter(Step.LOCK_CHECK, Awaiting.LOCKED, checked.message)
            await self._wait_for_recheck(LOCK_RECHECK_EVERY.total_seconds())

    async def _post(self) -> bool:
        """Post every journal; or, where Postgres holds no approvals that cover them, ask anew."""
        await self._enter(Step.POST)
        try:
            approved = await workflow.execute_activity_method(
                PostActivities.approve_journals, self._state.close, **RECORD
            )
        except ActivityError as error:
            if not why_uncovered(error):
                raise
            self._state.completed, self._state.outdated = False, True
            return False
        await workflow.execute_child_workflow(
            PostJournalsWorkflow.run,
            PostRequest(
                self._state.close,
                approved.journal_ids,
                self._state.may_not_retry(),
            ),
            id=posting_id(self._state.close.entity, self._state.close.period),
            static_summary=f"{len(approved.journal_ids)} journals",
        )
        return True

    async def _verify(self) -> None:
        self._state.completed = Step.VERIFY in self._state.decided
        while not self._state.completed:
            await self._enter(Step.VERIFY)
            verified = await workflow.execute_activity_method(
                VerifyActivities.verify, self._state.close, **OUTSIDE
            )
            self._state.retriers = verified.retried_by
            if not verified.differences:
                return
            await self._enter(Step.VERIFY, Awaiting.DIFFERENCE, verified.message)
            await workflow.wait_condition(lambda: self._state.recheck or self._state.completed)
            self._state.recheck = False

    async def _sign_off(self) -> SignedOff:
        self._state.completed = Step.SIGN_OFF in self._state.decided
        await self._enter(Step.SIGN_OFF, Awaiting.SIGN_OFF, "The controller closes the period")
        await workflow.wait_condition(lambda: self._state.completed)
        signed = await workflow.execute_activity_method(
            SignOffActivities.sign_off, self._state.close, **RECORD
        )
        self._state.step, self._state.awaiting = Step.CLOSED, Awaiting.NOTHING
        await self._tell_successor(signed)
        for each in signed.groups:
            await self._tell(group_close_id(each.group, each.period), "member_closed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return signed

    async def _tell_successor(self, signed: SignedOff) -> None:
        """The close of the period after this one may go on, if it waits."""
        close, following = self._state.close, signed.following
        if not workflow.patched(FOLLOWING_PERIOD):  # closes of calendar months that ran before
            following = Period.month(close.period).next_month().name
        if not following:
            return
        await self._tell(close_id(close.entity, following), "predecessor_closed")

    async def _tell(self, whom: str, what: str) -> None:
        with suppress(ApplicationError):  # it does not wait for us
            await workflow.get_external_workflow_handle(whom).signal(what)

    async def _enter(
        self,
        step: Step,
        awaiting: Awaiting = Awaiting.NOTHING,
        detail: str = "",
        waits_for: tuple[str, ...] = (),
    ) -> None:
        self._state.step, self._state.awaiting = step, awaiting
        workflow.set_current_details(f"**{step}** {detail}")
        await workflow.execute_activity_method(
            ProgressActivities.step_reached,
            StepReached(self._state.close, step, awaiting, detail, waits_for),
            **RECORD,
        )

    async def _wait_for_recheck(self, timeout_s: float) -> None:
        with suppress(TimeoutError):  # then it looks again by the clock
            await workflow.wait_condition(lambda: self._state.recheck, timeout=timeout_s)
        self._state.recheck = False

    def _judged(self, decision: Decision) -> Accepted | Refused:
        if self._state.awaiting not in DECIDABLE:
            return Refused(
                Reason.WRONG_STEP,
                f"The close is in step {self._state.step}; nothing to decide.",
                Fixed.PLACE,
            )
        now = workflow.now().isoformat(timespec="seconds")
        return judge(decision, self._state.standing(now))

    async def _decide(self, decision: Decision) -> Answer:
        """Judge again under the lock, record, and only then let it count."""
        async with self._lock:
            judged = self._judged(decision)
            if isinstance(judged, Refused):
                return Answer(False, judged.message, judged.reason, judged.clause)
            answer = await workflow.execute_activity_method(
                ReviewActivities.record_decision,
                self._state.to_record(decision, judged),
                **RECORD,
            )
            if answer.accepted:
                self._count(decision, judged)
            return answer

    def _count(self, decision: Decision, judged: Accepted) -> None:
        state = self._state
        state.taken = (*state.taken, at_level(decision, judged.level))
        if decision.verdict == Verdict.SUBMIT:
            state.preparers = tuple(sorted({*state.preparers, decision.actor}))
        if decision.verdict in (Verdict.REJECT, Verdict.REQUEST_CHANGE):
            state.outdated = state.resync = True
        state.completed = state.completed or judged.completes

    @workflow.update
    async def decide(self, decision: Decision) -> Answer:
        """A person's decision; the answer says whether it counted."""
        return await self._decide(decision)

    @decide.validator
    def check_decision(self, decision: Decision) -> None:
        """Refuse before anything is written; the API puts the refusal on record."""
        judged = self._judged(decision)
        if isinstance(judged, Refused):
            raise ApplicationError(judged.message, judged.clause, type=judged.reason)

    @workflow.signal
    async def submit_decision(self, decision: Decision) -> None:
        """The same for integrations that can't wait: judged alike, refusals on record."""
        answer = await self._decide(decision)
        if not answer.accepted:
            await workflow.execute_activity_method(
                ProgressActivities.record_refusal,
                RecordRefusal(
                    self._state.close,
                    decision.actor,
                    "decision",
                    answer.reason,
                    answer.message,
                    decision.nonce,
                    answer.clause,
                ),
                **RECORD,
            )

    @workflow.update
    async def resolve(self, resolution: Resolution) -> Answer:
        """A person's answer to an exception; the close calculates anew, approvals are suspended."""
        async with self._lock:
            if self._state.step not in (Step.RESOLVE, Step.REVIEW):
                return Answer(False, "The close has moved on; nothing can be resolved now.")
            answer = await workflow.execute_activity_method(
                ResolveActivities.record_resolution,
                RecordResolution(self._state.close, resolution),
                **RECORD,
            )
            if answer.accepted:
                self._state.preparers = tuple(sorted({*self._state.preparers, resolution.actor}))
                self._state.outdated = True
            return answer

    @resolve.validator
    def check_resolution(self, resolution: Resolution) -> None:
        """Refuse whoever may not, and what comes at the wrong time."""
        if not may(resolution.roles, Action.RESOLVE):
            raise ApplicationError("Only a preparer resolves exceptions.", type="wrong_role")
        if self._state.step not in (Step.RESOLVE, Step.REVIEW):
            raise ApplicationError(
                f"The close is in step {self._state.step}; nothing can be resolved now.",
                type="wrong_step",
            )

    @workflow.update
    async def figures_changed(self, acted: Acted) -> Answer:
        """A person changed, outside of the close, what it starts from; it calculates anew."""
        return self._state.outdate(acted)

    @workflow.update
    async def recheck(self, acted: Acted) -> Answer:
        """Read the ledger's locks, or its balances, again; all of it, where exceptions wait.

        What clears an exception may be done elsewhere: a rate is added, a document mended.
        """
        if self._state.awaiting == Awaiting.RESOLUTION:
            self._state.outdated = self._state.resync = True
        else:
            self._state.recheck = True
        return Answer(accepted=True, message=f"Looked again for {acted.actor}.")

    @recheck.validator
    def check_recheck(self, acted: Acted) -> None:
        """Refuse whoever may not, and when nothing waits for it."""
        actions = {
            Awaiting.RESOLUTION: Action.RECALCULATE,
            Awaiting.LOCKED: Action.RECHECK_LOCK,
            Awaiting.DIFFERENCE: Action.RECHECK_DIFFERENCE,
        }
        action = actions.get(self._state.awaiting)
        if action is None:
            raise ApplicationError("The close waits for nothing of the kind.", type="wrong_step")
        if not may(acted.roles, action):
            raise ApplicationError("Your roles do not allow this.", type="wrong_role")

    @workflow.signal
    def predecessor_closed(self) -> None:
        """The period before is closed: look again."""
        self._state.recheck = True
