"""Where rotating tokens live: one Protocol, kept by Postgres (store/connections.py)."""

from collections.abc import Callable
from typing import Protocol

Tokens = dict[str, str]


class TokenVault(Protocol):
    """Tokens of a connection, encrypted at rest, one writer at a time."""

    def refreshed(
        self, connection: str, refresh: Callable[[Tokens | None], Tokens | None]
    ) -> Tokens:
        """The connection's tokens. Under a row lock, `refresh` gets what is stored (None at
        first) and answers new tokens, which are stored before the lock ends, or None to keep
        what is there. A stampede of workers so refreshes once.
        """
        ...
