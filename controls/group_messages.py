"""The messages of a group's close (controls/messages.py says what they may hold)."""

from dataclasses import dataclass

from controls.messages import CloseRequest


@dataclass(frozen=True)
class GroupCloseRequest:
    """Start the group's close of a period. `members` are its closes: entity and period's name.

    `attached` says that the closes were started by an earlier run of the same workflow.
    """

    group: str
    period: str
    members: tuple[CloseRequest, ...]
    started_by: str = ""
    attached: bool = False


@dataclass(frozen=True)
class MemberStanding:
    """Where one of the group's closes stands, and the roles that it waits for."""

    entity: str
    period: str
    step: str = ""
    awaiting: str = ""
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupStanding:
    """Where the group's close stands; `closed` when every member is."""

    members: tuple[MemberStanding, ...] = ()
    closed: bool = False
