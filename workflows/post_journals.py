"""The posting of a close's journals: each to the ledger once; failed ones wait for an operator."""

from collections.abc import Mapping

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.post import PostActivities
from activities.progress import ProgressActivities
from activities.send_back import SendBackActivities
from controls.messages import (
    Acted,
    Answer,
    PostedJournal,
    PostJournal,
    PostRequest,
    RecordSendBack,
    SendBack,
    StepReached,
)
from controls.posting import IN_LEDGER, JournalState
from controls.steps import Action, Awaiting, Step, may
from controls.verdicts import Fixed
from workflows.options import OUTSIDE, POST, RECORD


def why_uncovered(error: ActivityError) -> str:
    """Why Postgres holds no approvals that cover what was to be posted; empty for other errors."""
    cause = error.cause
    is_it = isinstance(cause, ApplicationError) and cause.type == "ApprovalMissing"
    return str(cause) if is_it else ""


@workflow.defn
class PostJournalsWorkflow:
    """Posts journals in order. Ends when every one is posted, or is sent back to review."""

    @workflow.init
    def __init__(self, request: PostRequest) -> None:
        self._request = request
        self._failed: dict[int, PostedJournal] = {}
        self._retries: dict[int, Acted] = {}
        self._waiting = False
        self._sending_back = False
        self._sent_back_by = ""
        self._order = request.order

    @workflow.run
    async def run(self, request: PostRequest) -> str | None:
        """Post, and post again what an operator sends back, until nothing has failed.

        Answers who had what is not posted sent back to review; None when all is posted.
        """
        await self._post(dict.fromkeys(request.journal_ids))
        while self._failed and not self._sent_back_by:
            await self._wait_for_operator()
            if self._sent_back_by:
                break
            retries, self._retries = self._retries, {}
            await self._post(retries)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._sent_back_by or None

    async def _post(self, journals: Mapping[int, Acted | None]) -> None:
        await self._reached(Awaiting.NOTHING, f"Posting {len(journals)} journals")
        for journal_id, retry in journals.items():
            posted = await self._post_one(journal_id, retry)
            self._failed.pop(journal_id, None)
            if posted.state not in IN_LEDGER:
                self._failed[journal_id] = posted

    async def _post_one(self, journal_id: int, retry: Acted | None) -> PostedJournal:
        by, as_draft = (retry.actor, retry.as_draft) if retry else ("", False)
        try:
            return await workflow.execute_activity_method(
                PostActivities.post_journal,
                PostJournal(self._request.close, journal_id, by, as_draft),
                **POST,
            )
        except ActivityError as error:
            why = why_uncovered(error)
            if not why:
                raise
            return PostedJournal(journal_id, JournalState.FAILED, why)

    async def _wait_for_operator(self) -> None:
        total, failed = len(self._request.journal_ids), len(self._failed)
        words = next(iter(self._failed.values())).message
        drafts = sum(1 for each in self._failed.values() if each.state == JournalState.DRAFT)
        lying = f"{drafts} are drafts, " if drafts else ""
        await self._reached(
            Awaiting.RETRY,
            f"{total - failed} of {total} journals are posted, {lying}{failed - drafts} failed: "
            f"{words}",
        )
        self._waiting = True
        await workflow.wait_condition(
            lambda: bool(self._sent_back_by or (self._retries and not self._sending_back))
        )
        self._waiting = False

    async def _reached(self, awaiting: Awaiting, detail: str) -> None:
        self._order += 1
        await workflow.execute_activity_method(
            ProgressActivities.step_reached,
            StepReached(
                self._request.close,
                Step.POST,
                awaiting,
                detail,
                order=self._order,
            ),
            **RECORD,
        )

    @workflow.update
    async def retry(self, acted: Acted) -> Answer:
        """An operator sends a failed journal back to the ledger, or all of them."""
        for journal_id in [acted.journal_id] if acted.journal_id else list(self._failed):
            self._retries.setdefault(journal_id, acted)
        return Answer(accepted=True)

    @retry.validator
    def check_retry(self, acted: Acted) -> None:
        """Refuse whoever may not, and journals that have not failed."""
        if not may(acted.roles, Action.RETRY):
            raise ApplicationError(
                "Only an operator retries journals.", Fixed.JOB, type="wrong_role"
            )
        if acted.actor in self._request.deciders:
            raise ApplicationError(
                "You prepared or approved this close; another operator retries.",
                Fixed.FOUR_EYES,
                type="own_proposal",
            )
        waiting = {*self._failed} - {*self._retries}
        wanted = {acted.journal_id} & waiting if acted.journal_id else waiting
        if not wanted or self._sending_back:
            raise ApplicationError(
                "This journal is not waiting for a retry.", Fixed.PLACE, type="wrong_step"
            )

    @workflow.update
    async def send_back(self, given: SendBack) -> Answer:
        """A person has what is not posted given up, and the close go back to review."""
        if self._sending_back or self._retries:
            return Answer(False, "Somebody was faster. Look again.", "wrong_step", Fixed.PLACE)
        self._sending_back = True
        try:
            answer = await workflow.execute_activity_method(
                SendBackActivities.record_send_back,
                RecordSendBack(self._request.close, given),
                **OUTSIDE,
            )
        finally:
            self._sending_back = False
        if answer.accepted:
            self._sent_back_by = given.actor
        return answer

    @send_back.validator
    def check_send_back(self, given: SendBack) -> None:
        """Refuse whoever may not, and while journals are on their way to the ledger."""
        refuse_send_back(given)
        if not self._waiting or self._retries or self._sending_back:
            raise ApplicationError(
                "Journals are on their way to the ledger. Wait until that is over.",
                Fixed.PLACE,
                type="wrong_step",
            )


def refuse_send_back(given: SendBack) -> None:
    """Refuse whoever may not send a close back to review."""
    if not may(given.roles, Action.SEND_BACK):
        raise ApplicationError(
            "Only an operator or a preparer sends a close back.", Fixed.JOB, type="wrong_role"
        )
