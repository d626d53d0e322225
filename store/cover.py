"""Defence in depth: whether valid approvals on record cover a close, and a journal of it.

Reads only what Postgres holds, whatever a workflow believes. The posting activity refuses by it;
`tieout check` asks it of everything that was ever posted.
"""

from dataclasses import replace

from accounting.book import Journal, JournalKind, JournalLine
from accounting.money import Money
from controls.approval import Refused, covered
from controls.authenticity import Verifier
from controls.canonical import digest
from controls.proposal import journal_hash
from controls.steps import Step
from models import CloseRow, JournalRow, ProposalRow
from store.document_rows import dimensions_of
from store.standings import standing_at
from store.unit_of_work import Work

FORGED = "A decision on record does not carry the seal of our own server, and counts for nothing."


def why_uncovered(
    work: Work, close: CloseRow, verifier: Verifier, journal: JournalRow | None = None
) -> str:
    """Why the close's proposal is not approved, in a sentence; empty when it is.

    And, where a journal is given, why its lines are none of those that were approved.
    """
    if close.proposal_id is None:
        return "The close has no proposal."
    proposal = work.proposals.get(close.proposal_id)
    why = why_unapproved(work, close, proposal, verifier)
    return why or (why_unlike(work, proposal, journal) if journal is not None else "")


def why_unapproved(work: Work, close: CloseRow, proposal: ProposalRow, verifier: Verifier) -> str:
    """Why one of the close's proposals, the current or an earlier one, was not approved in full."""
    assert close.id is not None
    if digest(proposal.summary["approved"]) != proposal.hash:
        return "The proposal on record does not have the hash that was approved."
    review = [
        decision
        for decision in work.approvals.decisions(close.id, work.proposals.round_of(proposal))
        if decision.step == Step.REVIEW
    ]
    genuine = verifier.genuine(review)
    refused = covered(genuine, standing_at(work, close, proposal))
    if isinstance(refused, Refused):
        forged = "" if len(genuine) == len(review) else f" {FORGED}"
        return f"{refused.message} ({refused.clause}){forged}"
    return ""


def why_unlike(work: Work, proposal: ProposalRow, journal: JournalRow) -> str:
    """Why a journal is none of the proposal, as it was approved for posting; empty when it is."""
    if journal.proposal_id != proposal.id:
        return f"{journal.reference} belongs to an earlier proposal."
    approved = proposal.summary["approved"]
    name = journal_hash(journal.entity_id, journal_of(work, journal))
    if name not in approved["journals"]:
        return f"{journal.reference} is not as it was approved."
    if name in approved.get("left_out", ()):
        return f"{journal.reference} was approved to be left out."
    return ""


def journal_of(work: Work, row: JournalRow) -> Journal:
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
        reverses=work.journals.get(row.reverses_id).reference or "" if row.reverses_id else "",
    )


def own_hash(work: Work, row: JournalRow) -> str:
    """The hash of a journal at the date of its own period, wherever the ledger has it."""
    journal = journal_of(work, row)
    return journal_hash(row.entity_id, replace(journal, date=row.belongs_to or row.date))
