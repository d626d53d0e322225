"""May a journal of this date be posted: the ledger's lock and ours, apart; and was one moved back."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PostingOpen:
    """Nothing stands against this date."""


@dataclass(frozen=True, slots=True)
class PostingLocked:
    """The date is locked: by whom, up to which day, and what to do."""

    message: str


def posting_date_open(
    day: date, ledger_locked_to: date | None, closed_to: date | None
) -> PostingOpen | PostingLocked:
    """Both locks are inclusive: a date on the lock date is locked (QuickBooks closes so, too)."""
    if closed_to is not None and day <= closed_to:
        return PostingLocked(
            f"{day} lies in a period that is closed here up to {closed_to}. Reopen it first."
        )
    if ledger_locked_to is not None and day <= ledger_locked_to:
        return PostingLocked(
            f"The journals are dated {day}, and the ledger is locked up to {ledger_locked_to}. "
            "Have the lock date moved in the ledger, then check again."
        )
    return PostingOpen()


def moved_back(before: date | None, now: date | None) -> bool:
    """Whether the ledger is locked up to an earlier day than when it was read before.

    Somebody has opened a period again that was locked there: what is in it may change unseen.
    """
    return before is not None and (now is None or now < before)
