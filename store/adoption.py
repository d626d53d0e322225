"""The schedule that a controller imports at adoption (docs/accounting.md §11): kept, newest counts."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, desc, select

from accounting.money import Money
from controls.steps import FIGURES_OPEN
from models import AdoptionImportRow, CloseRow, EntityRow, ImportedPositionRow
from store.audit import AuditTrail
from store.errors import ConflictError


class AdoptionImports:
    """Reads and replaces an entity's imported schedule."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def replace(self, entity: str, recognised: Mapping[str, Money], file_hash: str) -> int:
        """Put a schedule in the place of the one before: recognised to date at adoption by line.

        In the document's currency; an empty one takes the schedule back. The close has to be
        calculated anew to see it. Answers how many lines it has. Raises ConflictError once the
        first close has gone beyond review.
        """
        # The event first: it holds the entity's chain, so that no sign-off comes in between.
        self._audit.record(
            entity,
            "adoption.imported",
            f"adoption/{entity}",
            after={"lines": len(recognised)},
            hashes={"file": file_hash},
        )
        self.refuse_when_settled(entity)
        row = AdoptionImportRow(
            entity_id=entity, file_hash=file_hash, imported_by=self._audit.actor.name
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        for line, amount in recognised.items():
            self._session.add(
                ImportedPositionRow(
                    import_id=row.id,
                    line=line,
                    recognised_minor=amount.minor,
                    currency=amount.currency,
                )
            )
        self._session.flush()
        return len(recognised)

    def settled(self, entity: str) -> str | None:
        """The first period whose figures stand, closed or on its way there; None before that."""
        return self._session.exec(
            select(CloseRow.period)
            .where(CloseRow.entity_id == entity, col(CloseRow.step).not_in(FIGURES_OPEN))
            .order_by(col(CloseRow.period_end))
        ).first()

    def refuse_when_settled(self, entity: str) -> None:
        """Raise ConflictError once the first close has gone beyond review."""
        if (settled := self.settled(entity)) is not None:
            raise ConflictError(
                f"{entity} has closed {settled}, or is posting it: its figures at adoption stand. "
                "Nothing was imported."
            )

    def current(self, entity: str) -> AdoptionImportRow | None:
        """The import that counts: who, when, which file. None where there was none."""
        return self._session.exec(
            select(AdoptionImportRow)
            .where(AdoptionImportRow.entity_id == entity)
            .order_by(desc(col(AdoptionImportRow.id)))
            .limit(1)
        ).first()

    def recognised(self, entity: str) -> dict[str, Money]:
        """What the schedule says by line; nothing where none was imported."""
        newest = self.current(entity)
        if newest is None:
            return {}
        rows = self._session.exec(
            select(ImportedPositionRow)
            .where(ImportedPositionRow.import_id == newest.id)
            .order_by(col(ImportedPositionRow.line))
        )
        return {row.line: Money(row.recognised_minor, row.currency) for row in rows}


def importers(session: Session, close_id: int, until: datetime) -> set[str]:
    """Who imported what the close starts from, up to an instant: they prepared it. Nobody but for
    the first close.
    """
    first = select(CloseRow.entity_id).join(
        EntityRow,
        (col(EntityRow.id) == CloseRow.entity_id)
        & (col(EntityRow.adoption_date) + 1 == CloseRow.period_start),
    )
    return set(
        session.exec(
            select(AdoptionImportRow.imported_by).where(
                col(AdoptionImportRow.entity_id).in_(first.where(CloseRow.id == close_id)),
                col(AdoptionImportRow.imported_at) <= until,
            )
        )
    )
