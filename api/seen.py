"""What somebody saw who decides: the figures of the page, kept by their hash, shown again later.

The figures are the data behind the page, not its HTML, as canonical JSON. They are kept when they
are shown; a decision carries the hash under its seal.
"""

import json
from dataclasses import asdict, replace
from typing import Any

from api.views import CloseView, close_view
from controls.canonical import canonical
from controls.steps import Awaiting
from models import CloseRow
from store import Work
from store.errors import NotFoundError

DECIDED_ON = (
    Awaiting.REOPENING,
    Awaiting.SUBMISSION,
    Awaiting.APPROVAL,
    Awaiting.DIFFERENCE,
    Awaiting.SIGN_OFF,
)
NOT_THE_POLICY_S = frozenset({"given_by", "open_kinds"})
NOT_FIGURES = frozenset(
    {
        "awaiting",
        "decisions",
        "detail",
        "next_level",
        "preparers",
        "seal",
        "seen",
        "started_by",
    }
)
"""What changes while people decide, or says who did: no figure of the proposal."""


def figures_of(close: CloseView) -> dict[str, Any]:
    """The figures of a close's page: the same until the proposal or the ledger's answer changes."""
    figures = {name: value for name, value in asdict(close).items() if name not in NOT_FIGURES}
    figures["levels"] = [
        {name: value for name, value in level.items() if name not in NOT_THE_POLICY_S}
        for level in figures["levels"]
    ]
    return figures


def shown(work: Work, close: CloseRow) -> CloseView:
    """The close as it is shown now; where it waits for a decision, what is seen of it is kept."""
    return kept(work, close_view(work, close))


def kept(work: Work, close: CloseView) -> CloseView:
    """The close as shown, with the hash under which what is seen of it is kept."""
    if close.awaiting not in DECIDED_ON or not close.proposal_hash:
        return close
    return replace(close, seen=work.approvals.keep_seen(canonical(figures_of(close))))


def seen_figures(work: Work, entity: str, period: str, sha256: str) -> dict[str, Any]:
    """The figures of this hash. Raises NotFoundError when they are not this close's."""
    found: dict[str, Any] = json.loads(work.approvals.seen(sha256))
    if (found["entity"], found["period"]) != (entity, period):
        raise NotFoundError("Nobody saw these figures of this close.")
    return found
