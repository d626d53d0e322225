"""Defence in depth: whether valid approvals on record cover a close, and a journal of it.

Reads only what Postgres holds, whatever a workflow believes. The posting activity refuses by it;
`tieout check` asks it of everything that was ever posted.
"""

from accounting.book import Journal, JournalKind, JournalLine
from accounting.money import Money
from controls.approval import Refused, covered
from controls.authenticity import Verifier
from controls.canonical import digest
from controls.proposal import journal_hash
from controls.steps import Step
from models import CloseRow, JournalRow
from store.document_rows import dimensions_of
from store.standings import standing_of
from store.unit_of_work import Work

FORGED = "A decision on record does not carry the seal of our own server, and counts for nothing."


def why_uncovered(
    work: Work, close: CloseRow, verifier: Verifier, journal: JournalRow | None = None
) -> str:
    """Why the close's proposal is not approved, in a sentence; empty when it is.

    And, where a journal is given, why its lines are none of those that were approved.
    """
    why = _why_unapproved(work, close, verifier)
    return why or (why_unlike(work, close, journal) if journal is not None else "")


def _why_unapproved(work: Work, close: CloseRow, verifier: Verifier) -> str:
    assert close.id is not None
    if close.proposal_id is None:
        return "The close has no proposal."
    proposal = work.proposals.get(close.proposal_id)
    if digest(proposal.summary["approved"]) != proposal.hash:
        return "The proposal on record does not have the hash that was approved."
    review = [
        decision
        for decision in work.approvals.decisions(close.id, close.round)
        if decision.step == Step.REVIEW
    ]
    genuine = verifier.genuine(review)
    standing = standing_of(work, close)
    assert standing is not None
    refused = covered(genuine, standing)
    if isinstance(refused, Refused):
        forged = "" if len(genuine) == len(review) else f" {FORGED}"
        return f"{refused.message} ({refused.clause}){forged}"
    return ""


def why_unlike(work: Work, close: CloseRow, journal: JournalRow) -> str:
    """Why a journal is none of the close's proposal, as it was approved; empty when it is."""
    assert close.proposal_id is not None
    proposal = work.proposals.get(close.proposal_id)
    if journal.proposal_id != proposal.id:
        return f"{journal.reference} belongs to an earlier proposal."
    approved = proposal.summary["approved"]["journals"]
    if journal_hash(close.entity_id, _journal(work, journal)) not in approved:
        return f"{journal.reference} is not as it was approved."
    return ""


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
