"""Opening a closed period again: what is asked for, and what a decision on it binds to."""

from collections.abc import Sequence

from controls.canonical import digest


def reopening_hash(
    entity: str, period: str, number: int, reason: str, by: str, supersedes: Sequence[object]
) -> str:
    """The hash of what is asked: which closes it takes back ([period, number, seal] each), why, by whom."""
    return digest(
        {
            "entity": entity,
            "period": period,
            "number": number,
            "reason": reason,
            "by": by,
            "supersedes": list(supersedes),
        }
    )
