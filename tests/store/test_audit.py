"""The audit trail in Postgres: nobody changes it, every chain is gapless, tampering is named."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import psycopg
import pytest

from accounting.periods import Period
from controls.audit import SYSTEM_CHAIN, Actor
from store import Store
from tests.store.database import Database
from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER

WORKER_ACTOR = Actor("service", "worker")
SEPTEMBER = Period.month("2026-09")
THREADS, EACH = 8, 10
CHANGES = [
    "update audit_event set reason = 'nothing happened'",
    "delete from audit_event",
    "truncate audit_event",
]


def write_events(store: Store, count: int, chain: str = "uk") -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        for number in range(1, count + 1):
            work.audit.record(chain, "thing.done", f"thing/{number}", after={"amount": "100.10"})


def breaks(store: Store) -> list[tuple[str, int, str]]:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return [(b.chain, b.sequence, b.message) for b in work.audit.verify()[1]]


def tamper(database: Database, *statements: str) -> None:
    """What only the tables' owner can do: take the guard away, change rows, put it back."""
    with psycopg.connect(database.owner) as work:
        work.execute("alter table audit_event disable trigger user")
        for statement in statements:
            assert work.execute(statement).rowcount > 0
        work.execute("alter table audit_event enable trigger user")


@pytest.mark.parametrize("role", [OWNER, WORKER, API, SUPERUSER])
def test_the_trigger_refuses_whoever_has_every_right(role: str, altered: Database) -> None:
    store = Store(altered.worker)
    write_events(store, 3)
    with psycopg.connect(altered.superuser) as work:
        work.execute(f"grant all on audit_event to {WORKER}, {API}")
    for change in CHANGES:
        with (
            psycopg.connect(altered.of(role)) as work,
            pytest.raises(psycopg.errors.RaiseException, match=r"append-only: .* is refused"),
        ):
            work.execute(change)
    with store.unit_of_work(WORKER_ACTOR) as work_:
        assert [event.sequence for event in work_.audit.events("uk")] == [1, 2, 3]
    assert breaks(store) == []
    store.close()


@pytest.mark.parametrize("role", [WORKER, API])
@pytest.mark.parametrize("change", [*CHANGES, "alter table audit_event disable trigger user"])
def test_worker_and_api_have_no_right_to_begin_with(
    role: str, change: str, database: Database
) -> None:
    with (
        psycopg.connect(database.of(role)) as work,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        work.execute(change)


def test_chains_stay_gapless_when_eight_threads_append_to_them(store: Store) -> None:
    """Each thread writes to both chains in a transaction of its own, as concurrent closes do."""

    def append(thread: int) -> None:
        for number in range(EACH):
            with store.unit_of_work(Actor("service", f"worker-{thread}")) as work:
                work.audit.record("uk", "thing.done", f"thing/{thread}/{number}")
            with store.unit_of_work(Actor("service", f"worker-{thread}")) as work:
                work.audit.record("de", "thing.done", f"thing/{thread}/{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(append, range(THREADS)))
    with store.unit_of_work(WORKER_ACTOR) as work:
        for chain in ("uk", "de"):
            events = list(work.audit.events(chain))
            assert [e.sequence for e in events] == list(range(1, THREADS * EACH + 1))
            assert len({event.subject for event in events}) == THREADS * EACH
            links = [(e.previous_hash, b.hash) for b, e in pairwise(events)]
            assert all(claimed == actual for claimed, actual in links)
        configured = 1
        assert work.audit.verify() == (2 * THREADS * EACH + configured, [])


def test_a_rolled_back_unit_of_work_leaves_neither_change_nor_event(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.unit_of_work(WORKER_ACTOR) as work:
        work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
        assert work.closes.find("uk", "2026-09") is not None
        assert work.audit.latest("uk", 1)[0].verb == "close.started"
        raise ZeroDivisionError
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.closes.find("uk", "2026-09") is None
        assert work.audit.latest("uk", 1) == []
        work.closes.open("uk", SEPTEMBER.name, SEPTEMBER, "priya")
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.closes.find("uk", "2026-09") is not None
        assert [event.sequence for event in work.audit.events("uk")] == [1]


def test_an_event_reads_back_as_it_was_written(store: Store) -> None:
    with store.unit_of_work(WORKER_ACTOR, request_id="r-7") as work:
        written = work.audit.record(
            "uk",
            "journal.posted",
            "journal/T2609-0001-0a1b2c3d",
            reason="Größe „100.10“ € 😀\n",
            before={"state": "posting", "b": [1, {"z": None, "a": True}]},
            after={"amount": "100.10", "Äpfel".encode().hex(): "x"},
            hashes={"journal": "ab" * 32},
            actor=Actor("user", "priya"),
        )
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert list(work.audit.events("uk")) == [written]
        assert work.audit.head("uk") == written.hash
    assert breaks(store) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'mallory'",
        "actor_kind = 'service '",
        "verb = 'thing.undone'",
        "subject = 'thing/5'",
        "reason = 'because'",
        'before = \'{"amount": "0.00"}\'',
        'after = \'{"amount": "100.11"}\'',
        'hashes = \'{"journal": "00"}\'',
        "request_id = 'r-8'",
        "at = at + interval '1 microsecond'",
        "hash = repeat('0', 64)",
    ],
)
def test_a_changed_row_is_named(change: str, database: Database, store: Store) -> None:
    write_events(store, 5)
    write_events(store, 5, "de")
    assert breaks(store) == []
    tamper(database, f"update audit_event set {change} where chain = 'uk' and sequence = 3")
    assert ("uk", 3, "Event 3 was changed.") in breaks(store)
    assert {chain for chain, _sequence, _message in breaks(store)} == {"uk"}


@pytest.mark.parametrize(
    ("gone", "message"),
    [("= 3", "Event 3 is missing."), ("in (2, 3)", "Event 2 and following is missing.")],
)
def test_a_missing_row_is_named(gone: str, message: str, database: Database, store: Store) -> None:
    write_events(store, 5)
    tamper(database, f"delete from audit_event where chain = 'uk' and sequence {gone}")
    ((chain, _sequence, said),) = breaks(store)
    assert (chain, said) == ("uk", message)


def test_a_missing_first_row_is_named(database: Database, store: Store) -> None:
    write_events(store, 3)
    tamper(database, "delete from audit_event where chain = 'uk' and sequence = 1")
    assert breaks(store) == [("uk", 1, "Event 1 is missing.")]


def test_an_inserted_row_is_named(database: Database, store: Store) -> None:
    """Somebody makes room between 2 and 3 and copies the second event into it."""
    write_events(store, 4)
    tamper(
        database,
        "update audit_event set sequence = sequence + 100 where chain = 'uk' and sequence > 2",
        "update audit_event set sequence = sequence - 99 where chain = 'uk' and sequence > 100",
        "insert into audit_event select chain, 3, at, actor_kind, actor, verb, subject, reason, "
        "before, after, hashes, request_id, previous_hash, hash from audit_event "
        "where chain = 'uk' and sequence = 2",
    )
    found = breaks(store)
    assert (
        "uk",
        3,
        "Event 3 does not follow the one before it: one of the two was inserted or replaced.",
    ) in found
    assert {sequence for _chain, sequence, _message in found} >= {3}
    assert all(sequence >= 3 for _chain, sequence, _message in found)


def test_a_row_before_the_first_is_named(database: Database, store: Store) -> None:
    write_events(store, 2)
    tamper(
        database,
        "insert into audit_event select chain, 0, at, actor_kind, actor, verb, subject, reason, "
        "before, after, hashes, request_id, previous_hash, hash from audit_event "
        "where chain = 'uk' and sequence = 1",
    )
    assert breaks(store) == [("uk", 0, "Event 0 stands twice: inserted.")]


def test_the_configuration_was_put_in_force_on_record(store: Store) -> None:
    with store.unit_of_work(WORKER_ACTOR) as work:
        (event,) = work.audit.latest(SYSTEM_CHAIN, 10)
        assert (event.verb, event.actor.name) == ("config.applied", "ada")
        assert event.hashes["config"] == work.config.current().sha256
