"""What people and other closes say to a running close: judged, recorded, and only then counted."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.progress import ProgressActivities
from activities.resolve import ResolveActivities
from activities.review import ReviewActivities
from activities.send_back import SendBackActivities
from controls.approval import (
    Accepted,
    Decision,
    Reason,
    Refused,
    Verdict,
    at_level,
    judge,
)
from controls.messages import (
    Acted,
    Answer,
    CloseRef,
    RecordRefusal,
    RecordResolution,
    RecordSendBack,
    Resolution,
    SendBack,
)
from controls.steps import Action, Awaiting, Step, may
from controls.verdicts import Fixed
from workflows.close_state import CloseState
from workflows.options import OUTSIDE, RECORD
from workflows.post_journals import refuse_send_back

DECIDABLE = (
    Awaiting.REOPENING,
    Awaiting.SUBMISSION,
    Awaiting.APPROVAL,
    Awaiting.DIFFERENCE,
    Awaiting.SIGN_OFF,
)


class CloseHandlers:
    """The updates and signals of a close. Its steps stand in EntityCloseWorkflow."""

    def __init__(self, close: CloseRef) -> None:
        self._state = CloseState(close)
        self._lock = asyncio.Lock()

    def _judged(self, decision: Decision) -> Accepted | Refused:
        if self._state.awaiting not in DECIDABLE:
            return Refused(
                Reason.WRONG_STEP, f"The close is in step {self._state.step}; nothing to decide."
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

    @workflow.update
    async def send_back(self, given: SendBack) -> Answer:
        """While the ledger is locked a person has the close go back to review instead of waiting."""
        async with self._lock:
            if self._state.awaiting is not Awaiting.LOCKED or self._state.outdated:
                return Answer(False, "The close has moved on. Look again.", "wrong_step")
            answer = await workflow.execute_activity_method(
                SendBackActivities.record_send_back,
                RecordSendBack(self._state.close, given),
                **OUTSIDE,
            )
            if answer.accepted:
                self._state.sent_back(given.actor)
            return answer

    @send_back.validator
    def check_send_back(self, given: SendBack) -> None:
        """Refuse whoever may not, and when the close does not wait for a locked ledger."""
        refuse_send_back(given)
        if self._state.awaiting is not Awaiting.LOCKED:
            raise ApplicationError(
                "The close does not wait for a locked ledger.", Fixed.PLACE, type="wrong_step"
            )

    @workflow.signal
    def predecessor_closed(self) -> None:
        """The period before is closed: look again."""
        self._state.recheck = True

    @workflow.signal
    def predecessor_reopened(self) -> None:
        """The period before is open again: what was calculated from its figures is void."""
        self._state.outdated = True
