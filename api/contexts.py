"""One frozen context per page: ready values, so that templates do no sums and know no rule."""

from dataclasses import dataclass
from typing import Any

from api.views import CloseLine, CloseView
from controls.audit import Event
from models import DocumentLineRow, DocumentRow, PositionRow


@dataclass(frozen=True, slots=True)
class StepMark:
    """A step on the rail: `state` is done, current or coming."""

    name: str
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class LoginPage:
    """The log-in form, with what went wrong."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """The form behind a one-time link."""

    title: str
    link: str
    message: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Every close; the form to start one for those who may."""

    title: str
    person: str
    closes: list[CloseLine]
    entities: list[str]
    may_start: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class ClosePage:
    """One close: where it stands, what it waits for, what this person may do.

    `moves_on` where it waits for nobody: the page loads itself again until it does.
    """

    title: str
    person: str
    close: CloseView
    steps: list[StepMark]
    balances: list[dict[str, str]]
    step_title: str
    step_purpose: str
    nonce: str
    may_resolve: bool
    may_submit: bool
    may_decide: bool
    may_recheck: bool
    may_retry: bool
    may_explain: bool
    may_sign_off: bool
    moves_on: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A journal: its lines, and the document lines that explain it."""

    title: str
    person: str
    close: CloseView
    journal: Any
    lines: list[dict[str, str]]
    parts: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class LinesPage:
    """The positions of a close's proposal."""

    title: str
    person: str
    close: CloseView
    rows: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line's position in full; `billed_by` are the documents that name its contract."""

    title: str
    person: str
    close: CloseView
    line: PositionRow
    figures: list[tuple[str, str]]
    billed_by: list[DocumentRow]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document's versions, newest first, with the newest one's lines and raw text."""

    title: str
    person: str
    entity: str
    versions: list[DocumentRow]
    lines: list[tuple[DocumentLineRow, str]]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A chain of the audit trail, newest first, and whether the trail holds."""

    title: str
    person: str
    chains: list[str]
    chain: str
    events: list[Event]
    verdict: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, and what to do."""

    title: str
    message: str
