"""The schedule that a controller imported at adoption: each import is kept, the newest counts."""

from datetime import datetime

from sqlmodel import Field

from models.base import Table, minor, now_column


class AdoptionImportRow(Table, table=True):
    """One import of an entity's schedule; `file_hash` is SHA-256 of the file as it came."""

    __tablename__ = "adoption_import"

    id: int | None = Field(default=None, primary_key=True)
    entity_id: str = Field(foreign_key="entity.id", index=True)
    file_hash: str
    imported_by: str
    imported_at: datetime | None = Field(default=None, sa_column=now_column())


class ImportedPositionRow(Table, table=True):
    """What an import says of a line: recognised to date at adoption, in the document's currency."""

    __tablename__ = "imported_position"

    import_id: int = Field(foreign_key="adoption_import.id", primary_key=True)
    line: str = Field(primary_key=True)
    recognised_minor: int = Field(sa_column=minor())
    currency: str
