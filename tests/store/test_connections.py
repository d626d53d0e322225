"""Tokens of connections: unreadable in the database, refreshed by one worker at a time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from cryptography.fernet import Fernet

from controls.audit import Actor
from store import Store
from store.connections import Tokens, secret_box
from store.errors import DatabaseUnavailableError, StoreError
from tests.store.database import Database

WORKER_ACTOR = Actor("service", "worker")
OLD_KEY, NEW_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
BOX = secret_box(OLD_KEY)
FRESH: Tokens = {"access_token": "eyJhbGciOiJub25l", "refresh_token": "AB11-rotates", "n": "1"}
THREADS, LONG_ENOUGH_S = 8, 0.3


def refreshed(store: Store, given: Tokens | None, box_keys: str = OLD_KEY) -> Tokens:
    with store.unit_of_work(WORKER_ACTOR) as work:
        return work.connections.refreshed("xero-uk", secret_box(box_keys), lambda _stored: given)


def test_tokens_are_kept_for_the_next_who_asks_each_connection_its_own(store: Store) -> None:
    assert refreshed(store, None) == {}
    assert refreshed(store, FRESH) == FRESH
    assert refreshed(store, None) == FRESH
    with store.unit_of_work(WORKER_ACTOR) as work:
        assert work.connections.refreshed("xero-de", BOX, lambda _stored: None) == {}


def test_nothing_of_a_token_can_be_read_in_the_database(store: Store, database: Database) -> None:
    refreshed(store, FRESH)
    with psycopg.connect(database.superuser) as work:
        tables = work.execute(
            "select table_name from information_schema.tables where table_schema = 'public'"
        ).fetchall()
        everything = "".join(
            str(row[0])
            for (table,) in tables
            for row in work.execute(f'select t::text from "{table}" t').fetchall()
        )
        (raw,) = work.execute("select tokens from connection_token").fetchone() or (b"",)
    assert raw
    for secret in FRESH.values():
        if len(secret) > 1:
            assert secret.encode() not in raw
            assert secret not in everything
            assert secret.encode().hex() not in everything


class Stampede:
    """Eight workers at once; whoever refreshes gives the others time to do so too, if they can."""

    def __init__(self, store: Store, stale: Tokens | None) -> None:
        self.refreshes = 0
        self._store, self._stale = store, stale
        self._together, self._second = threading.Barrier(THREADS), threading.Event()

    def _refresh(self, stored: Tokens | None) -> Tokens | None:
        if stored != self._stale:
            return None
        self.refreshes += 1
        if self.refreshes > 1:
            self._second.set()
        self._second.wait(LONG_ENOUGH_S)
        return FRESH

    def _worker(self, _number: int) -> Tokens:
        with self._store.unit_of_work(WORKER_ACTOR) as work:
            self._together.wait(10)
            return work.connections.refreshed("xero-uk", BOX, self._refresh)

    def run(self) -> list[Tokens]:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._worker, range(THREADS)))


@pytest.mark.parametrize("stale", [None, {"access_token": "spent"}], ids=["no token", "spent"])
def test_a_stampede_of_eight_workers_refreshes_once(stale: Tokens | None, store: Store) -> None:
    """The row's lock lets one of them refresh; the rest see its tokens."""
    if stale is not None:
        refreshed(store, stale)
    stampede = Stampede(store, stale)
    assert stampede.run() == [FRESH] * THREADS
    assert stampede.refreshes == 1
    assert refreshed(store, None) == FRESH


def test_a_refresh_that_fails_leaves_the_tokens_as_they_were(store: Store) -> None:
    def broken(_stored: Tokens | None) -> Tokens | None:
        raise ConnectionError

    refreshed(store, FRESH)
    with pytest.raises(ConnectionError), store.unit_of_work(WORKER_ACTOR) as work:
        work.connections.refreshed("xero-uk", BOX, broken)
    assert refreshed(store, None) == FRESH


def test_a_new_key_before_the_old_one_reads_old_tokens_and_writes_with_the_new(
    store: Store,
) -> None:
    refreshed(store, FRESH)
    both = f"{NEW_KEY}\n{OLD_KEY}\n"
    assert refreshed(store, None, both) == FRESH
    rotated = {**FRESH, "n": "2"}
    assert refreshed(store, rotated, both) == rotated
    assert refreshed(store, None, NEW_KEY) == rotated


def test_tokens_of_a_key_that_is_gone_are_told_without_showing_any(store: Store) -> None:
    refreshed(store, FRESH)
    with pytest.raises(StoreError, match="xero-uk were encrypted with a key that is not") as error:
        refreshed(store, FRESH, NEW_KEY)
    assert FRESH["access_token"] not in str(error.value)
    assert refreshed(store, None) == FRESH


@pytest.mark.parametrize(
    "keys",
    ["", "not a key", "A" * 44, "A" * 43 + "=", NEW_KEY + " " + "A" * 43 + "="],
    ids=["empty", "no key", "too long", "all zero", "a zero one behind a good one"],
)
def test_a_key_file_without_a_key_is_refused(keys: str) -> None:
    with pytest.raises(StoreError, match="no usable key"):
        secret_box(keys)


def test_a_database_that_is_gone_is_told_without_its_address(tmp_path: object) -> None:
    store = Store(f"postgresql://worker:s3cret@/tieout?host={tmp_path}")
    with (
        pytest.raises(DatabaseUnavailableError, match="TIEOUT_DATABASE_URL") as error,
        store.unit_of_work(WORKER_ACTOR),
    ):
        pass
    assert "s3cret" not in str(error.value)
