"""An accrual that reverses by itself, and a reversal that never came into the ledger: who is told."""

from collections.abc import Iterator
from datetime import date

import pytest
from temporalio.testing import ActivityEnvironment

from accounting.documents import DocumentKind
from activities import DriftActivities
from controls.messages import CloseRef
from controls.posting import JournalEvent
from controls.posting_choices import Choice
from models import PostingChoiceRow
from store.cover import own_hash
from store.journals import Outcome
from tests.store.database import Database
from tests.store.ledgered import Ledgered, by_hand
from tests.store.month_end import T0, WORKER_ACTOR, configured, document, line, over

OCTOBER_5 = date(2026, 10, 5)


class Accruing(Ledgered):
    """Month-ends in which the ledger may refuse journals of some kinds."""

    def go_on_without(self, close: CloseRef, *kinds: str) -> None:
        """The ledger refuses these; the others are posted."""
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            for row in work.journals.approve(work.closes.get(close.close_id)):
                attempt = work.journals.intend(row, "key", T0, after=row.attempt)
                answer = (
                    Outcome(JournalEvent.ANSWERED_REFUSED, "The account is archived.")
                    if row.kind in kinds
                    else Outcome(JournalEvent.ANSWERED_POSTED, ledger_id=f"L-{row.id}")
                )
                work.journals.settle(row.id or 0, attempt, answer, T0)
        self.keep_posted(close)

    def look(self, today: date) -> list[str]:
        """The daily look; what it told whom, beside drift."""
        doors = self.doors
        seen = type(doors)(
            doors.store, doors.ledger, doors.crm, doors.verifier, today=lambda _zone: today
        )
        ActivityEnvironment().run(DriftActivities(seen).look_for_drift, "uk")
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            return [row.text for row in work.outbox.unsent() if row.kind == "reversal"]


@pytest.fixture
def uk(altered: Database) -> Iterator[Accruing]:
    """A contract of 61.00 over September and October that nobody has invoiced: all of it accrues."""
    recognition = {"method": "daily", "accruals": "auto_reverse"}
    month_end = Accruing(altered, configured("uk", recognition=recognition))
    terms = over("2026-09-01", "2026-10-31")
    month_end.paper.write(
        document(DocumentKind.CONTRACT, "C-1", "2026-09-01", line("61.00", account=None, **terms))
    )
    yield month_end
    month_end.leave()


def september(uk: Accruing, *refused: str) -> CloseRef:
    close = uk.calculated("2026-09")
    assert set(uk.posts(close)) == {"accrual", "accrual_reversal"}
    uk.go_on_without(close, *refused)
    return close


def sign_off(uk: Accruing, close: CloseRef) -> None:
    assert uk.tie_out(close) == {}
    uk.sign_off(close)


def test_a_reversal_that_was_left_out_is_told_once_and_by_the_next_close(uk: Accruing) -> None:
    close = september(uk, "accrual_reversal")
    sign_off(uk, close)
    assert uk.look(date(2026, 9, 30)) == []  # it is not due yet
    told = uk.look(OCTOBER_5)
    assert uk.look(OCTOBER_5) == told
    assert len(told) == 3  # controller, operator, preparer
    assert "was due on 2026-10-01 and is not in the ledger" in told[0]
    assert "30.00" not in told[0]

    october = uk.calculated("2026-10")
    (problem,) = uk.exceptions(october)
    assert (problem.code, problem.amount) == ("reversal_missing", "30.00")
    assert uk.calculate(october).exceptions == 0  # it keeps nothing waiting
    # 61.00 are earned by the end of October, and 30.00 of them still stand.
    assert uk.posts(october)["accrual"] == [("ACC", "31.00", "0.00"), ("REV", "0.00", "31.00")]
    assert uk.finish(october) == {}
    november = uk.calculated("2026-11")
    assert uk.exceptions(november) == []


def test_posted_by_hand_after_all_it_counts_as_booked(uk: Accruing) -> None:
    close = september(uk, "accrual_reversal")
    sign_off(uk, close)
    uk.paper.journals_told.append(by_hand("REV", "ACC", 3000, "2026-10-01"))
    october = uk.calculated("2026-10")
    assert {each.code for each in uk.exceptions(october)} == {"foreign_journal", "reversal_missing"}
    (foreign,) = [each for each in uk.exceptions(october) if each.code == "foreign_journal"]
    given = uk.resolve(october, code=foreign.code, subject=foreign.subject, remedy="booked")
    assert given.accepted
    uk.calculate(october)
    assert uk.posts(october)["accrual"] == [("ACC", "61.00", "0.00"), ("REV", "0.00", "61.00")]
    assert uk.finish(october) == {}


def test_one_that_was_deleted_in_the_ledger_is_an_exception_of_the_next_close(uk: Accruing) -> None:
    close = september(uk)
    sign_off(uk, close)
    (reversal,) = [each for each in uk.paper.journals_told if each.date == date(2026, 10, 1)]
    uk.remove(reversal.id)
    assert uk.look(OCTOBER_5) == []  # told as drift
    october = uk.calculated("2026-10")
    (problem,) = uk.exceptions(october)
    assert problem.code == "journal_changed"
    uk.answer(october, "follow")
    assert uk.posts(october)["accrual"] == [("ACC", "31.00", "0.00"), ("REV", "0.00", "31.00")]
    assert uk.finish(october) == {}


def test_one_that_was_approved_to_be_left_out_is_told_as_well(uk: Accruing) -> None:
    close = september(uk, "accrual_reversal")
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        row = work.closes.lock(close.close_id)
        (failed,) = [each for each in work.journals.standing(row) if each.state == "failed"]
        left_out = own_hash(work, failed)
        work.journals.withdraw(row, "omar")
        choice = PostingChoiceRow(
            close_id=close.close_id, entity_id="uk", choice=Choice.SKIP, journal_hash=left_out,
            reason="test", actor="omar", nonce="nonce-nonce",
        )  # fmt: skip
        work.posting_choices.save(row, choice)
    uk.calculate(close)
    assert uk.look(OCTOBER_5) == []  # nobody has approved it yet
    sign_off(uk, close)
    (told, *_others) = uk.look(OCTOBER_5)
    assert "Accrued revenue reversed as billed" in told


def test_while_the_close_waits_for_an_operator_it_is_told_as_well(uk: Accruing) -> None:
    september(uk, "accrual_reversal")
    assert len(uk.look(OCTOBER_5)) == 3


def test_an_accrual_that_was_left_out_needs_no_reversal(uk: Accruing) -> None:
    september(uk, "accrual", "accrual_reversal")
    assert uk.look(OCTOBER_5) == []


def test_what_is_in_the_ledger_or_never_approved_alarms_nobody(uk: Accruing) -> None:
    uk.calculated("2026-09")
    assert uk.look(OCTOBER_5) == []
    close = uk.open("2026-09")
    uk.go_on_without(close)
    assert uk.look(OCTOBER_5) == []
