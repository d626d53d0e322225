"""Accruals that reverse by themselves: reversals that are due and not in the ledger.

A reversal is posted with its accrual, dated the first day of the next period (docs/accounting.md
§6). Where the ledger refused it, or people went on without it, the accrual stands twice until the
next proposal takes it back at the period's end: somebody has to know before. One that was in the
ledger and was voided or deleted there is drift.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from accounting.exceptions import AccountingException, ExceptionCode
from accounting.journals import KINDS, REVERSALS
from accounting.money import Money
from controls.notices import NoticeKind
from controls.posting import JournalState
from controls.steps import POSTED, WHO, Awaiting
from models import CloseRow, JournalLineRow, JournalRow
from store.audit import AuditTrail, close_subject
from store.outbox import Outbox

ACCRUAL_OF = {fall.value: rise.value for rise, fall in KINDS.values() if fall in REVERSALS}
"""What each kind of reversal takes back."""


NOT_THERE = (
    JournalState.APPROVED,
    JournalState.POSTING,
    JournalState.UNKNOWN,
    JournalState.FAILED,
    JournalState.DRAFT,
    JournalState.SKIPPED,
)
"""Approved, and not in the ledger."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A reversal that is due and not in the ledger, and the close that it belongs to."""

    close: CloseRow
    journal: JournalRow


class Reversals:
    """Finds what is due, and has people told."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def missing(self, entity: str, since: date, until: date) -> list[Missing]:
        """Those due from one day to another, both included, that nobody is about to post."""
        rows = self._session.exec(
            select(JournalRow, CloseRow)
            .join(CloseRow, col(JournalRow.proposal_id) == CloseRow.proposal_id)
            .where(
                JournalRow.entity_id == entity,
                col(JournalRow.kind).in_([*ACCRUAL_OF]),
                func.coalesce(JournalRow.belongs_to, JournalRow.date) > CloseRow.period_end,
                col(JournalRow.date).between(since, until),
                col(JournalRow.state).in_(NOT_THERE),
            )
            .order_by(col(JournalRow.id))
        ).all()
        return [
            Missing(close, journal)
            for journal, close in rows
            if journal.state in (JournalState.FAILED, JournalState.DRAFT) or close.step in POSTED
            if self._accrued(journal)
        ]

    def _accrued(self, reversal: JournalRow) -> bool:
        """Whether the accrual stands in the ledger: one that was left out needs no reversal."""
        accruals = self._session.exec(
            select(JournalRow.state).where(
                JournalRow.proposal_id == reversal.proposal_id,
                JournalRow.kind == ACCRUAL_OF[reversal.kind],
            )
        ).all()
        return all(state == JournalState.POSTED for state in accruals)

    def exceptions(self, close: CloseRow) -> Iterable[AccountingException]:
        """What was due in the close's period, and was not in the ledger when it was calculated."""
        for each in self.missing(close.entity_id, close.period_start, close.period_end):
            row = each.journal
            yield AccountingException(
                ExceptionCode.REVERSAL_MISSING,
                _named(row),
                f"Reversal {_named(row)} was due on {row.date} and is not in the ledger: what "
                f"{each.close.period} accrued still stands. This proposal takes it back on "
                f"{close.period_end}. If it must be back before, post it in the ledger by hand, "
                "read everything again, and count it as booked.",
                Money(self._total(row), row.currency).text(),
            )

    def _total(self, row: JournalRow) -> int:
        total = select(func.sum(JournalLineRow.debit_minor))
        return int(self._session.exec(total.where(JournalLineRow.journal_id == row.id)).one() or 0)

    def tell(self, entity: str, today: date) -> None:
        """Tell of each that is due by today, once, with its event."""
        for each in self.missing(entity, date.min, today):
            words = (
                f"reversal {_named(each.journal)} was due on {each.journal.date} and is not in "
                "the ledger"
            )
            outbox = Outbox(self._session, self._audit)
            if outbox.tell_once(each.close, NoticeKind.REVERSAL, WHO[Awaiting.DIFFERENCE], words):
                self._audit.record(
                    entity,
                    "close.reversal_missing",
                    close_subject(each.close),
                    after={
                        "reference": _named(each.journal),
                        "due": each.journal.date.isoformat(),
                    },
                )


def _named(row: JournalRow) -> str:
    """Its reference; one that was left out has none."""
    return row.reference or f"{row.text} ({row.id})"
