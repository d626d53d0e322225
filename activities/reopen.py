"""Reopen: a closed period is opened again, as a controller decided, and every later one with it."""

from dataclasses import replace

from temporalio import activity

from activities.doors import Doors, told_to_temporal
from controls.approval import Accepted, Decision, Verdict, judge
from controls.messages import AskedToReopen, CloseRef, CloseRequest, GroupRef, Reopened
from controls.steps import Step
from models import CloseRow
from store import Work
from store.errors import ConflictError
from store.standings import standing_of


class ReopenActivities:
    """Opens periods again."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def asked(self, close: CloseRef) -> AskedToReopen:
        """What is asked for, as it is on record."""
        with told_to_temporal(), self._doors.work() as work:
            row = work.closes.get(close.close_id)
            periods = ", ".join(str(period) for period, _number, _seal in row.supersedes)
            words = f"{row.started_by} asks to open {periods} again: {row.reason}"
            return AskedToReopen(work.reopenings.hash_of(row), row.started_by, words)

    @activity.defn
    def open_again(self, close: CloseRef) -> Reopened:
        """Open the period and the later ones, or leave them closed, as decided on record.

        Done once: again it answers the same. What changed since it was asked for leaves it closed.
        """
        try:
            with told_to_temporal(), self._doors.work() as work:
                row = work.closes.lock(close.close_id)
                if row.step != Step.REOPEN:
                    return _reopened(work, row)
                decision = _decided(work, row)
                if decision is not None and decision.verdict == Verdict.APPROVE:
                    work.reopenings.open_again(row)
                    for period, _number, _seal in row.supersedes:
                        work.group_closes.open_again(row.entity_id, period)
                else:
                    work.reopenings.refuse(row, decision.reason if decision else "Nobody decided.")
                return _reopened(work, row)
        except ConflictError as error:
            with told_to_temporal(), self._doors.work() as work:
                work.reopenings.refuse(work.closes.get(close.close_id), str(error))
            return Reopened(opened=False)


def _decided(work: Work, row: CloseRow) -> Decision | None:
    """The first decision with our seal that counts, judged anew by what Postgres holds."""
    standing = standing_of(work, row)
    assert standing is not None
    before = replace(standing, taken=())
    for decision in standing.taken:
        if isinstance(judge(decision, replace(before, now=decision.at)), Accepted):
            return decision
    return None


def _reopened(work: Work, row: CloseRow) -> Reopened:
    if row.step == Step.REFUSED:
        return Reopened(opened=False)
    later = work.reopenings.later(row)
    return Reopened(
        opened=True,
        followers=tuple(_request(each) for each in later if each.number > 1),
        outdated=tuple(_request(each) for each in later if each.number == 1),
        groups=tuple(
            GroupRef(group.group_name, group.period)
            for period, _number, _seal in row.supersedes
            for group in work.group_closes.waiting_for(row.entity_id, period)
        ),
    )


def _request(row: CloseRow) -> CloseRequest:
    return CloseRequest(row.entity_id, row.period, row.started_by, number=row.number)
