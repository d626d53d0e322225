"""What the clock starts: closes on their working day."""

from temporalio import activity

from activities.doors import Doors, told_to_temporal
from controls.messages import CloseRequest
from controls.working_days import due_periods

BY_THE_CLOCK = "schedule"
"""Who started a close that nobody started."""


class ScheduleActivities:
    """Asks what is due."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @activity.defn
    def due_closes(self) -> tuple[CloseRequest, ...]:
        """The closes whose working day has come and that nobody has started yet."""
        with told_to_temporal(), self._doors.work() as work:
            if not work.config.entities():
                return ()
            return tuple(
                CloseRequest(entity.id, name, BY_THE_CLOCK)
                for entity in work.config.current().configuration.entities
                if entity.start_on_working_day is not None
                for name in due_periods(
                    entity.calendar,
                    entity.working,
                    entity.start_on_working_day,
                    work.closes.closed_to(entity.id),
                    self._doors.today(entity.zone),
                )
                if work.closes.find(entity.id, name) is None
            )
