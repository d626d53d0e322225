"""The group's closes: finished when every member is closed, and not finished when one opens again."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from controls.audit import SYSTEM_CHAIN
from controls.group_messages import GroupCloseRequest, GroupStanding, MemberStanding
from controls.steps import WHO, Awaiting, Step
from models import CloseRow, GroupCloseRow
from store.audit import AuditTrail
from store.closes import Closes
from store.errors import NotFoundError


class GroupCloses:
    """Reads and finishes the group's closes."""

    def __init__(self, session: Session, audit: AuditTrail) -> None:
        self._session = session
        self._audit = audit

    def open(self, request: GroupCloseRequest) -> GroupCloseRow:
        """The group's close of the period: made if there is none, else the one there is."""
        existing = self.find(request.group, request.period)
        if existing is not None:
            return existing
        members = {member.entity: member.period for member in request.members}
        row = GroupCloseRow(
            group_name=request.group,
            period=request.period,
            members=[*members.items()],
            started_by=request.started_by,
        )
        try:
            with self._session.begin_nested():
                self._session.add(row)
                self._session.flush()
        except IntegrityError:
            return self.of(request.group, request.period)  # somebody started it at the same moment
        self._audit.record(
            SYSTEM_CHAIN,
            "group_close.started",
            subject_of(row),
            after={"by": request.started_by, "members": members},
        )
        return row

    def find(self, group: str, period: str) -> GroupCloseRow | None:
        """The group's close of the period, or None."""
        return self._session.exec(
            select(GroupCloseRow).where(
                GroupCloseRow.group_name == group, GroupCloseRow.period == period
            )
        ).first()

    def of(self, group: str, period: str) -> GroupCloseRow:
        """The group's close of the period. Raises NotFoundError when it was never started."""
        row = self.find(group, period)
        if row is None:
            raise NotFoundError(f"The close of {group} for {period} has not been started.")
        return row

    def closes(self, row: GroupCloseRow) -> dict[str, CloseRow | None]:
        """The members' closes by entity; None for one that is not on record yet."""
        closes = Closes(self._session, self._audit)
        return {entity: closes.find(entity, name) for entity, name in row.members}

    def standing(self, row: GroupCloseRow) -> GroupStanding:
        """Where each member stands and whom it waits for, read now."""
        closes = self.closes(row)
        members = tuple(_standing(entity, name, closes[entity]) for entity, name in row.members)
        return GroupStanding(members, all(member.step == Step.CLOSED for member in members))

    def finish(
        self, row: GroupCloseRow, figures: dict[str, str], currency: str, now: datetime
    ) -> None:
        """Every member is closed: the group's figures stand and go on record, once."""
        locked = self._session.exec(
            select(GroupCloseRow).where(GroupCloseRow.id == row.id).with_for_update()
        ).one()
        if locked.closed_at is not None:
            return
        locked.closed_at = now
        self._session.add(locked)
        self._audit.record(
            SYSTEM_CHAIN,
            "group_close.closed",
            subject_of(row),
            after={"currency": currency, "figures": figures},
        )

    def open_again(self, entity: str, period: str) -> None:
        """A member's period is opened again: what was finished with it is not."""
        rows = self._session.exec(
            select(GroupCloseRow).where(col(GroupCloseRow.closed_at).is_not(None)).with_for_update()
        )
        for row in rows:
            if [entity, period] in row.members:
                row.closed_at = None
                self._session.add(row)
                self._audit.record(
                    SYSTEM_CHAIN,
                    "group_close.opened_again",
                    subject_of(row),
                    after={"entity": entity, "period": period},
                )

    def waiting_for(self, entity: str, period: str) -> tuple[GroupCloseRow, ...]:
        """The group closes that are not finished and have this close among their members."""
        rows = self._session.exec(
            select(GroupCloseRow)
            .where(col(GroupCloseRow.closed_at).is_(None))
            .order_by(col(GroupCloseRow.id))
        )
        return tuple(row for row in rows if [entity, period] in row.members)


def subject_of(row: GroupCloseRow) -> str:
    """What the trail calls it."""
    return f"group-close/{row.group_name}/{row.period}"


def _standing(entity: str, period: str, close: CloseRow | None) -> MemberStanding:
    if close is None:
        return MemberStanding(entity, period)
    roles = tuple(role.value for role in WHO[Awaiting(close.awaiting)])
    return MemberStanding(entity, period, close.step, close.awaiting, roles)
