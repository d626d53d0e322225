"""Faults that the control port sets, and the gate that every request of a vendor passes.

A fault strikes requests of its target whose method and path fit, after `skip` such requests, for
`times` times. Token and discovery requests are struck only by a fault that names their path.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal[
    "throttle",
    "error_500",
    "error_503",
    "reset_before_commit",
    "reset_after_commit",
    "hold_after_commit",
    "error_500_after_commit",
    "cut_answer",
    "repeat_answer",
    "show_nothing",
    "latency",
    "expire_tokens",
]
KINDS = frozenset(get_args(Kind))
TARGETS = ("xero", "quickbooks", "salesforce")
SIGN_IN_PATHS = ("/connect/", "oauth2", ".well-known")
CALLS_KEPT_MAX = 5000


@dataclass
class Fault:
    """One fault; `fired` counts how often it struck."""

    id: int
    target: str
    kind: str
    method: str | None = None
    path: str | None = None
    times: int = 1
    skip: int = 0
    retry_after_s: int = 1
    seconds: float = 1.0
    fired: int = 0
    passed: int = 0

    def fits(self, target: str, method: str, path: str) -> bool:
        if self.target != target or self.fired >= self.times:
            return False
        if self.method and self.method.upper() != method:
            return False
        lowered = path.lower()
        if self.path is not None:
            return self.path.lower() in lowered
        return not any(part in lowered for part in SIGN_IN_PATHS)

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "passed"}


@dataclass
class Faults:
    """All faults that are set, and the log of calls."""

    faults: list[Fault] = field(default_factory=list)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT_MAX))
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, **given: Any) -> Fault:
        fault = Fault(id=next(self._ids), **given)
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget every fault and let go whoever is held."""
        self.faults.clear()
        self.released.set()
        self.released = asyncio.Event()

    def strike(self, target: str, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, counted."""
        for fault in self.faults:
            if fault.fits(target, method, path):
                fault.passed += 1
                if fault.passed > fault.skip:
                    fault.fired += 1
                    return fault
        return None


@dataclass(frozen=True)
class Vendor:
    """What the gate must know of a vendor: its words for "too many" and "broken"."""

    target: str
    throttled: Callable[[int], Response]
    broken: Callable[[int], Response]
    nothing: Callable[[], Response]
    expire: Callable[[], None]
    transports: dict[tuple[str, int], asyncio.Transport]


class Gate:
    """ASGI wrapper of a vendor's app: strikes with faults and logs calls.

    "show_nothing" answers a search as a ledger does that shows late: nothing fits.     "After commit" holds because the app commits before it answers: the gate runs the app to its
    end, keeps the answer, and only then resets or holds.
    """

    def __init__(self, app: ASGIApp, vendor: Vendor, faults: Faults) -> None:
        self.app = app
        self.vendor = vendor
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, path = str(scope["method"]), str(scope["path"])
        call: dict[str, Any] = {
            "target": self.vendor.target,
            "method": method,
            "path": path,
            "query": scope["query_string"].decode("latin-1"),
            "status": None,
        }
        self.faults.calls.append(call)

        async def logged(message: Message) -> None:
            if message["type"] == "http.response.start":
                call["status"] = message["status"]
            await send(message)

        fault = self.faults.strike(self.vendor.target, method, path)
        if fault is not None:
            call["fault"] = fault.kind
        match fault.kind if fault else None:
            case "throttle":
                assert fault is not None
                await self.vendor.throttled(fault.retry_after_s)(scope, receive, logged)
            case "error_500" | "error_503":
                assert fault is not None
                await self.vendor.broken(int(fault.kind[-3:]))(scope, receive, logged)
            case "reset_before_commit":
                await self._reset(scope, receive)
            case "reset_after_commit":
                await self._run(scope, receive)
                await self._reset(scope, receive)
            case "hold_after_commit":
                kept = await self._run(scope, receive)
                if await self._held(receive):
                    for message in kept:
                        await logged(message)
            case "error_500_after_commit":
                await self._run(scope, receive)
                await self.vendor.broken(500)(scope, receive, logged)
            case "cut_answer" | "repeat_answer":
                assert fault is not None
                kept = await self._run(scope, receive)
                await _garbled(kept, fault.kind)(scope, receive, logged)
            case "show_nothing":
                await self.vendor.nothing()(scope, receive, logged)
            case "latency":
                assert fault is not None
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, logged)
            case "expire_tokens":
                self.vendor.expire()
                await self.app(scope, receive, logged)
            case _:
                await self.app(scope, receive, logged)

    async def _run(self, scope: Scope, receive: Receive) -> list[Message]:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        return kept

    async def _held(self, receive: Receive) -> bool:
        """Wait for the release; False when the client went away first."""
        release = asyncio.ensure_future(self.faults.released.wait())
        gone = asyncio.ensure_future(_disconnect(receive))
        done, rest = await asyncio.wait({release, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        return gone not in done

    async def _reset(self, scope: Scope, receive: Receive) -> None:
        transport = self.vendor.transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()
        await _disconnect(receive)


def _garbled(kept: list[Message], kind: str) -> Response:
    """The answer with its body cut in the middle, or said twice."""
    body = b"".join(message.get("body", b"") for message in kept)
    told = body[: len(body) // 2] if kind == "cut_answer" else body + body
    start = next(message for message in kept if message["type"] == "http.response.start")
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    headers.pop("content-length", None)
    return Response(told, int(start["status"]), headers)


async def _disconnect(receive: Callable[[], Awaitable[Message]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
