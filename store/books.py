"""The book that a calculation starts from: everything that is known of an entity, from its rows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import Session, col, func, select

from accounting.book import Adoption, Book, BookedPart, FrozenLine, JournalKind, LinePosition
from accounting.documents import Document, Report, Void
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, CREDIT_NORMAL, RecognitionPolicy, Role
from accounting.rates import Pair
from controls.canonical import digest
from controls.messages import ShardRef
from controls.posting import IN_LEDGER, JournalState
from controls.steps import Step
from models import (
    CloseRow,
    EntityRow,
    JournalLineRow,
    JournalPartRow,
    JournalRow,
    KeptReadingRow,
    PositionRow,
    ProposalRow,
)
from store.accepted import AcceptedJournals, Counted
from store.adoption import AdoptionImports
from store.approvals import Approvals
from store.audit import AuditTrail
from store.closes import Closes
from store.corrections import Corrections
from store.document_rows import dimensions_of
from store.documents import Documents, among
from store.errors import NotFoundError
from store.evidence import Evidence
from store.plain_lines import PlainLinesOf
from store.positions import amounts_of, position_of
from store.rates import RateTable
from store.reports import Reports

if TYPE_CHECKING:
    from store.plain_arrays import PlainReading

ADOPTION_READING = "adoption"


def on_normal_side(reading: Mapping[str, int], policy: RecognitionPolicy) -> dict[Role, Money]:
    """A trial balance (debit positive) as balances by role, each positive on its normal side.

    Only of the roles that the entity has an account for.
    """
    balances = {}
    for role in BALANCE_ROLES:
        if not policy.accounts.has(role):
            continue
        minor = reading.get(policy.accounts.of(role), 0)
        sign = -1 if role in CREDIT_NORMAL else 1
        balances[role] = Money(sign * minor, policy.functional_currency)
    return balances


def seen_hash(
    documents: Iterable[Document], reports: Iterable[Report], voids: Iterable[Void], until: date
) -> str:
    """A name for what a close up to the day sees: another one where another version counts."""
    told: Iterable[Document | Report | Void] = (*documents, *reports, *voids)
    return digest(
        [
            [
                type(each).__name__,
                each.kind.value if isinstance(each, Document) else "",
                each.id,
                each.version,
                each.known.isoformat(),
                isinstance(each, Document) and each.voided,
            ]
            for each in told
            if each.known <= until
        ]
    )


class Books:
    """Reads books."""

    def __init__(self, session: Session, audit: AuditTrail, dsn: str = "") -> None:
        self._session = session
        self._audit = audit
        self._closes = Closes(session, audit)
        self._plain = PlainLinesOf(session, dsn)

    def book(
        self, close: CloseRow, policy: RecognitionPolicy, rates: RateTable | None = None
    ) -> Book:
        """Everything known of the entity for this close, as the core takes it.

        By the rates on record, where no others are given.
        """
        head, last = self._begun(close, policy, rates)
        return self._with_lines(head, close, last, None)

    def read(
        self,
        close: CloseRow,
        policy: RecognitionPolicy,
        rates: RateTable | None = None,
        *,
        keep: bool = False,
    ) -> "tuple[Book, PlainReading | None]":
        """The same without the lines of documents that stand alone, if there are so many that it
        pays; and these, calculated at once. What was read of them is kept where asked for.
        """
        head, last = self._begun(close, policy, rates)
        plain = self._plain.read(close, policy, head, last, keep=keep)
        return self._with_lines(head, close, last, plain), plain

    def cut(self, close: CloseRow, policy: RecognitionPolicy) -> KeptReadingRow | None:
        """Begin to read a very big book in shards; None where it is read at once, or is there."""
        big = self._plain.is_very_big(close.entity_id)
        return self._plain.cut(close, policy, *self._begun(close, policy, None)) if big else None

    def read_shard(self, close: CloseRow, policy: RecognitionPolicy, shard: ShardRef) -> None:
        """Read a shard and keep it."""
        self._plain.read_shard(close, policy, *self._begun(close, policy, None), shard)

    def _with_lines(
        self, head: Book, close: CloseRow, last: CloseRow | None, plain: "PlainReading | None"
    ) -> Book:
        """With the documents that are not plain, and what is frozen and booked of them."""
        entity, currency = close.entity_id, head.functional_currency
        others, names = (plain.others, plain.names) if plain is not None else (None, None)
        return replace(
            head,
            documents=Documents(self._session, self._audit).versions_known(entity, others),
            frozen=self.frozen(last, currency, among(col(PositionRow.document), names)),
            booked=self._booked(entity, currency, close, names),
        )

    def _begun(
        self, close: CloseRow, policy: RecognitionPolicy, rates: RateTable | None
    ) -> tuple[Book, CloseRow | None]:
        """All but the documents, and what is frozen and booked; and the close before."""
        last = self._closes.last_closed(close.entity_id)
        entity = self._session.get(EntityRow, close.entity_id)
        assert entity is not None
        currency = policy.functional_currency
        approvals = Approvals(self._session, self._audit)
        reports = Reports(self._session, self._audit)
        rates = rates or RateTable(self._session, self._audit)
        by_hand = self.by_hand(close, policy)
        head = Book(
            functional_currency=currency,
            adopted_on=entity.adoption_date,
            documents=(),
            overrides=approvals.overrides(entity.id),
            reports=reports.reports(entity.id),
            payments=reports.payments(entity.id),
            voids=reports.voids(entity.id),
            rates=rates.table(entity.id, self.pairs(entity.id, currency), close.period_end),
            adoption=self._adoption(entity, policy, adjusted=True) if last is None else None,
            imported=AdoptionImports(self._session, self._audit).recognised(entity.id),
            last_closed=self._closes.closed_to(entity.id),
            by_hand=by_hand.booked,
            explained=by_hand.explained,
            to_reverse=Corrections(self._session, self._audit).to_reverse(close),
        )
        return head, last

    def by_hand(self, close: CloseRow, policy: RecognitionPolicy) -> Counted:
        """What people booked by hand and somebody accepted, as far as no close has frozen it."""
        last = self._closes.last_closed(close.entity_id)
        return AcceptedJournals(self._session).counted(close, last, policy)

    def at_adoption(self, entity_id: str, policy: RecognitionPolicy) -> Book:
        """The entity's book as it stood before its first close, with all that is known of it now.

        Raises NotFoundError where there is no such entity, or nothing was read of its ledger yet.
        """
        entity = self._session.get(EntityRow, entity_id)
        if entity is None:
            raise NotFoundError(f"There is no entity {entity_id!r}.")
        reports = Reports(self._session, self._audit)
        rates = RateTable(self._session, self._audit)
        pairs = self.pairs(entity_id, policy.functional_currency)
        return Book(
            functional_currency=policy.functional_currency,
            adopted_on=entity.adoption_date,
            documents=Documents(self._session, self._audit).versions_known(entity_id),
            overrides=Approvals(self._session, self._audit).overrides(entity_id),
            reports=reports.reports(entity_id),
            payments=reports.payments(entity_id),
            voids=reports.voids(entity_id),
            rates=rates.table(entity_id, pairs, self._closes.closed_to(entity_id)),
            adoption=self._adoption(entity, policy, adjusted=False),
            imported=AdoptionImports(self._session, self._audit).recognised(entity_id),
        )

    def of_line(self, close: CloseRow, row: PositionRow, policy: RecognitionPolicy) -> Book:
        """What is known around one line, as this close starts from it: enough to explain the line.

        Nothing that was posted is in it.
        """
        entity = self._session.get(EntityRow, close.entity_id)
        assert entity is not None
        currency = policy.functional_currency
        overrides = Approvals(self._session, self._audit).overrides(entity.id)
        said = ((each.line, each.obligation) for each in overrides if each.obligation)
        linked = [(line.partition("/")[0], to.partition("/")[0]) for line, to in said]
        ids = {row.document, row.line.partition("/")[0], row.unit.partition("/")[0]}
        documents = Evidence(self._session).family(entity.id, ids, linked)
        told = Reports(self._session, self._audit)
        reports, voids = told.around(entity.id, (each.id for each in documents))
        pairs = {(each.currency, currency) for each in documents if each.currency != currency}
        before = self._closes.before(close)
        closed_to = before.period_end if before else entity.adoption_date
        keys = {row.line, *(each.line_key(line) for each in documents for line in each.lines)}
        around = among(col(PositionRow.line), sorted(keys)) & or_(
            col(PositionRow.unit) == row.unit, col(PositionRow.line) == row.line
        )
        return Book(
            functional_currency=currency,
            adopted_on=entity.adoption_date,
            documents=documents,
            overrides=overrides,
            reports=reports,
            voids=voids,
            rates=RateTable(self._session, self._audit).table(entity.id, pairs, close.period_end),
            frozen=self.frozen(before, currency, around),
            adoption=Adoption(entity.adoption_date) if before is None else None,
            imported=AdoptionImports(self._session, self._audit).recognised(entity.id),
            last_closed=closed_to,
        )

    def frozen_periods(self, entity: str, currency: str) -> dict[str, tuple[LinePosition, ...]]:
        """What each of the entity's closes froze, by the period's name, oldest first."""
        closes = self._session.exec(
            select(CloseRow)
            .where(CloseRow.entity_id == entity, CloseRow.step == Step.CLOSED)
            .order_by(col(CloseRow.period_end), col(CloseRow.number))
        ).all()
        return {
            close.period: tuple(
                position_of(row, currency)
                for row in self._session.exec(
                    select(PositionRow)
                    .where(PositionRow.proposal_id == close.proposal_id)
                    .order_by(col(PositionRow.line))
                )
            )
            for close in closes
        }

    def seen(self, close: CloseRow) -> str:
        """The name of what the close's period sees now (`seen_hash`)."""
        reports = Reports(self._session, self._audit)
        return seen_hash(
            Documents(self._session, self._audit).versions_known(close.entity_id),
            reports.reports(close.entity_id),
            reports.voids(close.entity_id),
            close.period_end,
        )

    def pairs(self, entity: str, functional: str) -> set[Pair]:
        """From each currency of the entity's documents to its own."""
        used = Documents(self._session, self._audit).currencies(entity)
        return {(currency, functional) for currency in used if currency != functional}

    def _adoption(
        self, entity: EntityRow, policy: RecognitionPolicy, *, adjusted: bool
    ) -> Adoption:
        """The balances as read at adoption; `adjusted` with the opening adjustments since posted."""
        documents = Documents(self._session, self._audit)
        reading = documents.reading(entity.id, ADOPTION_READING, entity.adoption_date)
        if reading is None:
            raise NotFoundError(
                f"The ledger's balances at {entity.adoption_date} have not been read yet."
            )
        answers = Approvals(self._session, self._audit).adoption_resolutions(
            entity.id, policy.functional_currency
        )
        held = Counter(reading)
        if adjusted:
            held.update(self._adjusted(entity.id))
        return Adoption(entity.adoption_date, on_normal_side(held, policy), answers)

    def _adjusted(self, entity: str) -> Counter[str]:
        """What opening adjustments have put into accounts since these were read, debit positive."""
        lines = self._session.exec(
            select(JournalLineRow)
            .join(JournalRow, col(JournalLineRow.journal_id) == JournalRow.id)
            .where(
                JournalRow.entity_id == entity,
                JournalRow.kind == JournalKind.ADOPTION.value,
                JournalRow.state == JournalState.POSTED.value,
            )
        )
        moved: Counter[str] = Counter()
        for line in lines:
            moved[line.account] += line.debit_minor - line.credit_minor
        return moved

    def frozen(
        self, last: CloseRow | None, currency: str, which: ColumnElement[bool] | None = None
    ) -> dict[str, FrozenLine]:
        """Each line, or those asked for, as the last close froze it; nothing before the first."""
        if last is None or last.proposal_id is None:
            return {}
        return {
            row.line: position_of(row, currency).frozen()
            for row in self._session.exec(
                select(PositionRow).where(
                    PositionRow.proposal_id == last.proposal_id,
                    which if which is not None else true(),
                )
            )
        }

    def _booked(
        self, entity: str, currency: str, close: CloseRow, names: Sequence[str] | None
    ) -> tuple[BookedPart, ...]:
        """Parts of posted journals, and what stood in the books at adoption once it is frozen.

        What a close that is still open has posted as the period's gains is marked so. A journal of
        ours counts no more where somebody accepted what the ledger holds instead.
        """
        accepted = AcceptedJournals(self._session)
        instead = accepted.newest(entity)
        frozen = accepted.frozen(self._closes.last_closed(entity))
        calculating = close.id if close.step != Step.CLOSED else None
        posted = self._session.exec(
            select(JournalPartRow, JournalRow)
            .join(JournalRow, col(JournalPartRow.journal_id) == JournalRow.id)
            .where(
                JournalRow.entity_id == entity,
                col(JournalRow.state).in_(IN_LEDGER),
                among(func.split_part(JournalPartRow.line, "/", 1), names),
            )
        ).all()
        adopted = self._session.exec(
            select(JournalPartRow)
            .join(CloseRow, col(CloseRow.proposal_id) == JournalPartRow.proposal_id)
            .where(
                CloseRow.entity_id == entity,
                CloseRow.step == "closed",
                col(JournalPartRow.journal_id).is_(None),
                among(func.split_part(JournalPartRow.line, "/", 1), names),
            )
        ).all()
        parts = [
            replace(
                _booked_part(row, journal.belongs_to or journal.date, currency),
                open_gain=journal.kind == JournalKind.REMEASUREMENT
                and journal.close_id == calculating,
            )
            for row, journal in posted
            if journal.ledger_id not in instead
        ]
        parts += [
            part
            for row, journal in posted
            if journal.ledger_id in instead and journal.ledger_id not in frozen
            if journal.kind == JournalKind.REMEASUREMENT and journal.close_id != calculating
            for part in _to_gain_again(_booked_part(row, journal.date, currency))
        ]
        return (*parts, *(_booked_part(row, None, currency) for row in adopted))

    def reconciling(self, entity: str, currency: str) -> dict[Role, Money]:
        """Differences accepted at adoption, positions − ledger by role, once frozen."""
        last = self._closes.last_closed(entity)
        if last is None or last.proposal_id is None:
            return {}
        proposal = self._session.get(ProposalRow, last.proposal_id)
        assert proposal is not None
        return amounts_of(proposal.summary["reconciling"], currency)


def _to_gain_again(part: BookedPart) -> tuple[BookedPart, BookedPart]:
    """A gain of a closed period that is not in the ledger any more: not booked, and posted again.

    Together they are nothing on the balance, and the period's gains are higher by the part.
    """
    return replace(part, open_gain=False), replace(part, amount=-part.amount, open_gain=True)


def _booked_part(row: JournalPartRow, posted_on: date | None, currency: str) -> BookedPart:
    return BookedPart(
        line=row.line,
        unit=row.unit,
        role=Role(row.role),
        account=row.account,
        dimensions=dimensions_of(row.dimensions),
        amount=Money(row.amount_minor, currency),
        posted_on=posted_on,
    )
