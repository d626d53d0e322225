"""What each vendor's module hands to the launcher."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp


@dataclass(frozen=True)
class Served:
    """An app, its entries of connections.json, and its words by fault: refusals, and nothing found."""

    app: ASGIApp
    connections: dict[str, dict[str, Any]]
    throttled: Callable[[int], Response]
    broken: Callable[[int], Response]
    nothing: Callable[[], Response]
