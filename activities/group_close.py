"""The group's close: opened once, looked at while its members close, finished when they have."""

from temporalio import activity

from activities.doors import Doors, told_to_temporal
from controls.group_messages import GroupCloseRequest, GroupStanding
from controls.messages import GroupRef


class GroupCloseActivities:
    """Opens the group's row, reads where its members stand, finishes it."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def open_group_close(self, request: GroupCloseRequest) -> None:
        """The row of this group close, made once."""
        with told_to_temporal(), self._doors.work() as work:
            work.group_closes.open(request)

    @activity.defn
    def look_at_group(self, group: GroupRef) -> GroupStanding:
        """Where every member stands now; with the last one closed the group's figures stand."""
        with told_to_temporal(), self._doors.work() as work:
            row = work.group_closes.of(group.group, group.period)
            standing = work.group_closes.standing(row)
            if standing.closed:
                configuration = work.config.current().configuration
                found = work.group.figures(configuration, group.period).result
                figures = {name: amount.text() for name, amount in found.figures.items()}
                work.group_closes.finish(row, figures, found.currency, work.now())
            return standing
