"""What a person gets wrong at the command line: one clear sentence, an exit code, nothing half done."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from controls.authenticity import new_key_pair
from models.schema import REVISION
from tests.tieout.command import tieout
from tests.tieout.forks import REPOSITORY
from tieout.administration import SECRET_KEY, SIGNING_KEY, VERIFY_KEY, make_keys
from tieout.embedded.lock import DirectoryLock
from tieout.embedded.ports import any_free
from tieout.embedded.postgres import API, OWNER, WORKER, EmbeddedPostgres
from tieout.migrate import migrate

CONFIGURATION = REPOSITORY / "examples" / "northwind.json"


@dataclass(frozen=True)
class Installed:
    """A migrated database, keys, and an address where nobody answers."""

    dsns: dict[str, str]
    empty: str
    folder: Path
    nowhere: str

    def key(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    data = tmp_path_factory.mktemp("data")
    postgres = EmbeddedPostgres(data)
    dsns = postgres.start()
    migrate(dsns[OWNER])
    keys = tmp_path_factory.mktemp("keys")
    make_keys(keys)
    (keys / "connections.json").write_text("{}")
    (keys / "broken.json").write_text("{")
    nowhere = f"127.0.0.1:{any_free()}"
    yield Installed(dsns, postgres.dsn(API, "postgres"), keys, nowhere)
    postgres.stop()
    postgres.reset()


def sentence(*given: str, **settings: str) -> str:
    """What the command says as it fails: on standard error alone, without a traceback."""
    done = tieout(*given, **settings)
    assert done.returncode not in (0, -6), done.stdout
    assert done.stdout == ""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stderr.strip()
    return done.stderr


def worker(installed: Installed, **other: str) -> str:
    settings = {
        "database_url": installed.dsns[WORKER],
        "temporal_address": installed.nowhere,
        "connections_file": installed.key("connections.json"),
        "secret_key_file": installed.key(SECRET_KEY),
        "verify_key_file": installed.key(VERIFY_KEY),
        **other,
    }
    return sentence("worker", **{name: value for name, value in settings.items() if value})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["closs"], "No such command 'closs'"),
        (["demo", "--aprove"], "No such option: --aprove"),
        (["close", "start", "uk"], "Say which close to start: ENTITY PERIOD, or --group PERIOD."),
        (["close", "recover", "uk"], "Missing argument 'period'"),
        (["config", "check", "nowhere.json"], "nowhere.json can't be read"),
        (["user", "add", "eve", "--role", "king"], "TIEOUT_DATABASE_URL"),
        (["db", "migrate"], "Set TIEOUT_OWNER_DATABASE_URL"),
        (["config", "apply", str(CONFIGURATION)], "Set TIEOUT_DATABASE_URL"),
        (["audit", "verify"], "Set TIEOUT_DATABASE_URL"),
        (["worker"], "Set TIEOUT_DATABASE_URL"),
        (["api"], "Set TIEOUT_DATABASE_URL"),
        (["close", "status"], "Set TIEOUT_URL"),
        (["up"], "Set TIEOUT_CONNECTIONS_FILE"),
    ],
)
def test_what_is_unknown_or_missing_is_named(
    given: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    data = ["--data", str(tmp_path)] if given == ["up"] else []
    assert told in sentence(*given, *data)


def test_a_setting_that_is_no_number_is_named() -> None:
    assert "TIEOUT_API_PORT" in sentence("api", api_port="eight")


def configured(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CONFIGURATION.read_text())
    found["entities"][0] |= changes
    return found


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "$"),
        (configured(functional_currency="pounds"), "pounds"),
        (configured(id="us"), "two entities have the same id"),
        (configured(surprise=1), "$.entities[0].surprise"),
        (configured(adoption_date="31/08/2026"), "$.entities[0]"),
        (configured(recognition={"method": "guess"}), "$.entities[0].recognition.method"),
        (configured(approval=[]), "$.entities[0].approval"),
        (configured(time_zone="Europe/Camelot"), "Europe/Camelot"),
    ],
)
def test_a_broken_configuration_is_refused_whole_with_the_place_of_the_fault(
    content: Any, told: str, installed: Installed, tmp_path: Path
) -> None:
    file = tmp_path / "group.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    assert told in sentence("config", "check", str(file))
    assert told in sentence("config", "apply", str(file), database_url=installed.dsns[API])
    with psycopg.connect(installed.dsns[OWNER]) as work:
        assert work.execute("select count(*) from config_version").fetchone() == (0,)
        assert work.execute("select count(*) from entity").fetchone() == (0,)


def test_a_worker_says_what_it_lacks(installed: Installed) -> None:
    assert "Set TIEOUT_CONNECTIONS_FILE" in worker(installed, connections_file="")
    assert "Set TIEOUT_VERIFY_KEY_FILE" in worker(installed, verify_key_file="")
    missing = worker(installed, secret_key_file=installed.key("nokey"))
    assert "nokey can't be read" in missing
    assert "verifying key" in worker(installed, verify_key_file=installed.key(SECRET_KEY))
    assert "Set TIEOUT_TEMPORAL_ADDRESS" in worker(installed, temporal_address="")
    told = worker(installed)
    assert f"Temporal can't be reached at {installed.nowhere}" in told


WEAK = {
    "short": (b"c2hvcnQ=", 0o600, "no usable key"),
    "zeros": (b"A" * 43 + b"=", 0o600, "no usable key"),
    "binary": (b"\xff\xfe\x00", 0o600, "not text"),
    "open": (Fernet.generate_key(), 0o644, "open to others"),
    "absent": (b"", 0o600, "no usable key"),
}


@pytest.mark.parametrize("name", WEAK)
def test_a_worker_does_not_start_with_a_weak_key(name: str, installed: Installed) -> None:
    content, mode, words = WEAK[name]
    file = installed.folder / f"{name}.key"
    file.write_bytes(content)
    file.chmod(mode)
    assert words in worker(installed, secret_key_file=str(file))


def rsa() -> bytes:
    return generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def zeros() -> bytes:
    return Ed25519PrivateKey.from_private_bytes(bytes(32)).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


@pytest.mark.parametrize(
    ("made", "mode", "words"),
    [
        (rsa, 0o600, "not an Ed25519 private key"),
        (zeros, 0o600, "one byte over and over"),
        (lambda: b"-----BEGIN PRIVATE KEY-----", 0o600, "can't be read"),
        (lambda: new_key_pair()[0], 0o604, "open to others"),
        (lambda: new_key_pair()[1], 0o600, "signing key can't be read"),
    ],
    ids=["another kind", "zeros", "half a file", "open to others", "the public one"],
)
def test_a_page_does_not_start_with_a_weak_key(
    made: Callable[[], bytes], mode: int, words: str, installed: Installed
) -> None:
    file = installed.folder / "weak-signing.key"
    file.write_bytes(made())
    file.chmod(mode)
    told = sentence(
        "api",
        database_url=installed.dsns[API],
        signing_key_file=str(file),
        temporal_address=installed.nowhere,
    )
    assert words in told
    assert "PRIVATE" not in told
    file.chmod(0o600)


def test_a_verifying_key_that_others_can_change_is_refused(installed: Installed) -> None:
    file = installed.folder / "loose.key"
    file.write_bytes(new_key_pair()[1])
    file.chmod(0o646)
    assert "open to others" in worker(installed, verify_key_file=str(file))
    file.chmod(0o644)  # it is public: to be read is what it is for
    assert "Temporal can't be reached" in worker(installed, verify_key_file=str(file))


def test_a_database_that_cannot_be_used_is_told_apart(installed: Installed) -> None:
    def verify(dsn: str) -> str:
        return sentence("audit", "verify", database_url=dsn)

    assert "can't be reached" in verify("postgresql://tieout_api@127.0.0.1:1/tieout")
    wrong = installed.dsns[API].replace("tieout_api.password", "tieout_worker.password")
    assert "can't be reached" in verify(wrong)
    assert "secret" not in verify("postgresql://tieout_api:secret@127.0.0.1:1/tieout")
    assert "Run `tieout db migrate` first" in verify(installed.empty)
    assert "TIEOUT_DATABASE_URL" in verify("nonsense")


def test_a_database_newer_than_the_program_is_left_as_it_is(installed: Installed) -> None:
    with psycopg.connect(installed.dsns[OWNER], autocommit=True) as work:
        work.execute("update alembic_version set version_num = '9999'")
        try:
            told = sentence("db", "migrate", owner_database_url=installed.dsns[OWNER])
            assert "version 9999, newer than this program" in told
            assert "newer than this program" in worker(installed)
            assert work.execute("select version_num from alembic_version").fetchone() == ("9999",)
        finally:
            work.execute("update alembic_version set version_num = %s", [REVISION])


def test_people_are_added_once_and_with_roles_that_exist(installed: Installed) -> None:
    dsn = installed.dsns[API]
    told = sentence("user", "add", "eve", "--role", "king", database_url=dsn)
    assert "There is no role 'king'" in told
    assert "controller" in told
    assert tieout("user", "add", "eve", "--role", "auditor", database_url=dsn).returncode == 0
    assert "eve" in sentence("user", "add", "eve", "--role", "auditor", database_url=dsn)
    assert "mallory" in sentence("user", "disable", "mallory", database_url=dsn)
    assert "mallory" in sentence("user", "reset", "mallory", database_url=dsn)
    with psycopg.connect(installed.dsns[OWNER]) as work:
        assert work.execute("select name, roles from app_user").fetchall() == [("eve", "auditor")]


def test_an_address_is_kept_where_it_can_be_one_and_never_in_the_trail(
    installed: Installed,
) -> None:
    dsn = installed.dsns[API]
    words = ("user", "add", "cora", "--role", "controller", "--email")
    for wrong in ("cora", "cora@example", "cora@example.com\nBcc: x@example.com", "a, b@c.de"):
        assert "is not an e-mail address" in sentence(*words, wrong, database_url=dsn)
    assert tieout(*words, "cora@example.com", database_url=dsn).returncode == 0
    with psycopg.connect(dsn) as work:
        found = work.execute("select email from app_user where name = 'cora'").fetchall()
        events = work.execute("select after::text from audit_event where subject = 'user/cora'")
        assert found == [("cora@example.com",)]
        assert not any("example.com" in text for (text,) in events)
    assert "no user 'nobody'" in sentence("user", "address", "nobody", database_url=dsn)
    told = tieout("user", "address", "cora", database_url=dsn)
    assert told.stdout == "cora gets messages by the office's channel of their roles.\n"


def test_a_page_whose_port_is_taken_says_which(installed: Installed) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = sentence(
            "api",
            database_url=installed.dsns[API],
            signing_key_file=installed.key(SIGNING_KEY),
            temporal_address=installed.nowhere,
            api_port=str(port),
        )
    assert f"Port {port}" in told


def test_a_page_that_does_not_answer_is_named(installed: Installed) -> None:
    url = f"http://{installed.nowhere}"
    assert url in sentence("close", "status", url=url, token="none")


def test_one_data_directory_runs_once(tmp_path: Path) -> None:
    with DirectoryLock(tmp_path / "lock", "it"):
        told = sentence("demo", "--data", str(tmp_path))
    assert f"{tmp_path} is in use by the running process" in told
