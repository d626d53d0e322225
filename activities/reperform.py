"""Re-perform: a close made anew in SQL by verify and again by sign-off, each on record."""

from controls.canonical import digest
from models import CloseRow
from store import Work
from store.audit import close_subject
from store.errors import ReperformanceDiffersError
from store.reperformance import REPERFORMED, Reperformed


def reperform(work: Work, close: CloseRow) -> Reperformed:
    """Make the close anew and put on record what came of it, in the caller's transaction."""
    assert close.proposal_id is not None
    found = work.reperformance.of(close)
    work.audit.record(
        close.entity_id,
        REPERFORMED,
        close_subject(close),
        after={
            "step": close.step,
            "agrees": found.agrees,
            "figures": found.figures,
            "recomputed": dict(found.recomputed),
            "left": dict(found.left),
            "differences": found.sentences(),
        },
        hashes={
            "proposal": work.proposals.get(close.proposal_id).hash,
            "program": found.program,
            "differences": _name(found),
        },
    )
    return found


def reperform_as_verified(work: Work, close: CloseRow) -> Reperformed:
    """The same, where nothing may differ but what verify told and a controller accepted.

    Raises ReperformanceDiffersError.
    """
    told = work.reperformance.told(close)
    found = reperform(work, close)
    if not found.agrees and (told is None or told.hashes.get("differences") != _name(found)):
        raise ReperformanceDiffersError(
            f"The period is not closed. {found.sentences()[0]} Figures were changed since they "
            "were verified: find out by whom, and have them put right."
        )
    return found


def _name(found: Reperformed) -> str:
    """The differences' name: another one where any of their figures is another."""
    return digest(
        sorted([d.subject, d.figure, str(d.stands), str(d.recomputed)] for d in found.differences)
    )
