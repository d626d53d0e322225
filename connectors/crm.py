"""What the close asks of a CRM: won opportunities as contracts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from connectors.ledger import SourceDocument


class Crm(Protocol):
    """The organisation's CRM. Blocks, retries nothing by itself, has time-outs.

    Raises connectors.errors as a Ledger does.
    """

    vendor: str

    def check(self) -> str:
        """The organisation's name or id, to prove that the connection works."""
        ...

    def contracts(
        self, entity: str, currency: str, since: datetime | None
    ) -> Iterator[SourceDocument]:
        """The entity's opportunities that changed since, oldest change first.

        One that is not won (any more), or is deleted, comes as a voided contract if it changed.
        """
        ...
