"""From a figure to its source: journal, line, document; and the audit trail."""

from fastapi import APIRouter, Response

from accounting.money import Money
from api.contexts import AuditPage, DocumentPage, JournalPage, LinePage, LinesPage
from api.deps import ThePerson, TheWork
from api.rendering import grouped, render, words
from api.views import close_view, journal_view
from store.errors import NotFoundError

EVENTS_SHOWN = 200


router = APIRouter(include_in_schema=False)


@router.get("/closes/{entity}/{period}/journals/{journal_id}")
def show_journal(
    entity: str, period: str, journal_id: int, work: TheWork, person: ThePerson
) -> Response:
    """A journal, down to the document lines that explain it."""
    close = close_view(work, entity, period)
    row = work.journals.of_close(work.closes.of(entity, period), journal_id)
    labels = {p.line: p for p in work.proposals.positions(row.proposal_id)}

    def text(minor: int) -> str:
        return Money(minor, row.currency).text()

    parts = []
    for part in work.journals.parts(journal_id):
        position = labels.get(part.line)
        parts.append(
            {
                "line": part.line,
                "label": position.label if position else part.line,
                "counterparty": position.counterparty if position else "",
                "account": part.account,
                "own": text(part.amount_minor - part.catch_up_minor),
                "catch_up": text(part.catch_up_minor),
                "amount": text(part.amount_minor),
            }
        )
    page = JournalPage(
        title=row.reference or row.text,
        person=person.display_name,
        close=close,
        journal=journal_view(work, row),
        lines=[
            {
                "account": line.account,
                "debit": text(line.debit_minor) if line.debit_minor else "",
                "credit": text(line.credit_minor) if line.credit_minor else "",
            }
            for line in work.journals.lines(journal_id)
        ],
        parts=parts,
    )
    return render("journals/journal.html", page)


@router.get("/closes/{entity}/{period}/lines")
def show_lines(entity: str, period: str, work: TheWork, person: ThePerson) -> Response:
    """The positions of the close's proposal."""
    close = close_view(work, entity, period)
    proposal_id = work.closes.of(entity, period).proposal_id
    rows = [
        {
            "line": p.line,
            "label": p.label,
            "counterparty": p.counterparty,
            "service": f"{p.service_start} – {p.service_end}",
            "recognised": Money(p.own_minor + p.catch_up_minor, close.currency).text(),
            "catch_up": Money(p.catch_up_minor, close.currency).text(),
            "closing": ", ".join(f"{words(r)} {grouped(a)}" for r, a in p.closing.items()),
        }
        for p in (work.proposals.positions(proposal_id) if proposal_id else [])
    ]
    return render(
        "journals/lines.html", LinesPage(f"Lines of {period}", person.display_name, close, rows)
    )


@router.get("/closes/{entity}/{period}/lines/{line:path}")
def show_line(entity: str, period: str, line: str, work: TheWork, person: ThePerson) -> Response:
    """One line: its dates and where they come from, what is earned, billed and held."""
    close = close_view(work, entity, period)
    proposal_id = work.closes.of(entity, period).proposal_id
    if proposal_id is None:
        raise NotFoundError("This close has no proposal yet.")
    row = work.proposals.position(proposal_id, line)

    def text(minor: int) -> str:
        return grouped(Money(minor, close.currency).text())

    figures = [
        (
            "Price",
            f"{grouped(Money(row.price_minor, row.price_currency).text())} {row.price_currency}",
        ),
        ("Method", row.method),
        ("Service period", f"{row.service_start} – {row.service_end} (from {row.dates_from})"),
        ("Billed to date", text(row.billed_to_date_minor)),
        ("Recognised to date", text(row.recognised_to_date_minor)),
        ("Recognised in this period, its own part", text(row.own_minor)),
        ("Catch-up of closed periods", text(row.catch_up_minor)),
        *((f"Opening: {words(r)}", grouped(a)) for r, a in row.opening.items()),
        *((f"Closing: {words(r)}", grouped(a)) for r, a in row.closing.items()),
    ]
    billed_by = work.documents.billing(entity, row.document)
    page = LinePage(row.label, person.display_name, close, row, figures, billed_by)
    return render("journals/line.html", page)


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
