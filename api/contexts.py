"""One frozen context per page: ready values, so that templates do no sums and know no rule."""

from dataclasses import dataclass
from typing import Any

from api.drift_view import DriftView
from api.exceptions import ExceptionView
from api.explanation import JournalLineView
from api.group_close_view import GroupCloseView
from api.group_view import GroupRow, GroupView
from api.line_view import LineInFull, LineView
from api.views import CloseLine, CloseView, JournalView
from controls.audit import Event
from controls.invariants import Finding
from models import DocumentLineRow, DocumentRow


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
    """Every close; the group's periods; the form to start one for those who may.

    `next_periods` names each entity's first period that is not closed.
    """

    title: str
    person: str
    closes: list[CloseLine]
    group: str
    group_periods: list[str]
    next_periods: list[tuple[str, str]]
    may_start: bool
    may_check_health: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A balance account from opening to closing; a part is of the row above it."""

    title: str
    opening: str
    movement: str
    closing: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class ExceptionForm:
    """An exception that waits, with what its form asks for and the buttons that end it.

    `effects` and `contract_lines` are values with their words.
    """

    about: ExceptionView
    nonce: str
    asks_days: bool
    asks_account: bool
    asks_contract_line: bool
    effects: list[tuple[str, str]]
    buttons: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ClosePage:
    """One close: where it stands, what it waits for, what this person may do.

    `waiting` are the exceptions that keep it waiting, `told` those that only tell. `moves_on`
    where it waits for nobody: the page loads itself again until it does. `needs_reason`: an
    approval by this person does. `kinds` are the kinds of journal that the person can approve now.
    `stuck` are the journals that the ledger did not take, or holds as drafts. `would_take_back` are
    the periods that opening this one again opens with it.
    """

    title: str
    person: str
    close: CloseView
    period_days: str
    steps: list[StepMark]
    balances: list[BalanceRow]
    late_documents: str
    fx: str
    waiting: list[ExceptionForm]
    told: list[ExceptionView]
    drift: list[DriftView]
    step_title: str
    step_purpose: str
    nonce: str
    may_resolve: bool
    may_recalculate: bool
    may_submit: bool
    may_decide: bool
    needs_reason: bool
    kinds: list[str]
    may_recheck: bool
    may_retry: bool
    may_send_back: bool
    keeps_drafts: bool
    stuck: list[JournalView]
    may_reopen: bool
    may_decide_reopening: bool
    would_take_back: list[str]
    may_explain: bool
    may_sign_off: bool
    may_preview: bool
    moves_on: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """The figures that somebody saw who decided. `balances` are role, opening and closing."""

    title: str
    person: str
    sha256: str
    figures: dict[str, Any]
    balances: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A journal: its lines, each with the parts that make it up.

    `reverse_in` is the period in whose close the person may have it turned round, else empty.
    """

    title: str
    person: str
    close: CloseView
    journal: JournalView
    lines: list[JournalLineView]
    reverse_in: str
    nonce: str


@dataclass(frozen=True, slots=True)
class LinesPage:
    """The positions of a close's proposal, a page of them at a time."""

    title: str
    person: str
    close: CloseView
    rows: list[LineView]
    shown: str
    number: int
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line of a close's proposal in full."""

    title: str
    person: str
    close: CloseView
    line: LineInFull


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The group in a period: where its closes stand, its figures by entity and in total."""

    title: str
    person: str
    group: GroupView
    rows: list[GroupRow]
    periods: list[str]
    close: GroupCloseView
    may_start: bool


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
class HealthPage:
    """The installation's invariants: each holds, or says what contradicts it."""

    title: str
    person: str
    findings: list[Finding]
    verdict: str


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, and what to do."""

    title: str
    message: str
