"""What choices come to: calculating anew takes back what was chosen before."""

from dataclasses import replace
from datetime import date

from accounting.book import Journal, JournalKind, JournalLine
from accounting.money import Money
from controls.notices import ASKS
from controls.posting_choices import Choice, PostingChoice, chosen
from controls.proposal import journal_hash
from controls.steps import WHO

ZERO, TEN = Money.zero("GBP"), Money(10_00, "GBP")
RELEASE = Journal(
    kind=JournalKind.RELEASE,
    date=date(2026, 9, 30),
    text="Deferred revenue released as delivered, September 2026",
    lines=(JournalLine("DEF", None, TEN, ZERO), JournalLine("REV", None, ZERO, TEN)),
    parts=(),
)
SKIP = PostingChoice(Choice.SKIP, journal_hash("uk", RELEASE))
MOVE = PostingChoice(Choice.OTHER_PERIOD, post_from=date(2026, 11, 1))


def test_only_the_very_journal_is_left_out_wherever_it_would_be_dated() -> None:
    both = chosen([SKIP, MOVE])
    assert both.leaves_out("uk", RELEASE)
    assert not both.leaves_out("us", RELEASE)
    assert not both.leaves_out("uk", replace(RELEASE, date=date(2026, 10, 1)))
    assert both.dated(RELEASE) == replace(RELEASE, date=date(2026, 11, 1))


def test_what_is_dated_later_anyway_stays_where_it_is() -> None:
    reversal = replace(RELEASE, date=date(2026, 12, 1))
    assert chosen([MOVE]).dated(reversal) == reversal
    assert chosen([]).dated(RELEASE) == RELEASE


def test_calculating_anew_takes_back_what_was_chosen_before_and_nothing_after() -> None:
    again = PostingChoice(Choice.RECALCULATE)
    assert chosen([SKIP, MOVE, again]) == chosen([])
    assert chosen([MOVE, again, SKIP]) == chosen([SKIP])


def test_whoever_is_waited_for_is_told_so_in_words() -> None:
    assert {awaiting for awaiting, roles in WHO.items() if roles} == {*ASKS}
