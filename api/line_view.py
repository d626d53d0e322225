"""A line of the subledger as people see it: one row of the list, and one line in full."""

from dataclasses import dataclass

from accounting.exceptions import Remedy
from accounting.money import Money
from accounting.written import day, days
from api.catch_ups import Cause, causes_of
from api.evidence import Evidence, Touching, evidence_of
from api.exceptions import ExceptionView, exceptions_about
from api.explanation import DocumentView, documents_of
from api.line_explanation import ExplanationView, explanation_of
from api.wording import DATES_FROM, method, role
from models import CloseRow, PositionRow, ProposalRow
from store import Work
from store.document_rows import dimensions_of


@dataclass(frozen=True, slots=True)
class LineView:
    """A line's position, functional currency but for what is named a document's.

    `non_current` is the part of its closing deferred revenue that is not released within a year,
    `current` the rest; empty where it defers no revenue. `balance` is its closing balance account.
    """

    line: str
    label: str
    counterparty: str
    is_cost: bool
    held: bool
    service: str
    price: str
    price_currency: str
    billed: str
    own: str
    catch_up: str
    recognised: str
    fx: str
    opening: dict[str, str]
    closing: dict[str, str]
    balance: str
    current: str
    non_current: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure of a line in both currencies; empty where it is not kept in one of them."""

    name: str
    in_document: str
    functional: str


@dataclass(frozen=True, slots=True)
class FrozenView:
    """A figure as the last close froze it, as it stands now, and the difference."""

    name: str
    frozen: str
    now: str
    change: str


@dataclass(frozen=True, slots=True)
class LineInFull:
    """One line: where it comes from, its figures in both currencies, what was frozen before.

    `facts` are names and words. `frozen_by` says which close froze it; empty for a new line.
    `causes` say why a part of it belongs to closed periods, if one does; `explanation` how each
    figure came about.
    """

    position: LineView
    functional_currency: str
    facts: list[tuple[str, str]]
    figures: list[FigureView]
    frozen_by: str
    frozen: list[FrozenView]
    documents: list[DocumentView]
    exceptions: list[ExceptionView]
    causes: list[Cause]
    explanation: ExplanationView


def line_view(row: PositionRow, currency: str) -> LineView:
    """A row of the list."""

    def text(minor: int) -> str:
        return Money(minor, currency).text()

    deferred = row.closing.get("deferred_revenue")
    current = ""
    if deferred is not None:
        current = text(Money.parse(deferred, currency).minor - row.non_current_minor)
    return LineView(
        line=row.line,
        label=row.label,
        counterparty=row.counterparty,
        is_cost=row.is_cost,
        held=row.held,
        service=days(row.service_start, row.service_end),
        price=Money(row.price_minor, row.price_currency).text(),
        price_currency=row.price_currency,
        billed=text(row.billed_minor),
        own=text(row.own_minor),
        catch_up=text(row.catch_up_minor),
        recognised=text(row.own_minor + row.catch_up_minor),
        fx=text(row.fx_minor),
        opening=dict(row.opening),
        closing=dict(row.closing),
        balance=", ".join(role(name) for name in row.closing),
        current=current,
        non_current=text(row.non_current_minor) if deferred is not None else "",
    )


def line_in_full(work: Work, close: CloseRow, row: PositionRow, currency: str) -> LineInFull:
    """One line of the close's proposal in full."""
    assert close.proposal_id is not None
    proposal = work.proposals.get(close.proposal_id)
    evidence = evidence_of(work, close, [row])
    touching = evidence.touching([row], close.period_end)[row.line]
    before = work.closes.before(close)
    return LineInFull(
        position=line_view(row, currency),
        functional_currency=currency,
        facts=_facts(work, close, proposal, row, evidence, touching),
        figures=_figures(row, currency),
        frozen_by=_frozen_by(work, close, before, row),
        frozen=_frozen(row, currency),
        documents=documents_of(work, close, [row])[row.line],
        exceptions=exceptions_about(work, close, touching.lines),
        causes=causes_of(work, close, row),
        explanation=explanation_of(work, close, row),
    )


def _facts(
    work: Work,
    close: CloseRow,
    proposal: ProposalRow,
    row: PositionRow,
    evidence: Evidence,
    touching: Touching,
) -> list[tuple[str, str]]:
    dimensions = ", ".join(f"{name} {value}" for name, value in dimensions_of(row.dimensions))
    facts = [
        ("Customer or vendor", row.counterparty),
        ("Product", row.product or ""),
        ("Recognised", method(row.method)),
        ("Service period", days(row.service_start, row.service_end)),
        ("These days come from", _dates_from(work, close, row, evidence)),
        ("Result account", row.account),
        ("Dimensions", dimensions),
        ("Netted within", evidence.number(row.unit.partition("/")[0])),
        ("Document version", _version(row, evidence, touching)),
        ("Policy version", f"{work.config.version(proposal.config_id).sha256[:12]}"),
        ("Engine version", proposal.engine_version),
    ]
    return [(name, value) for name, value in facts if value]


def _dates_from(work: Work, close: CloseRow, row: PositionRow, evidence: Evidence) -> str:
    words = DATES_FROM.get(row.dates_from, row.dates_from)
    match row.dates_from:
        case "override":
            given = [
                answer
                for answer in work.approvals.resolutions(close.entity_id)
                if answer.subject == row.line and answer.remedy == Remedy.DATES
            ]
            return f"{words}: {given[-1].actor}, “{given[-1].reason}”" if given else words
        case "text":
            said = [
                line.text
                for versions in evidence.versions.values()
                for document in versions
                for line in document.lines
                if document.content_hash() == row.document_hash
                and row.line.partition("/")[2] == line.id
            ]
            return f"{words}, “{said[0]}”" if said else words
        case _:
            return words


def _version(row: PositionRow, evidence: Evidence, touching: Touching) -> str:
    """Which version of the line's document gave the figures, and since when it was known."""
    for name in touching.documents:
        for document in evidence.versions[name]:
            if document.id == row.document and document.content_hash() == row.document_hash:
                known = day(document.known)
                return (
                    f"{document.version}, known to closes from {known} ({row.document_hash[:12]})"
                )
    return row.document_hash[:12]


def _figures(row: PositionRow, currency: str) -> list[FigureView]:
    def functional(minor: int) -> str:
        return Money(minor, currency).text()

    def in_document(minor: int) -> str:
        return Money(minor, row.price_currency).text()

    same = row.price_currency == currency
    figures = [
        FigureView(
            "Price", in_document(row.price_minor), functional(row.price_minor) if same else ""
        ),
        FigureView(
            "Billed to date",
            "" if row.held else in_document(row.billed_document_minor),
            functional(row.billed_to_date_minor),
        ),
        FigureView(
            "Recognised to date",
            "" if row.held else in_document(row.recognised_document_minor),
            functional(row.recognised_to_date_minor),
        ),
        FigureView("Billed in this close", "", functional(row.billed_minor)),
        FigureView(
            "Recognised in this close: the period's own part", "", functional(row.own_minor)
        ),
        FigureView("Recognised in this close: catch-up", "", functional(row.catch_up_minor)),
        FigureView("Exchange gain (loss negative)", "", functional(row.fx_minor)),
        *(FigureView(f"Opening: {role(name).lower()}", "", a) for name, a in row.opening.items()),
        *(FigureView(f"Closing: {role(name).lower()}", "", a) for name, a in row.closing.items()),
    ]
    view = line_view(row, currency)
    if view.current:
        figures.append(FigureView("of which current", "", view.current))
        figures.append(FigureView("of which non-current", "", view.non_current))
    return figures


def _frozen_by(work: Work, close: CloseRow, before: CloseRow | None, row: PositionRow) -> str:
    """Which close froze the line before; what was there at adoption counts as frozen there."""
    if before is None:
        entity = work.config.current().entity(close.entity_id)
        return f"at adoption, {day(entity.adopted_on)}" if _was_there(row) else ""
    assert before.proposal_id is not None
    known = work.proposals.positions(before.proposal_id, [row.line])
    return f"by the close of {before.period}" if known else ""


def _was_there(row: PositionRow) -> bool:
    recognised = row.recognised_to_date_minor - row.own_minor - row.catch_up_minor
    return bool(recognised or row.billed_to_date_minor - row.billed_minor or row.opening)


def _frozen(row: PositionRow, currency: str) -> list[FrozenView]:
    """To-date figures: what was frozen is what stands now less what this close moves."""

    def view(name: str, frozen: int, now: int) -> FrozenView:
        amounts = (Money(minor, currency).text() for minor in (frozen, now, now - frozen))
        return FrozenView(name, *amounts)

    billed, recognised = row.billed_to_date_minor, row.recognised_to_date_minor
    return [
        view("Billed to date", billed - row.billed_minor, billed),
        view("Recognised to date", recognised - row.own_minor - row.catch_up_minor, recognised),
        *(
            view(
                role(name),
                *(
                    Money.parse(balances.get(name, "0"), currency).minor
                    for balances in (row.opening, row.closing)
                ),
            )
            for name in {**row.opening, **row.closing}
        ),
    ]
