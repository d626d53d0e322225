"""Why a journal says what it says: each of its lines with the parts that make it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounting.book import JournalKind
from accounting.documents import Document
from accounting.money import Money
from accounting.policy import BALANCE_ROLES, CREDIT_NORMAL, AccountMap, Role
from api.evidence import Evidence, Touching, evidence_of
from models import CloseRow, JournalLineRow, JournalPartRow, JournalRow, PositionRow
from store import Work
from store.document_rows import dimensions_of


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document that touches a line, and how; the newest version known to the close.

    `known_from` is the day from which closes know this version, `sha256` its content's hash.
    """

    id: str
    number: str
    kind: str
    known_from: date
    date: date
    version: int
    voided: bool
    what: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PartView:
    """One line's part of a journal line, on that line's side; `amount` is own and catch-up."""

    line: str
    label: str
    counterparty: str
    unit: str
    documents: list[DocumentView]
    own: str
    catch_up: str
    amount: str


@dataclass(frozen=True, slots=True)
class JournalLineView:
    """A line of a journal. Its parts sum to its debit or credit, own part and catch-up apart.

    `side` is debit or credit. An adoption's journal has no parts: no line moves.
    """

    account: str
    role: str
    dimensions: list[tuple[str, str]]
    side: str
    debit: str
    credit: str
    own: str
    catch_up: str
    parts: list[PartView]


@dataclass(frozen=True, slots=True)
class _Share:
    """A part as it goes into one line of the journal: minor units, on that line's side."""

    part: JournalPartRow
    own: int
    catch_up: int


def journal_lines(work: Work, close: CloseRow, row: JournalRow) -> list[JournalLineView]:
    """The journal's lines, each with its parts down to the documents."""
    parts = work.journals.parts(row.id or 0)
    wanted = {part.line for part in parts}
    positions = {
        position.line: position
        for position in work.proposals.positions(row.proposal_id, sorted(wanted))
    }
    documents = documents_of(work, close, list(positions.values()))
    config = work.config.version(work.proposals.get(row.proposal_id).config_id)
    accounts = config.entity(close.entity_id).accounts.account_map
    views = []
    for line in work.journals.lines(row.id or 0):
        shares = [_share(line, part) for part in parts if _belongs(line, part, row.kind)]
        views.append(_line_view(line, shares, row.currency, positions, documents, accounts))
    return views


def documents_of(
    work: Work, close: CloseRow, rows: list[PositionRow]
) -> dict[str, list[DocumentView]]:
    """The documents that touch each line, as this close's proposal saw them, oldest first."""
    if not rows:
        return {}
    evidence = evidence_of(work, close, rows)
    touching = evidence.touching(rows, close.period_end)
    return {key: _documents(evidence, each, close.period_end) for key, each in touching.items()}


def _documents(evidence: Evidence, touching: Touching, at: date) -> list[DocumentView]:
    found = [
        (document, what)
        for name, what in touching.documents.items()
        if (document := evidence.newest(name, at)) is not None
    ]
    found.sort(key=lambda each: (each[0].date, each[0].number))
    return [_document_view(document, what) for document, what in found]


def _document_view(document: Document, what: str) -> DocumentView:
    return DocumentView(
        id=document.id,
        number=document.number,
        kind=document.kind.value,
        date=document.date,
        version=document.version,
        voided=document.voided,
        what=what,
        known_from=document.known,
        sha256=document.content_hash(),
    )


def _belongs(line: JournalLineRow, part: JournalPartRow, kind: str) -> bool:
    """Whether the part is summed in the line: its balance account's, or its result account's."""
    if line.dimensions != part.dimensions:
        return False
    if line.role is None:
        return line.account == part.account and kind != JournalKind.REMEASUREMENT
    return line.role in (part.role, Role.FX_GAIN_LOSS)


def _share(line: JournalLineRow, part: JournalPartRow) -> _Share:
    """A part raises its role's normal side; its result account takes the other one."""
    is_credit = Role(part.role) in CREDIT_NORMAL
    on_balance = line.role == part.role
    same_side = (is_credit == on_balance) == (line.credit_minor > 0)
    sign = 1 if same_side else -1
    return _Share(
        part, sign * (part.amount_minor - part.catch_up_minor), sign * part.catch_up_minor
    )


def _role(accounts: AccountMap, line: JournalLineRow) -> str:
    """What the line's account is for, as far as the configuration says it."""
    if line.role is not None:
        return line.role
    for role in (*BALANCE_ROLES, Role.FX_GAIN_LOSS):
        if accounts.has(role) and accounts.of(role) == line.account:
            return role.value
    if line.account in accounts.revenue:
        return Role.REVENUE.value
    return Role.EXPENSE.value if line.account in accounts.expense else ""


def _line_view(
    line: JournalLineRow,
    shares: Iterable[_Share],
    currency: str,
    positions: dict[str, PositionRow],
    documents: dict[str, list[DocumentView]],
    accounts: AccountMap,
) -> JournalLineView:
    shares = list(shares)

    def text(minor: int) -> str:
        return Money(minor, currency).text()

    return JournalLineView(
        account=line.account,
        role=_role(accounts, line),
        dimensions=[*dimensions_of(line.dimensions)],
        side="debit" if line.debit_minor else "credit",
        debit=text(line.debit_minor) if line.debit_minor else "",
        credit=text(line.credit_minor) if line.credit_minor else "",
        own=text(sum(share.own for share in shares)),
        catch_up=text(sum(share.catch_up for share in shares)),
        parts=[
            PartView(
                line=share.part.line,
                label=position.label if position else share.part.line,
                counterparty=position.counterparty if position else "",
                unit=share.part.unit,
                documents=documents.get(share.part.line, []),
                own=text(share.own),
                catch_up=text(share.catch_up),
                amount=text(share.own + share.catch_up),
            )
            for share in shares
            for position in [positions.get(share.part.line)]
        ],
    )
