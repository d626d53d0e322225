"""Defence in depth: nothing is posted but what valid approvals on record cover."""

from typing import NoReturn

from temporalio.exceptions import ApplicationError

from controls.authenticity import Verifier
from controls.posting import JournalState
from models import CloseRow, JournalRow
from store import Work
from store.cover import why_uncovered
from store.outdated import why_outdated

AT_FIRST = (JournalState.PROPOSED, JournalState.SKIPPED)


def refuse_unless_covered(
    work: Work, close: CloseRow, verifier: Verifier, journal: JournalRow | None = None
) -> None:
    """Raise unless Postgres holds approvals with valid tags for the close's proposal.

    And, where a journal is given, unless its lines hash to one of the approved journals.
    """
    why = why_uncovered(work, close, verifier, journal)
    if why:
        refuse(why)


def refuse_unless_current(work: Work, close: CloseRow) -> None:
    """Raise where what the proposal starts from has changed since, and nothing of it was sent yet.

    The close calculates anew then. Once a journal is on its way the figures stand.
    """
    journals = work.journals.of_proposal(close.proposal_id or 0)
    if any(journal.state not in AT_FIRST for journal in journals):
        return
    told = [problem.message for problem in work.drift.exceptions(close)]
    told += [f"Since it was calculated this changed: {why}." for why in why_outdated(work, close)]
    if told:
        refuse(told[0])


def refuse(why: str) -> NoReturn:
    """Post nothing, for this reason: the close is approved anew."""
    raise ApplicationError(f"Not posted. {why}", type="ApprovalMissing", non_retryable=True)
