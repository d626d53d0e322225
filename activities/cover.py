"""Defence in depth: nothing is posted but what valid approvals on record cover."""

from temporalio.exceptions import ApplicationError

from accounting.book import Journal, JournalKind, JournalLine
from accounting.money import Money
from controls.approval import Refused, covered
from controls.authenticity import Verifier
from controls.canonical import digest
from controls.proposal import journal_hash
from controls.steps import Step
from models import CloseRow, JournalRow
from store import Work
from store.document_rows import dimensions_of
from store.standings import standing_of


def refuse_unless_covered(
    work: Work, close: CloseRow, verifier: Verifier, journal: JournalRow | None = None
) -> None:
    """Raise unless Postgres holds approvals with valid tags for the close's proposal.

    And, where a journal is given, unless its lines hash to one of the approved journals. Reads
    only what Postgres holds, whatever the workflow believes.
    """
    assert close.id is not None
    assert close.proposal_id is not None
    proposal = work.proposals.get(close.proposal_id)
    approved = proposal.summary["approved"]
    if digest(approved) != proposal.hash:
        _refuse("The proposal on record does not have the hash that was approved.")
    decisions = tuple(
        decision
        for decision in work.approvals.decisions(close.id, close.round)
        if decision.step == Step.REVIEW
    )
    if not all(verifier.valid(decision) for decision in decisions):
        _refuse("A decision on record does not carry the seal of our own server.")
    standing = standing_of(work, close)
    assert standing is not None
    refused = covered(decisions, standing)
    if isinstance(refused, Refused):
        _refuse(f"{refused.message} ({refused.clause})")
    if journal is None:
        return
    if journal.proposal_id != proposal.id:
        _refuse(f"{journal.reference} belongs to an earlier proposal.")
    if journal_hash(close.entity_id, _journal(work, journal)) not in approved["journals"]:
        _refuse(f"{journal.reference} is not as it was approved.")


def _journal(work: Work, row: JournalRow) -> Journal:
    """The journal as its rows say now."""
    return Journal(
        kind=JournalKind(row.kind),
        date=row.date,
        text=row.text,
        lines=tuple(
            JournalLine(
                account=line.account,
                role=None,
                debit=Money(line.debit_minor, row.currency),
                credit=Money(line.credit_minor, row.currency),
                dimensions=dimensions_of(line.dimensions),
            )
            for line in work.journals.lines(row.id or 0)
        ),
        parts=(),
    )


def _refuse(message: str) -> None:
    raise ApplicationError(f"Not posted. {message}", type="ApprovalMissing", non_retryable=True)
