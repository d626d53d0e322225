"""The lines of a big book whose documents stand alone: read at once, as arrays (docs/accounting.md §10).

Out by ADBC, which hands over Arrow columns, on a connection of its own that sees the very snapshot of
the session. A close in which anything out of the ordinary is going on has none of them: then the
whole book is read object by object.
"""

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlmodel import Session, func, select

from accounting.book import Book
from accounting.policy import Accruals, Allocation, LateDocuments, RecognitionPolicy
from controls.posting import IN_LEDGER
from models import CloseRow, DocumentRow
from store.accepted import AcceptedJournals
from store.arrow import Arrow
from store.plain_query import Asked, columns_of, documents_query, plain_query

if TYPE_CHECKING:
    import pyarrow as pa

    from accounting.vectorised_arithmetic import Ints
    from store.plain_arrays import PlainReading

FEW = 2_000
"""Up to so many lines a book is read object by object."""


def documents_touched(book: Book) -> set[str]:
    """The documents that people, reports, voids or refunds name."""
    named = {each.line for each in book.overrides} | {each.line for each in book.reports}
    lines = {each.partition("/")[0] for each in named}
    voided = {each.against.partition("/")[0] for each in book.voids}
    refunded = {each.against for each in book.payments if each.amount.minor < 0}
    billed = {each.obligation.partition("/")[0] for each in book.overrides if each.obligation}
    return lines | voided | refunded | billed


class PlainLinesOf:
    """Reads them for one session."""

    def __init__(self, session: Session, dsn: str) -> None:
        self._session, self._arrow = session, Arrow(session, dsn)

    def read(
        self, close: CloseRow, policy: RecognitionPolicy, book: Book, last: CloseRow | None
    ) -> "PlainReading | None":
        """The plain lines of the close as it would calculate them; None where it has none.

        `book` is all that is known but for documents and what is frozen and booked.
        """
        if not self._may(close, policy, book):
            return None
        from store.plain_arrays import reading
        from store.plain_table import unpacked

        frozen = last.proposal_id if last is not None else None
        adopted = book.adoption.date if book.adoption is not None else None
        asked = Asked(close, policy, frozen, documents_touched(book), adopted)
        found = self._fetched(asked)
        if found is None:
            return None
        rows, documents = found
        return reading(*unpacked(rows), documents, policy, book, asked)

    def _may(self, close: CloseRow, policy: RecognitionPolicy, book: Book) -> bool:
        """Whether the close is an ordinary one of a big book."""
        immaterial = policy.immaterial_below
        return (
            policy.accruals is Accruals.BALANCE
            and policy.allocation is Allocation.NONE
            and policy.late_documents is LateDocuments.FIRST_OPEN_PERIOD
            and not policy.single_period
            and (immaterial is None or immaterial.minor <= 0)
            and not (book.by_hand or book.explained or book.imported or book.to_reverse)
            and self._is_big(close.entity_id)
            and not self._is_posted_to(close)
            and not AcceptedJournals(self._session).answers(close.entity_id)
        )

    def _is_big(self, entity: str) -> bool:
        found = self._session.connection().scalar(
            text(
                "select count(*) from (select from document_line line join document"
                " on document.id = line.document_id where entity_id = :entity limit :more) as found"
            ),
            {"entity": entity, "more": FEW + 1},
        )
        return bool(found > FEW)

    def _is_posted_to(self, close: CloseRow) -> bool:
        """Whether this close has posted already, or anything is posted that is dated later."""
        found = self._session.connection().scalar(
            text(
                "select exists (select from journal where entity_id = :entity"
                " and state = any(:posted)"
                " and (close_id = :close or coalesce(belongs_to, date) > :end))"
            ),
            {
                "entity": close.entity_id,
                "close": close.id,
                "end": close.period_end,
                "posted": [state.value for state in IN_LEDGER],
            },
        )
        return bool(found)

    def _fetched(self, asked: Asked) -> "tuple[pa.Table, Ints] | None":
        """The query's answer, and the rows of all the entity's documents; None where the snapshot
        does not hold them all.
        """
        from store.plain_table import spelt

        query = plain_query(asked, columns_of(asked))
        all_, rows = self._arrow.fetch(documents_query(asked), query)
        documents: Ints = all_["id"].combine_chunks().to_numpy()
        return (spelt(rows), documents) if self._are_all(documents.size, asked) else None

    def _are_all(self, documents: int, asked: Asked) -> bool:
        """What this very transaction has written stands in no snapshot."""
        counted = select(func.count()).where(DocumentRow.entity_id == asked.close.entity_id)
        return self._session.exec(counted).one() == documents
