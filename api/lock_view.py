"""The lock dates that were read during a close, for page and JSON."""

from dataclasses import dataclass

from models import CloseRow
from store import Work
from store.locks import ROLLED_BACK


@dataclass(frozen=True, slots=True)
class LockView:
    """One reading, newest first: the ledger's locks and ours; `moved_back` says what was opened
    again since the reading before.
    """

    at: str
    period: str
    year_end: str
    ours: str
    moved_back: str


def locks_of(work: Work, row: CloseRow) -> list[LockView]:
    """The readings of a close; what was moved back stands with the reading that showed it."""
    views: list[LockView] = []
    told = ""
    for event in work.locks.of_close(row):
        if event.verb == ROLLED_BACK:
            told = f"{told} {event.reason}".strip()
            continue
        read = {name: str(value) for name, value in event.after.items()}
        views.append(LockView(event.at, read["period"], read["year_end"], read["ours"], told))
        told = ""
    return views
