"""Postgres and Temporal of an installation, to be ended at once and started again."""

import os
import signal

from tests.faults.installation import Installation
from tieout.embedded.postgres import EmbeddedPostgres
from tieout.embedded.temporal import EmbeddedTemporal

Server = EmbeddedPostgres | EmbeddedTemporal


def postgres_of(site: Installation) -> EmbeddedPostgres:
    found = site.system.running.stack._postgres
    assert isinstance(found, EmbeddedPostgres)
    return found


def temporal_of(site: Installation) -> EmbeddedTemporal:
    found = site.system.running.stack._temporal
    assert isinstance(found, EmbeddedTemporal)
    return found


def server_of(site: Installation, name: str) -> Server:
    """By its name: "postgres" or "temporal"."""
    return postgres_of(site) if name == "postgres" else temporal_of(site)


def end_at_once(site: Installation, server: Server) -> None:
    """Postgres by its immediate shutdown, which leaves the next start to recover; Temporal killed."""
    sign = signal.SIGQUIT if isinstance(server, EmbeddedPostgres) else signal.SIGKILL
    os.kill(server.pid or 0, sign)
    site.until(lambda: server.exit_code is not None)


def start_again(server: Server) -> None:
    """On the same files, at the same address."""
    server.stop()  # it is gone: what it held is given back
    server.start()
