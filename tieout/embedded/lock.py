"""One running instance per data directory: a lock that the system drops with the process, however it ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tieout.embedded.errors import DataDirectoryInUseError


class DirectoryLock:
    """Holds `path` locked from `acquire` to `release`; the file says which process holds it.

    `what` names the thing in the error, e.g. "The data directory .tieout". The file stays: removing it would
    let two processes lock two files of one name.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._what = what
        self._file: int | None = None

    def acquire(self) -> None:
        """Takes the lock or raises DataDirectoryInUseError, which names the holder's pid."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 32).decode(errors="replace").strip() or "unknown"
            os.close(file)
            raise DataDirectoryInUseError(
                f"{self._what} is in use by the running process {holder}: "
                "stop that one (Ctrl-C in its terminal), or choose another with --data."
            ) from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Gives the lock back; nothing when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        """Acquires."""
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Releases."""
        self.release()
