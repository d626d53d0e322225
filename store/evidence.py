"""Documents with those that name them: what a figure is traced back to. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, bindparam, func, literal_column, union
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from accounting.documents import Document
from models import DocumentLineRow, DocumentRow
from models.documents import NAMES_A_DOCUMENT, NAMES_A_LINE
from store.document_rows import as_closes_see, document_of

HOPS_MAX = 8
"""From an invoice over its contract, what restates it and what bills that, to a credit note."""


class Evidence:
    """Reads documents by what names what."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def around(self, entity: str, ids: Iterable[str]) -> tuple[Document, ...]:
        """These documents and those that name them, and so on, in every version a close may see.

        By kind and id, older versions first. An invoice comes with its credit notes, a contract
        with what restates, bills and credits it.
        """
        wanted, reached = set(ids), set[str]()
        for _hop in range(HOPS_MAX):
            if not (new := wanted - reached):
                break
            reached |= new
            wanted |= self._naming(entity, sorted(new))
        rows = self._session.exec(
            select(DocumentRow)
            .where(DocumentRow.entity_id == entity, _among(col(DocumentRow.source_id), wanted))
            .order_by(col(DocumentRow.kind), col(DocumentRow.source_id), col(DocumentRow.version))
            .options(defer(DocumentRow.raw))  # type: ignore[arg-type]
        ).all()
        lines = self._lines(rows)
        by_name: dict[tuple[str, str], list[tuple[DocumentRow, Document]]] = {}
        for row in rows:
            document = document_of(row, lines.get(row.id or 0, []))
            by_name.setdefault((row.kind, row.source_id), []).append((row, document))
        return tuple(each for versions in by_name.values() for each in as_closes_see(versions))

    def family(
        self, entity: str, ids: Iterable[str], linked: Iterable[tuple[str, str]] = ()
    ) -> tuple[Document, ...]:
        """As `around`, with what these documents name themselves: all that any of them touches.

        `linked` are pairs of documents that people said belong together.
        """
        wanted, pairs = set(ids), [*linked]
        found: tuple[Document, ...] = ()
        for _hop in range(HOPS_MAX):
            found = self.around(entity, wanted)
            reached = wanted | {document.id for document in found}
            named = {name for document in found for name in _named_by(document)}
            named |= {name for pair in pairs if reached & {*pair} for name in pair}
            if named <= reached:
                break
            wanted = reached | named
        return found

    def _lines(self, rows: Sequence[DocumentRow]) -> Mapping[int, list[DocumentLineRow]]:
        numbers = bindparam("numbers", [row.id or 0 for row in rows], type_=ARRAY(BigInteger))
        found: dict[int, list[DocumentLineRow]] = {}
        for line in self._session.exec(
            select(DocumentLineRow)
            .where(col(DocumentLineRow.document_id) == any_(numbers))
            .order_by(col(DocumentLineRow.document_id), col(DocumentLineRow.number))
        ):
            found.setdefault(line.document_id, []).append(line)
        return found

    def _naming(self, entity: str, ids: Sequence[str]) -> set[str]:
        """The documents of which any version, or a line of it, names one of these.

        Each way of naming has an index of its own (models/documents.py), and a question of its own.
        """
        own = [
            col(DocumentRow.contract),
            *(_said(DocumentRow.details, n) for n in NAMES_A_DOCUMENT),
        ]
        of_lines = (
            func.split_part(
                _said(DocumentLineRow.details, n), literal_column("'/'"), literal_column("1")
            )
            for n in NAMES_A_LINE
        )
        by_document = select(DocumentRow.source_id).where(DocumentRow.entity_id == entity)
        by_line = by_document.join(
            DocumentLineRow, col(DocumentLineRow.document_id) == DocumentRow.id
        )
        asked = [by_document.where(_among(each, ids)) for each in own]
        asked += [by_line.where(_among(each, ids)) for each in of_lines]
        return {*self._session.scalars(union(*asked))}


def _said(details: Any, name: str) -> Any:
    """A text of a `details` column, its name in the words of the question: indexes are by it."""
    return col(details).op("->>")(literal_column(f"'{name}'"))


def _named_by(document: Document) -> Iterable[str]:
    """The documents that it names, itself or in a line."""
    yield from (name for name in (document.contract, document.credits, document.modifies) if name)
    for line in document.lines:
        for key in (line.obligation, line.against, line.expense):
            if key:
                yield key.partition("/")[0]


def _among(column: Any, ids: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column is one of these; any number of them is one parameter."""
    wanted = bindparam(None, sorted(ids), type_=ARRAY(TEXT), unique=True)
    among: ColumnElement[bool] = column == any_(wanted)
    return among
