"""From a figure to its source: journal, line, document; and the audit trail."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Response

from accounting.money import Money
from api.contexts import AuditPage, DocumentPage, GroupPage, JournalPage, LinePage, LinesPage
from api.deps import TheClose, ThePerson, TheWork
from api.explanation import journal_lines
from api.group_close_view import group_close_view
from api.group_view import group_rows, group_view
from api.line_view import line_in_full, line_view
from api.rendering import render
from api.views import board, close_view, journal_view, periods_of
from controls.steps import Action, may
from store.errors import NotFoundError

EVENTS_SHOWN = 200
LINES_SHOWN = 200
PAGES_NEAR = 5
"""So many pages on either side are offered, and the first and last."""

router = APIRouter(include_in_schema=False)


@router.get("/closes/{entity}/{period}/journals/{journal_id}")
def show_journal(journal_id: int, close: TheClose, work: TheWork, person: ThePerson) -> Response:
    """A journal, each of its lines down to the documents that make it up."""
    row = work.journals.of_close(close, journal_id)
    open_one = work.corrections.close_for(row)
    page = JournalPage(
        title=row.reference or row.text,
        person=person.display_name,
        close=close_view(work, close),
        journal=journal_view(work, row),
        lines=journal_lines(work, close, row),
        reverse_in=open_one.period if open_one and may(person.roles, Action.RESOLVE) else "",
        nonce=secrets.token_urlsafe(16),
    )
    return render("journals/journal.html", page)


@router.get("/closes/{entity}/{period}/lines")
def show_lines(
    row: TheClose,
    work: TheWork,
    person: ThePerson,
    page: Annotated[int, Query(ge=1)] = 1,
) -> Response:
    """The positions of the close's proposal, a page of them at a time."""
    close = close_view(work, row)
    proposal = row.proposal_id or 0
    lines = work.proposals.lines(proposal)
    first, last = (page - 1) * LINES_SHOWN, max((lines - 1) // LINES_SHOWN + 1, 1)
    shown = work.proposals.positions(proposal, first=first, count=LINES_SHOWN)
    near = {1, *range(page - PAGES_NEAR, page + PAGES_NEAR + 1), last}
    context = LinesPage(
        title=f"Lines of {row.period}",
        person=person.display_name,
        close=close,
        rows=[line_view(each, close.currency) for each in shown],
        shown=f"{first + 1} to {first + len(shown)} of {lines}" if shown else "none",
        number=page,
        numbers=sorted(each for each in near if 1 <= each <= last) if last > 1 else [],
    )
    return render("journals/lines.html", context)


@router.get("/closes/{entity}/{period}/lines/{line:path}")
def show_line(line: str, close: TheClose, work: TheWork, person: ThePerson) -> Response:
    """One line: its dates and where they come from, what is earned, billed and held."""
    if close.proposal_id is None:
        raise NotFoundError("This close has no proposal yet.")
    row = work.proposals.position(close.proposal_id, line)
    view = close_view(work, close)
    page = LinePage(
        title=row.label,
        person=person.display_name,
        close=view,
        line=line_in_full(work, close, row, view.currency),
    )
    return render("journals/line.html", page)


@router.get("/group/{period}")
def show_group(period: str, work: TheWork, person: ThePerson) -> Response:
    """The group's figures for a period, by entity and in total."""
    group = group_view(work, period)
    page = GroupPage(
        title=f"{group.name}, {period}",
        person=person.display_name,
        group=group,
        rows=group_rows(group),
        periods=periods_of(board(work)),
        close=group_close_view(work, period),
        may_start=may(person.roles, Action.START),
    )
    return render("group.html", page)


@router.get("/documents/{entity}/{source_id}")
def show_document(entity: str, source_id: str, work: TheWork, person: ThePerson) -> Response:
    """A document as it was synced, version by version."""
    versions = work.documents.versions(entity, source_id)
    if not versions:
        raise NotFoundError(f"There is no document {source_id}.")
    newest = versions[0]
    lines = [
        (line, Money(line.amount_minor, newest.currency).text())
        for line in work.documents.lines(newest.id or 0)
    ]
    page = DocumentPage(newest.number, person.display_name, entity, versions, lines)
    return render("journals/document.html", page)


@router.get("/audit")
def show_audit(work: TheWork, person: ThePerson, chain: str = "system") -> Response:
    """A chain of the audit trail."""
    page = AuditPage(
        "Audit trail",
        person.display_name,
        work.audit.chains(),
        chain,
        work.audit.latest(chain, EVENTS_SHOWN),
        "",
    )
    return render("audit.html", page)


@router.get("/audit/verification")
def verify_audit(work: TheWork, person: ThePerson) -> Response:
    """Recompute every chain and say whether they hold."""
    count, breaks = work.audit.verify()
    verdict = f"{count} events were recomputed; every chain holds."
    if breaks:
        verdict = " ".join(f"{b.chain}: {b.message}" for b in breaks)
    page = AuditPage(
        "Audit trail",
        person.display_name,
        work.audit.chains(),
        "system",
        work.audit.latest("system", EVENTS_SHOWN),
        verdict,
    )
    return render("audit.html", page)
