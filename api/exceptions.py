"""Exceptions as people see them: what each one holds, and what its form offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounting.exceptions import BY_HAND, ONLY_TELL, REMEDIES, ExceptionCode
from accounting.service_text import read_service_text
from accounting.written import days
from api.drift_view import LineDifferenceView, lines_of
from api.evidence import evidence_of
from api.wording import EXCEPTIONS
from models import CloseRow, ExceptionRow, PositionRow
from store import Work
from store.accepted import number_of


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One of the service periods as which a text can be read."""

    start: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class ContractLineView:
    """What a document's line may bill: a line of the contract that it names, or all of it."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class HeldView:
    """A line that stands as it was last closed until the exception is resolved."""

    line: str
    label: str


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """An exception and what clears it; one that does not block is only told.

    `document` is the source's id of the document that it is about, empty where it is about none.
    `lines` and `link` are a journal's in the ledger, where it is about one that people changed.
    """

    code: str
    title: str
    subject: str
    message: str
    amount: str | None
    remedies: list[str]
    blocks: bool
    document: str
    holds: list[HeldView]
    readings: list[ReadingView]
    contract_lines: list[ContractLineView]
    lines: list[LineDifferenceView]
    link: str


def exceptions_of(work: Work, close: CloseRow) -> list[ExceptionView]:
    """The exceptions of the close's proposal, those that block first."""
    rows = work.proposals.exceptions(close.proposal_id) if close.proposal_id else []
    held = work.proposals.held(close.proposal_id) if close.proposal_id and rows else []
    return _views(work, close, rows, held)


def exceptions_about(work: Work, close: CloseRow, lines: Iterable[str]) -> list[ExceptionView]:
    """Those about some lines: a line and what touches it."""
    assert close.proposal_id is not None
    named = sorted(lines)
    rows = work.proposals.exceptions(close.proposal_id, named)
    found = work.proposals.positions(close.proposal_id, named) if rows else []
    return _views(work, close, rows, [each for each in found if each.held])


def _views(
    work: Work, close: CloseRow, rows: list[ExceptionRow], held: list[PositionRow]
) -> list[ExceptionView]:
    holds = _holds(work, close, held)
    views = [_view(work, close, row, holds.get(row.subject, [])) for row in rows]
    return sorted(views, key=lambda view: not view.blocks)


def _holds(work: Work, close: CloseRow, rows: list[PositionRow]) -> dict[str, list[HeldView]]:
    """The held lines by what an exception may be about: themselves, and what bills them."""
    if not rows:
        return {}
    found: dict[str, list[HeldView]] = {}
    touching = evidence_of(work, close, rows).touching(rows, close.period_end)
    for row in rows:
        for subject in sorted(touching[row.line].lines):
            found.setdefault(subject, []).append(HeldView(row.line, row.label))
    return found


def _view(work: Work, close: CloseRow, row: ExceptionRow, holds: list[HeldView]) -> ExceptionView:
    code = ExceptionCode(row.code)
    document = row.subject.partition("/")[0]
    known = work.documents.versions(close.entity_id, document)
    drift = work.drift.get(number_of(row.subject)) if code in BY_HAND else None
    return ExceptionView(
        code=row.code,
        title=EXCEPTIONS[code],
        subject=row.subject,
        message=row.message,
        amount=row.amount,
        remedies=[*REMEDIES[code]],
        blocks=code not in ONLY_TELL,
        document=document if known else "",
        holds=holds if code not in ONLY_TELL else [],
        readings=(
            _readings(work, close, row.subject)
            if code is ExceptionCode.AMBIGUOUS_SERVICE_PERIOD
            else []
        ),
        contract_lines=(
            _contract_lines(work, close, known[0].contract)
            if code is ExceptionCode.UNMATCHED_LINE and known and known[0].contract
            else []
        ),
        lines=lines_of(work, drift) if drift else [],
        link=drift.link if drift else "",
    )


def _contract_lines(work: Work, close: CloseRow, contract: str) -> list[ContractLineView]:
    """The lines of the contract that a document names, then the contract as a whole."""
    for version in work.documents.versions(close.entity_id, contract)[:1]:
        lines = [
            ContractLineView(
                f"{contract}/{line.line_id}",
                " · ".join(each for each in (line.product, line.text) if each) or line.line_id,
            )
            for line in work.documents.lines(version.id or 0)
        ]
        return [*lines, ContractLineView(contract, f"{version.number} as a whole")]
    return []


def _readings(work: Work, close: CloseRow, subject: str) -> list[ReadingView]:
    """The service periods that the line's text may mean, as the message names them."""
    document, _, line_id = subject.partition("/")
    versions = [
        version
        for version in work.documents.versions(close.entity_id, document)
        if version.known_on <= close.period_end
    ]
    locale = work.config.current().entity(close.entity_id).locale.locale
    for version in versions[:1]:
        for line in work.documents.lines(version.id or 0):
            if line.line_id == line_id:
                periods = [r.period for r in read_service_text(line.text, version.date, locale)]
                return [
                    ReadingView(p.start.isoformat(), p.end.isoformat(), days(p.start, p.end))
                    for p in periods
                ]
    return []
