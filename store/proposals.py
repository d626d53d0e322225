"""What a calculation proposes, stored whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, desc, func, select

from accounting.book import BookedPart, Calculation, Journal, JournalPart
from accounting.exceptions import AccountingException
from accounting.money import Money
from controls.approval import Verdict
from controls.canonical import digest
from controls.notices import NoticeKind
from controls.posting import JournalState
from controls.posting_choices import Chosen
from controls.proposal import journal_hash
from controls.proposal_changes import JournalFigure, ProposalFigures, kind_told
from controls.steps import WHO, Awaiting
from models import (
    CloseRow,
    ConfigRow,
    DecisionRow,
    ExceptionRow,
    JournalLineRow,
    JournalPartRow,
    JournalRow,
    PositionRow,
    ProposalRow,
    TieOutRow,
)
from store.audit import AuditTrail, close_subject
from store.copying import copy_rows
from store.document_rows import dimensions_text
from store.documents import among
from store.errors import NotFoundError
from store.journals import Journals
from store.outbox import Outbox
from store.positions import amounts_text, position_values

if TYPE_CHECKING:
    from store.plain_arrays import PlainReading

AS_PROPOSED = Chosen()


class Proposals:
    """Reads and writes proposals."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def get(self, proposal_id: int) -> ProposalRow:
        """One proposal. Raises NotFoundError."""
        row = self._session.get(ProposalRow, proposal_id)
        if row is None:
            raise NotFoundError(f"There is no proposal {proposal_id}.")
        return row

    def newest_of(self, entity: str, period: str) -> ProposalRow | None:
        """The newest proposal that any close of the period made; None where none did."""
        return self._session.exec(
            select(ProposalRow)
            .join(CloseRow, col(ProposalRow.close_id) == CloseRow.id)
            .where(CloseRow.entity_id == entity, CloseRow.period == period)
            .order_by(desc(col(ProposalRow.id)))
        ).first()

    def round_of(self, proposal: ProposalRow) -> int:
        """The round of its close in which a proposal was put forward."""
        query = select(func.count()).where(
            ProposalRow.close_id == proposal.close_id, col(ProposalRow.id) <= proposal.id
        )
        return self._session.exec(query).one()

    def save(
        self,
        close: CloseRow,
        calculation: Calculation,
        approved_data: Mapping[str, Any],
        config_id: int,
        engine_version: str,
        notes: Mapping[str, object] | None = None,
        chosen: Chosen = AS_PROPOSED,
        plain: "PlainReading | None" = None,
    ) -> ProposalRow:
        """Store a calculation as the close's current proposal, and start a new round of review.

        `notes` go into the summary beside the figures: which policy applied, what was seen.
        `chosen` says which journals are dated later, or left out. `plain` are the lines that were
        reckoned beside the calculation's. Raises ValueError where they were, and are not given.
        """
        later = calculation.non_current
        row = ProposalRow(
            close_id=close.id or 0,
            hash=digest(approved_data),
            config_id=config_id,
            engine_version=engine_version,
            summary={
                "opening": amounts_text(calculation.opening),
                "closing": amounts_text(calculation.closing),
                "reconciling": amounts_text(calculation.reconciling),
                "adoption_differences": amounts_text(calculation.adoption_differences),
                "non_current": later.text() if later is not None else "",
                "fx": approved_data.get("fx", "0"),
                **(notes or {}),
                "approved": dict(approved_data),
            },
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        self._save_exceptions(row.id, calculation)
        self._save_lines(row.id, close, calculation, chosen, plain)
        close.proposal_id = row.id
        close.round += 1
        self._session.add(close)
        self._audit.record(
            close.entity_id,
            "proposal.made",
            close_subject(close),
            after={
                "round": close.round,
                "journals": len(calculation.journals),
                "exceptions": len(calculation.exceptions),
                "closing": amounts_text(calculation.closing),
                "levels": approved_data.get("approval", {}).get("levels", []),
            },
            hashes={"proposal": row.hash},
        )
        self._tell_of_suspended(close)
        return row

    def _save_exceptions(self, proposal_id: int, calculation: Calculation) -> None:
        for problem in once_each(calculation.exceptions):
            self._session.add(
                ExceptionRow(
                    proposal_id=proposal_id,
                    code=problem.code.value,
                    subject=problem.subject,
                    message=problem.message,
                    amount=problem.amount,
                )
            )

    def _save_lines(
        self,
        proposal_id: int,
        close: CloseRow,
        calculation: Calculation,
        chosen: Chosen,
        plain: "PlainReading | None",
    ) -> None:
        """Positions, and journals with the parts that explain them, line by line."""
        positions = (position_values(proposal_id, each) for each in calculation.positions)
        copy_rows(self._session, PositionRow, positions)
        saved = {
            journal.kind: self._save_journal(proposal_id, close, journal, chosen)
            for journal in calculation.journals
        }
        aside = (*calculation.adoption_parts, *calculation.by_hand)
        parts = (_part_values(proposal_id, None, part, catch_up=0) for part in aside)
        copy_rows(self._session, JournalPartRow, parts)
        if plain is not None:
            from store.plain_rows import save

            save(self._session, proposal_id, plain, saved)
        elif any(not part.line for journal in calculation.journals for part in journal.parts):
            raise ValueError("Journals sum up lines that are not given: they would be lost.")

    def _tell_of_suspended(self, close: CloseRow) -> None:
        """Whoever had approved the proposal before this one is asked again."""
        given = self._session.exec(
            select(DecisionRow.roles).where(
                DecisionRow.close_id == close.id,
                DecisionRow.round == close.round - 1,
                DecisionRow.verdict == Verdict.APPROVE.value,
            )
        )
        approvers = {role for roles in given for role in roles.split(",")}
        roles = [role for role in WHO[Awaiting.APPROVAL] if role in approvers]
        words = "approvals given are suspended, because the figures were made anew"
        Outbox(self._session, self._audit).tell(close, NoticeKind.APPROVAL_SUSPENDED, roles, words)

    def _save_journal(self, proposal_id: int, close: CloseRow, own: Journal, chosen: Chosen) -> int:
        """Its number."""
        journal = chosen.dated(own)
        row = JournalRow(
            proposal_id=proposal_id,
            close_id=close.id or 0,
            entity_id=close.entity_id,
            kind=journal.kind.value,
            date=journal.date,
            text=journal.text,
            currency=journal.total.currency,
            content_hash=journal_hash(close.entity_id, journal),
            belongs_to=own.date if own.date != journal.date else None,
            reverses_id=self._reversed(close.entity_id, own.reverses),
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        if chosen.leaves_out(close.entity_id, own):
            Journals(self._session, self._audit).leave_out(row)
        for number, line in enumerate(journal.lines, start=1):
            self._session.add(
                JournalLineRow(
                    journal_id=row.id,
                    number=number,
                    account=line.account,
                    role=line.role.value if line.role else None,
                    debit_minor=line.debit.minor,
                    credit_minor=line.credit.minor,
                    dimensions=dimensions_text(line.dimensions),
                )
            )
        parts = (
            _part_values(proposal_id, row.id, part, catch_up=part.catch_up.minor)
            for part in journal.parts
            if part.line  # a part that names no line sums up what is written beside it
        )
        copy_rows(self._session, JournalPartRow, parts)
        return row.id

    def _reversed(self, entity: str, reference: str) -> int | None:
        """The journal of this reference; None of no reference."""
        if not reference:
            return None
        row = Journals(self._session, self._audit).by_reference(entity, reference)
        assert row is not None
        return row.id

    def exceptions(
        self, proposal_id: int, subjects: Sequence[str] | None = None
    ) -> list[ExceptionRow]:
        """The exceptions of a proposal, those that only tell among them; all, or about those named."""
        return list(
            self._session.exec(
                select(ExceptionRow)
                .where(
                    ExceptionRow.proposal_id == proposal_id, among(ExceptionRow.subject, subjects)
                )
                .order_by(col(ExceptionRow.code), col(ExceptionRow.subject))
            )
        )

    def positions(
        self,
        proposal_id: int,
        lines: Sequence[str] | None = None,
        *,
        first: int = 0,
        count: int | None = None,
    ) -> list[PositionRow]:
        """The positions of a proposal, by counterparty and line; of all lines, or those named; so many
        of them from one on, counted from 0.
        """
        return list(
            self._session.exec(
                select(PositionRow)
                .where(PositionRow.proposal_id == proposal_id, among(PositionRow.line, lines))
                .order_by(col(PositionRow.counterparty), col(PositionRow.line))
                .offset(first)
                .limit(count)
            )
        )

    def lines(self, proposal_id: int) -> int:
        """How many positions a proposal has."""
        counted = select(func.count()).where(PositionRow.proposal_id == proposal_id)
        return self._session.exec(counted).one()

    def catch_ups(self, proposal_id: int) -> list[PositionRow]:
        """The positions of which a part belongs to closed periods, by counterparty and line."""
        return list(
            self._session.exec(
                select(PositionRow)
                .where(PositionRow.proposal_id == proposal_id, PositionRow.catch_up_minor != 0)
                .order_by(col(PositionRow.counterparty), col(PositionRow.line))
            )
        )

    def held(self, proposal_id: int) -> list[PositionRow]:
        """The positions that an exception holds, by line."""
        return list(
            self._session.exec(
                select(PositionRow)
                .where(PositionRow.proposal_id == proposal_id, col(PositionRow.held))
                .order_by(col(PositionRow.line))
            )
        )

    def position(self, proposal_id: int, line: str) -> PositionRow:
        """One line's position. Raises NotFoundError."""
        row = self._session.get(PositionRow, (proposal_id, line))
        if row is None:
            raise NotFoundError(f"There is no position of {line} in this proposal.")
        return row

    def by_hash(self, close_id: int, hash_: str) -> ProposalRow:
        """The newest proposal of a close with this hash. Raises NotFoundError."""
        row = self._session.exec(
            select(ProposalRow)
            .where(ProposalRow.close_id == close_id, ProposalRow.hash == hash_)
            .order_by(desc(col(ProposalRow.id)))
        ).first()
        if row is None:
            raise NotFoundError(f"This close has no proposal {hash_[:12]}.")
        return row

    def figures(self, proposal: ProposalRow) -> ProposalFigures:
        """A proposal as people compare it with another."""
        assert proposal.id is not None
        total = func.sum(JournalLineRow.debit_minor)
        journals = self._session.exec(
            select(JournalRow, total)
            .join(JournalLineRow, col(JournalLineRow.journal_id) == JournalRow.id)
            .where(JournalRow.proposal_id == proposal.id)
            .group_by(col(JournalRow.id))
            .order_by(col(JournalRow.id))
        )
        config = self._session.get(ConfigRow, proposal.config_id)
        return ProposalFigures(
            journals=tuple(
                JournalFigure(
                    kind_told(row.kind, left_out=row.state == JournalState.SKIPPED),
                    row.date.isoformat(),
                    Money(int(debits), row.currency).text(),
                    f"{row.content_hash}{row.state if row.state == JournalState.SKIPPED else ''}",
                )
                for row, debits in journals
            ),
            closing=proposal.summary["closing"],
            exceptions={(e.code, e.subject): e.message for e in self.exceptions(proposal.id)},
            policy=config.sha256 if config else "",
            engine=proposal.engine_version,
        )

    def save_tie_out(self, rows: list[TieOutRow]) -> None:
        """Keep the newest tie-out of a proposal, read now."""
        now = self._session.scalar(select(func.clock_timestamp()))
        for row in rows:
            row.read_at = now
            self._session.merge(row)

    def tie_out(self, proposal_id: int) -> list[TieOutRow]:
        """The tie-out of a proposal, by role; empty before verify."""
        return list(
            self._session.exec(
                select(TieOutRow)
                .where(TieOutRow.proposal_id == proposal_id)
                .order_by(col(TieOutRow.role))
            )
        )


def once_each(exceptions: Iterable[AccountingException]) -> list[AccountingException]:
    """The exceptions without those that say the same of the same subject again."""
    found: dict[tuple[str, str], AccountingException] = {}
    for problem in exceptions:
        found.setdefault((problem.code, problem.subject), problem)
    return list(found.values())


def _part_values(
    proposal_id: int, journal_id: int | None, part: BookedPart | JournalPart, *, catch_up: int
) -> dict[str, Any]:
    return dict(  # noqa: C408 - the columns by their names
        proposal_id=proposal_id,
        journal_id=journal_id,
        line=part.line,
        unit=part.unit,
        role=part.role.value,
        account=part.account,
        dimensions=dimensions_text(part.dimensions),
        amount_minor=part.amount.minor,
        catch_up_minor=catch_up,
    )
