"""The posting of a close's journals: each to the ledger once; failed ones wait for an operator."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.post import PostActivities
from activities.progress import ProgressActivities
from controls.messages import Acted, Answer, PostedJournal, PostJournal, PostRequest, StepReached
from controls.posting import JournalState
from controls.steps import Action, Awaiting, Step, may
from controls.verdicts import Fixed
from workflows.options import POST, RECORD


def why_uncovered(error: ActivityError) -> str:
    """Why Postgres holds no approvals that cover what was to be posted; empty for other errors."""
    cause = error.cause
    is_it = isinstance(cause, ApplicationError) and cause.type == "ApprovalMissing"
    return str(cause) if is_it else ""


@workflow.defn
class PostJournalsWorkflow:
    """Posts journals in order. Ends when every one is posted."""

    @workflow.init
    def __init__(self, request: PostRequest) -> None:
        self._request = request
        self._failed: dict[int, PostedJournal] = {}
        self._retries: dict[int, str] = {}

    @workflow.run
    async def run(self, request: PostRequest) -> None:
        """Post, and post again what an operator sends back, until nothing has failed."""
        await self._post(dict.fromkeys(request.journal_ids, ""))
        while self._failed:
            await self._wait_for_operator()
            retries, self._retries = self._retries, {}
            await self._post(retries)
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _post(self, journals: dict[int, str]) -> None:
        await self._reached(Awaiting.NOTHING, f"Posting {len(journals)} journals")
        for journal_id, retried_by in journals.items():
            posted = await self._post_one(journal_id, retried_by)
            self._failed.pop(journal_id, None)
            if posted.state != JournalState.POSTED:
                self._failed[journal_id] = posted

    async def _post_one(self, journal_id: int, retried_by: str) -> PostedJournal:
        try:
            return await workflow.execute_activity_method(
                PostActivities.post_journal,
                PostJournal(self._request.close, journal_id, retried_by),
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
        await self._reached(
            Awaiting.RETRY,
            f"{total - failed} of {total} journals are posted, {failed} failed: {words}",
        )
        await workflow.wait_condition(lambda: bool(self._retries))

    async def _reached(self, awaiting: Awaiting, detail: str) -> None:
        await workflow.execute_activity_method(
            ProgressActivities.step_reached,
            StepReached(self._request.close, Step.POST, awaiting, detail),
            **RECORD,
        )

    @workflow.update
    async def retry(self, acted: Acted) -> Answer:
        """An operator sends a failed journal back to the ledger."""
        self._retries[acted.journal_id] = acted.actor
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
        if acted.journal_id not in self._failed or acted.journal_id in self._retries:
            raise ApplicationError(
                "This journal is not waiting for a retry.", Fixed.PLACE, type="wrong_step"
            )
