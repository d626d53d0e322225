"""The invariants on a real Postgres: they hold of honest month-ends, and each names what breaks it."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from connectors.ledger import LedgerJournal, LedgerLine
from controls.approval import Decision, open_level
from controls.audit import Actor
from controls.authenticity import Signer, Verifier, new_key_pair
from controls.messages import CloseRef
from models import TieOutRow
from store import Store
from store.cover import FORGED, why_uncovered
from store.invariants import INVARIANTS, findings
from store.standings import standing_of
from tests.store.database import Database
from tests.store.month_end import WORKER_ACTOR, MonthEnd, configured, invoice, line, over
from tests.tieout.command import tieout
from tieout.check import in_ledgers

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


FORGE = """
    insert into decision select (jsonb_populate_record(d, jsonb_build_object(
        'id', 999999, 'actor', 'mallory', 'roles', 'controller', 'level', 1, 'nonce', 'forged'
    ))).* from decision d where actor = 'ruth' and nonce like '2026-10-%'
"""


def test_an_approval_that_was_written_by_hand_counts_for_nothing(
    books: Approved, database: Database
) -> None:
    with psycopg.connect(database.superuser) as work:
        (carl,) = work.execute(
            "delete from decision where nonce = '2026-10-carl' returning to_jsonb(decision.*)"
        ).fetchone() or ({},)
        work.execute(FORGE)
    verifier = Verifier(PUBLIC)
    page = Store(database.api, verifier)

    def stands() -> tuple[list[str], int, str]:
        with page.unit_of_work(Actor("service", "test")) as work:
            close = work.closes.of("uk", "2026-10")
            standing = standing_of(work, close)
            assert standing is not None
            judged = replace(standing, step="review")
            counting = [decision.actor for decision in standing.taken]
            return counting, open_level(judged), why_uncovered(work, close, verifier)

    counting, due, why = stands()
    assert (counting, due) == (["priya", "ruth"], 1)  # the page still waits for a controller
    assert why.endswith(FORGED)
    with psycopg.connect(database.superuser) as work:
        work.execute(
            "insert into decision select (jsonb_populate_record(null::decision, %s)).*",
            [json.dumps(carl)],
        )
    counting, _due, why = stands()
    assert (sorted(counting), why) == (["carl", "priya", "ruth"], "")
    page.close()


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


def in_ledger(books: Approved) -> list[LedgerJournal]:
    """The ledger's journals as an honest ledger would hold them."""
    with books.store.unit_of_work(WORKER_ACTOR) as work:
        return [
            LedgerJournal(
                id=row.ledger_id or "",
                reference=row.reference or "",
                date=row.date,
                lines=tuple(
                    LedgerLine(each.account, each.debit_minor, each.credit_minor, each.dimensions)
                    for each in work.journals.posted_lines(row.id or 0)
                ),
                posted=True,
                raw="{}",
            )
            for row in work.journals.all()
        ]


def compared(books: Approved, held: list[LedgerJournal]) -> list[str]:
    """What `tieout check` says of `uk` with this in its ledger; the others' ledgers are empty."""
    ledger = SimpleNamespace(journals=lambda _since: iter(held))
    empty = SimpleNamespace(journals=lambda _since: iter(()))
    opened: Any = lambda config: ledger if config.id == "uk" else empty  # noqa: E731
    return list(in_ledgers(books.store, opened))


def test_a_ledger_that_holds_what_was_posted_and_what_is_others_is_right(books: Approved) -> None:
    held = in_ledger(books)
    others = replace(held[0], id="L-99", reference="Depreciation")
    assert compared(books, [*held, others]) == []


def test_every_way_in_which_a_ledger_differs_is_named(books: Approved) -> None:
    first, second, *rest = in_ledger(books)
    assert compared(books, [second, *rest]) == [
        f"uk journal {first.reference} is posted by our record, and not in the ledger."
    ]
    (twice, *_other) = compared(books, [first, replace(first, id="L-99"), second, *rest])
    assert twice == f"uk journal {first.reference} stands 2 times in the ledger."
    foreign = replace(first, id="L-99", reference="T2609-0099-00000000")
    assert compared(books, [first, second, *rest, foreign]) == [
        "uk: the ledger holds T2609-0099-00000000, which is no journal of ours."
    ]
    voided = replace(first, posted=False)
    assert "is a draft, or voided" in compared(books, [voided, second, *rest])[0]
    changed = replace(first, lines=(replace(first.lines[0], account="XXX"), *first.lines[1:]))
    told = "\n".join(compared(books, [changed, second, *rest]))
    assert "approved but not in the ledger: account" in told
    assert "in the ledger but not approved: account XXX" in told


def test_the_command_prints_a_line_each_and_says_what_it_left_out(
    books: Approved, database: Database, tmp_path: Path
) -> None:
    key = tmp_path / "verify.key"
    key.write_bytes(PUBLIC)
    settings = {"database_url": database.worker, "verify_key_file": str(key)}
    done = tieout("check", **settings)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == len(INVARIANTS) + 1
    assert all(each.endswith(": holds") for each in lines[:-1])
    assert lines[-1].startswith("left out")
    assert "TIEOUT_CONNECTIONS_FILE" in lines[-1]
    with psycopg.connect(database.superuser) as work:
        work.execute("update journal_line set debit_minor = debit_minor + 1 where debit_minor > 0")
    done = tieout("check", "--json", **settings)
    told = json.loads(done.stdout)
    assert (done.returncode, told["holds"]) == (1, False)
    assert {each["name"] for each in told["invariants"] if not each["holds"]} == {
        "approvals",
        "balanced",
    }
    without_key = tieout("check", database_url=database.worker)
    assert without_key.returncode == 1
    assert "TIEOUT_VERIFY_KEY_FILE" in without_key.stderr


def test_every_invariant_has_a_name_of_its_own() -> None:
    names = [each.name for each in INVARIANTS]
    assert len(set(names)) == len(names)
