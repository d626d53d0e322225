"""What people may choose where a posting gets stuck, and what it makes of the next proposal.

Each choice sends the close back to review: what is proposed then is approved anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from accounting.book import Journal
from controls.proposal import journal_hash


class Choice(StrEnum):
    """What follows where the ledger does not take a journal."""

    RECALCULATE = "recalculate"
    """What kept it out was mended (a mapping, a document): read and calculate everything anew."""
    OTHER_PERIOD = "other_period"
    """The ledger's period is locked: post on the first day that is open there."""
    SKIP = "skip"
    """Leave it out of this period; the next one's target carries it."""


@dataclass(frozen=True, slots=True)
class PostingChoice:
    """One choice as it was made: of SKIP the journal, of OTHER_PERIOD the first open day."""

    choice: Choice
    journal_hash: str = ""
    post_from: date | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the choices of a close come to. `left_out` are hashes of journals at their own dates."""

    left_out: frozenset[str] = frozenset()
    post_from: date | None = None

    def dated(self, journal: Journal) -> Journal:
        """The journal as it is posted: not before the first open day."""
        if self.post_from is None or journal.date >= self.post_from:
            return journal
        return replace(journal, date=self.post_from)

    def leaves_out(self, entity: str, journal: Journal) -> bool:
        """Whether this very journal is to be left out; one with other figures is not."""
        return journal_hash(entity, journal) in self.left_out


def chosen(choices: Iterable[PostingChoice]) -> Chosen:
    """What counts of the choices, oldest first: calculating anew takes back what was chosen before."""
    left_out: set[str] = set()
    post_from: date | None = None
    for each in choices:
        match each.choice:
            case Choice.RECALCULATE:
                left_out, post_from = set(), None
            case Choice.SKIP:
                left_out.add(each.journal_hash)
            case Choice.OTHER_PERIOD:
                post_from = each.post_from
    return Chosen(frozenset(left_out), post_from)
