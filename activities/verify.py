"""Verify: read every journal back, compare line by line, tie out balances by account."""

from temporalio import activity

from accounting.money import Money
from accounting.policy import BALANCE_ROLES, RecognitionPolicy, Role
from accounting.tie_out import tie_out
from activities.crash_points import CrashPoint, reached
from activities.doors import Doors
from activities.drift import look
from activities.post import comparable
from activities.reperform import reperform
from connectors.ledger import Ledger, LedgerJournal
from controls.messages import CloseRef, Verified
from controls.posting import IN_LEDGER, PostedLine, line_differences
from models import CloseRow, JournalRow, TieOutRow
from store import Work
from store.audit import close_subject
from store.books import on_normal_side
from store.drift import sentence
from store.positions import amounts_of


class VerifyActivities:
    """Proves that the ledger holds what was approved and nobody else's, and that balances agree."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def verify(self, close: CloseRef) -> Verified:
        """Every difference that nothing explains; none when the period ties out."""
        with self._doors.outside(close):
            with self._doors.work() as work:
                row = work.closes.get(close.close_id)
                assert row.proposal_id is not None
                config = work.config.version(work.proposals.get(row.proposal_id).config_id)
                entity = config.entity(close.entity)
                journals = work.journals.standing(row)
                approved = {j.id: work.journals.posted_lines(j.id or 0) for j in journals}
            ledger = self._doors.ledger(entity)
            posted = [each.posted_at for each in journals if each.posted_at is not None]
            read = look(
                self._doors,
                entity,
                ledger,
                deleted_too=False,
                back_to=min(posted, default=None),
            )
            with self._doors.work() as work:
                drifted = work.drift.of_close(row)
                accepted = work.drift.accepted.newest(close.entity)
            # What somebody accepted as the ledger holds it is compared with that, by the look.
            told = {each.ledger_id for each in drifted} | accepted.keys()
            problems = [sentence(each) for each in drifted] + [
                problem
                for journal in journals
                if journal.state in IN_LEDGER and journal.ledger_id not in told
                for problem in _read_back(ledger, read, journal, approved[journal.id])
            ]
            policy = entity.policy(config.sha256)
            held = {r.account: r.balance_minor for r in ledger.balances(row.period_end)}
            reached(CrashPoint.VERIFY_READ)
            with self._doors.work() as work:
                ledger_balances = on_normal_side(held, policy)
                rows = _tie_out(work, row, journals, ledger_balances, policy)
                for tied in rows:
                    tied.account = policy.accounts.of(Role(tied.role))
                work.proposals.save_tie_out(rows)
                work.documents.save_reading(
                    close.entity,
                    f"verify/{close.period}",
                    row.period_end,
                    [(tied.account, held.get(tied.account, 0)) for tied in rows],
                )
                problems += [
                    f"{tied.account}: the ledger differs from the subledger by "
                    f"{Money(tied.unexplained_minor, policy.functional_currency)}"
                    for tied in rows
                    if tied.unexplained_minor
                ]
                problems += reperform(work, row).sentences()
                work.audit.record(
                    close.entity,
                    "close.verified",
                    close_subject(row),
                    after={
                        "problems": problems,
                        "unexplained": {t.role: str(t.unexplained_minor) for t in rows},
                    },
                )
                retried_by = work.journals.retriers(row.proposal_id)
                reached(CrashPoint.VERIFY_WRITTEN)
            reached(CrashPoint.VERIFY_COMMITTED)
            return Verified(len(problems), problems[0] if problems else "", retried_by)


def _read_back(
    ledger: Ledger,
    read: dict[str, LedgerJournal],
    journal: JournalRow,
    approved: tuple[PostedLine, ...],
) -> list[str]:
    """Where the ledger holds something else than was approved. A list may lag behind, or its clock
    be wrong: what is not among what was `read` is asked for by itself.
    """
    assert journal.ledger_id is not None
    found = read.get(journal.ledger_id) or ledger.read_journal(journal.ledger_id)
    if found is None or not found.posted:
        return [f"{journal.reference} is not in the ledger any more."]
    return [
        f"{journal.reference}: {difference}"
        for difference in line_differences(approved, comparable(found.lines), journal.currency)
    ]


def _tie_out(
    work: Work,
    close: CloseRow,
    journals: list[JournalRow],
    ledger: dict[Role, Money],
    policy: RecognitionPolicy,
) -> list[TieOutRow]:
    assert close.proposal_id is not None
    proposal = work.proposals.get(close.proposal_id)
    currency = next(iter(ledger.values())).currency
    zero = dict.fromkeys(BALANCE_ROLES, Money.zero(currency))
    unposted = dict(zero)
    for journal in journals:
        own_day = journal.belongs_to or journal.date
        is_there = journal.state in IN_LEDGER and journal.date <= close.period_end
        if own_day <= close.period_end and not is_there:
            for part in work.journals.parts(journal.id or 0):
                unposted[Role(part.role)] += Money(part.amount_minor, currency)
    closing = _kept_in(ledger, amounts_of(proposal.summary["closing"], currency), policy)
    reconciling = zero | amounts_of(proposal.summary["reconciling"], currency)
    return [
        TieOutRow(
            proposal_id=close.proposal_id,
            role=row.role.value,
            account="",
            subledger_minor=row.subledger.minor,
            reconciling_minor=row.reconciling.minor,
            unposted_minor=row.unposted.minor,
            ledger_minor=row.ledger.minor,
            unexplained_minor=row.unexplained.minor,
        )
        for row in tie_out(closing, reconciling, unposted, ledger)
    ]


def _kept_in(
    ledger: dict[Role, Money], closing: dict[Role, Money], policy: RecognitionPolicy
) -> dict[Role, Money]:
    """The subledger's balances by the roles that have an account, every one of them.

    Raises PolicyError for a balance without an account.
    """
    for role, amount in closing.items():
        if amount:
            policy.accounts.of(role)
    return {role: closing.get(role, Money.zero(held.currency)) for role, held in ledger.items()}
