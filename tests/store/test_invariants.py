"""The invariants on a real Postgres: they hold of honest month-ends, and each names what breaks it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from controls.approval import Decision
from controls.audit import Actor
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.messages import CloseRef
from models import TieOutRow
from store import Store
from store.invariants import INVARIANTS, findings
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line, over

_numbers = itertools.count(1)
PRIVATE, PUBLIC = new_key_pair()
PEOPLE = (
    ("priya", "preparer", "submit"),
    ("ruth", "reviewer", "approve"),
    ("carl", "controller", "approve"),
)


class Approved(MonthEnd):
    """Month-ends whose proposals people approve, step by step, as on a page."""

    def approve(self, close: CloseRef) -> None:
        signer = Signer(PRIVATE)
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.closes.get(close.close_id)
            assert row.proposal_id is not None
            hash_ = work.proposals.get(row.proposal_id).hash
            for level, (actor, role, verdict) in enumerate(PEOPLE, start=-1):
                made = Decision(
                    entity=close.entity,
                    period=close.period,
                    step="review",
                    verdict=verdict,
                    actor=actor,
                    roles=(role,),
                    reason="",
                    proposal_hash=hash_,
                    nonce=f"{close.period}-{actor}",
                    level=level,
                )
                work.approvals.save_decision(row, row.round, replace(made, tag=signer.tag(made)))
            work.closes.move(close.close_id, "sign_off", "sign_off", "")

    def close(self, period: str) -> CloseRef:
        ref = self.open(period)
        self.sync(ref)
        assert self.calculate(ref).proposal_id
        self.approve(ref)
        self.post(ref)
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            proposal = work.closes.get(ref.close_id).proposal_id or 0
            work.proposals.save_tie_out([_tied(proposal)])
        self.sign_off(ref)
        return ref


def _tied(proposal: int, unexplained: int = 0) -> TieOutRow:
    return TieOutRow(
        proposal_id=proposal,
        role="deferred_revenue",
        account="DEF",
        subledger_minor=0,
        reconciling_minor=0,
        unposted_minor=0,
        ledger_minor=-unexplained,
        unexplained_minor=unexplained,
    )


@pytest.fixture(scope="module")
def told(make: Callable[[str, str], Database], template: str) -> str:
    """The name of a database with September and October closed; nobody is connected to it."""
    name = "two_month_ends"
    month_end = Approved(make(name, template), configured())
    month_end.paper.write(
        invoice("inv-1", "2026-09-01", line("1200.00", **over("2026-09-01", "2027-08-31"))),
        invoice("inv-2", "2026-09-15", line("301.00", **over("2026-09-15", "2026-12-14"))),
    )
    month_end.close("2026-09")
    month_end.close("2026-10")
    month_end.leave()
    return name


@pytest.fixture
def database(make: Callable[[str, str], Database], told: str) -> Database:
    """A copy of it that a test may spoil."""
    return make(f"{told}_{next(_numbers)}", told)


@pytest.fixture
def books(database: Database) -> Iterator[Approved]:
    month_end = Approved(database, configured())
    yield month_end
    month_end.leave()


def broken(store: Store) -> dict[str, tuple[str, ...]]:
    """What does not hold, by the invariant's name."""
    with store.unit_of_work(Actor("service", "test"), one_moment=True) as work:
        return {f.name: f.broken for f in findings(work, Verifier(PUBLIC)) if not f.holds}


def test_honest_month_ends_hold(books: Approved) -> None:
    assert broken(books.store) == {}
    assert broken(books.api) == {}  # with the rights of the page, too


@pytest.mark.parametrize(
    ("tampering", "name", "says"),
    [
        pytest.param(
            "delete from audit_event where chain = 'uk' and verb = 'journal.sending'",
            "chains",
            "is missing",
            id="chains",
        ),
        pytest.param(
            "update journal set state = 'failed' where number = 1",
            "journal events",
            "is failed; by its events it is posted",
            id="journal-events",
        ),
        pytest.param(
            "update journal set attempt = 2 where number = 1",
            "journal events",
            "is at attempt 2; its events tell of 1",
            id="attempt",
        ),
        pytest.param(
            "update audit_event set after = jsonb_set(after, '{attempt}', '7') "
            "where verb = 'journal.sending'",
            "attempts",
            "attempt 7 follows attempt 0",
            id="attempts",
        ),
        pytest.param(
            "update decision set tag = repeat('0', 128) where actor = 'carl'",
            "approvals",
            "does not carry the seal",
            id="forged",
        ),
        pytest.param(
            "delete from decision where actor = 'ruth'",
            "approvals",
            "without full approval",
            id="approval-gone",
        ),
        pytest.param(
            "update journal_line set debit_minor = debit_minor + 1 where debit_minor > 0",
            "balanced",
            "does not balance",
            id="balanced",
        ),
        pytest.param(
            "update journal_line set account = 'XXX' where debit_minor > 0",
            "approvals",
            "is not as it was approved",
            id="line-changed",
        ),
        pytest.param(
            "update close set awaiting = 'approval', step = 'review'",
            "close events",
            "stands in review approval; by its events it stands in closed nothing",
            id="close-events",
        ),
        pytest.param(
            "update close set seal = repeat('0', 64)", "close events", "its seal", id="seal"
        ),
        pytest.param(
            "insert into decision select (jsonb_populate_record(d, "
            """'{"id": 999999, "actor": "mallory", "nonce": "forged"}')).* """
            "from decision d where actor = 'carl' limit 1",
            "decision events",
            "of mallory is on record without its event",
            id="decision-without-event",
        ),
        pytest.param(
            "update position set closing = jsonb_set(closing, '{deferred_revenue}', '\"1.00\"') "
            "where line = 'inv-1/1'",
            "roll-forward",
            "its lines add up to",
            id="closing",
        ),
        pytest.param(
            "update position set recognised_to_date_minor = recognised_to_date_minor + 1 "
            "where line = 'inv-1/1' and proposal_id = (select min(proposal_id) from close)",
            "roll-forward",
            "has recognised",
            id="roll-forward",
        ),
        pytest.param(
            "update tie_out set unexplained_minor = 5",
            "tie-out",
            "differs from the ledger by",
            id="tie-out",
        ),
        pytest.param(
            "update journal_part set amount_minor = amount_minor + 1 where line = 'inv-1/1'",
            "re-run",
            "calculated again it proposes",
            id="re-run",
        ),
    ],
)
def test_each_invariant_says_what_contradicts_it(
    books: Approved, database: Database, tampering: str, name: str, says: str
) -> None:
    with psycopg.connect(database.superuser) as work:
        work.execute("set session_replication_role = replica")  # past the trail's own guard
        work.execute(tampering)
    found = broken(books.store)
    assert name in found, found
    assert any(says in sentence for sentence in found[name]), found[name]
    assert all("uk" in sentence for sentence in found[name])


def test_a_close_that_nothing_carries_any_more_has_no_owner(
    books: Approved, database: Database
) -> None:
    ref = books.open("2026-11")
    assert broken(books.store) == {}
    with psycopg.connect(database.superuser) as work:
        work.execute("set session_replication_role = replica")
        work.execute("update audit_event set at = at - interval '1 hour' where chain = 'uk'")
    (said,) = broken(books.store)["owners"]
    assert said.startswith("close/uk/2026-11 waits for nobody in sync, and nothing has happened")
    with books.store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.move(ref.close_id, "review", "submission", "")
    assert "owners" not in broken(books.store)


def test_a_tie_out_takes_the_place_of_the_one_before(books: Approved) -> None:
    with books.store.unit_of_work(WORKER_ACTOR) as work:
        proposal = work.closes.of("uk", "2026-10").proposal_id or 0
        (before,) = work.proposals.tie_out(proposal)
    for unexplained in (0, 7):
        with books.store.unit_of_work(WORKER_ACTOR) as work:
            work.proposals.save_tie_out([_tied(proposal, unexplained)])
    with books.store.unit_of_work(WORKER_ACTOR) as work:
        (after,) = work.proposals.tie_out(proposal)
    assert (before.unexplained_minor, after.unexplained_minor) == (0, 7)
    assert after.read_at is not None
    assert before.read_at is not None
    assert after.read_at > before.read_at


def test_every_invariant_has_a_name_of_its_own() -> None:
    names = [each.name for each in INVARIANTS]
    assert len(set(names)) == len(names)
