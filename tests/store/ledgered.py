"""Month-ends with a ledger on paper that keeps what was posted, and what people write in it."""

from dataclasses import replace
from datetime import date
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.verify import VerifyActivities
from connectors.ledger import LedgerJournal, LedgerLine
from controls.authenticity import Verifier, new_key_pair
from controls.messages import CloseRef, Verified
from models import ExceptionRow
from store.document_rows import dimensions_of
from store.invariants import findings
from tests.store.month_end import WORKER_ACTOR, MonthEnd
from tieout.check import in_ledgers

POSTED = tuple[str, str, str]


class Ledgered(MonthEnd):
    """Month-ends whose paper ledger keeps what was posted: it can be read back and tied out."""

    verified = Verified(0)

    def post(self, close: CloseRef) -> None:
        super().post(close)
        self.keep_posted(close)

    def keep_posted(self, close: CloseRef) -> None:
        """The paper ledger holds what the close posted."""
        known = {journal.id for journal in self.paper.journals_told}
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            for ledger_id, row in work.drift.posted(self.entity).items():
                if row.close_id == close.close_id and ledger_id not in known:
                    lines = tuple(
                        LedgerLine(
                            each.account,
                            each.debit_minor,
                            each.credit_minor,
                            dimensions_of(each.dimensions),
                        )
                        for each in work.journals.lines(row.id or 0)
                    )
                    self.paper.journals_told.append(
                        LedgerJournal(ledger_id, row.reference or "", row.date, lines, True, "{}")
                    )

    def hold(self, at: date) -> None:
        """Let the paper's balances be those of its journals up to the day."""
        held: dict[str, int] = {}
        for journal in self.paper.journals_told:
            for each in journal.lines if journal.posted and journal.date <= at else ():
                held[each.account] = (
                    held.get(each.account, 0) + each.debit_minor - each.credit_minor
                )
        self.paper.held = held

    def tie_out(self, close: CloseRef) -> dict[str, tuple[int, int]]:
        """Each account's reconciling and unexplained amount, in minor units."""
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            row = work.closes.get(close.close_id)
        self.hold(row.period_end)
        self.verified = ActivityEnvironment().run(VerifyActivities(self.doors).verify, close)
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            tied = work.proposals.tie_out(row.proposal_id or 0)
        return {
            each.account: (each.reconciling_minor, each.unexplained_minor)
            for each in tied
            if each.reconciling_minor or each.unexplained_minor
        }

    def exceptions(self, close: CloseRef) -> list[ExceptionRow]:
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            return work.proposals.exceptions(work.closes.get(close.close_id).proposal_id or 0)

    def calculated(self, period: str) -> CloseRef:
        """A close up to its proposal."""
        close = self.open(period)
        self.sync(close)
        self.calculate(close)
        return close

    def answer(self, close: CloseRef, remedy: str) -> None:
        """The one exception answered so; the close calculates anew and nothing waits."""
        (problem,) = self.exceptions(close)
        given = self.resolve(close, code=problem.code, subject=problem.subject, remedy=remedy)
        assert given.accepted, given.message
        assert self.calculate(close).exceptions == 0

    def finish(self, close: CloseRef) -> dict[str, tuple[int, int]]:
        """Post, tie out and sign off; what the tie-out had to say."""
        self.post(close)
        tied = self.tie_out(close)
        assert self.rerun() == [], "posted in full, it would post more"
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            work.closes.move(close.close_id, "sign_off", "sign_off", "")
        self.sign_off(close)
        assert self.rerun() == []
        return tied

    def rerun(self) -> list[str]:
        """What the invariants say of figures: a re-run, the roll-forward, one event for each answer."""
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            found = findings(work, Verifier(new_key_pair()[1]))
        watched = {"re-run", "roll-forward", "decision events", "balanced", "tie-out"}
        return [told for each in found if each.name in watched for told in each.broken]

    def in_ledger(self) -> list[str]:
        """What `tieout check` says of the entity's ledger; the others have none here."""
        told = in_ledgers(self.store, lambda _entity: self.paper)  # type: ignore[arg-type,return-value]
        return [each for each in told if each.startswith(f"{self.entity} ")]

    def posts(self, close: CloseRef) -> dict[str, list[POSTED]]:
        return self.journals(close)

    def change(self, reference_of: CloseRef, kind: str, **changes: Any) -> LedgerJournal:
        """Somebody changes a journal of that close in the ledger."""
        with self.store.unit_of_work(WORKER_ACTOR) as work:
            proposal = work.closes.get(reference_of.close_id).proposal_id or 0
            (row,) = [j for j in work.journals.of_proposal(proposal) if j.kind == kind]
        told = self.paper.journals_told
        (place,) = [n for n, each in enumerate(told) if each.id == row.ledger_id]
        told[place] = replace(told[place], **changes)
        return told[place]

    def remove(self, ledger_id: str) -> None:
        self.paper.taken_away |= {ledger_id}
        self.paper.journals_told = [j for j in self.paper.journals_told if j.id != ledger_id]


def by_hand(
    debit: str, credit: str, minor: int, day: str = "2026-09-20", name: str = "theirs"
) -> LedgerJournal:
    lines = (LedgerLine(debit, minor, 0), LedgerLine(credit, 0, minor))
    return LedgerJournal(name, f"Hand-{name}", date.fromisoformat(day), lines, True, "{}")
