"""Where the group's close of a period stands: every member's step, and who is waited for."""

from dataclasses import dataclass
from datetime import datetime

from controls.steps import WHO, Awaiting
from models import CloseRow
from store import Work
from store.group import group_periods


@dataclass(frozen=True, slots=True)
class GroupMemberView:
    """One of the group's closes; no step where it is not on record yet."""

    entity: str
    name: str
    period: str
    step: str
    awaiting: str
    waits_for: list[str]
    detail: str


@dataclass(frozen=True, slots=True)
class GroupCloseView:
    """The group's close of a period, as the first entity's calendar names it.

    Empty `started_by` where it was not started; empty `closed_at` until every member is closed.
    """

    group: str
    period: str
    started_by: str
    started_at: str
    closed_at: str
    members: list[GroupMemberView]


def group_close_view(work: Work, period: str) -> GroupCloseView:
    """Where it stands now. Raises NotFoundError for a period that no entity's calendar has."""
    configuration = work.config.current().configuration
    periods = group_periods(configuration, period)
    name = periods[configuration.entities[0].id]
    row = work.group_closes.find(configuration.group.name, name)
    if row is not None:
        periods = dict(row.members)
    names = {entity.id: entity.name for entity in configuration.entities}
    return GroupCloseView(
        group=configuration.group.name,
        period=name,
        started_by=row.started_by if row else "",
        started_at=_instant(row.started_at) if row else "",
        closed_at=_instant(row.closed_at) if row else "",
        members=[
            _member(entity, names.get(entity, entity), of, work.closes.find(entity, of))
            for entity, of in periods.items()
        ],
    )


def _member(entity: str, name: str, period: str, close: CloseRow | None) -> GroupMemberView:
    if close is None:
        return GroupMemberView(entity, name, period, "", "", [], "")
    roles = [role.value for role in WHO[Awaiting(close.awaiting)]]
    return GroupMemberView(entity, name, period, close.step, close.awaiting, roles, close.detail)


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
