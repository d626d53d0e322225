"""The small frozen messages between API, workflows and activities.

Only text, integers, booleans and tuples of messages: they pass any host's data converter, and no
history carries an amount or a document. Dates are ISO text; new fields have defaults.
"""

from dataclasses import dataclass

from controls.approval import Decision
from controls.delegation import Delegation


@dataclass(frozen=True)
class CloseRequest:
    """Start the close of an entity's period, by its calendar's name ("2026-09", "2026-P09").

    With `recover` it is taken up again where it stands by Postgres. From `number` 2 on the period
    was closed before; a `reason` asks for it to be opened again.
    """

    entity: str
    period: str
    started_by: str = ""
    recover: bool = False
    number: int = 1
    reason: str = ""


@dataclass(frozen=True)
class AskedToReopen:
    """What a person asks for who wants a period opened again: the hash of it, by whom, in words."""

    hash: str
    by: str
    words: str


@dataclass(frozen=True)
class Reopened:
    """Whether the period is open again. `followers` are the closes of later periods to be started
    with it, `outdated` those that run and have to calculate anew, `groups` the group closes that
    wait for one of these once more.
    """

    opened: bool
    followers: tuple[CloseRequest, ...] = ()
    outdated: tuple[CloseRequest, ...] = ()
    groups: tuple["GroupRef", ...] = ()


@dataclass(frozen=True)
class CloseRef:
    """Which close an activity works on."""

    close_id: int
    entity: str
    period: str
    number: int = 1


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
    """One approval level as a message: asked by which clause of the policy, and why."""

    role: str
    count: int
    clause: str = ""
    because: str = ""


@dataclass(frozen=True)
class Coincidence:
    """A clause that lets one person do these jobs in the same close."""

    clause: str
    jobs: tuple[str, ...]


@dataclass(frozen=True)
class Calculated:
    """A proposal stands in Postgres: its hash, counts, and the policy that approvals go by.

    `exceptions` counts those that keep the close waiting; `late_documents` is the policy that
    applied. With `waits_for_predecessor` there is none: the period before is not closed yet.
    `overridden`: an exception was answered by hand in this close. `suspended` are those whose
    approvals of earlier proposals count for nothing now, `kinds` the kinds of journal in it. With
    `shards` there is none yet: so many of a `reading` come first.
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
    may_coincide: tuple[Coincidence, ...] = ()
    overridden: bool = False
    suspended: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    reading: int = 0
    shards: int = 0


@dataclass(frozen=True)
class ShardRef:
    """One shard, counted from 0, of a reading that a close's calculation waits for."""

    close: CloseRef
    reading: int
    number: int


@dataclass(frozen=True)
class Stands:
    """Where a close stands by Postgres: its step, its proposal, and the decisions that count.

    `completed` when the review is; `outdated` when it must calculate anew, `resync` when it must
    read anew before; `decided` names the steps after posting in which a controller has decided,
    `order` counts what it has reached.
    """

    step: str
    proposal: Calculated = Calculated()
    taken: tuple[Decision, ...] = ()
    preparers: tuple[str, ...] = ()
    completed: bool = False
    outdated: bool = True
    resync: bool = True
    decided: tuple[str, ...] = ()
    retriers: tuple[str, ...] = ()
    order: int = 0


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
    number: int = 1


@dataclass(frozen=True)
class Acted:
    """A person acts on a close: a re-check or a retry, of one journal or of all that failed (0).

    `as_draft`: it is only laid ready in the ledger, for somebody to post there. `because` says what an
    administrator changed that the close starts from: `configuration` or `rates`; empty where
    somebody with a role in the close acts.
    """

    entity: str
    period: str
    actor: str
    roles: tuple[str, ...]
    nonce: str
    journal_id: int = 0
    number: int = 1
    as_draft: bool = False
    because: str = ""


CONFIGURATION, RATES = "configuration", "rates"
"""What an administrator changes (`Acted.because`)."""


@dataclass(frozen=True)
class SendBack:
    """A person chooses what follows where a posting got stuck (controls/posting_choices.py).

    The close goes back to review with it. `journal_id` is the journal to be left out.
    """

    entity: str
    period: str
    actor: str
    roles: tuple[str, ...]
    nonce: str
    choice: str
    reason: str
    journal_id: int = 0
    number: int = 1


@dataclass(frozen=True)
class RecordSendBack:
    """Keep a choice that was let through."""

    close: CloseRef
    given: SendBack


@dataclass(frozen=True)
class RecordDecision:
    """Write a decision that the judge accepted, at its level, in this round of the close.

    `clause` asked for it; `delegation` is the one that gave the person the role, else 0.
    """

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
    clause: str = ""
    delegation: int = 0
    delegations: tuple[Delegation, ...] = ()
    seen: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordRefusal:
    """Write that something asked of a close was refused, why, and by which clause."""

    close: CloseRef
    actor: str
    what: str
    reason: str
    message: str
    nonce: str
    clause: str = ""


@dataclass(frozen=True)
class RecordResolution:
    """Write a resolution that was let through."""

    close: CloseRef
    resolution: Resolution


@dataclass(frozen=True)
class StepReached:
    """Write where the close stands now, for the pages.

    `waits_for` are the roles that it waits for, where not everybody who could act is meant. `order`
    counts what the close has reached (0 where it was not counted yet): what a worker tells too late
    is of a lower one than what stands.
    """

    close: CloseRef
    step: str
    awaiting: str
    detail: str = ""
    waits_for: tuple[str, ...] = ()
    order: int = 0


POSTING_ROOM = 1_000_000
"""Each step leaves room in `StepReached.order` for what its posting tells."""


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
    """Post these journals of a close. `deciders` prepared or approved it: they may not retry.

    `order` is that of the step in which the close posts.
    """

    close: CloseRef
    journal_ids: tuple[int, ...]
    deciders: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True)
class PostJournal:
    """Post one journal. `retried_by` names the operator who asked for another attempt."""

    close: CloseRef
    journal_id: int
    retried_by: str = ""
    as_draft: bool = False


@dataclass(frozen=True)
class PostedJournal:
    """What became of it: posted, or failed with the ledger's words."""

    journal_id: int
    state: str
    message: str = ""


@dataclass(frozen=True)
class Verified:
    """How many differences remain unexplained, and the words for the first.

    `retried_by` are those who sent failed journals to the ledger again.
    """

    differences: int
    message: str = ""
    retried_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignedOff:
    """The period is closed: the head of the entity's audit chain that seals it.

    `following` is the name of the period after it; empty where the calendar ends. `groups` are
    the group closes that wait for this one. `following_number` counts that period's closes.
    """

    seal: str
    following: str = ""
    groups: tuple["GroupRef", ...] = ()
    following_number: int = 1


@dataclass(frozen=True)
class GroupRef:
    """A group's close: the group's name and the period's."""

    group: str
    period: str


@dataclass(frozen=True)
class Answer:
    """What a person hears at once: whether it counted, why not, and by which clause."""

    accepted: bool
    message: str = ""
    reason: str = ""
    clause: str = ""
