"""What the web floor needs of the world, handed in by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from controls.authenticity import Signer
from store import Store
from workflows.gateway import CloseGateway


@dataclass(frozen=True, slots=True)
class Doors:
    """Store, closes, the key that decisions are signed with, and the business date."""

    store: Store
    closes: CloseGateway
    signer: Signer
    today: Callable[[], date]
    base_url: str | None = None
