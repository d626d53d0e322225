"""The embedded Postgres, really: started, killed, restarted, as whoever runs the tests and as nobody."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tieout.embedded.errors import DataDirectoryInUseError, EmbeddedError
from tieout.embedded.postgres import API, OWNER, SUPERUSER, WORKER, EmbeddedPostgres

REPOSITORY = Path(__file__).resolve().parents[2]
SYSTEM_PYTHON = Path("/usr/bin/python3.11")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose cluster is gone when the test is."""
    yield tmp_path
    EmbeddedPostgres(tmp_path).reset()


def ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as work:
        row = work.execute(question).fetchone()
    return row[0] if row else None


def test_each_role_logs_in_as_itself_and_only_the_owner_may_make_tables(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    try:
        assert {ask(dsn, "select current_user") for dsn in dsns.values()} == {OWNER, WORKER, API}
        assert set(dsns) == {OWNER, WORKER, API}
        with psycopg.connect(dsns[OWNER]) as work:
            work.execute("create table journal (reference text)")
        for role in (WORKER, API):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask(dsns[role], "create table mine (x int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask(dsns[role], "select * from journal")
        assert ask(dsns[OWNER], "show fsync") == "on"
        assert ask(dsns[OWNER], "show listen_addresses") == ""
    finally:
        postgres.stop()


def test_nobody_enters_without_the_password_not_even_the_superuser(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    try:
        for role in (SUPERUSER, OWNER, WORKER, API):
            dsn = postgres.dsn(role)
            without = dsn.split("&passfile=")[0] + "&passfile=/nonexistent"
            with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                psycopg.connect(without)
            file = data / "secrets" / f"{role}.password"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            password = file.read_text().strip().rsplit(":", 1)[1]
            assert password not in dsn
            assert password not in postgres.log.read_text()
        superuser = postgres.dsn(SUPERUSER)
        assert ask(
            superuser,
            "select bool_and(rolpassword like 'SCRAM-SHA-256$%') from pg_authid where rolcanlogin",
        )
        assert ask(superuser, "select array_agg(distinct auth_method) from pg_hba_file_rules") == [
            "scram-sha-256"
        ]
    finally:
        postgres.stop()


def test_a_second_start_keeps_the_rows_and_a_lost_role_password_is_drawn_anew(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    with psycopg.connect(postgres.start()[OWNER]) as work:
        work.execute("create table kept as select 1234 as minor_units")
    postgres.stop()
    (data / "secrets" / f"{API}.password").unlink()
    again = EmbeddedPostgres(data)
    dsns = again.start()
    try:
        assert ask(dsns[OWNER], "select minor_units from kept") == 1234
        assert ask(dsns[API], "select current_user") == API
    finally:
        again.stop()


def test_after_kill_9_of_the_postmaster_the_next_start_has_the_committed_rows(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    with psycopg.connect(dsns[OWNER]) as work:
        work.execute("create table kept as select 99 as minor_units")
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.stop()
    dsns = postgres.start()
    try:
        assert ask(dsns[OWNER], "select minor_units from kept") == 99
    finally:
        postgres.stop()


STARTED_AND_ABANDONED = """
import os, sys
from pathlib import Path
from tieout.embedded.postgres import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]))
postgres.start()
print(postgres.pid, flush=True)
os._exit(9)  # as kill -9 would: nothing is stopped
"""


def test_a_server_left_by_a_killed_supervisor_is_replaced(data: Path) -> None:
    left = subprocess.run(
        [sys.executable, "-c", STARTED_AND_ABANDONED, data],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    abandoned = int(left.stdout)
    os.kill(abandoned, 0)  # it runs still
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    try:
        assert postgres.pid != abandoned
        assert ask(dsns[WORKER], "select current_user") == WORKER
    finally:
        postgres.stop()


def test_a_stranger_with_the_pid_of_the_old_postmaster_is_left_alone(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    home = next(iter(data.glob("postgres/cluster")), None) or _root_cluster(data)
    postgres.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (home / "postmaster.pid").write_text(f"{stranger.pid}\n{home}\n1\n5432\n/tmp\n\n")
    try:
        postgres.start()
        assert stranger.poll() is None
    finally:
        postgres.stop()
        stranger.communicate(b"\n")


def _root_cluster(data: Path) -> Path:
    return Path("/var/lib/tieout", (data / "postgres.key").read_text().strip(), "cluster")


def test_a_persons_own_postgres_settings_do_not_disturb(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "that of another server")
    monkeypatch.setenv("PGUSER", "somebody")
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    try:
        assert ask(dsns[API], "select current_user") == API
    finally:
        postgres.stop()


def test_two_supervisors_do_not_share_a_cluster(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    try:
        with pytest.raises(DataDirectoryInUseError, match=f"running process {os.getpid()}:"):
            EmbeddedPostgres(data).start()
        assert ask(dsns[API], "select current_user") == API
    finally:
        postgres.stop()


def test_the_data_directory_may_be_moved(data: Path) -> None:
    home, elsewhere = data / "here", data / "there" / ("long" * 30)
    first = EmbeddedPostgres(home)
    with psycopg.connect(first.start()[OWNER]) as work:
        work.execute("create table kept as select 7 as minor_units")
    first.stop()
    elsewhere.parent.mkdir()
    home.rename(elsewhere)
    moved = EmbeddedPostgres(elsewhere)
    try:
        assert ask(moved.start()[OWNER], "select minor_units from kept") == 7
    finally:
        moved.reset()


def test_lost_superuser_password_is_one_sentence(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    postgres.start()
    postgres.stop()
    (data / "secrets" / f"{SUPERUSER}.password").write_text(f"*:*:*:{SUPERUSER}:wrong\n")
    with pytest.raises(
        EmbeddedError, match="restore them from a backup, or start anew with --reset"
    ):
        postgres.start()
    assert postgres.pid is None


def test_reset_leaves_nothing_behind(data: Path) -> None:
    postgres = EmbeddedPostgres(data)
    socket = Path(str(psycopg.conninfo.conninfo_to_dict(postgres.start()[OWNER])["host"]))
    cluster = _root_cluster(data).parent
    assert socket.exists()
    postgres.reset()
    assert not socket.exists()
    assert not cluster.exists()
    assert not (data / "postgres").exists()
    assert not (data / "postgres.key").exists()
    assert list((data / "secrets").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.skipif(not SYSTEM_PYTHON.exists(), reason="nobody needs a Python outside root's home")
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="psycopg's binary fits one Python")
def test_nobody_without_a_home_gets_a_server_too() -> None:
    data = Path(
        "/tmp", f"tieout-nobody-{os.getpid()}"
    )  # tmp_path lies below a folder that is root's alone
    nobody = pwd.getpwnam("nobody")
    data.mkdir()
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    script = STARTED_AND_ABANDONED.replace("os._exit(9)", "postgres.reset()") + "\n"
    try:
        done = subprocess.run(
            [SYSTEM_PYTHON, "-B", "-c", script, data],
            cwd=REPOSITORY, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[],
            env={"PYTHONPATH": sysconfig.get_path("purelib"), "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not (data / "postgres").exists()
    finally:
        shutil.rmtree(data)
