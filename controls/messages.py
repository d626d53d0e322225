"""The small frozen messages between API, workflows and activities.

Only text, integers, booleans and tuples of messages: they pass any host's data converter, and no
history carries an amount or a document. Dates are ISO text; new fields have defaults.
"""

from dataclasses import dataclass

from controls.approval import Decision


@dataclass(frozen=True)
class CloseRequest:
    """Start the close of an entity's period, by its calendar's name ("2026-09", "2026-P09").

    With `recover` it is taken up again where it stands by Postgres.
    """

    entity: str
    period: str
    started_by: str = ""
    recover: bool = False


@dataclass(frozen=True)
class CloseRef:
    """Which close an activity works on."""

    close_id: int
    entity: str
    period: str


@dataclass(frozen=True)
class Synced:
    """How many document versions were new, and how many were seen.

    `outdates` says that the close's period sees other versions than its proposal was made from.
    """

    stored: int
    seen: int
    outdates: bool = False


@dataclass(frozen=True)
class Level:
    """One approval level as a message."""

    role: str
    count: int


@dataclass(frozen=True)
class Calculated:
    """A proposal stands in Postgres: its hash, counts, and the policy that approvals go by.

    `exceptions` counts those that keep the close waiting; `late_documents` is the policy that
    applied. With `waits_for_predecessor` there is none: the period before is not closed yet.
    """

    proposal_id: int = 0
    proposal_hash: str = ""
    round: int = 0
    journals: int = 0
    exceptions: int = 0
    levels: tuple[Level, ...] = ()
    policy_version: str = ""
    waits_for_predecessor: str = ""
    late_documents: str = ""


@dataclass(frozen=True)
class Stands:
    """Where a close stands by Postgres: its step, its proposal, and the decisions that count.

    `completed` when the review is; `outdated` when it must calculate anew, `resync` when it must
    read anew before; `decided` names the steps after posting in which a controller has decided.
    """

    step: str
    proposal: Calculated = Calculated()
    taken: tuple[Decision, ...] = ()
    preparers: tuple[str, ...] = ()
    completed: bool = False
    outdated: bool = True
    resync: bool = True
    decided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resolution:
    """A person's answer to an exception. `remedy` and `code` as in accounting/exceptions.py.

    `effect` and `effective` say what a credit does, and from which day on.
    """

    entity: str
    period: str
    code: str
    subject: str
    remedy: str
    actor: str
    roles: tuple[str, ...]
    reason: str
    nonce: str
    service_start: str = ""
    service_end: str = ""
    obligation: str = ""
    account: str = ""
    effect: str = ""
    effective: str = ""


@dataclass(frozen=True)
class Acted:
    """A person acts on a close: a re-check or a retry."""

    entity: str
    period: str
    actor: str
    roles: tuple[str, ...]
    nonce: str
    journal_id: int = 0


@dataclass(frozen=True)
class RecordDecision:
    """Write a decision that the judge accepted, at its level, in this round of the close."""

    close: CloseRef
    round: int
    step: str
    verdict: str
    actor: str
    roles: tuple[str, ...]
    reason: str
    proposal_hash: str
    nonce: str
    tag: str
    level: int


@dataclass(frozen=True)
class RecordRefusal:
    """Write that something asked of a close was refused, and why."""

    close: CloseRef
    actor: str
    what: str
    reason: str
    message: str
    nonce: str


@dataclass(frozen=True)
class RecordResolution:
    """Write a resolution that was let through."""

    close: CloseRef
    resolution: Resolution


@dataclass(frozen=True)
class StepReached:
    """Write where the close stands now, for the pages."""

    close: CloseRef
    step: str
    awaiting: str
    detail: str = ""


@dataclass(frozen=True)
class LockChecked:
    """Whether the posting date is open, and the words when it is not."""

    open: bool
    message: str = ""


@dataclass(frozen=True)
class Approved:
    """The journals that got a reference and wait to be posted."""

    journal_ids: tuple[int, ...]


@dataclass(frozen=True)
class PostRequest:
    """Post these journals of a close. `deciders` prepared or approved it: they may not retry."""

    close: CloseRef
    journal_ids: tuple[int, ...]
    deciders: tuple[str, ...] = ()


@dataclass(frozen=True)
class PostJournal:
    """Post one journal. `retried_by` names the operator who asked for another attempt."""

    close: CloseRef
    journal_id: int
    retried_by: str = ""


@dataclass(frozen=True)
class PostedJournal:
    """What became of it: posted, or failed with the ledger's words."""

    journal_id: int
    state: str
    message: str = ""


@dataclass(frozen=True)
class Verified:
    """How many differences remain unexplained, and the words for the first."""

    differences: int
    message: str = ""


@dataclass(frozen=True)
class SignedOff:
    """The period is closed: the head of the entity's audit chain that seals it.

    `following` is the name of the period after it; empty where the calendar ends.
    """

    seal: str
    following: str = ""


@dataclass(frozen=True)
class Answer:
    """What a person hears at once: whether it counted, and why not."""

    accepted: bool
    message: str = ""
    reason: str = ""
