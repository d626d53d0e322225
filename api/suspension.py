"""Decisions that count no more, beside what has changed since they were given."""

from dataclasses import dataclass

from controls.proposal_changes import Change, changes
from controls.steps import Step
from models import CloseRow, DecisionRow
from store import Work


@dataclass(frozen=True, slots=True)
class SuspendedView:
    """A proposal that people decided on before the present one, and what differs since then.

    `decided_by` are name and verdict in their order; `changes` is empty where the present proposal
    is the same to the bit.
    """

    round: int
    proposal_hash: str
    decided_by: list[str]
    changes: list[Change]


def suspended_of(work: Work, close: CloseRow, decisions: list[DecisionRow]) -> list[SuspendedView]:
    """The earlier rounds in which somebody decided, newest first."""
    rounds: dict[int, list[DecisionRow]] = {}
    for row in decisions:
        if row.round < close.round and row.step == Step.REVIEW:
            rounds.setdefault(row.round, []).append(row)
    if not rounds or close.proposal_id is None:
        return []
    now = work.proposals.figures(work.proposals.get(close.proposal_id))
    views = []
    for number, given in sorted(rounds.items(), reverse=True):
        hash_ = given[0].proposal_hash
        before = work.proposals.by_hash(close.id or 0, hash_)
        views.append(
            SuspendedView(
                round=number,
                proposal_hash=hash_,
                decided_by=[f"{row.actor}: {row.verdict}" for row in given],
                changes=list(changes(work.proposals.figures(before), now)),
            )
        )
    return views
