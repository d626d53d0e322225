"""What a calculation proposes, stored whole; and the book that the next calculation starts from."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from accounting.book import Adoption, Book, BookedPart, Calculation, Journal, JournalPart
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, RecognitionPolicy, Role
from controls.canonical import digest
from controls.posting import JournalState
from controls.proposal import journal_hash
from models import (
    CloseRow,
    EntityRow,
    ExceptionRow,
    JournalLineRow,
    JournalPartRow,
    JournalRow,
    PositionRow,
    ProposalRow,
    TieOutRow,
)
from store.approvals import Approvals
from store.audit import AuditTrail
from store.closes import Closes
from store.documents import Documents, dimensions_of, dimensions_text
from store.errors import NotFoundError

ADOPTION_READING = "adoption"
CREDIT_NORMAL = frozenset({Role.DEFERRED_REVENUE})


def amounts_text(amounts: Mapping[Role, Money]) -> dict[str, str]:
    """Amounts by role as text, for JSON columns."""
    return {role.value: amount.text() for role, amount in amounts.items()}


def amounts_of(data: Mapping[str, Any], currency: str) -> dict[Role, Money]:
    """The same, back as Money."""
    return {Role(role): Money.parse(amount, currency) for role, amount in data.items()}


def on_normal_side(reading: Mapping[str, int], policy: RecognitionPolicy) -> dict[Role, Money]:
    """A trial balance (debit positive) as balances by role, each positive on its normal side."""
    balances = {}
    for role in BALANCE_ROLES:
        minor = reading.get(policy.accounts.of(role), 0)
        sign = -1 if role in CREDIT_NORMAL else 1
        balances[role] = Money(sign * minor, policy.functional_currency)
    return balances


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

    def book(self, close: CloseRow, policy: RecognitionPolicy) -> Book:
        """Everything known of the entity for this close, as the core takes it."""
        entity = self._session.get(EntityRow, close.entity_id)
        assert entity is not None
        currency = entity.functional_currency
        documents = Documents(self._session, self._audit)
        approvals = Approvals(self._session, self._audit)
        closes = Closes(self._session, self._audit)
        last = closes.last_closed(entity.id)
        adoption = None
        if last is None:
            reading = documents.reading(entity.id, ADOPTION_READING, entity.adoption_date)
            if reading is None:
                raise NotFoundError(
                    f"The ledger's balances at {entity.adoption_date} have not been read yet."
                )
            adoption = Adoption(
                date=entity.adoption_date,
                balances=on_normal_side(reading, policy),
                resolutions=approvals.adoption_resolutions(entity.id, currency),
            )
        return Book(
            functional_currency=currency,
            adopted_on=entity.adoption_date,
            documents=documents.known(entity.id),
            overrides=approvals.overrides(entity.id),
            recognised_frozen=self._frozen(last, currency),
            booked=self._booked(entity.id, currency),
            adoption=adoption,
            last_closed=closes.closed_to(entity.id),
        )

    def _frozen(self, last: CloseRow | None, currency: str) -> dict[str, Money]:
        if last is None or last.proposal_id is None:
            return {}
        return {
            row.line: Money(row.recognised_to_date_minor, currency)
            for row in self._session.exec(
                select(PositionRow).where(PositionRow.proposal_id == last.proposal_id)
            )
        }

    def _booked(self, entity: str, currency: str) -> tuple[BookedPart, ...]:
        """Parts of posted journals, and what stood in the books at adoption once it is frozen."""
        posted = self._session.exec(
            select(JournalPartRow)
            .join(JournalRow, col(JournalPartRow.journal_id) == JournalRow.id)
            .where(JournalRow.entity_id == entity, JournalRow.state == JournalState.POSTED)
        ).all()
        adopted = self._session.exec(
            select(JournalPartRow)
            .join(CloseRow, col(CloseRow.proposal_id) == JournalPartRow.proposal_id)
            .where(
                CloseRow.entity_id == entity,
                CloseRow.step == "closed",
                col(JournalPartRow.journal_id).is_(None),
            )
        ).all()
        return tuple(
            BookedPart(
                line=row.line,
                unit=row.unit,
                role=Role(row.role),
                account=row.account,
                dimensions=dimensions_of(row.dimensions),
                amount=Money(row.amount_minor, currency),
            )
            for row in (*posted, *adopted)
        )

    def reconciling(self, entity: str, currency: str) -> dict[Role, Money]:
        """Differences accepted at adoption, positions − ledger by role, once frozen."""
        last = Closes(self._session, self._audit).last_closed(entity)
        if last is None or last.proposal_id is None:
            return {}
        return amounts_of(self.get(last.proposal_id).summary["reconciling"], currency)

    def save(
        self,
        close: CloseRow,
        calculation: Calculation,
        approved_data: Mapping[str, Any],
        config_id: int,
        engine_version: str,
    ) -> ProposalRow:
        """Store a calculation as the close's current proposal, and start a new round of review."""
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
                "approved": dict(approved_data),
            },
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        for problem in calculation.exceptions:
            self._session.add(
                ExceptionRow(
                    proposal_id=row.id,
                    code=problem.code.value,
                    subject=problem.subject,
                    message=problem.message,
                    amount=problem.amount,
                )
            )
        self._save_positions(row.id, calculation)
        for journal in calculation.journals:
            self._save_journal(row.id, close, journal)
        for part in calculation.adoption_parts:
            self._session.add(_part_row(row.id, None, part, catch_up=0))
        close.proposal_id = row.id
        close.round += 1
        self._session.add(close)
        self._audit.record(
            close.entity_id,
            "proposal.made",
            f"close/{close.entity_id}/{close.period}",
            after={
                "round": close.round,
                "journals": len(calculation.journals),
                "exceptions": len(calculation.exceptions),
                "closing": amounts_text(calculation.closing),
            },
            hashes={"proposal": row.hash},
        )
        return row

    def _save_positions(self, proposal_id: int, calculation: Calculation) -> None:
        for position in calculation.positions:
            self._session.add(
                PositionRow(
                    proposal_id=proposal_id,
                    line=position.line,
                    unit=position.unit,
                    document=position.document,
                    document_hash=position.document_hash,
                    counterparty=position.counterparty,
                    label=position.label,
                    product=position.product,
                    is_cost=position.is_cost,
                    method=position.method,
                    service_start=position.service_start,
                    service_end=position.service_end,
                    dates_from=position.dates_from,
                    price_minor=position.price.minor,
                    price_currency=position.price.currency,
                    billed_minor=position.billed.minor,
                    billed_to_date_minor=position.billed_to_date.minor,
                    own_minor=position.own.minor,
                    catch_up_minor=position.catch_up.minor,
                    recognised_to_date_minor=position.recognised_to_date.minor,
                    opening=amounts_text(position.opening),
                    closing=amounts_text(position.closing),
                )
            )

    def _save_journal(self, proposal_id: int, close: CloseRow, journal: Journal) -> None:
        row = JournalRow(
            proposal_id=proposal_id,
            close_id=close.id or 0,
            entity_id=close.entity_id,
            kind=journal.kind.value,
            date=journal.date,
            text=journal.text,
            currency=journal.total.currency,
            content_hash=journal_hash(close.entity_id, journal),
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
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
        for part in journal.parts:
            self._session.add(_part_row(proposal_id, row.id, part, catch_up=part.catch_up.minor))

    def exceptions(self, proposal_id: int) -> list[ExceptionRow]:
        """The open exceptions of a proposal."""
        return list(
            self._session.exec(
                select(ExceptionRow)
                .where(ExceptionRow.proposal_id == proposal_id)
                .order_by(col(ExceptionRow.code), col(ExceptionRow.subject))
            )
        )

    def positions(self, proposal_id: int) -> list[PositionRow]:
        """The positions of a proposal, by counterparty and line."""
        return list(
            self._session.exec(
                select(PositionRow)
                .where(PositionRow.proposal_id == proposal_id)
                .order_by(col(PositionRow.counterparty), col(PositionRow.line))
            )
        )

    def position(self, proposal_id: int, line: str) -> PositionRow:
        """One line's position. Raises NotFoundError."""
        row = self._session.get(PositionRow, (proposal_id, line))
        if row is None:
            raise NotFoundError(f"There is no position of {line} in this proposal.")
        return row

    def save_tie_out(self, rows: list[TieOutRow]) -> None:
        """Keep the newest tie-out of a proposal."""
        for row in rows:
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


def _part_row(
    proposal_id: int, journal_id: int | None, part: BookedPart | JournalPart, *, catch_up: int
) -> JournalPartRow:
    return JournalPartRow(
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
