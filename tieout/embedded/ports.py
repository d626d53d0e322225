"""Free ports on this machine, so that a port in use is a remark and not a failure."""

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server may listen on `port` now; what was closed a moment ago counts as free."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def any_free(host: str = LOOPBACK) -> int:
    """A port that nobody listens on now. Somebody may be faster: who starts a server on it tries again."""
    with socket.socket() as attempt:
        attempt.bind((host, 0))
        return int(attempt.getsockname()[1])


def is_answered(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody accepts connections on `port`."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
