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
from activities.reopen import ReopenActivities
from activities.sign_off import SignOffActivities
from activities.sync import SyncActivities
from activities.verify import VerifyActivities
from controls.approval import open_level
from controls.messages import (
    POSTING_ROOM,
    Calculated,
    CloseRef,
    CloseRequest,
    PostRequest,
    ShardRef,
    SignedOff,
    StepReached,
)
from controls.steps import FIGURES_OPEN, POSTED, Awaiting, Step
from workflows.close_handlers import CloseHandlers
from workflows.ids import close_id, group_close_id, posting_id
from workflows.options import (
    CALCULATE,
    LOCK_RECHECK_EVERY,
    OUTSIDE,
    PREDECESSOR_RECHECK_EVERY,
    RECORD,
    SIGN_OFF,
)
from workflows.post_journals import PostJournalsWorkflow, why_uncovered
from workflows.starting import start_close, start_group_close

# Patches: sign-off says which period follows; the ledger is read again after the approvals.
FOLLOWING_PERIOD, LATE_DOCUMENTS = "following-period", "late-documents"


@workflow.defn
class EntityCloseWorkflow(CloseHandlers):
    """sync → calculate → resolve → review → lock_check → post → verify → sign_off."""

    @workflow.init
    def __init__(self, request: CloseRequest) -> None:
        super().__init__(CloseRef(0, request.entity, request.period, request.number))

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
        if (request.reason or self._state.step is Step.REOPEN) and not await self._reopen():
            return SignedOff("")
        if self._state.step in FIGURES_OPEN or self._state.outdated:
            await self._until_approved()
        while self._state.step not in POSTED:
            if await self._lock_check() and await self._post():
                break
            await self._until_approved()
        if self._state.step is not Step.SIGN_OFF:
            await self._verify()
        return await self._sign_off()

    async def _reopen(self) -> bool:
        """Wait until a controller decides whether the period is opened again. Answers whether it is.

        Every later period that is closed is opened with it, and waits until this one is closed.
        """
        state = self._state
        asked = await workflow.execute_activity_method(
            ReopenActivities.asked, state.close, **RECORD
        )
        state.ask(asked)
        await self._enter(Step.REOPEN, Awaiting.REOPENING, asked.words)
        await workflow.wait_condition(lambda: state.completed)
        reopened = await workflow.execute_activity_method(
            ReopenActivities.open_again, state.close, **RECORD
        )
        state.start_anew(Step.SYNC if reopened.opened else Step.REFUSED)
        for each in reopened.followers:
            await start_close(each)
        for group in reopened.groups:
            await start_group_close(group)
        for each in (*reopened.followers, *reopened.outdated):
            whom = close_id(each.entity, each.period, each.number)
            await self._tell(whom, "predecessor_reopened")
        if not reopened.opened:
            await workflow.wait_condition(workflow.all_handlers_finished)
        return reopened.opened

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
                calculated = await self._calculated()
            if not calculated.waits_for_predecessor:
                self._state.proposal = calculated
                return
            await self._enter(
                Step.CALCULATE,
                Awaiting.PREDECESSOR,
                f"Waits until {calculated.waits_for_predecessor} is closed",
            )
            await self._wait_for_recheck(PREDECESSOR_RECHECK_EVERY.total_seconds())

    async def _calculated(self) -> Calculated:
        """The proposal; of a very big book once all shards are read, each by an activity."""
        close = self._state.close
        calculated = await workflow.execute_activity_method(
            CalculateActivities.calculate, close, **CALCULATE
        )
        if not calculated.shards:
            return calculated
        shards = [ShardRef(close, calculated.reading, n) for n in range(calculated.shards)]
        await asyncio.gather(
            *(
                workflow.execute_activity_method(CalculateActivities.read_shard, shard, **CALCULATE)
                for shard in shards
            )
        )
        return await workflow.execute_activity_method(
            CalculateActivities.calculate_read, close, **CALCULATE
        )

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

    async def _lock_check(self) -> bool:
        """Wait until the ledger takes journals of these days; or until it is sent back to review."""
        while True:
            await self._enter(Step.LOCK_CHECK)
            checked = await workflow.execute_activity_method(
                LockCheckActivities.lock_check, self._state.close, **OUTSIDE
            )
            if checked.open:
                return True
            await self._enter(Step.LOCK_CHECK, Awaiting.LOCKED, checked.message)
            await self._wait_for_recheck(LOCK_RECHECK_EVERY.total_seconds())
            if self._state.outdated:
                return False

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
        close = self._state.close
        sent_back_by = await workflow.execute_child_workflow(
            PostJournalsWorkflow.run,
            PostRequest(
                close,
                approved.journal_ids,
                self._state.may_not_retry(),
                self._state.order,
            ),
            id=posting_id(close.entity, close.period, close.number),
            static_summary=f"{len(approved.journal_ids)} journals",
        )
        if sent_back_by:
            self._state.sent_back(sent_back_by)
        return not sent_back_by

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
            SignOffActivities.sign_off, self._state.close, **SIGN_OFF
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
        whom = close_id(close.entity, following, signed.following_number)
        await self._tell(whom, "predecessor_closed")

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
        self._state.order += POSTING_ROOM
        workflow.set_current_details(f"**{step}** {detail}")
        await workflow.execute_activity_method(
            ProgressActivities.step_reached,
            StepReached(self._state.close, step, awaiting, detail, waits_for, self._state.order),
            **RECORD,
        )

    async def _wait_for_recheck(self, timeout_s: float) -> None:
        with suppress(TimeoutError):  # then it looks again by the clock
            await workflow.wait_condition(lambda: self._state.recheck, timeout=timeout_s)
        self._state.recheck = False
