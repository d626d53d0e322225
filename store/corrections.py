"""Posted journals that people want turned round: which can be, and as what a calculation takes them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from accounting.book import Journal, JournalKind, JournalLine, JournalPart, PostedJournal
from accounting.money import Money
from accounting.policy import Role
from accounting.reversal import NEVER
from controls.posting import JournalState
from controls.reversal import REVERSAL, Wish
from controls.steps import Step
from models import CloseRow, JournalRow, ResolutionRow
from store.accepted import AcceptedJournals
from store.audit import AuditTrail
from store.document_rows import dimensions_of
from store.journals import Journals


@dataclass(frozen=True, slots=True)
class Wanted:
    """A posted journal that somebody wants turned round."""

    journal: JournalRow
    asked: ResolutionRow


class Corrections:
    """Reads what is to be turned round."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._journals = Journals(session, audit)

    def wanted(self, close: CloseRow) -> list[Wanted]:
        """What the close is to turn round and has not yet, in the order of the references.

        What was asked for in a later close waits for that one.
        """
        rows = self._session.exec(
            select(ResolutionRow, CloseRow)
            .join(CloseRow, col(ResolutionRow.close_id) == CloseRow.id)
            .where(ResolutionRow.entity_id == close.entity_id, ResolutionRow.code == REVERSAL)
            .order_by(col(ResolutionRow.id))
        )
        newest = {asked.subject: asked for asked, its in rows if its.period_end <= close.period_end}
        found = []
        for reference, asked in sorted(newest.items()):
            journal = self._journals.by_reference(close.entity_id, reference)
            if asked.remedy == Wish.REVERSE and journal and journal.state == JournalState.POSTED:
                found += [Wanted(journal, asked)] if not self._why_not(journal) else []
        return found

    def to_reverse(self, close: CloseRow) -> tuple[PostedJournal, ...]:
        """The same as the core takes it."""
        return tuple(self._as_posted(each.journal) for each in self.wanted(close))

    def close_for(self, journal: JournalRow) -> CloseRow | None:
        """The first close that can turn the journal round now, if one can: its figures are open."""
        closes = self._session.exec(
            select(CloseRow)
            .where(
                CloseRow.entity_id == journal.entity_id,
                col(CloseRow.step).in_((Step.RESOLVE, Step.REVIEW)),
            )
            .order_by(col(CloseRow.period_end))
        )
        reference = journal.reference or ""
        return next((each for each in closes if not self.why_not(each, reference)), None)

    def why_not(self, close: CloseRow, reference: str) -> str:
        """Why this close can't turn the journal round, in words; empty where it can."""
        row = self._journals.by_reference(close.entity_id, reference)
        if row is None:
            return f"{close.entity_id} has no journal {reference}."
        if row.state == JournalState.REVERSED:
            return f"{reference} is reversed already."
        if row.state != JournalState.POSTED:
            return f"{reference} is {row.state}: only what is posted can be reversed."
        its = self._session.get(CloseRow, row.close_id)
        assert its is not None
        if its.period_end > close.period_end:
            return f"{reference} belongs to {its.period}: reverse it in that close."
        return self._why_not(row)

    def _why_not(self, row: JournalRow) -> str:
        if why := NEVER.get(JournalKind(row.kind)):
            return f"{row.reference} is not reversed. {why}"
        if row.ledger_id in AcceptedJournals(self._session).newest(row.entity_id):
            return (
                f"{row.reference} was changed in the ledger, and somebody accepted that: what it "
                "moved counts as the ledger holds it. The next proposal corrects it."
            )
        return ""

    def _as_posted(self, row: JournalRow) -> PostedJournal:
        journal = Journal(
            kind=JournalKind(row.kind),
            date=row.belongs_to or row.date,
            text=row.text,
            lines=tuple(
                JournalLine(
                    line.account,
                    Role(line.role) if line.role else None,
                    Money(line.debit_minor, row.currency),
                    Money(line.credit_minor, row.currency),
                    dimensions_of(line.dimensions),
                )
                for line in self._journals.lines(row.id or 0)
            ),
            parts=tuple(
                JournalPart(
                    part.line,
                    part.unit,
                    Role(part.role),
                    part.account,
                    dimensions_of(part.dimensions),
                    Money(part.amount_minor, row.currency),
                    Money(part.catch_up_minor, row.currency),
                )
                for part in self._journals.parts(row.id or 0)
            ),
        )
        assert row.reference is not None
        return PostedJournal(row.reference, journal)
