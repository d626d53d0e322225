"""Postgres stopped at once, Temporal killed, while a close waits, is decided on, or posts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from activities.crash_points import CrashPoint
from controls.steps import Step
from store.errors import DatabaseUnavailableError
from tests.close.system import Close, waits_for_controller, waits_for_sign_off
from tests.faults.installation import Installation, installation
from tests.faults.servers import end_at_once, postgres_of, server_of, start_again
from tieout.check import CHECK
from tieout.client import ApiRefusedError
from tieout.embedded.postgres import SUPERUSER

pytestmark = pytest.mark.timeout(280)

UNAVAILABLE = 503


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Every close waits for its first decision; no worker lives between tests."""
    with installation(tmp_path_factory.mktemp("servers")) as running:
        running.start("us", "uk", "de")
        yield running


@pytest.fixture(autouse=True)
def healed(site: Installation) -> Iterator[None]:
    yield
    site.system.sandbox("DELETE", "/faults")
    site.end_lives()
    site.assert_everything_holds()


@pytest.mark.parametrize(
    ("server", "entity", "words"),
    [
        ("postgres", "us", "Postgres can't be reached"),
        ("temporal", "uk", "Reload the page to see whether it counted"),
    ],
    ids=["postgres-quickbooks", "temporal-xero"],
)
def test_a_server_dies_while_a_close_waits_and_while_it_posts(
    site: Installation, server: str, entity: str, words: str
) -> None:
    """A decision given while it is away is refused in words and does not count."""
    system, dying = site.system, server_of(site, server)
    site.life()
    close = system.drive(entity, waits_for_controller)
    end_at_once(site, dying)
    with pytest.raises(ApiRefusedError, match=words) as refused:
        system.decide("controller", close, "approve")
    assert refused.value.status == UNAVAILABLE
    start_again(dying)
    assert system.close(entity) == close

    site.hold_after_commit(entity, skip=1)
    system.decide("controller", close, "approve")
    site.until(system.struck)
    end_at_once(site, dying)
    system.sandbox("DELETE", "/faults")  # the ledger's answer arrives while it is away
    start_again(dying)
    system.drive(entity, waits_for_sign_off)
    close = site.assert_each_journal_is_in_the_ledger_once(entity)
    assert [d["verdict"] for d in close["decisions"]] == ["submit", "approve", "approve"]
    close = system.drive(entity, lambda close: close["step"] == Step.CLOSED)
    assert all(row["unexplained"] == "0.00" for row in close["tie_out"])


def submitted(close: Close) -> bool:
    return bool(close["awaiting"] == "approval")


@pytest.mark.parametrize(
    ("server", "person"), [("postgres", "reviewer"), ("temporal", "controller")]
)
def test_a_server_dies_with_a_decision_written_and_not_committed(
    site: Installation, server: str, person: str
) -> None:
    """It counts once, whatever the person hears at first."""
    system, dying = site.system, server_of(site, server)
    life = site.life()
    close = system.drive("de", lambda close: submitted(close) and close["next_level"] == person)
    life.kill()
    life = site.life(freeze_at=f"{CrashPoint.DECISION_WRITTEN}:1")
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(system.decide, person, close, "approve")
        site.until(lambda: life.frozen)
        end_at_once(site, dying)
        start_again(dying)
        life.thaw()
        refused = told.exception()
    assert refused is None or (
        isinstance(refused, ApiRefusedError) and refused.status == UNAVAILABLE
    ), refused
    before = len(close["decisions"])
    close = system.reach("de", lambda now: len(now["decisions"]) > before)
    counted = [d["actor"] for d in close["decisions"] if d["counts"]]
    assert counted == ["priya", "ruth", "carl"][: before + 1]


def test_a_connection_that_is_lost_in_mid_transaction_is_told_in_words(site: Installation) -> None:
    with (
        psycopg.connect(postgres_of(site).dsn(SUPERUSER)) as above,
        pytest.raises(DatabaseUnavailableError, match="went away"),
        site.store.unit_of_work(CHECK) as work,
    ):
        work.now()
        above.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where xact_start is not null "
            "and pid <> pg_backend_pid()"
        )
        work.now()
