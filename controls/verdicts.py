"""What people decide, and the judge's answers: each cites the clause that it rests on."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a person decides."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REQUEST_CHANGE = "request_change"


class Reason(StrEnum):
    """Why a decision does not count."""

    WRONG_STEP = "wrong_step"
    WRONG_ROLE = "wrong_role"
    OWN_PROPOSAL = "own_proposal"
    ALREADY_DECIDED = "already_decided"
    STALE = "stale"
    REASON_MISSING = "reason_missing"
    NOT_SUBMITTED = "not_submitted"
    BAD_TAG = "bad_tag"
    WRONG_CLOSE = "wrong_close"
    UNKNOWN_VERDICT = "unknown_verdict"
    DELEGATION_ENDED = "delegation_ended"
    UNKNOWN_KIND = "unknown_kind"


class Fixed(StrEnum):
    """The clauses that no policy can change. Refusals cite them as they cite the policy's own."""

    SEAL = "F1"
    """A decision carries the seal of our own server."""
    PLACE = "F2"
    """It is made for this close, in the step where it stands, and is one of those there are."""
    CURRENT = "F3"
    """It is about the proposal as it stands now."""
    FOUR_EYES = "F4"
    """Whoever prepared decides nothing, and whoever sent a close back or asked for its period to be
    opened again has prepared it; two jobs are two people's unless a clause joins them."""
    ONCE = "F5"
    """One person decides once on a proposal, or once on each of its kinds of journal."""
    REASON = "F6"
    """A reason goes with a rejection, a request for change, an explanation; with an approval
    where somebody answered an exception by hand, or where the person approved an earlier proposal
    of this close."""
    ORDER = "F7"
    """The preparer submits first."""
    ROLE = "F8"
    """A preparer submits; a controller explains differences, signs off, and decides whether a
    period is opened again; an operator or a preparer sends a close back from posting."""
    DELEGATION = "F9"
    """A delegated role counts from its first day to its last, unless it was revoked."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The decision counts, at this level; `completes` when it ends its step.

    `clause` asked for it; `delegation` is the one that gave the person the role, else 0.
    """

    level: int
    completes: bool
    clause: str = ""
    delegation: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """The decision does not count: a named reason, a sentence for the person, and the clause."""

    reason: Reason
    message: str
    clause: str = ""
