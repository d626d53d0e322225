"""Start the four servers in one process and stop them on SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.books import write_world
from sandbox.control import control_app
from sandbox.faults import TARGETS, Faults, Gate, Vendor
from sandbox.quickbooks.app import quickbooks_app
from sandbox.salesforce.app import salesforce_app
from sandbox.state import State
from sandbox.tokens import Tokens
from sandbox.world.northwind import northwind
from sandbox.xero.app import xero_app

TODAY = date(2026, 10, 5)
SEED = 1
NAMES = (*TARGETS, "control")


class UnusableError(Exception):
    """The sandbox cannot start; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop: 0; 2 when a port or the data directory cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="directory of the SQLite file")
    parser.add_argument("--today", type=date.fromisoformat, help=f"business date, first {TODAY}")
    parser.add_argument("--seed", type=int, help=f"seed of the invented documents, first {SEED}")
    parser.add_argument(
        "--crowd",
        action=argparse.BooleanOptionalAction,
        help="the ordinary customers too, some 340 of them; at first yes",
    )
    parser.add_argument(
        "--copies", type=int, help="copies of the British entity beside the three; at first none"
    )
    for name in NAMES:
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0: any free one")
    options = parser.parse_args(arguments)
    try:
        with exclusive(options.data):
            run(options)
    except UnusableError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


@contextlib.contextmanager
def exclusive(data: Path) -> Iterator[None]:
    """One sandbox per data directory."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "sandbox.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UnusableError(
                f"Another sandbox is using {data}: stop it, or give another --data directory."
            ) from None
        yield


def run(options: argparse.Namespace) -> None:
    os.umask(0o077)  # the SQLite file holds secrets and tokens
    state = State(options.data / "sandbox.sqlite")
    try:
        today = prepare(
            state, options.today, options.seed, crowd=options.crowd, copies=options.copies
        )
        sockets = {name: bind(state, name, getattr(options, f"{name}_port")) for name in NAMES}
        urls = {name: f"http://127.0.0.1:{each.getsockname()[1]}" for name, each in sockets.items()}
        asyncio.run(serve(state, today, options.data, sockets, urls))
    finally:
        state.close()


def prepare(
    state: State, today: date | None, seed: int | None, *, crowd: bool | None, copies: int | None
) -> date:
    """Seed at the first start; later starts go on with what is there."""
    known = {name: state.meta(name) for name in ("today", "seed", "crowd")}
    known["copies"] = str(state.copies)
    asked = {
        "today": today and str(today),
        "seed": None if seed is None else str(seed),
        "crowd": None if crowd is None else str(crowd),
        "copies": None if copies is None else str(copies),
    }
    if known["today"] is None:
        day, number = today or TODAY, SEED if seed is None else seed
        crowded = crowd is not False
        made = {"today": day, "seed": number, "crowd": crowded, "copies": copies or 0}
        with state.transaction():
            write_world(state, northwind(day, number, crowded=crowded, copies=copies or 0))
            for name, value in made.items():
                state.set_meta(name, str(value))
        return day
    if any(value is not None and value != known[name] for name, value in asked.items()):
        size = "--crowd" if known["crowd"] == "True" else "--no-crowd"
        raise UnusableError(
            f"The data directory was made with --today {known['today']} --seed {known['seed']} "
            f"{size} --copies {known['copies']}: leave them out to go on with it, or give another --data directory."
        )
    return date.fromisoformat(known["today"])


def bind(state: State, name: str, port: int) -> socket.socket:
    """A listening socket; without a port given, the last start's if it is free."""
    last = int(state.meta(f"port/{name}") or 0)
    for candidate in [port] if port else [last, 0]:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", candidate))
            server.listen(128)
        except OSError:
            server.close()
            continue
        state.set_meta(f"port/{name}", str(server.getsockname()[1]))
        return server
    raise UnusableError(
        f"Port {port} for {name} is taken: stop what listens there, or give another --{name}-port."
    )


class Quiet(uvicorn.Server):
    """A uvicorn server that leaves the process's signals alone, for there are four of them, and
    tells when it is up.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def tracking(transports: dict[tuple[str, int], asyncio.Transport]) -> type[H11Protocol]:
    """The HTTP protocol that knows each client's connection, so that a fault can cut it."""

    class Tracked(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.peer = tuple(transport.get_extra_info("peername") or ())
            transports[self.peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(self.peer, None)
            super().connection_lost(exc)

    return Tracked


async def serve(
    state: State,
    today: date,
    data: Path,
    sockets: dict[str, socket.socket],
    urls: dict[str, str],
) -> None:
    """Run until a signal; prints the ready line once all four listen."""
    faults, tokens = Faults(), Tokens(state)
    servers = []
    makers = {"xero": xero_app, "quickbooks": quickbooks_app, "salesforce": salesforce_app}
    connections: dict[str, Any] = {}
    for name in NAMES:
        transports: dict[tuple[str, int], asyncio.Transport] = {}
        app: ASGIApp
        if name == "control":
            app = control_app(state, faults, today)
        else:
            served = makers[name](state, tokens, urls[name])
            connections |= served.connections
            vendor = Vendor(
                name,
                served.throttled,
                served.broken,
                served.nothing,
                lambda target=name: tokens.expire(target),  # type: ignore[misc]
                transports,
            )
            app = Gate(served.app, vendor, faults)
        config = uvicorn.Config(
            app,
            http=tracking(transports),
            loop="asyncio",
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        servers.append(Quiet(config))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = [
        asyncio.create_task(server.serve([sockets[name]]))
        for server, name in zip(servers, NAMES, strict=True)
    ]
    await asyncio.gather(*(server.up.wait() for server in servers))
    write_connections(data / "connections.json", connections)
    sys.stdout.write(json.dumps({"ready": True, **urls}) + "\n")
    sys.stdout.flush()
    await stop.wait()
    faults.clear()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*running)


def write_connections(path: Path, connections: dict[str, Any]) -> None:
    """What the product needs to connect; secrets in it, so for its owner alone."""
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(connections, handle, indent=2)
    fresh.replace(path)
