"""The close as a table: each step, what ends it, and who is waited for in it."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where a close stands. The order here is the order of the close."""

    REOPEN = "reopen"
    """Only of a period that was closed before: whether it is opened again."""
    SYNC = "sync"
    CALCULATE = "calculate"
    RESOLVE = "resolve"
    REVIEW = "review"
    LOCK_CHECK = "lock_check"
    POST = "post"
    VERIFY = "verify"
    SIGN_OFF = "sign_off"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    """Closed once, and its period opened again: what it froze stays, and counts no longer."""
    REFUSED = "refused"
    """Asked to be opened again, in vain: the close before it stands."""


ENDED = frozenset({Step.CLOSED, Step.SUPERSEDED, Step.REFUSED})
"""No workflow carries these any more."""


FIGURES_OPEN = frozenset({Step.SYNC, Step.CALCULATE, Step.RESOLVE, Step.REVIEW})
"""While a close stands here its figures can still change; what was approved of them is suspended."""


POSTED = frozenset({Step.VERIFY, Step.SIGN_OFF, Step.CLOSED})
"""Once a close stands here every journal of it is in the ledger."""


class UserRole(StrEnum):
    """What a person is here. One person may hold several; four eyes go by person."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"
    CONTROLLER = "controller"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class Awaiting(StrEnum):
    """What a close that stands still waits for."""

    NOTHING = "nothing"
    REOPENING = "reopening"
    PREDECESSOR = "waits_for_predecessor"
    RESOLUTION = "resolution"
    SUBMISSION = "submission"
    APPROVAL = "approval"
    LOCKED = "locked"
    RETRY = "retry"
    DIFFERENCE = "difference"
    SIGN_OFF = "sign_off"


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What a step is for, in words for the page, and what ends it."""

    title: str
    purpose: str
    ends_by: str


STEPS: dict[Step, StepInfo] = {
    Step.REOPEN: StepInfo("Reopen", "A controller decides whether to open it again", "a decision"),
    Step.SYNC: StepInfo("Sync", "Pull documents from CRM and ledger", "everything is read"),
    Step.CALCULATE: StepInfo("Calculate", "Recognise and propose journals", "a proposal stands"),
    Step.RESOLVE: StepInfo("Resolve", "People clear what blocks", "no exception is open"),
    Step.REVIEW: StepInfo("Review", "Preparer submits, others approve", "all levels approved"),
    Step.LOCK_CHECK: StepInfo("Lock check", "The ledger's lock dates, read now", "date is open"),
    Step.POST: StepInfo("Post", "Each journal to the ledger, once", "all journals posted"),
    Step.VERIFY: StepInfo("Verify", "Read back and tie out", "nothing differs unexplained"),
    Step.SIGN_OFF: StepInfo("Sign-off", "The controller closes the period", "signed off"),
    Step.CLOSED: StepInfo("Closed", "Frozen and sealed", "a reopening"),
    Step.SUPERSEDED: StepInfo("Superseded", "Frozen once; the period was opened again", "nothing"),
    Step.REFUSED: StepInfo("Refused", "It was not opened again", "nothing"),
}

WHO: dict[Awaiting, tuple[UserRole, ...]] = {
    Awaiting.NOTHING: (),
    Awaiting.PREDECESSOR: (),
    Awaiting.REOPENING: (UserRole.CONTROLLER,),
    Awaiting.RESOLUTION: (UserRole.PREPARER,),
    Awaiting.SUBMISSION: (UserRole.PREPARER,),
    Awaiting.APPROVAL: (UserRole.REVIEWER, UserRole.CONTROLLER),
    Awaiting.LOCKED: (UserRole.PREPARER, UserRole.CONTROLLER, UserRole.OPERATOR),
    Awaiting.RETRY: (UserRole.OPERATOR,),
    Awaiting.DIFFERENCE: (UserRole.CONTROLLER, UserRole.OPERATOR, UserRole.PREPARER),
    Awaiting.SIGN_OFF: (UserRole.CONTROLLER,),
}


class Action(StrEnum):
    """What a person can ask of a close. Decisions have a judge of their own: approval.py."""

    VIEW = "view"
    START = "start"
    RESOLVE = "resolve"
    RECALCULATE = "recalculate"
    RECHECK_LOCK = "recheck_lock"
    RETRY = "retry"
    RECHECK_DIFFERENCE = "recheck_difference"
    IMPORT_ADOPTION = "import_adoption"
    CHECK_HEALTH = "check_health"
    DELEGATE = "delegate"
    RECOVER = "recover"
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    PREVIEW = "preview"


MAY: dict[Action, frozenset[UserRole]] = {
    Action.VIEW: frozenset(UserRole),
    Action.START: frozenset({UserRole.PREPARER, UserRole.CONTROLLER}),
    Action.RESOLVE: frozenset({UserRole.PREPARER}),
    Action.RECALCULATE: frozenset({UserRole.PREPARER, UserRole.CONTROLLER}),
    Action.RECHECK_LOCK: frozenset(WHO[Awaiting.LOCKED]),
    Action.RETRY: frozenset({UserRole.OPERATOR}),
    Action.RECHECK_DIFFERENCE: frozenset(WHO[Awaiting.DIFFERENCE]),
    Action.IMPORT_ADOPTION: frozenset({UserRole.PREPARER, UserRole.CONTROLLER}),
    Action.RECOVER: frozenset({UserRole.CONTROLLER, UserRole.OPERATOR}),
    Action.SEND_BACK: frozenset({UserRole.PREPARER, UserRole.OPERATOR}),
    Action.REOPEN: frozenset({UserRole.PREPARER, UserRole.CONTROLLER}),
    Action.PREVIEW: frozenset({UserRole.PREPARER, UserRole.REVIEWER, UserRole.CONTROLLER}),
    Action.CHECK_HEALTH: frozenset({UserRole.AUDITOR, UserRole.CONTROLLER, UserRole.OPERATOR}),
    Action.DELEGATE: frozenset({UserRole.CONTROLLER}),
}


def may(roles: tuple[str, ...], action: Action) -> bool:
    """Whether any of these roles allows the action."""
    return any(role in MAY[action] for role in roles)
