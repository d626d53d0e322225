"""Correction by reversal: a posted journal is never edited, another one turns it round as a whole.

The close posts target − booked (docs/accounting.md §6). What is turned round is booked no more, so
whatever of it was right is proposed anew beside the reversal, as it should have been.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from accounting.book import BookedPart, Journal, JournalKind, PostedJournal
from accounting.journals import balanced
from accounting.money import Money
from accounting.periods import Period

NEVER = {
    JournalKind.REVERSAL: "It reverses another journal: what is right now is proposed anew.",
    JournalKind.ADOPTION: (
        "An opening adjustment belongs to what was adopted: import the figures at adoption anew."
    ),
    JournalKind.REMEASUREMENT: (
        "Exchange differences are measured anew at every close: mend the rates, and the next "
        "proposal corrects them."
    ),
}
"""Why a journal of the kind is not turned round."""


def turned_round(posted: PostedJournal, period: Period) -> Journal:
    """The journal that takes back every line and part of a posted one, for a close of the period.

    On the day of what it takes back; of an earlier period's on the last day of this one, where it
    is no catch-up either: what is proposed anew beside it makes up for it.
    """
    was = posted.journal
    is_own = was.date >= period.start
    none = Money.zero(was.total.currency)
    lines = [replace(line, debit=line.credit, credit=line.debit) for line in was.lines]
    reversal = balanced(
        JournalKind.REVERSAL,
        was.date if is_own else period.end,
        f"Reversal of {posted.reference}",
        tuple(sorted(lines, key=lambda line: not line.debit)),
        tuple(
            replace(part, amount=-part.amount, catch_up=-part.catch_up if is_own else none)
            for part in was.parts
        ),
    )
    return replace(reversal, reverses=posted.reference)


def booked_by(journals: Iterable[Journal]) -> Iterator[BookedPart]:
    """What the journals put into the books once they are posted."""
    for journal in journals:
        for part in journal.parts:
            yield BookedPart(
                part.line,
                part.unit,
                part.role,
                part.account,
                part.dimensions,
                part.amount,
                posted_on=journal.date,
            )
