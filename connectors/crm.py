"""What the close asks of a CRM: won opportunities as contracts, and what is reported of their lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounting.documents import Report
from connectors.ledger import SourceDocument


@dataclass(frozen=True, slots=True)
class SourceReport:
    """A report of usage or delivery as it came: the vendor's JSON text, and our reading.

    `modified` is the vendor's own time of last change, for the cursor. A `deleted` one is gone
    from the CRM: take it as if it had never been.
    """

    source: str
    raw: str
    report: Report
    modified: datetime
    deleted: bool = False


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

    def reports(self, entity: str, since: datetime | None) -> Iterator[SourceReport]:
        """What was used or delivered of the entity's contract lines, as far as it changed since,
        oldest change first. Deleted ones come only if they changed since.
        """
        ...
