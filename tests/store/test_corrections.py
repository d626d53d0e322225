"""A posted journal turned round as a whole: linked, tied out, and nothing is posted twice."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import UniqueViolation

from accounting.reversal import NEVER
from controls.authenticity import Verifier, new_key_pair
from controls.messages import Answer, CloseRef
from controls.posting import JournalEvent
from controls.reversal import REVERSAL
from models import JournalRow
from store.invariants import findings
from store.journals import Outcome
from tests.store.database import Database
from tests.store.ledgered import Ledgered
from tests.store.month_end import T0, WORKER_ACTOR, configured, invoice, line, over

YEAR = over("2026-09-01", "2027-08-31")  # 365 days: 30 in September, 31 in October, 30 in November
DEFERRED = [("REV", "335.00", "0.00"), ("DEF", "0.00", "335.00")]
TURNED_ROUND = [("DEF", "335.00", "0.00"), ("REV", "0.00", "335.00")]


@pytest.fixture
def uk(altered: Database) -> Iterator[Ledgered]:
    made = Ledgered(altered, configured())
    made.paper.write(invoice("INV-1", "2026-09-01", line("365.00", **YEAR)))
    yield made
    made.leave()


def journal(uk: Ledgered, close: CloseRef, kind: str) -> JournalRow:
    """The newest journal of the kind that the close has."""
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        standing = work.journals.standing(work.closes.get(close.close_id))
        return [row for row in standing if row.kind == kind][-1]


def ask(uk: Ledgered, close: CloseRef, reference: str | None, **given: str) -> Answer:
    asked = {"code": REVERSAL, "subject": reference or "", "remedy": "reverse", **given}
    return uk.resolve(close, **asked)


def closed(uk: Ledgered, period: str) -> CloseRef:
    close = uk.calculated(period)
    assert uk.finish(close) == {}
    return close


def broken(uk: Ledgered) -> dict[str, tuple[str, ...]]:
    """What does not hold, but for approvals: nobody gives any here."""
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        found = findings(work, Verifier(new_key_pair()[1]))
    return {each.name: each.broken for each in found if not each.holds and each.name != "approvals"}


def test_one_of_an_earlier_period_is_turned_round_and_what_is_right_posted_anew(
    uk: Ledgered,
) -> None:
    deferral = journal(uk, closed(uk, "2026-09"), "deferral")
    october = uk.calculated("2026-10")
    assert ask(uk, october, deferral.reference).accepted
    assert uk.calculate(october).overridden
    assert uk.journals(october) == {
        "reversal": TURNED_ROUND,
        "deferral": [("REV", "304.00", "0.00"), ("DEF", "0.00", "304.00")],
    }
    reversal = journal(uk, october, "reversal")
    assert (reversal.date.isoformat(), reversal.reverses_id) == ("2026-10-31", deferral.id)
    assert reversal.text.startswith(f"Reversal of {deferral.reference}")
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert work.approvals.preparers(october.close_id) == ("priya",)

    assert uk.finish(october) == {}
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        was = work.journals.get(deferral.id or 0)
        by = work.journals.get(reversal.id or 0)
        assert (was.state, by.state) == ("reversed", "posted")
        assert work.journals.linked(was) == ("", by.reference)
        assert work.journals.linked(by) == (was.reference, "")
        (told,) = work.audit.about("uk", f"journal/{was.reference}", "journal.reversed")
        assert told.after == {"state": "reversed", "by": by.reference}
    assert uk.in_ledger() == []
    assert broken(uk) == {}
    november = uk.calculated("2026-11")
    assert uk.journals(november) == {
        "release": [("DEF", "30.00", "0.00"), ("REV", "0.00", "30.00")]
    }


def test_one_of_the_very_period_is_turned_round_on_its_own_day(uk: Ledgered) -> None:
    september = uk.calculated("2026-09")
    uk.post(september)
    deferral = journal(uk, september, "deferral")
    assert ask(uk, september, deferral.reference).accepted
    uk.calculate(september)
    assert uk.journals(september) == {"reversal": TURNED_ROUND, "deferral": DEFERRED}
    assert journal(uk, september, "reversal").date == deferral.date
    assert uk.finish(september) == {}
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        standing = work.journals.standing(work.closes.get(september.close_id))
        assert [(row.kind, row.state) for row in standing] == [
            ("deferral", "reversed"),
            ("reversal", "posted"),
            ("deferral", "posted"),
        ]
    assert broken(uk) == {}


def test_it_is_kept_after_all(uk: Ledgered) -> None:
    deferral = journal(uk, closed(uk, "2026-09"), "deferral")
    october = uk.calculated("2026-10")
    plain = uk.journals(october)
    assert ask(uk, october, deferral.reference).accepted
    assert ask(uk, october, deferral.reference, remedy="keep").accepted
    uk.calculate(october)
    assert uk.journals(october) == plain
    again = ask(uk, october, deferral.reference, remedy="keep", nonce="nonce-again")
    assert again.message == f"{deferral.reference} is not about to be reversed."


def test_as_long_as_the_ledger_refuses_the_reversal_nothing_is_reversed(uk: Ledgered) -> None:
    deferral = journal(uk, closed(uk, "2026-09"), "deferral")
    october = uk.calculated("2026-10")
    ask(uk, october, deferral.reference)
    uk.calculate(october)
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        first = work.journals.approve(work.closes.get(october.close_id))[0]
        attempt = work.journals.intend(first, "key", T0, after=0)
        refused = Outcome(JournalEvent.ANSWERED_REFUSED, "archived")
        work.journals.settle(first.id or 0, attempt, refused, T0)
    assert first.kind == "reversal"
    assert journal(uk, october, "reversal").state == "failed"
    with uk.store.unit_of_work(WORKER_ACTOR) as work:
        assert work.journals.get(deferral.id or 0).state == "posted"


def test_what_can_not_be_turned_round(uk: Ledgered, altered: Database) -> None:
    september = closed(uk, "2026-09")
    deferral = journal(uk, september, "deferral")
    release = journal(uk, closed(uk, "2026-10"), "release")
    november = uk.calculated("2026-11")

    def why(close: CloseRef, reference: str | None, **given: str) -> str:
        answer = ask(uk, close, reference, **given)
        assert not answer.accepted
        return answer.message

    assert why(november, "T2609-9999-00000000") == "uk has no journal T2609-9999-00000000."
    assert why(september, release.reference) == (
        f"{release.reference} belongs to 2026-10: reverse it in that close."
    )
    assert why(november, deferral.reference, reason=" ") == "Say why: a reason goes with it."
    assert why(november, deferral.reference, remedy="edit") == "Choose one of: reverse, keep."
    for kind, because in NEVER.items():
        with psycopg.connect(altered.superuser) as work:
            work.execute("update journal set kind = %s where id = %s", (kind.value, deferral.id))
        assert why(november, deferral.reference, nonce=f"nonce-{kind}").endswith(because)
    with psycopg.connect(altered.superuser) as work:
        work.execute("update journal set kind = 'deferral' where id = %s", (deferral.id,))
        work.execute("update journal set state = 'failed' where id = %s", (release.id,))
    assert why(november, release.reference) == (
        f"{release.reference} is failed: only what is posted can be reversed."
    )
    ask(uk, november, deferral.reference, nonce="nonce-at-last")
    uk.calculate(november)
    uk.post(november)
    assert why(november, deferral.reference, nonce="nonce-once-more") == (
        f"{deferral.reference} is reversed already."
    )


def test_one_that_was_changed_in_the_ledger_is_corrected_by_the_next_proposal(uk: Ledgered) -> None:
    september = closed(uk, "2026-09")
    deferral = journal(uk, september, "deferral")
    uk.change(september, "deferral", posted=False)
    october = uk.calculated("2026-10")
    uk.answer(october, "follow")
    assert "somebody accepted that" in ask(uk, october, deferral.reference).message


def test_no_journal_is_reversed_twice_and_none_without_a_reversal(
    uk: Ledgered, altered: Database
) -> None:
    september = uk.calculated("2026-09")
    uk.post(september)
    deferral = journal(uk, september, "deferral")
    ask(uk, september, deferral.reference)
    uk.calculate(september)
    uk.post(september)
    again, reversal = (journal(uk, september, kind) for kind in ("deferral", "reversal"))
    twice = "update journal set reverses_id = %s where id = %s"
    with psycopg.connect(altered.superuser) as work, pytest.raises(UniqueViolation):
        work.execute(twice, (deferral.id, again.id))
    with psycopg.connect(altered.superuser) as work:
        work.execute("update journal set reverses_id = %s where id = %s", (again.id, deferral.id))
        work.execute("update journal set state = 'posted' where id = %s", (deferral.id,))
    name = f"uk journal {deferral.reference}"
    told = broken(uk)["reversals"]
    assert f"{name} is posted, and uk journal {reversal.reference} reverses it." in told
    assert (
        f"{name} does not take back uk journal {again.reference}: "
        "in the ledger but not approved: account REV credit 335.00 GBP" in told
    )
