"""The lines of a big book whose documents stand alone: read at once, as arrays (docs/accounting.md §10).

Out by ADBC, which hands over Arrow columns, on a connection of its own that sees the very snapshot of
the session. A close in which anything out of the ordinary is going on has none of them: then the
whole book is read object by object.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlmodel import Session, func, select

from accounting.book import Book
from accounting.policy import Accruals, Allocation, LateDocuments, RecognitionPolicy
from controls.messages import ShardRef
from controls.posting import IN_LEDGER
from models import CloseRow, DocumentRow, KeptReadingRow
from store.accepted import AcceptedJournals
from store.arrow import Arrow, in_one_piece
from store.kept_readings import KeptReadings, can_change_query
from store.plain_query import (
    RULES_ASK_FOR,
    TEXTS,
    Asked,
    Shard,
    bounds_query,
    columns_of,
    documents_query,
    plain_query,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from accounting.vectorised_arithmetic import Ints
    from store.plain_arrays import PlainReading
    from store.plain_table import Rows

FEW = 2_000
"""Up to so many lines a book is read object by object."""
KEPT_LINES = 500_000
"""Up to so many lines what was read is kept for previews, with all that other rules might ask for."""
SHARD_LINES = 2_000_000
"""A book of more lines is read in shards of about so many, by an activity each."""


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
        self._kept = KeptReadings(session)

    def read(
        self,
        close: CloseRow,
        policy: RecognitionPolicy,
        book: Book,
        last: CloseRow | None,
        *,
        keep: bool,
    ) -> "PlainReading | None":
        """The plain lines of the close as it would calculate them; None where it has none.

        `book` is all that is known but for documents and what is frozen and booked. What was read is
        kept where the caller says so.
        """
        asked = self._asked(close, policy, book, last)
        if asked is None:
            return None
        from store.plain_arrays import reading

        found = self._rows(asked, keep=keep)
        return reading(*found, policy, book, asked) if found is not None else None

    def is_very_big(self, entity: str) -> bool:
        """Whether the entity's book is read in shards."""
        return self._lines(entity, SHARD_LINES + 1) > SHARD_LINES

    def cut(
        self, close: CloseRow, policy: RecognitionPolicy, book: Book, last: CloseRow | None
    ) -> KeptReadingRow | None:
        """Begin a reading of a very big book in shards; None where one is kept that fits."""
        asked = self._asked(close, policy, book, last)
        if asked is None:
            return None
        if self._kept.fitting(asked) is not None:
            return None
        shards = -(-self._lines(close.entity_id, None) // SHARD_LINES)
        driver: Any = self._session.connection().connection.driver_connection
        bounds = sorted({name for (name,) in driver.execute(bounds_query(asked, shards))})
        return self._kept.begin(asked, self._kept.state_now(asked), columns_of(asked), bounds)

    def read_shard(
        self,
        close: CloseRow,
        policy: RecognitionPolicy,
        book: Book,
        last: CloseRow | None,
        shard: ShardRef,
    ) -> None:
        """Read a shard and keep it. Nothing where the reading is not of today's state any more."""
        begun = self._kept.begun(shard.reading)
        asked = self._asked(close, policy, book, last)
        if begun is None or asked is None:
            return
        of = asked.of(Shard.between(begun.bounds)[shard.number])
        documents, state, rows = self._fetch(of, begun.columns)
        if state == begun.state:
            self._kept.keep(shard.reading, shard.number, rows, documents)

    def _rows(self, asked: Asked, *, keep: bool) -> "tuple[Rows, Rows, Ints] | None":
        """Lines, what bills them, and the rows of all documents."""
        from store.plain_table import unpacked

        kept = self._kept.fitting(asked)
        found = self._kept.rows(kept) if kept is not None else self._fetched(asked, keep=keep)
        return (*unpacked(found[0]), found[1]) if found is not None else None

    def _asked(
        self, close: CloseRow, policy: RecognitionPolicy, book: Book, last: CloseRow | None
    ) -> Asked | None:
        if not self._may(close, policy, book):
            return None
        frozen = last.proposal_id if last is not None else None
        adopted = book.adoption.date if book.adoption is not None else None
        return Asked(close, policy, frozen, documents_touched(book), adopted)

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
            and self.is_big(close.entity_id)
            and not self._is_posted_to(close)
            and not AcceptedJournals(self._session).answers(close.entity_id)
        )

    def is_big(self, entity: str) -> bool:
        """Whether the entity's documents have so many lines that some may be read as arrays."""
        return self._lines(entity, FEW + 1) > FEW

    def _lines(self, entity: str, at_most: int | None) -> int:
        """How many lines the entity's documents have, counted up to so many."""
        found: int = self._session.connection().scalar(
            text(
                "select count(*) from (select from document_line line join document"
                " on document.id = line.document_id where entity_id = :entity limit :most) as found"
            ),
            {"entity": entity, "most": at_most},
        )
        return found

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

    def _fetched(self, asked: Asked, *, keep: bool) -> "tuple[pa.Table, Ints] | None":
        """The query's answer, and the rows of all the entity's documents; None where the snapshot
        does not hold them all.

        What is kept has the columns that other rules would ask for, too: a preview may try them.
        """
        keep = keep and self._lines(asked.close.entity_id, KEPT_LINES + 1) <= KEPT_LINES
        columns = [*TEXTS, *RULES_ASK_FOR] if keep else columns_of(asked)
        told, state, rows = self._fetch(asked, columns)
        documents: Ints = in_one_piece(told["id"]).to_numpy()
        if not self._are_all(documents.size, asked):
            return None
        if keep:
            self._kept.keep(self._kept.begin(asked, state, columns).id or 0, 0, rows, told)
        return rows, documents

    def _fetch(self, asked: Asked, columns: Sequence[str]) -> "tuple[pa.Table, str, pa.Table]":
        """Documents, state and rows, of one moment."""
        from store.plain_table import spelt

        documents, can_change, rows = self._arrow.fetch(
            documents_query(asked), can_change_query(asked), plain_query(asked, columns)
        )
        return documents, self._kept.state(asked, can_change["told"][0].as_py()), spelt(rows)

    def _are_all(self, documents: int, asked: Asked) -> bool:
        """What this very transaction has written stands in no snapshot."""
        counted = select(func.count()).where(DocumentRow.entity_id == asked.close.entity_id)
        return self._session.exec(counted).one() == documents
