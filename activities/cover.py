"""Defence in depth: nothing is posted but what valid approvals on record cover."""

from typing import NoReturn

from temporalio.exceptions import ApplicationError

from controls.authenticity import Verifier
from models import CloseRow, JournalRow
from store import Work
from store.cover import why_uncovered


def refuse_unless_covered(
    work: Work, close: CloseRow, verifier: Verifier, journal: JournalRow | None = None
) -> None:
    """Raise unless Postgres holds approvals with valid tags for the close's proposal.

    And, where a journal is given, unless its lines hash to one of the approved journals.
    """
    why = why_uncovered(work, close, verifier, journal)
    if why:
        refuse(why)


def refuse(why: str) -> NoReturn:
    """Post nothing, for this reason: the close is approved anew."""
    raise ApplicationError(f"Not posted. {why}", type="ApprovalMissing", non_retryable=True)
