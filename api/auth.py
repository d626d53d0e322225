"""Log-in: argon2, the same work for names that do not exist, and a pause after many failures."""

import secrets
import time
from collections import deque
from threading import Lock

from pwdlib import PasswordHash

from api.doors import Doors
from api.errors import BadInputError, NotLoggedInError
from controls.audit import Actor
from store.users import Person

FAILURES_MAX = 10
FAILURES_WITHIN_S = 300
NAMES_MAX = 10_000
PASSWORD_LENGTH_MIN = 12
_HASHER = PasswordHash.recommended()
_NOBODY = _HASHER.hash("nobody has this password")


class LogIns:
    """Checks passwords and opens sessions. Counts failures by name, in this process."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._failures: dict[str, deque[float]] = {}
        self._lock = Lock()

    def log_in(self, name: str, password: str) -> tuple[Person, str]:
        """The person and a new session's token. Raises NotLoggedInError, saying no more."""
        self._pause(name)
        actor = Actor("user", name[:40])
        with self._doors.store.unit_of_work(actor) as work:
            known = work.users.credentials(name)
        if not _HASHER.verify(password, known or _NOBODY) or known is None:
            self._count_failure(name)
            with self._doors.store.unit_of_work(actor) as work:
                work.users.refused_log_in(name)
            raise NotLoggedInError("Name or password is wrong.")
        token = secrets.token_urlsafe(32)
        with self._doors.store.unit_of_work(actor) as work:
            return work.users.log_in(name, token), token

    def _pause(self, name: str) -> None:
        with self._lock:
            failures = self._failures.get(name, ())
            recent = sum(1 for at in failures if time.monotonic() - at < FAILURES_WITHIN_S)
        if recent >= FAILURES_MAX:
            raise NotLoggedInError("Too many failed log-ins. Wait five minutes, then try again.")

    def _count_failure(self, name: str) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._failures) >= NAMES_MAX:  # somebody tries names: forget what is too old
                recent = {
                    n: f for n, f in self._failures.items() if now - f[-1] < FAILURES_WITHIN_S
                }
                self._failures = recent if len(recent) < NAMES_MAX else {}
            self._failures.setdefault(name, deque(maxlen=FAILURES_MAX)).append(now)

    def set_password(self, link: str, password: str) -> str:
        """Use a one-time link; the person's name. Raises BadInputError, NotFoundError."""
        if len(password) < PASSWORD_LENGTH_MIN:
            raise BadInputError(f"A password has at least {PASSWORD_LENGTH_MIN} characters.")
        hashed = _HASHER.hash(password)
        with self._doors.store.unit_of_work(Actor("service", "api")) as work:
            return work.users.use_link(link, hashed)

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._doors.store.unit_of_work(Actor("service", "api")) as work:
            work.users.log_out(token)
