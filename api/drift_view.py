"""What people changed in the ledger by hand, as a close's page and the JSON API tell it."""

from dataclasses import dataclass

from controls.drift import HAPPENED, DriftKind
from models import CloseRow
from store import Work


@dataclass(frozen=True, slots=True)
class DriftView:
    """A journal that is not as approved: what happened, line by line, and where to see it."""

    kind: str
    reference: str
    date: str
    happened: str
    differences: list[str]
    link: str
    found_at: str


def drift_of(work: Work, close: CloseRow) -> list[DriftView]:
    """What is not settled and concerns the close's period, oldest first."""
    return [
        DriftView(
            kind=row.kind,
            reference=row.reference or row.ledger_id,
            date=row.date.isoformat(),
            happened=HAPPENED[DriftKind(row.kind)],
            differences=[str(each) for each in row.differences],
            link=row.link,
            found_at=row.found_at.isoformat(timespec="seconds") if row.found_at else "",
        )
        for row in work.drift.of_close(close)
    ]
